//! Building the product: the client by trunk, then the server that carries it inside.

use crate::{run, say, setup};
use anyhow::{Context, Result};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the client is made of. Where none of it has changed, it is not built again.
const CLIENT_SOURCES: [&str; 6] =
    ["frontend", "crates/domain", "Cargo.toml", "Cargo.lock", "Trunk.toml", ".cargo/config.toml"];
/// Bytes that the first load may take, in brotli and without fonts.
pub const FIRST_LOAD_BOUND: u64 = 204_800;
const CLIENT: &str = "frontend/dist";
/// Made by the client's build itself, or installed.
const MADE: [&str; 3] = [CLIENT, "frontend/node_modules", "frontend/style/client.css"];
/// What the client was last built of, and what it became: somebody may have built another one since.
const CLIENT_STAMP: &str = "target/xtask/client.stamp";

/// Client and server, as one release binary.
pub fn build() -> Result<PathBuf> {
    build_client()?;
    build_server()
}

pub fn build_client() -> Result<()> {
    setup::ensure(&setup::CLIENT)?;
    let sources = fingerprint(&CLIENT_SOURCES)?;
    if std::fs::read_to_string(CLIENT_STAMP)
        .is_ok_and(|stamp| client_stamp(&sources).is_ok_and(|now| now == stamp))
    {
        say::line("The client is built already");
        return Ok(());
    }
    let trunk = setup::trunk_program().context("trunk is missing")?;
    let bindgen = setup::wasm_bindgen_program()?.context("wasm-bindgen is missing")?;
    say::step("Building the client", "about 4 minutes the first time, later half a minute", || {
        run::run(
            run::program(&trunk)
                .args(["build", "--release"])
                .env("PATH", path_led_by(&bindgen)?)
                // Trunk takes `NO_COLOR=1` for a mistake.
                .env_remove("NO_COLOR"),
        )
    })?;
    std::fs::create_dir_all("target/xtask")?;
    Ok(std::fs::write(CLIENT_STAMP, client_stamp(&sources)?)?)
}

fn client_stamp(sources: &str) -> Result<String> {
    Ok(format!("{sources} {}", fingerprint(&[CLIENT])?))
}

fn build_server() -> Result<PathBuf> {
    say::step("Building the server", "about 8 minutes the first time, later a minute or none", || {
        run::run(run::cargo().args(["build", "--release", "--package", "renkei-server", "--bin", "renkei"]))
    })?;
    Ok(std::fs::canonicalize("target/release/renkei")?)
}

/// What a browser loads before the page stands: the page and the files beside it, in brotli where there is a
/// compressed copy, without fonts and without the service worker, which comes later.
pub fn first_load_bytes() -> Result<u64> {
    let mut sum = 0;
    for entry in std::fs::read_dir(CLIENT)? {
        let file = entry?.path();
        let kind = file.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        if ["html", "css", "js", "wasm", "svg"].contains(&kind) && !file.ends_with("sw.js") {
            let compressed = file.with_extension(format!("{kind}.br"));
            sum += if compressed.exists() { compressed } else { file }.metadata()?.len();
        }
    }
    anyhow::ensure!(sum > 0, "{CLIENT} holds no client");
    Ok(sum)
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

/// Of the names and bytes of these files and those in these folders.
fn fingerprint(paths: &[&str]) -> Result<String> {
    let mut files = Vec::new();
    for path in paths {
        collect(Path::new(path), &mut files)?;
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.hash(&mut hasher);
        std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            let entry = entry?.path();
            if !MADE.iter().any(|made| entry == Path::new(made)) {
                collect(&entry, files)?;
            }
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
    Ok(())
}
