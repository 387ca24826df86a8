//! Which modules of a crate name which: read from their `use` declarations and from paths in their code.

use crate::borders::Source;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};

/// A module's path within its crate: `["entry", "api"]`.
pub type Path = Vec<String>;

/// A source file as a module, with what it names of its own crate.
pub struct Module {
    pub file: String,
    pub path: Path,
    /// What its `use` declarations and other paths name, from the crate's root.
    pub names: BTreeSet<Path>,
    /// What it makes visible under its own name: `pub use`, however far it is visible.
    pub reexports: BTreeSet<Path>,
}

/// One name that a `use` declaration brings in.
struct Import {
    path: Path,
    name: String,
}

impl Module {
    /// `root`: the folder of the crate's sources.
    pub fn read(root: &str, source: &Source) -> Option<Self> {
        let relative = source.path.strip_prefix(root)?.strip_suffix(".rs")?;
        let mut path: Path = relative.split('/').map(str::to_owned).collect();
        path.pop_if(|last| ["mod", "lib", "main"].contains(&last.as_str()));
        let code = without_comments(&source.text);
        let children: BTreeSet<&str> = code
            .split(';')
            .filter_map(|piece| piece.rsplit_once("mod ").map(|(_, name)| name.trim()))
            .collect();
        let (declarations, rest) = use_declarations(&code);
        let (mut names, mut reexports, mut aliases) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new());
        let absolute = |named: &Path| from_root(&path, &children, named);
        for (public, tree) in declarations {
            for import in imports(&tree) {
                let Some(target) = absolute(&import.path) else { continue };
                aliases.insert(import.name, target.clone());
                if public {
                    reexports.insert(target.clone());
                }
                names.insert(target);
            }
        }
        for named in paths(&rest) {
            let target = match aliases.get(&named[0]) {
                Some(alias) => Some(alias.iter().chain(&named[1..]).cloned().collect()),
                None => absolute(&named),
            };
            names.extend(target);
        }
        Some(Module { file: source.path.clone(), path, names, reexports })
    }

    /// Whether it is the module `name` of its noun, or lies in it: `entry/api/text.rs` in `api`.
    pub fn is_in(&self, name: &str) -> bool {
        self.path.iter().any(|part| part == name)
    }

    /// The first part of its path: the noun, or the layer that has none.
    pub fn noun(&self) -> &str {
        self.path.first().map(String::as_str).unwrap_or_default()
    }
}

/// Circles among these modules that hold one of the `one` and one of the `other`; each as its files.
pub fn circles(
    modules: &[&Module],
    one: impl Fn(&Module) -> bool,
    other: impl Fn(&Module) -> bool,
) -> Vec<Vec<String>> {
    let index: BTreeMap<&Path, usize> =
        modules.iter().enumerate().map(|(index, module)| (&module.path, index)).collect();
    // A path names the module of its longest beginning that is one.
    let module_of = |named: &Path| {
        (1..=named.len()).rev().find_map(|length| index.get(&named[..length].to_vec()).copied())
    };
    let edges: Vec<BTreeSet<usize>> =
        modules.iter().map(|module| module.names.iter().filter_map(module_of).collect()).collect();
    let reached: Vec<BTreeSet<usize>> = (0..modules.len()).map(|from| reachable(&edges, from)).collect();
    let mut circles = BTreeSet::new();
    for from in 0..modules.len() {
        let circle: Vec<usize> =
            reached[from].iter().copied().filter(|to| reached[*to].contains(&from)).collect();
        let holds = |wanted: &dyn Fn(&Module) -> bool| circle.iter().any(|index| wanted(modules[*index]));
        if holds(&one) && holds(&other) {
            circles.insert(circle);
        }
    }
    let files = |circle: Vec<usize>| circle.into_iter().map(|index| modules[index].file.clone()).collect();
    circles.into_iter().map(files).collect()
}

/// Without itself, unless it is on a circle.
fn reachable(edges: &[BTreeSet<usize>], from: usize) -> BTreeSet<usize> {
    let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(at) = next.pop() {
        next.extend(edges[at].iter().copied().filter(|to| reached.insert(*to)));
    }
    reached
}

fn without_comments(text: &str) -> String {
    let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    code.collect::<Vec<_>>().join("\n")
}

/// The trees of all `use` declarations, each with whether it is a re-export; and the code without them.
fn use_declarations(code: &str) -> (Vec<(bool, String)>, String) {
    let (mut declarations, mut rest) = (Vec::new(), String::new());
    let mut statement_begins = true;
    let mut left = code;
    while let Some(c) = left.chars().next() {
        if statement_begins && let Some((public, tree, after)) = use_declaration(left) {
            declarations.push((public, tree.to_owned()));
            left = after;
            continue;
        }
        statement_begins = ['\n', ' ', '{', ';', '}'].contains(&c);
        rest.push(c);
        left = &left[c.len_utf8()..];
    }
    (declarations, rest)
}

/// Whether it is a re-export, its tree, and what comes after it.
fn use_declaration(code: &str) -> Option<(bool, &str, &str)> {
    let (public, after) = match code.strip_prefix("pub") {
        Some(after) => {
            let after = after.trim_start();
            let restricted = after.strip_prefix('(').and_then(|after| after.split_once(')'));
            (true, restricted.map_or(after, |(_, after)| after).trim_start())
        }
        None => (false, code),
    };
    let (tree, after) = after.strip_prefix("use ")?.split_once(';')?;
    Some((public, tree, after))
}

/// `a::{b, c::{self, d as e}}` as its single names.
fn imports(tree: &str) -> Vec<Import> {
    let tree = tree.trim();
    if let Some((prefix, group)) = tree.split_once('{') {
        let prefix: Path = segments(prefix);
        let group = group.trim_end().strip_suffix('}').unwrap_or(group);
        let inner = branches(group).into_iter().flat_map(imports);
        return inner
            .map(|mut import| {
                if import.path == ["self"] {
                    import.path.clear();
                    import.name = prefix.last().cloned().unwrap_or_default();
                }
                Import { path: prefix.iter().cloned().chain(import.path).collect(), name: import.name }
            })
            .collect();
    }
    let (path, name) = tree.split_once(" as ").unwrap_or((tree, ""));
    let path = segments(path);
    let name =
        if name.is_empty() { path.last().cloned().unwrap_or_default() } else { name.trim().to_owned() };
    if path.is_empty() { Vec::new() } else { vec![Import { path, name }] }
}

fn segments(path: &str) -> Path {
    path.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// What commas part, outside of inner braces.
fn branches(group: &str) -> Vec<&str> {
    let (mut branches, mut depth, mut begin) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                branches.push(&group[begin..at]);
                begin = at + 1;
            }
            _ => {}
        }
    }
    branches.push(&group[begin..]);
    branches
}

/// All `a::b::c` of two names or more.
fn paths(code: &str) -> Vec<Path> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = code.split(|c| !is_name(c)).filter(|word| word.contains("::") && !word.starts_with("::"));
    words.map(segments).filter(|path| path.len() > 1).collect()
}

/// A path as its module names it, from the crate's root; `None`: it is of another crate, or no module's.
fn from_root(module: &Path, children: &BTreeSet<&str>, named: &Path) -> Option<Path> {
    let supers = named.iter().take_while(|part| *part == "super").count();
    let (base, rest) = match named.first()?.as_str() {
        "crate" => (0, 1),
        "self" => (module.len(), 1),
        "super" => (module.len().checked_sub(supers)?, supers),
        first if children.contains(first) => (module.len(), 0),
        _ => return None,
    };
    Some(module[..base].iter().chain(&named[rest..]).cloned().collect())
}

/// The crate's modules.
pub fn read(root: &str, sources: &[Source]) -> Result<Vec<Module>> {
    let modules: Vec<Module> = sources.iter().filter_map(|source| Module::read(root, source)).collect();
    anyhow::ensure!(!modules.is_empty(), "{root} has no sources");
    Ok(modules)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(path: &str, text: &str) -> Module {
        Module::read("src/", &Source { path: format!("src/{path}"), text: text.to_owned() }).unwrap()
    }

    fn names(module: &Module) -> Vec<String> {
        module.names.iter().map(|name| name.join("::")).collect()
    }

    #[test]
    fn names_are_read_from_imports_and_from_paths() {
        let text = "
            //! crate::no::comment
            mod child;
            pub(crate) use child::Thing;
            use super::{Other, deep::{self, Deeper as D}};
            use crate::{
                comment::{self, api::ApiThread},
                graphql::page,
            };
            use std::collections::HashMap;
            fn f() { comment::store::find(); page::row(); HashMap::new(); crate::x::y(); self::z(); }
        ";
        let module = module("entry/api/mod.rs", text);
        assert_eq!(module.path, ["entry", "api"]);
        let expected = [
            "comment",
            "comment::api::ApiThread",
            "comment::store::find",
            "entry::Other",
            "entry::api::child::Thing",
            "entry::api::z",
            "entry::deep",
            "entry::deep::Deeper",
            "graphql::page",
            "graphql::page::row",
            "x::y",
        ];
        assert_eq!(names(&module), expected);
        assert_eq!(module.reexports, BTreeSet::from([segments("entry::api::child::Thing")]));
    }

    #[test]
    fn a_circle_is_found_however_long_it_is() {
        let modules = [
            module("graphql/context.rs", "use crate::entry::api::Entry;"),
            module("entry/api/mod.rs", "use crate::comment::api;"),
            module("comment/api.rs", "use crate::graphql::context::Context;"),
            module("graphql/scalars.rs", "use std::fmt;"),
        ];
        let all: Vec<&Module> = modules.iter().collect();
        let (api, graphql) =
            (|module: &Module| module.is_in("api"), |module: &Module| module.is_in("graphql"));
        let files = ["src/graphql/context.rs", "src/entry/api/mod.rs", "src/comment/api.rs"];
        assert_eq!(circles(&all, api, graphql), [files.map(str::to_owned)]);
        assert!(circles(&all[1..], api, graphql).is_empty());
    }
}
