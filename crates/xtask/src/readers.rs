//! `cargo xtask readers`: fuzz targets for the readers of files and of what is pasted (`fuzz/`, as cargo-fuzz lays it out), each
//! for some seconds from its committed corpus. No panic, no hang, bounded memory.

use crate::summary::Counts;
use crate::{run, say, setup};
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

const TARGETS: [&str; 8] = ["xlsx", "ods", "docx", "csv", "tsv", "html", "json", "paste"];
/// Of each, unless said otherwise.
const LONG: u32 = 600;
/// The bounds: seconds for one input, MiB of memory, bytes of an input.
const TIMEOUT: u32 = 5;
const MEMORY: u32 = 1_024;
const BYTES: u32 = 16_384;
/// What has failed is kept here.
const ARTEFACTS: &str = "artefacts/readers";

/// `[SECONDS] [TARGET…]`
pub fn readers(arguments: &[&str]) -> Result<ExitCode> {
    let (seconds, targets) = asked(arguments)?;
    let counts = fuzz(seconds, &targets)?;
    println!("\n{} passed, {} failed", counts.passed, counts.failed);
    Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn asked<'a>(arguments: &[&'a str]) -> Result<(u32, Vec<&'a str>)> {
    let seconds = arguments.first().and_then(|first| first.parse().ok());
    let named = &arguments[usize::from(seconds.is_some())..];
    if let Some(unknown) = named.iter().find(|name| !TARGETS.contains(*name)) {
        bail!("there is no target `{unknown}`; the targets: {}", TARGETS.join(" "));
    }
    let targets = if named.is_empty() { TARGETS.to_vec() } else { named.to_vec() };
    Ok((seconds.unwrap_or(LONG), targets))
}

fn fuzz(seconds: u32, targets: &[&str]) -> Result<Counts> {
    setup::ensure(&setup::READERS)?;
    say::step("Building the readers with their targets", "a minute and a half the first time", || {
        // Instrumented as cargo-fuzz does it on a nightly Rust; without AddressSanitizer, which safe code has no need of.
        let build = ["fuzz", "build", "--sanitizer", "none"];
        run::run(run::cargo().args(build).env("RUSTC_BOOTSTRAP", "1"))
    })?;
    std::fs::create_dir_all(ARTEFACTS)?;
    let mut counts = Counts::default();
    // One for each core.
    for some in targets.chunks(2) {
        let running: Vec<_> = some.iter().map(|target| start(target, seconds)).collect();
        for (target, child) in some.iter().zip(running) {
            let output =
                child?.wait_with_output().with_context(|| format!("{target} could not be watched"))?;
            let told = String::from_utf8_lossy(&output.stderr);
            match output.status.success() {
                true => println!("ok: {target}: {}", told.lines().last().unwrap_or_default()),
                false => println!("FAILED: {target}\n{told}"),
            }
            counts.add(Counts::one(output.status.success()));
        }
    }
    Ok(counts)
}

/// What it finds goes to a folder that is built; its corpus stays as it is committed.
fn start(target: &str, seconds: u32) -> Result<std::process::Child> {
    let built = Path::new("fuzz/target").join(host()?).join("release").join(target);
    let found = Path::new("fuzz/target/found").join(target);
    std::fs::create_dir_all(&found)?;
    let mut fuzz: Command = run::program(std::path::absolute(built)?);
    fuzz.arg(&found).arg(format!("fuzz/corpus/{target}")).args([
        format!("-max_total_time={seconds}"),
        format!("-timeout={TIMEOUT}"),
        format!("-rss_limit_mb={MEMORY}"),
        format!("-max_len={BYTES}"),
        format!("-artifact_prefix={ARTEFACTS}/{target}-"),
        "-print_final_stats=0".to_owned(),
    ]);
    let child = fuzz.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    child.with_context(|| format!("{target} could not be started"))
}

/// For which cargo-fuzz builds.
fn host() -> Result<String> {
    Ok(run::output(run::program("rustc").args(["--print", "host-tuple"]))?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_targets_are_read_and_nothing_else() {
        assert_eq!(asked(&[]).unwrap(), (LONG, TARGETS.to_vec()));
        assert_eq!(asked(&["20"]).unwrap(), (20, TARGETS.to_vec()));
        assert_eq!(asked(&["20", "csv"]).unwrap(), (20, vec!["csv"]));
        assert_eq!(asked(&["paste"]).unwrap(), (LONG, vec!["paste"]));
        assert!(asked(&["pdf"]).is_err());
    }

    #[test]
    fn each_target_has_its_file_and_its_corpus() {
        let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
        for target in TARGETS {
            assert!(fuzz.join(format!("fuzz_targets/{target}.rs")).is_file(), "{target}");
            assert!(fuzz.join("corpus").join(target).read_dir().unwrap().next().is_some(), "{target}");
        }
    }
}
