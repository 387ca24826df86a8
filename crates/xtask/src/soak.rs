//! `cargo xtask soak`: randomised schedules of several people on one sheet, in real browsers, seeded and repeatable.

use crate::summary::{self, Counts};
use crate::{product, run, say, setup};
use anyhow::{Context, Result, bail};
use std::process::ExitCode;
use std::time::Instant;

/// Seeds count up from the first schedule's.
struct Soak {
    schedules: u32,
    seed: u32,
    /// Browsers keep nothing and send nothing twice, so that something must be lost, and seen to be.
    without_outbox: bool,
}

const LONG: Soak = Soak { schedules: 1000, seed: 1, without_outbox: false };
/// What every test run takes its time for.
const SHORT: Soak = Soak { schedules: 24, seed: 1, without_outbox: false };
/// Enough that something is lost for certain.
const FORGETFUL: Soak = Soak { schedules: 10, seed: 1, without_outbox: true };

/// `[SCHEDULES] [SEED] [--without-outbox]`
pub fn soak(arguments: &[&str]) -> Result<ExitCode> {
    let counts = asked(arguments)?.run()?;
    println!("\n{} passed, {} failed", counts.passed, counts.failed);
    Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A short run, and a shorter one that must lose something.
pub fn short() -> Result<Counts> {
    let mut counts = SHORT.run()?;
    counts.add(FORGETFUL.run()?);
    Ok(counts)
}

fn asked(arguments: &[&str]) -> Result<Soak> {
    let without_outbox = arguments.contains(&"--without-outbox");
    let mut soak = if without_outbox { FORGETFUL } else { LONG };
    let mut numbers = arguments.iter().filter(|argument| **argument != "--without-outbox").map(|number| {
        number.parse::<u32>().with_context(|| format!("`{number}` is no number of schedules and no seed"))
    });
    soak.schedules = numbers.next().transpose()?.unwrap_or(soak.schedules);
    soak.seed = numbers.next().transpose()?.unwrap_or(soak.seed);
    if numbers.next().is_some() || soak.schedules == 0 {
        bail!("it is `cargo xtask soak [SCHEDULES] [SEED] [--without-outbox]`");
    }
    Ok(soak)
}

impl Soak {
    fn run(&self) -> Result<Counts> {
        setup::ensure(&setup::BROWSER)?;
        let binary = product::build_for_tests()?;
        let Soak { schedules, seed, without_outbox } = *self;
        let how = if without_outbox { ", with browsers that keep nothing" } else { "" };
        say::line(&format!("{schedules} schedules from seed {seed}{how}: about 7 seconds each"));
        let start = Instant::now();
        let mut playwright = product::playwright(&binary);
        playwright.args(["--config=soak.config.ts", "--reporter=list"]);
        playwright.env("SOAK_SCHEDULES", schedules.to_string()).env("SOAK_SEED", seed.to_string());
        if without_outbox {
            playwright.env("SOAK_WITHOUT_OUTBOX", "1");
        }
        let mut counts = Counts::default();
        let succeeded = run::watch(&mut playwright, |line| counts.add(summary::of_playwright(line)))?;
        say::line(&format!("after {}", say::seconds(start.elapsed())));
        Ok(counts.judged(succeeded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_is_replayed_by_its_seed() {
        let soak = asked(&["1", "4711"]).unwrap();
        assert_eq!((soak.schedules, soak.seed, soak.without_outbox), (1, 4711, false));
        assert!(asked(&["--without-outbox"]).unwrap().without_outbox);
        assert!(asked(&["0"]).is_err() && asked(&["1", "2", "3"]).is_err() && asked(&["some"]).is_err());
    }
}
