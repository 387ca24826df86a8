//! Where rights are checked: found in the sources by how a check is written, so that a new one is found by itself.

use std::ops::Range;

/// A check that can be taken away.
#[derive(Debug)]
pub struct Check {
    pub path: String,
    pub line: usize,
    pub kind: &'static str,
    /// As it is written.
    pub text: String,
    at: Range<usize>,
    /// What stands there when it is taken away; `{}` is the check itself.
    allowed: String,
}

/// How far the code of a check reaches from where it was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// The words alone.
    Words,
    /// A call: from its receiver to its closing bracket.
    Call,
    /// A comparison: the words and what stands on both sides.
    Comparison,
    /// A guard of a `match` that allows: from behind `if` to `=> Ok(())`.
    Guard,
    /// What is in the brackets of a call.
    Inside,
}

use Extent::{Call, Comparison, Guard, Inside, Words};

/// One way in which checks are written.
struct Rule {
    kind: &'static str,
    /// In files whose path has this in it.
    within: &'static str,
    /// Not behind these words.
    unless_behind: &'static str,
    words: &'static str,
    extent: Extent,
    /// What follows and belongs to it.
    then: &'static str,
    allowed: &'static str,
}

const fn rule(kind: &'static str, words: &'static str, extent: Extent, allowed: &'static str) -> Rule {
    Rule { kind, within: "", unless_behind: "fn ", words, extent, then: "", allowed }
}

const RULES: &[Rule] = &[
    // The domain's table: each refusal of it, and what it asks before it allows.
    Rule { within: "permission.rs", ..rule("refusal of the table", "Err(Denied::", Call, "Ok(())") },
    Rule { within: "permission.rs", ..rule("condition of the table", " if ", Guard, "true") },
    // Who asks the table.
    rule("table", "permission::check(", Call, "Ok(())"),
    Rule { then: ".is_ok()", ..rule("told right", "may_edit(", Call, "true") },
    Rule { then: ".is_ok()", ..rule("told right", "may_comment(", Call, "true") },
    rule("right", "may(", Call, "Ok(())"),
    rule("right", "may_edit(", Call, "Ok(())"),
    rule("right", "may_comment(", Call, "Ok(())"),
    rule("right", "right(", Call, "Ok(())"),
    rule("secretariat", " == secretariat", Comparison, "true"),
    // Who reads a region, and what belongs to one.
    rule("reads", ".reads(", Call, "true"),
    Rule { then: ".is_some()", within: "account/mod.rs", ..rule("member", "role_in(", Call, "true") },
    Rule { then: ".is_some()", within: "comment/", ..rule("member", "role_in(", Call, "true") },
    rule("same region", ".region == ", Comparison, "true"),
    rule("organisation of the region", "around.owner.is_none()", Words, "false"),
    Rule { within: "account/service.rs", ..rule("operator", "viewer.account.operator", Words, "true") },
    Rule { within: "region/service.rs", ..rule("operator", "viewer.account.operator", Words, "true") },
    Rule { within: "graphql/anonymous.rs", ..rule("signed out", "Err(refused(", Call, "Ok(())") },
    // What is one's own.
    rule("own", " != self.viewer.account.id", Comparison, "false"),
    rule("own", "token.id == granted.token.id", Words, "true"),
    rule("own", "then.after.entry.id == entry.id", Words, "true"),
    Rule { within: "draft/store.rs", ..rule("own", "filter(table::Column::AccountId", Inside, ANY_ROW) },
    Rule { within: "token/store.rs", ..rule("own", "filter(table::Column::AccountId", Inside, ANY_ROW) },
    // What was withdrawn while a writer waited.
    Rule {
        then: ".await",
        ..rule("rights at the write", "authenticate()", Call, "Ok::<(), crate::refusal::Stop>(())")
    },
    Rule {
        within: "caller/mod.rs",
        then: ".await",
        ..rule(
            "rights at the write",
            "account::role_in(",
            Call,
            "Ok::<_, Fault>(self.seen_as().role_in(region))",
        )
    },
    Rule {
        within: "caller/mod.rs",
        ..rule("rights at the write", "access.rights.check()", Call, "Ok::<(), Refusal>(())")
    },
    Rule {
        within: "caller/mod.rs",
        ..rule("rights at the write", "Some(access.role)", Words, "self.seen_as().role_in(access.region.id)")
    },
    // What a token may.
    Rule { within: "server/src/api/", ..rule("token's scope", "reads_only()", Call, "false") },
    rule("token's scope", "writes()", Call, "Ok(())"),
    rule(
        "token's scope",
        "context.writer()",
        Call,
        "context.identity().ok_or_else(crate::refusal::Refusal::signed_out)",
    ),
    Rule {
        within: "server/src/api/context.rs",
        ..rule("not by a token", "Some(Identity::Token(_)) => Err(Refusal::by_token())", Words, BY_TOKEN)
    },
];

/// In place of a condition of a query.
const ANY_ROW: &str = "sea_orm::Condition::all()";
/// A session that the token's person never had.
const BY_TOKEN: &str =
    "Ok(Session { token: crate::session::Token::given(\"\"), viewer: granted.viewer, seen_at: 0 })";

/// All checks, in the order of the files.
pub fn find(sources: &[(String, String)]) -> Vec<Check> {
    let mut found = Vec::new();
    for (path, text) in sources {
        let code = code(text);
        let mut here: Vec<Check> = Vec::new();
        for rule in RULES.iter().filter(|rule| path.contains(rule.within)) {
            for at in places(code, rule) {
                // What is told as a right is no second check.
                if here.iter().any(|known| known.at.start == at.start && known.at.end >= at.end) {
                    continue;
                }
                here.push(check(path, text, rule, at));
            }
        }
        here.sort_by_key(|check| (check.at.start, std::cmp::Reverse(check.at.end)));
        found.extend(here);
    }
    found
}

/// The sources, with each check behind its number: its place among all of them, from 1.
pub fn mutated(sources: &[(String, String)], checks: &[Check]) -> Vec<(String, String)> {
    let one = |(path, text): &(String, String)| {
        let numbered = checks.iter().zip(1..).filter(|(check, _)| check.path == *path);
        let mut marks: Vec<(usize, bool, usize, &Check)> = Vec::new();
        for (check, number) in numbered {
            marks.push((check.at.start, true, number, check));
            marks.push((check.at.end, false, number, check));
        }
        // Inner ones close before outer ones, and open after them.
        marks.sort_by_key(|(at, opens, number, _)| {
            (*at, *opens, if *opens { *number } else { usize::MAX - *number })
        });
        let (mut result, mut done) = (String::new(), 0);
        for (at, opens, number, check) in marks {
            result += &text[done..at];
            done = at;
            let (before, after) = check.wrapping(number);
            result += if opens { &before } else { &after };
        }
        (path.clone(), result + &text[done..])
    };
    sources.iter().map(one).collect()
}

impl Check {
    fn wrapping(&self, number: usize) -> (String, String) {
        let owner = if self.path.starts_with("crates/domain/") { "crate" } else { "renkei_domain" };
        let taken = format!("if {owner}::mutant({number}) {{ {} }} else", self.allowed);
        match self.allowed.as_str() {
            ANY_ROW => (format!("{taken} {{ {ANY_ROW}.add("), ") }".to_owned()),
            BY_TOKEN => {
                let arm = format!(
                    "Some(Identity::Token(granted)) => {taken} {{ Err(Refusal::by_token()) }}, #[allow(unreachable_patterns)] "
                );
                (arm, String::new())
            }
            _ => (format!("({taken} {{ "), " })".to_owned()),
        }
    }
}

fn check(path: &str, text: &str, rule: &Rule, at: Range<usize>) -> Check {
    Check {
        path: path.to_owned(),
        line: text[..at.start].matches('\n').count() + 1,
        kind: rule.kind,
        text: text[at.clone()].to_owned(),
        at,
        allowed: rule.allowed.to_owned(),
    }
}

/// Without the tests at its end.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

fn places(code: &str, rule: &Rule) -> Vec<Range<usize>> {
    let found = code.match_indices(rule.words).filter(|(at, _)| is_code(code, *at, rule));
    found.filter_map(|(at, _)| reach(code, at, rule)).collect()
}

/// No comment, no definition, no part of a longer name.
fn is_code(code: &str, at: usize, rule: &Rule) -> bool {
    let line = &code[code[..at].rfind('\n').map_or(0, |end| end + 1)..at];
    let whole = !rule.words.starts_with(is_of_name) || !code[..at].ends_with(is_of_name);
    whole && !line.trim_start().starts_with("//") && !line.ends_with(rule.unless_behind)
}

fn reach(code: &str, at: usize, rule: &Rule) -> Option<Range<usize>> {
    let end = at + rule.words.len();
    match rule.extent {
        Words => Some(at..end),
        Call => {
            let start = receiver(code, at);
            let opened = at + rule.words.find('(')?;
            let end = closing(code, opened)? + 1;
            code[end..].starts_with(rule.then).then(|| start..end + rule.then.len())
        }
        Comparison => {
            let right = code[end..].find(|c: char| !is_of_path(c)).map_or(code.len(), |length| end + length);
            Some(receiver(code, at)..right)
        }
        Guard => {
            let arrow = end + code[end..].find("=>")?;
            let guard = &code[end..arrow];
            let allows = code[arrow + 2..].trim_start().starts_with("Ok(())");
            // In a pattern's line, not in a sentence.
            (allows && !guard.contains(';')).then(|| end..end + guard.trim_end().len())
        }
        Inside => {
            let opened = at + rule.words.find('(')?;
            Some(opened + 1..closing(code, opened)?)
        }
    }
}

/// Where a path or a chain of fields that ends here begins.
fn receiver(code: &str, at: usize) -> usize {
    let mut start = code[..at].trim_end_matches(is_of_path).len();
    // A call in the chain, such as `self.viewer()`.
    while code[..start].ends_with("()") {
        start = code[..start - 2].trim_end_matches(is_of_path).len();
    }
    start
}

/// The bracket that closes the one at `opened`.
fn closing(code: &str, opened: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in code[opened..].char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(opened + at);
        }
    }
    None
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_of_path(c: char) -> bool {
    is_of_name(c) || c == '.' || c == ':'
}

/// A rule that finds nothing any more is a way of writing that is gone, and may hide a new one.
#[cfg(test)]
pub fn every_rule_finds(found: &[Check]) {
    for rule in RULES {
        let finds = found.iter().any(|check| {
            check.kind == rule.kind && check.path.contains(rule.within) && check.allowed == rule.allowed
        });
        assert!(finds, "no {} is written `{}`", rule.kind, rule.words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutate(path: &str, text: &str) -> (usize, String) {
        let sources = [(path.to_owned(), text.to_owned())];
        let found = find(&sources);
        (found.len(), mutated(&sources, &found).remove(0).1)
    }

    #[test]
    fn a_check_stands_behind_its_number_and_is_still_there() {
        let text = "    sheet::may(head, viewer, Act::Edit(owner))?;\n    found.filter(|one| viewer.reads(one.region))\n";
        let (count, mutated) = mutate("crates/server/src/new/service.rs", text);
        assert_eq!(count, 2);
        assert_eq!(
            mutated,
            "    (if renkei_domain::mutant(1) { Ok(()) } else { sheet::may(head, viewer, Act::Edit(owner)) })?;
    found.filter(|one| (if renkei_domain::mutant(2) { true } else { viewer.reads(one.region) }))\n"
        );
        let text = "    if may_edit(&a, b).is_ok() && !self.reads(id) {}\n";
        let (count, mutated) = mutate("crates/server/src/new/api.rs", text);
        assert_eq!(count, 2);
        assert!(mutated.contains("{ true } else { may_edit(&a, b).is_ok() }) && !(if"), "{mutated}");
    }

    #[test]
    fn definitions_comments_tests_and_other_names_are_no_checks() {
        let text = "/// Who may(read).\npub fn may(a: u8) {}\nfn dismay(){}\n dismay(1);\n upright(2);\n#[cfg(test)]\n may(3);\n";
        assert_eq!(mutate("crates/server/src/new/mod.rs", text).0, 0);
    }

    #[test]
    fn the_table_is_taken_apart_arm_by_arm() {
        let text = "match act {\n    A if role >= Some(B) => Ok(()),\n    A => Err(Denied::NotAdmin),\n    C if role < D => Err(Denied::Viewer),\n}\n";
        let (count, mutated) = mutate("crates/domain/src/permission.rs", text);
        assert_eq!(count, 3);
        assert!(
            mutated.contains("A if (if crate::mutant(1) { true } else { role >= Some(B) }) => Ok(())"),
            "{mutated}"
        );
        assert!(
            mutated.contains("A => (if crate::mutant(2) { Ok(()) } else { Err(Denied::NotAdmin) }),"),
            "{mutated}"
        );
    }
}
