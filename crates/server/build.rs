//! Says what the program is built from besides its source: the files of the client and of the playground.

use std::{env, fs, io};

const BUILT: [&str; 2] = ["../../frontend/dist", "../../frontend/playground/dist"];

fn main() -> io::Result<()> {
    // A debug build reads the files from disk when they are asked for; any other one embeds them.
    let reads = env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_some();
    for folder in BUILT {
        // The folder's path is built in, so it has to be there, even if nothing has been built yet.
        fs::create_dir_all(folder)?;
        println!("cargo::rerun-if-changed={}", if reads { "build.rs" } else { folder });
    }
    Ok(())
}
