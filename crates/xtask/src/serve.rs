//! `cargo xtask serve`: everything built, then the server itself in this process's place.

use crate::{product, say};
use anyhow::{Context, Result};
use std::os::unix::process::CommandExt;
use std::process::Command;

/// Returns only when the server could not be started: it replaces this process, so that Ctrl+C and signals reach it alone.
pub fn serve(options: &[&str]) -> Result<()> {
    let binary = product::build()?;
    say::line("Starting the server with the database ./renkei.db (Ctrl+C ends it)");
    let error = Command::new(binary).args(["serve", "--demo"]).args(options).exec();
    Err(error).context("the server could not be started")
}
