//! Says what the program is built from besides its source: the files of the client and of the playground, and the
//! operations that the client sends.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

const BUILT: [&str; 2] = ["../../frontend/dist", "../../frontend/playground/dist"];
const CLIENT_SOURCE: &str = "../../frontend/src";

fn main() -> io::Result<()> {
    // A debug build reads the files from disk when they are asked for; any other one embeds them.
    let reads = env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_some();
    for folder in BUILT {
        // The folder's path is built in, so it has to be there, even if nothing has been built yet.
        fs::create_dir_all(folder)?;
        println!("cargo::rerun-if-changed={}", if reads { "build.rs" } else { folder });
    }
    list_operations()
}

/// Lists the client's GraphQL files for `graphql/own.rs`.
fn list_operations() -> io::Result<()> {
    let mut files = Vec::new();
    find_operations(&fs::canonicalize(CLIENT_SOURCE)?, &mut files)?;
    files.sort();
    let mut list = String::from("/// The client's GraphQL files.\nconst FILES: &[&str] = &[\n");
    for file in &files {
        println!("cargo::rerun-if-changed={}", file.display());
        list.push_str(&format!("    include_str!({file:?}),\n"));
    }
    list.push_str("];\n");
    let folder = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(folder.join("operations.rs"), list)
}

fn find_operations(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find_operations(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "graphql") {
            found.push(path);
        }
    }
    Ok(())
}
