//! Says what the program is built from besides its source: the client's files.

use std::{env, fs, io};

const CLIENT: &str = "../../frontend/dist";

fn main() -> io::Result<()> {
    // The folder's path is built in, so it has to be there, even if the client has not been built yet.
    fs::create_dir_all(CLIENT)?;
    // A debug build reads the files from disk when they are asked for; any other one embeds them.
    let watched = if env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_some() { "build.rs" } else { CLIENT };
    println!("cargo::rerun-if-changed={watched}");
    Ok(())
}
