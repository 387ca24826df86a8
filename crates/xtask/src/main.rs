//! `cargo xtask …`: the commands of this repository, each from a fresh checkout to its end.

mod bench;
mod borders;
mod postgres;
mod product;
mod run;
mod say;
mod serve;
mod setup;
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
                       format lint unit borders api client build browser
  bench ui             measure the first load and the filter in a real browser
  setup                only set up the tools that the commands above need
  --help               this text

Each command sets up what is missing first: a Rust target, trunk and wasm-bindgen into cargo's own
bin folder, npm packages beside their package.json, and for tests Chromium, a Japanese font and
PostgreSQL from Debian's packages (as root or with sudo).";

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
        ["bench", "ui"] => bench::ui()?,
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
