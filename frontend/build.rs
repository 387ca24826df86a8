//! Registers the server's schema, against which the client's operations are checked when they are compiled.

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    cynic_codegen::register_schema("renkei")
        .from_sdl_file("../crates/server/schema.graphql")?
        .as_default()?;
    Ok(())
}
