//! `cargo xtask bench ui`: the first load and the filter, measured in a real browser.

use crate::{product, run, setup};
use anyhow::Result;

pub fn ui() -> Result<()> {
    setup::ensure(&setup::BROWSER)?;
    let binary = product::build()?;
    run::run(run::program("node").arg("bench/ui.mjs").current_dir("tests/browser").env("RENKEI_BIN", binary))
}
