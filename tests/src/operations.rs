//! The GraphQL operations of the client and of the playground, as their files have them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// The operations by their names, each with all fragments that it spreads.
pub fn client_operations() -> BTreeMap<String, String> {
    let mut files = Vec::new();
    for folder in ["../frontend/src", "../frontend/playground/src"] {
        find(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    }
    let (mut operations, mut fragments) = (Vec::new(), BTreeMap::new());
    for definition in files.iter().flat_map(|file| definitions(file)) {
        let mut words = definition.split(|c: char| !c.is_alphanumeric() && c != '_');
        match (words.next().unwrap_or_default(), words.next().unwrap_or_default().to_owned()) {
            ("fragment", name) => drop(fragments.insert(name, definition)),
            (_, name) => operations.push((name, definition)),
        }
    }
    operations.into_iter().map(|(name, operation)| (name, with_fragments(operation, &fragments))).collect()
}

/// The client's operation of a name.
pub fn client_operation(name: &str) -> String {
    client_operations().remove(name).unwrap_or_else(|| panic!("the client has no operation {name}"))
}

fn find(folder: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() {
            find(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "graphql") {
            files.push(fs::read_to_string(&path).expect("a file of the client"));
        }
    }
}

/// A file's definitions: each begins where a line begins.
fn definitions(file: &str) -> Vec<&str> {
    let kinds = ["query ", "mutation ", "subscription ", "fragment "];
    let begins = |at: &usize| kinds.iter().any(|kind| file[*at..].starts_with(kind));
    let lines = file.lines().map(|line| line.as_ptr().addr() - file.as_ptr().addr());
    let starts: Vec<usize> = lines.filter(begins).collect();
    let ends = starts.iter().skip(1).copied().chain([file.len()]);
    starts.iter().zip(ends).map(|(start, end)| file[*start..end].trim_end()).collect()
}

fn with_fragments(operation: &str, fragments: &BTreeMap<String, &str>) -> String {
    let mut whole = operation.to_owned();
    loop {
        let missing = fragments.iter().find(|(name, _)| {
            let spread = whole.split("...").skip(1).any(|rest| {
                rest.trim_start().split(|c: char| !c.is_alphanumeric() && c != '_').next() == Some(name)
            });
            spread && !whole.contains(&format!("fragment {name} "))
        });
        match missing {
            Some((_, fragment)) => whole = format!("{whole}\n{fragment}"),
            None => return whole,
        }
    }
}
