//! `cargo xtask fuzz`: requests that schemathesis makes of the schema, signed in, seeded and bounded in time. Each
//! database has a server of its own (`tests/clients/fuzz.py`).

use crate::postgres::Cluster;
use crate::summary::{self, Counts};
use crate::{product, run, say, setup};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::ExitCode;

#[derive(Debug, PartialEq)]
struct Fuzz {
    minutes: u32,
    seed: u32,
}

const LONG: Fuzz = Fuzz { minutes: 10, seed: 1 };
/// What every test run takes its time for.
const SHORT: Fuzz = Fuzz { minutes: 1, seed: 1 };

/// `[MINUTES] [SEED]`
pub fn fuzz(arguments: &[&str]) -> Result<ExitCode> {
    let counts = asked(arguments)?.run()?;
    println!("\n{} passed, {} failed", counts.passed, counts.failed);
    Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub fn short() -> Result<Counts> {
    SHORT.run()
}

fn asked(arguments: &[&str]) -> Result<Fuzz> {
    let mut numbers = arguments.iter().map(|number| {
        number.parse::<u32>().with_context(|| format!("`{number}` is no number of minutes and no seed"))
    });
    let minutes = numbers.next().transpose()?.unwrap_or(LONG.minutes);
    let seed = numbers.next().transpose()?.unwrap_or(LONG.seed);
    if numbers.next().is_some() || minutes == 0 {
        bail!("it is `cargo xtask fuzz [MINUTES] [SEED]`");
    }
    Ok(Fuzz { minutes, seed })
}

impl Fuzz {
    fn run(&self) -> Result<Counts> {
        setup::ensure(&setup::FUZZ)?;
        let binary = product::build_for_tests()?;
        println!("── on SQLite");
        let mut counts = self.run_on("sqlite", &binary)?;
        println!("── on PostgreSQL");
        let cluster =
            say::step("Starting a PostgreSQL cluster to throw away", "a few seconds", Cluster::start)?;
        counts.add(self.run_on(&cluster.address(), &binary)?);
        Ok(counts)
    }

    fn run_on(&self, database: &str, binary: &Path) -> Result<Counts> {
        let seconds = u64::from(self.minutes) * 60;
        let mut python = run::program(setup::python_of("tests/clients"));
        python.arg("tests/clients/fuzz.py").arg(binary).arg(database);
        python.args([seconds.to_string(), self.seed.to_string()]).env("PYTHONUNBUFFERED", "1");
        let mut counts = Counts::default();
        let succeeded = run::watch(&mut python, |line| counts.add(summary::of_checks(line)))?;
        Ok(counts.judged(succeeded))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_and_seed_are_read_and_nothing_else() {
        assert_eq!(asked(&[]).unwrap(), LONG);
        assert_eq!(asked(&["2"]).unwrap(), Fuzz { minutes: 2, seed: 1 });
        assert_eq!(asked(&["2", "4711"]).unwrap(), Fuzz { minutes: 2, seed: 4711 });
        assert!(asked(&["0"]).is_err() && asked(&["1", "2", "3"]).is_err() && asked(&["some"]).is_err());
    }
}
