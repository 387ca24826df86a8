//! `cargo xtask …`: the commands of this repository, each from a fresh checkout to its end.

mod bench;
mod borders;
mod fuzz;
mod modules;
mod mutants;
mod postgres;
mod product;
mod readers;
mod run;
mod say;
mod serve;
mod setup;
mod soak;
mod standalone;
mod summary;
mod test;

use anyhow::{Context, Result, bail};
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  serve [-- OPTIONS]   build everything and serve it with its own database on 127.0.0.1:8080,
                       with the sample region and demo accounts (OPTIONS go to `renkei serve`)
  build                leave one self-contained binary at target/release/renkei
  test [PART…]         run every test, or some parts of them:
                       format lint unit borders client build api fuzz browser soak
  soak [SCHEDULES] [SEED] [--without-outbox]
                       play randomised schedules of several people on one sheet in real browsers:
                       1000 of them from seed 1, unless said otherwise, which takes two hours;
                       a failing one tells its seed and is replayed alone by `soak 1 SEED`;
                       with browsers that keep nothing the run succeeds if losses are seen
  fuzz [MINUTES] [SEED]
                       send requests that schemathesis makes of the schema, signed in, to a server of
                       their own on each database: 10 minutes each from seed 1, unless said otherwise
  readers [SECONDS] [TARGET…]
                       feed the readers of files and of what is pasted with made-up bytes (fuzz/, by cargo-fuzz):
                       600 seconds each, unless said otherwise
  mutants permissions [NUMBER…]
                       take away each single check of a right and show that a test turns red, or only
                       those of these numbers, which `--list` shows: one build, then half a minute each
  bench ui [COMMIT]    measure the first load, the start and the filter in a real browser, the start in turn
                       with the client of another commit
  bench live           measure 200 open subscriptions under 20 changes a second, on both databases
  bench http           measure throughput, a reader beside a flood of sign-ins, the memory of idle
                       connections, and ten times the load that can be served; the server has one
                       core, the load another one
  bench files          measure a sheet of 2,000 entries out and in again, in each form of file: time and
                       memory
  bench search         measure a search over ten years of a region among 340, 2.2 million entries, on both
                       databases, into docs/search.md
  bench api            measure reading and saving beside plain async-graphql with sqlx and Mercurius, in one region
                       and in 340, and 2,000 subscriptions, on both databases, into docs/performance.md
  setup                only set up the tools that the commands above need, but for `readers`
  --help               this text

Each command sets up what is missing first: a Rust target, trunk, wasm-bindgen and cargo-fuzz into cargo's own
bin folder, npm packages beside their package.json, Python's beside their requirements.txt, and for
tests Chromium, Firefox, WebKit, a virtual screen, a Japanese font, pdftotext, PostgreSQL and Python's venv from
Debian's packages (as root or with sudo).";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match obey(&arguments.iter().map(String::as_str).collect::<Vec<_>>()) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn obey(arguments: &[&str]) -> Result<ExitCode> {
    std::env::set_current_dir(root()).context("the repository's root folder is gone")?;
    match arguments {
        [] | ["help" | "--help" | "-h"] => println!("{HELP}"),
        ["serve"] => serve::serve(&[])?,
        ["serve", "--", options @ ..] => serve::serve(options)?,
        ["build"] => {
            let binary = product::build()?;
            println!("\nOne file, ready to be copied anywhere: {}", binary.display());
        }
        ["test", parts @ ..] => return test::test(parts),
        ["soak", arguments @ ..] => return soak::soak(arguments),
        ["fuzz", arguments @ ..] => return fuzz::fuzz(arguments),
        ["readers", arguments @ ..] => return readers::readers(arguments),
        ["mutants", "permissions", numbers @ ..] => return mutants::mutants(numbers),
        ["bench", "ui"] => bench::ui(None)?,
        ["bench", "ui", other] => bench::ui(Some(other))?,
        ["bench", "live"] => bench::live()?,
        ["bench", "http"] => bench::http()?,
        ["bench", "files"] => bench::files()?,
        ["bench", "search"] => bench::search()?,
        ["bench", "api"] => bench::api()?,
        ["setup"] => setup::ensure(&setup::EVERYTHING)?,
        _ => bail!("`{}` is no command here.\n\n{HELP}", arguments.join(" ")),
    }
    Ok(ExitCode::SUCCESS)
}

/// The repository's root, where every command runs.
fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).map_or(here.clone(), PathBuf::from)
}
