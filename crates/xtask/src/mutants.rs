//! `cargo xtask mutants permissions`: takes away each single check of a right, one at a time, and shows that a test
//! turns red. All of them are compiled in at once, each behind a number that the environment gives: one build, and
//! then a run of the tests for each.

mod checks;

use crate::{run, say};
use anyhow::{Context, Result, bail};
use checks::Check;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// The copy in which checks can be taken away, with a build of its own. Kept, so that the next run compiles less.
const COPY: &str = "target/mutants";
/// Which check is taken away.
const SWITCH: &str = "RENKEI_MUTANT";
/// Those tests whose matter rights are, those that find most first.
const TESTS: [&[&str]; 3] = [
    &["isolation::"],
    &[
        "rights::",
        "tenancy::",
        "operator::",
        "order::",
        "entry::",
        "comment::",
        "snapshot::",
        "draft::",
        "visit::",
        "withdrawn::",
    ],
    &[
        "token::",
        "token_rights::",
        "live_session::",
        "request::",
        "session::",
        "live_presence::",
        "signed_out::",
        "introspection::",
        "probes::",
    ],
];
/// Longer than any of these takes: a test that hangs is red.
const PATIENCE: Duration = Duration::from_secs(300);
/// In the domain, which all others depend on.
const SWITCHES: &str = "
/// Whether the check of this number is taken away.
pub fn mutant(number: usize) -> bool {
    static TAKEN: std::sync::OnceLock<Option<usize>> = std::sync::OnceLock::new();
    *TAKEN.get_or_init(|| std::env::var(\"RENKEI_MUTANT\").ok()?.parse().ok()) == Some(number)
}
";

pub fn mutants(arguments: &[&str]) -> Result<ExitCode> {
    let sources = sources()?;
    let checks = checks::find(&sources);
    if arguments == ["--list"] {
        checks.iter().enumerate().for_each(|(index, check)| println!("{:3} {}", index + 1, shown(check)));
        return Ok(ExitCode::SUCCESS);
    }
    let chosen = chosen(arguments, checks.len())?;
    println!("{} checks of rights; each is taken away, until a test is red", checks.len());
    let tests = say::step("Building all of them at once", "10 minutes the first time", || {
        copy(&checks::mutated(&sources, &checks))?;
        Tests::build()
    })?;
    if let Some(red) = tests.red(0)? {
        bail!("with all checks in place `{red}` is red already");
    }
    let mut missed = 0;
    for number in &chosen {
        let start = Instant::now();
        let red = tests.red(*number)?;
        let verdict = red.as_deref().map_or("MISSED".to_owned(), |red| format!("caught by {red}"));
        missed += usize::from(red.is_none());
        println!("{number:3} {}: {verdict} ({})", shown(&checks[number - 1]), say::seconds(start.elapsed()));
    }
    println!(
        "\n{} of {} checks taken away: {} caught, {missed} missed",
        chosen.len(),
        checks.len(),
        chosen.len() - missed
    );
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// All of them, or those that are named by their numbers, `12` or `3-8`.
fn chosen(arguments: &[&str], count: usize) -> Result<Vec<usize>> {
    let mut chosen = Vec::new();
    for argument in arguments {
        let (first, last) = argument.split_once('-').unwrap_or((argument, argument));
        match (first.parse::<usize>(), last.parse::<usize>()) {
            (Ok(first), Ok(last)) if 1 <= first && first <= last && last <= count => {
                chosen.extend(first..=last)
            }
            _ => bail!("`{argument}` is none of the checks 1-{count}; `--list` shows them"),
        }
    }
    Ok(if arguments.is_empty() { (1..=count).collect() } else { chosen })
}

fn shown(check: &Check) -> String {
    let text: Vec<&str> = check.text.split_whitespace().collect();
    format!("{}:{} {}: {}", check.path, check.line, check.kind, text.join(" "))
}

/// What decides about rights: the server but its command line and what that alone does, and the domain's table.
fn sources() -> Result<Vec<(String, String)>> {
    let mut git = Command::new("git");
    git.args(["ls-files", "--deduplicate", "crates/server/src", "crates/domain/src"])
        .current_dir(crate::root());
    let listed = run::output(&mut git)?;
    let decides = |path: &&str| {
        path.ends_with(".rs")
            && !["/cli/", "/import/", "/demo.rs"].iter().any(|other| path.contains(other))
            && (path.starts_with("crates/server/") || path.ends_with("/permission.rs"))
    };
    let read = |path: &str| -> Result<(String, String)> {
        let text = fs::read_to_string(crate::root().join(path)).with_context(|| path.to_owned())?;
        Ok((path.to_owned(), text))
    };
    listed.lines().filter(decides).map(read).collect()
}

/// The whole tree, with the files that are mutated in place of theirs. What is the same already stays untouched.
fn copy(mutated: &[(String, String)]) -> Result<()> {
    let listed =
        run::output(Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    for path in listed.lines().filter(|path| Path::new(path).is_file()) {
        let mut text = match mutated.iter().find(|(name, _)| name == path) {
            Some((_, text)) => text.clone().into_bytes(),
            None => fs::read(path).with_context(|| path.to_owned())?,
        };
        if path == "crates/domain/src/lib.rs" {
            text.extend(SWITCHES.as_bytes());
        }
        let target = Path::new(COPY).join(path);
        if fs::read(&target).ok().as_ref() != Some(&text) {
            fs::create_dir_all(target.parent().context("a file lies in a folder")?)?;
            fs::write(&target, text)?;
        }
    }
    Ok(())
}

/// The programs that are run for each check.
struct Tests {
    domain: PathBuf,
    api: PathBuf,
    server: PathBuf,
}

impl Tests {
    fn build() -> Result<Self> {
        let copy = std::path::absolute(COPY)?;
        run::run(&mut in_copy(&["build", "--quiet", "--package", "renkei-server", "--bin", "renkei"]))?;
        Ok(Self {
            domain: built(&["--package", "renkei-domain", "--test", "domain"])?,
            api: built(&["--package", "renkei-tests", "--test", "api"])?,
            server: copy.join("target/debug/renkei"),
        })
    }

    /// The first test that is red when this check is taken away; 0: none is.
    fn red(&self, number: usize) -> Result<Option<String>> {
        let filters = std::iter::once((&self.domain, &["permission::"][..]));
        for (program, filters) in filters.chain(TESTS.iter().map(|filters| (&self.api, *filters))) {
            let mut tests = run::program(program);
            tests.args(filters).env(SWITCH, number.to_string()).env("RENKEI_BIN", &self.server);
            tests.current_dir(Path::new(COPY).join(if *program == self.api {
                "tests"
            } else {
                "crates/domain"
            }));
            if let Some(red) = first_red(&mut tests)? {
                return Ok(Some(red));
            }
        }
        Ok(None)
    }
}

/// The name of a test that fails, if one does. They all run to their end, so that they clear away what is theirs.
fn first_red(tests: &mut Command) -> Result<Option<String>> {
    let said = Path::new(COPY).join("target/said");
    let mut child = tests.stdout(fs::File::create(&said)?).stderr(Stdio::null()).spawn()?;
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            return Ok(Some("a test that does not end".to_owned()));
        }
        std::thread::sleep(Duration::from_millis(50));
    };
    let said = String::from_utf8_lossy(&fs::read(&said)?).into_owned();
    if status.success() {
        let ran = said.lines().any(|line| line.starts_with("test ") && line.ends_with(" ok"));
        return if ran { Ok(None) } else { bail!("no test ran: {said}") };
    }
    let red = said.lines().find_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... FAILED"));
    Ok(Some(red.unwrap_or("the end of its program").to_owned()))
}

fn in_copy(arguments: &[&str]) -> Command {
    let mut cargo = run::cargo();
    cargo.args(arguments).current_dir(COPY);
    cargo
}

/// Builds a test program, and says where it is.
fn built(selection: &[&str]) -> Result<PathBuf> {
    let output = in_copy(&["test", "--no-run"]).args(selection).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        bail!("the checks cannot be taken away as they are written:\n{said}");
    }
    let path = said.lines().filter(|line| line.trim_start().starts_with("Executable"));
    let path = path.filter_map(|line| line.split('(').nth(1)?.strip_suffix(')')).next_back();
    Ok(std::path::absolute(Path::new(COPY).join(path.context("cargo names what it has built")?))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_found_in_the_sources_as_they_are() {
        let sources = sources().unwrap();
        let found = checks::find(&sources);
        assert!(found.len() >= 60, "{}", found.len());
        checks::every_rule_finds(&found);
        let mutated = checks::mutated(&sources, &found);
        let concerned = |path: &str| found.iter().any(|check| check.path == path);
        for ((path, before), (_, after)) in sources.iter().zip(&mutated) {
            assert_eq!(before != after, concerned(path), "{path}");
        }
        let switches: usize = mutated.iter().map(|(_, text)| text.matches("mutant(").count()).sum();
        assert_eq!(switches, found.len());
    }

    #[test]
    fn some_are_chosen_by_their_numbers() {
        assert_eq!(chosen(&[], 3).unwrap(), [1, 2, 3]);
        assert_eq!(chosen(&["2", "4-6"], 9).unwrap(), [2, 4, 5, 6]);
        for wrong in ["0", "10", "3-2", "x"] {
            assert!(chosen(&[wrong], 9).is_err(), "{wrong}");
        }
    }
}
