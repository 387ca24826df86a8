//! `cargo xtask bench ui`: the first load and the filter, measured in a real browser.

use crate::{product, run, setup};
use anyhow::Result;

pub fn ui() -> Result<()> {
    setup::ensure(&setup::BROWSER)?;
    let binary = product::build()?;
    run::run(product::playwright(&binary).args(["--config=bench.config.ts", "--reporter=line"]))
}
