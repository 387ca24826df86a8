//! Starting other programs: where they are, what they see, what became of them.

use crate::summary;
use anyhow::{Context, Result, bail};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A program with cargo's own bin folder in front of the PATH, so that what was installed there is found. What cargo
/// builds goes to this folder's `target`, wherever else somebody's builds may go.
pub fn program(name: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(name);
    command.env("PATH", search_path()).env_remove("CARGO_TARGET_DIR");
    command
}

/// Cargo, the same one that runs this.
pub fn cargo() -> Command {
    program(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs to the end with the terminal as its own; anything but success is an error that names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{} could not be started", shown(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", shown(command));
    }
    Ok(())
}

/// What it prints, when it succeeds.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} could not be started", shown(command)))?;
    if !output.status.success() {
        bail!("`{}` ended with {}", shown(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Like [`output`] for a question to which 'there is no such program' is an answer too.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs to the end, showing each line and handing it on; says whether it succeeded.
pub fn watch(command: &mut Command, mut each: impl FnMut(&str)) -> Result<bool> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} could not be started", shown(command)))?;
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n') {
            let line = String::from_utf8_lossy(&line?).into_owned();
            println!("{line}");
            summary::note(&line);
            each(&line);
        }
    }
    Ok(child.wait()?.success())
}

/// Where the programs called `name` are: cargo's bin folder first, then the PATH.
pub fn places(name: &str) -> impl Iterator<Item = PathBuf> {
    let name = name.to_owned();
    std::env::split_paths(&search_path())
        .map(move |folder| folder.join(&name))
        .filter(|file| file.is_file())
        .collect::<Vec<_>>()
        .into_iter()
}

pub fn exists(name: &str) -> bool {
    places(name).next().is_some()
}

/// The folder into which `cargo install` installs.
pub fn cargo_home() -> PathBuf {
    let default = || PathBuf::from(std::env::var_os("HOME").unwrap_or_else(|| "/root".into())).join(".cargo");
    std::env::var_os("CARGO_HOME").map_or_else(default, PathBuf::from)
}

pub fn is_root() -> bool {
    answer(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0")
}

/// The command as root: as it is, or through sudo, which asks for a password only where somebody can type one.
pub fn as_root(name: &str) -> Result<Command> {
    if is_root() {
        return Ok(program(name));
    }
    if !exists("sudo") {
        bail!("neither root nor sudo");
    }
    let mut sudo = program("sudo");
    if !std::io::stdin().is_terminal() {
        sudo.arg("--non-interactive");
    }
    sudo.arg(name);
    Ok(sudo)
}

fn search_path() -> OsString {
    let bin = cargo_home().join("bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(bin).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).unwrap_or(path)
}

fn shown(command: &Command) -> String {
    let name =
        Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(name).chain(arguments).collect::<Vec<_>>().join(" ")
}
