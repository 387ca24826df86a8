//! How many tests passed and failed, as the tools say it, and the table at the end.

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
}

impl Counts {
    /// One check that has only one outcome.
    pub fn one(passed: bool) -> Self {
        Counts { passed: passed.into(), failed: (!passed).into() }
    }

    pub fn add(&mut self, other: Counts) {
        self.passed += other.passed;
        self.failed += other.failed;
    }

    /// A tool that ended with a failure, or without having run any test, has failed even if it counts none.
    pub fn judged(mut self, succeeded: bool) -> Self {
        if self.failed == 0 && (!succeeded || self.passed == 0) {
            self.failed = 1;
        }
        self
    }
}

/// What a line of `cargo test` adds. An ignored test is a failed one: nothing is skipped silently.
pub fn of_cargo_test(line: &str) -> Counts {
    let Some(result) = line.strip_prefix("test result: ") else { return Counts::default() };
    let result = result.split_once(". ").map_or(result, |(_, counts)| counts);
    let number = |word: &str| number_before(result, ';', word);
    Counts { passed: number("passed"), failed: number("failed") + number("ignored") }
}

/// What a line of Playwright's closing summary adds (`  12 passed (1.2m)`, `  1 failed`, `  2 did not run`).
/// A test that was skipped, did not run or passed at the second try only is a failed one.
pub fn of_playwright(line: &str) -> Counts {
    let Some(summary) = line.strip_prefix("  ").filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    else {
        return Counts::default();
    };
    let summary = summary.split(" (").next().unwrap_or(summary);
    let number = |word: &str| number_before(summary, ';', word);
    let failed = ["failed", "flaky", "skipped", "did not run", "interrupted"];
    Counts { passed: number("passed"), failed: failed.into_iter().map(number).sum() }
}

/// What a line of `node --test` adds, as TAP (`# pass 12`, `# fail 1`). A test that was left out is a failed one.
pub fn of_node(line: &str) -> Counts {
    let Some((word, count)) = line.strip_prefix("# ").and_then(|rest| rest.split_once(' ')) else {
        return Counts::default();
    };
    let count = count.trim().parse().unwrap_or(0);
    match word {
        "pass" => Counts { passed: count, failed: 0 },
        "fail" | "cancelled" | "skipped" | "todo" => Counts { passed: 0, failed: count },
        _ => Counts::default(),
    }
}

/// What a line of a program adds that says each of its checks (`ok: …`, `FAILED: …`).
pub fn of_checks(line: &str) -> Counts {
    Counts { passed: line.starts_with("ok: ").into(), failed: line.starts_with("FAILED: ").into() }
}

fn number_before(text: &str, separator: char, word: &str) -> usize {
    text.split(separator)
        .filter_map(|part| part.trim().strip_suffix(word)?.trim().parse::<usize>().ok())
        .next()
        .unwrap_or(0)
}

/// What the tools said of each failure, to be said again at the end, where it is looked for.
static FAILURES: Mutex<Failures> = Mutex::new(Failures { lines: Vec::new(), follow: 0 });

struct Failures {
    lines: Vec<String>,
    /// So many lines are still about the last one.
    follow: usize,
}

/// Lines that a failure is told in, and those of all failures.
const LINES: usize = 16;
const ALL_LINES: usize = 200;

impl Failures {
    fn note(&mut self, line: &str) {
        if begins_a_failure(line) {
            self.follow = LINES;
        }
        if self.follow > 0 && self.lines.len() < ALL_LINES && !line.trim().is_empty() {
            self.follow -= 1;
            self.lines.push(line.to_owned());
        }
    }
}

/// `---- name stdout ----` of `cargo test`, `  1) name` of Playwright, `not ok 1 - name` of `node --test`, and of checks.
fn begins_a_failure(line: &str) -> bool {
    let numbered = line.strip_prefix("  ").and_then(|rest| rest.split_once(") ")).map(|(number, _)| number);
    (line.starts_with("---- ") && line.ends_with(" stdout ----"))
        || numbered
            .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        || line.trim_start().starts_with("not ok ")
        || line.starts_with("FAILED: ")
}

/// A line of a tool's.
pub fn note(line: &str) {
    FAILURES.lock().unwrap_or_else(PoisonError::into_inner).note(line);
}

/// All failures that were noted; nothing if there are none.
pub fn failures() -> String {
    let failures = FAILURES.lock().unwrap_or_else(PoisonError::into_inner);
    match failures.lines.is_empty() {
        true => String::new(),
        false => format!("What failed:\n{}\n\n", failures.lines.join("\n")),
    }
}

pub struct Row {
    pub part: &'static str,
    pub counts: Counts,
    pub took: Duration,
}

/// The table of all parts; its last line is the sum.
pub fn table(rows: &[Row]) -> String {
    let mut text = format!("{:<10}{:>8}{:>8}{:>10}\n", "part", "passed", "failed", "seconds");
    let mut sum = Counts::default();
    for Row { part, counts, took } in rows {
        sum.add(*counts);
        let seconds = took.as_secs_f64();
        let _ = writeln!(text, "{part:<10}{:>8}{:>8}{seconds:>10.1}", counts.passed, counts.failed);
    }
    let _ = write!(text, "{} passed, {} failed", sum.passed, sum.failed);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: usize, failed: usize) -> Counts {
        Counts { passed, failed }
    }

    #[test]
    fn cargo_test_is_read_and_ignored_tests_count_as_failed() {
        let ok =
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.00s";
        let bad = "test result: FAILED. 1 passed; 2 failed; 3 ignored; 0 measured; 0 filtered out; finished in 1.00s";
        assert_eq!(of_cargo_test(ok), counts(12, 0));
        assert_eq!(of_cargo_test(bad), counts(1, 5));
        assert_eq!(of_cargo_test("test entry::tests::the_result ... ok"), counts(0, 0));
    }

    #[test]
    fn playwrights_summary_is_read_and_nothing_skipped_passes() {
        assert_eq!(of_playwright("  12 passed (1.2m)"), counts(12, 0));
        assert_eq!(of_playwright("  1 failed"), counts(0, 1));
        assert_eq!(of_playwright("  2 skipped"), counts(0, 2));
        assert_eq!(of_playwright("  3 did not run"), counts(0, 3));
        assert_eq!(of_playwright("  1 flaky"), counts(0, 1));
        assert_eq!(of_playwright("  ✓  1 journey.spec.ts:3:1 › 12 passed (1s)"), counts(0, 0));
        assert_eq!(of_playwright("12 passed"), counts(0, 0));
    }

    #[test]
    fn nodes_summary_is_read_and_nothing_left_out_passes() {
        assert_eq!(of_node("# pass 7"), counts(7, 0));
        assert_eq!(of_node("# fail 1"), counts(0, 1));
        assert_eq!(of_node("# skipped 2"), counts(0, 2));
        assert_eq!(of_node("# tests 7"), counts(0, 0));
        assert_eq!(of_node("ok 1 - # pass 7"), counts(0, 0));
    }

    #[test]
    fn checks_are_read() {
        assert_eq!(of_checks("ok: the server still answers"), counts(1, 0));
        assert_eq!(of_checks("FAILED: its log holds no fault"), counts(0, 1));
        assert_eq!(of_checks("  FAILED: somewhere else"), counts(0, 0));
    }

    #[test]
    fn what_failed_is_said_again() {
        let mut failures = Failures { lines: Vec::new(), follow: 0 };
        for line in [
            "test some::test ... FAILED",
            "---- some::test stdout ----",
            "",
            "thread 'some::test' panicked at some.rs:1:1:",
            "  1) a.spec.ts:3:1 › a journey ───",
            "    Error: too late",
        ] {
            failures.note(line);
        }
        let told = ["---- some::test stdout ----", "thread 'some::test' panicked at some.rs:1:1:"];
        assert_eq!(failures.lines[..2], told);
        assert_eq!(failures.lines[2..], ["  1) a.spec.ts:3:1 › a journey ───", "    Error: too late"]);
        assert!(!begins_a_failure("  ✓  1 a.spec.ts:3:1 › a journey (1) (1s)"));
    }

    #[test]
    fn no_tests_and_a_failing_tool_are_failures() {
        assert_eq!(counts(0, 0).judged(true), counts(0, 1));
        assert_eq!(counts(5, 0).judged(false), counts(5, 1));
        assert_eq!(counts(5, 2).judged(false), counts(5, 2));
        assert_eq!(counts(5, 0).judged(true), counts(5, 0));
    }

    #[test]
    fn the_last_line_is_the_sum() {
        let rows = [
            Row { part: "unit", counts: counts(400, 0), took: Duration::from_millis(1500) },
            Row { part: "api", counts: counts(12, 1), took: Duration::from_secs(100) },
        ];
        let table = table(&rows);
        assert_eq!(table.lines().last(), Some("412 passed, 1 failed"));
        assert_eq!(table.lines().nth(1), Some("unit           400       0       1.5"));
    }
}
