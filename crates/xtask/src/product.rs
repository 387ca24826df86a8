//! Building the product: the client by trunk, the playground by Vite, then the server that carries both inside.

use crate::{run, say, setup};
use anyhow::{Context, Result};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the client is made of. Where none of it has changed, it is not built again.
const CLIENT_SOURCES: [&str; 6] =
    ["frontend", "crates/domain", "Cargo.toml", "Cargo.lock", "Trunk.toml", ".cargo/config.toml"];
/// Bytes that the first load should take at most, in brotli and without fonts.
pub const FIRST_LOAD_BYTES: u64 = 560_000;
const CLIENT: &str = "frontend/dist";
/// In the client's folders and none of it: the playground, and what is made by the client's build itself or installed.
const NOT_CLIENT: [&str; 4] =
    [CLIENT, "frontend/node_modules", "frontend/style/client.css", "frontend/playground"];
/// What the client was last built of, and what it became: somebody may have built another one since.
const CLIENT_STAMP: &str = "target/xtask/client.stamp";

/// What the playground is made of: it looks like the client.
const PLAYGROUND_SOURCES: [&str; 3] = ["frontend/playground", "frontend/style", "frontend/icon.svg"];
const PLAYGROUND: &str = "frontend/playground/dist";
const NOT_PLAYGROUND: [&str; 3] =
    [PLAYGROUND, "frontend/playground/node_modules", "frontend/style/client.css"];
const PLAYGROUND_STAMP: &str = "target/xtask/playground.stamp";

/// Client, playground and server, as one release binary.
pub fn build() -> Result<PathBuf> {
    build_client()?;
    build_playground()?;
    build_server()
}

/// The same without optimising the server, which reads the other two from disk: what the tests start. The unit tests have
/// compiled nearly all of it.
pub fn build_for_tests() -> Result<PathBuf> {
    build_client()?;
    build_playground()?;
    say::step("Building the server for the tests", "a minute or none after the unit tests", || {
        // With tests, as the features of what only tests need are those of nearly every dependency.
        run::run(run::cargo().args(["build", "--workspace", "--bin", "renkei", "--test", "api"]))
    })?;
    Ok(std::fs::canonicalize("target/debug/renkei")?)
}

pub fn build_client() -> Result<()> {
    setup::ensure(&setup::CLIENT)?;
    let sources = fingerprint(&CLIENT_SOURCES, &NOT_CLIENT)?;
    if is_stamped(CLIENT_STAMP, &sources, CLIENT) {
        say::line("The client is built already");
        return Ok(());
    }
    say::step("Building the client", "about 4 minutes the first time, later half a minute", || {
        run::run(&mut trunk()?)
    })?;
    put_stamp(CLIENT_STAMP, &sources, CLIENT)
}

/// Trunk's release build of the folder that it is started in.
pub fn trunk() -> Result<Command> {
    let trunk = setup::trunk_program().context("trunk is missing")?;
    let bindgen = setup::wasm_bindgen_program()?.context("wasm-bindgen is missing")?;
    let mut build = run::program(&trunk);
    build.args(["build", "--release"]).env("PATH", path_led_by(&bindgen)?);
    // Trunk takes `NO_COLOR=1` for a mistake.
    build.env_remove("NO_COLOR");
    Ok(build)
}

pub fn build_playground() -> Result<()> {
    setup::ensure(&setup::PLAYGROUND)?;
    let sources = fingerprint(&PLAYGROUND_SOURCES, &NOT_PLAYGROUND)?;
    if is_stamped(PLAYGROUND_STAMP, &sources, PLAYGROUND) {
        say::line("The playground is built already");
        return Ok(());
    }
    say::step("Building the playground", "about 30 seconds", || {
        let folder = "frontend/playground";
        let vite = ["node_modules/vite/bin/vite.js", "build", "--logLevel", "warn"];
        run::run(run::program("node").args(vite).current_dir(folder))?;
        run::run(run::program("node").arg("build/release.mjs").current_dir(folder))
    })?;
    put_stamp(PLAYGROUND_STAMP, &sources, PLAYGROUND)
}

/// Whether what was built of these sources is still there as it was.
fn is_stamped(file: &str, sources: &str, built: &str) -> bool {
    std::fs::read_to_string(file).is_ok_and(|before| stamp(sources, built).is_ok_and(|now| now == before))
}

fn put_stamp(file: &str, sources: &str, built: &str) -> Result<()> {
    std::fs::create_dir_all("target/xtask")?;
    Ok(std::fs::write(file, stamp(sources, built)?)?)
}

fn stamp(sources: &str, built: &str) -> Result<String> {
    Ok(format!("{sources} {}", fingerprint(&[built], &[])?))
}

fn build_server() -> Result<PathBuf> {
    say::step("Building the server", "about 8 minutes the first time, later a minute or none", || {
        run::run(run::cargo().args(["build", "--release", "--package", "renkei-server", "--bin", "renkei"]))
    })?;
    Ok(std::fs::canonicalize("target/release/renkei")?)
}

/// Bytes that a browser loads before the page is usable, in brotli where there is a compressed copy, without fonts and
/// without the service worker, which not every browser has.
pub fn first_load_bytes() -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(CLIENT)? {
        let file = entry?.path();
        let kind = file.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if ["html", "css", "js", "wasm", "svg"].contains(&kind) && !file.ends_with("sw.js") {
            let compressed = file.with_extension(format!("{kind}.br"));
            bytes += if compressed.exists() { compressed } else { file }.metadata()?.len();
        }
    }
    anyhow::ensure!(bytes > 0, "{CLIENT} holds no client");
    Ok(bytes)
}

/// Playwright over the browser tests' folder, with the binary that they start.
pub fn playwright(binary: &Path) -> Command {
    let mut playwright = run::program("node");
    playwright.args(["node_modules/@playwright/test/cli.js", "test"]).current_dir("tests/browser");
    playwright.env("RENKEI_BIN", binary).env("FORCE_COLOR", "0");
    playwright
}

/// Trunk takes the first `wasm-bindgen` on the PATH.
fn path_led_by(bindgen: &Path) -> Result<std::ffi::OsString> {
    let folder = bindgen.parent().map(PathBuf::from);
    let trunk_and_cargo = run::cargo_home().join("bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = folder.into_iter().chain([trunk_and_cargo]).chain(std::env::split_paths(&path));
    Ok(std::env::join_paths(folders)?)
}

/// Of the names and bytes of these files and those in these folders, without the ones that are left out.
fn fingerprint(paths: &[&str], left_out: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    for path in paths {
        collect(Path::new(path), left_out, &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, left_out: &[&str], files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            let entry = entry?.path();
            if !left_out.iter().any(|other| entry == Path::new(other)) {
                collect(&entry, left_out, files)?;
            }
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
    Ok(())
}
