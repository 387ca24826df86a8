//! Writes the tables of src/nfkc.rs: Unicode's normalisation data as the `unicode-normalization` library has them, and
//! its cases as Rust has them, in texts that weigh a third of those tables when the browser loads them.

use std::{env, error::Error, fs, path::Path};
use unicode_normalization::char::{
    canonical_combining_class, compose, decompose_canonical, decompose_compatible,
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    // Hangul syllables follow a rule and need no table.
    let chars = || ('\0'..=char::MAX).filter(|c| !('가'..='힣').contains(c));
    let mut decompositions = Table::default();
    let mut classes = Table::default();
    let mut compositions = Table::default();
    let mut cases = Table::default();
    for c in chars() {
        let mut whole = String::new();
        decompose_compatible(c, |part| whole.push(part));
        if !whole.chars().eq([c]) {
            decompositions.push(c, &format!("{whole}\0"))?;
        }
        let class = canonical_combining_class(c);
        if class > 0 {
            classes.push(c, &char::from(class).to_string())?;
        }
        let folded: String = fold_case(c).collect();
        if !folded.chars().eq([c]) {
            cases.push(c, &format!("{folded}\0"))?;
        }
        if let Some((first, second)) = composed_of(c) {
            compositions.push(c, &format!("{first}{second}"))?;
        }
    }
    let folder = env::var("OUT_DIR")?;
    let tables = [
        ("decompositions", decompositions),
        ("classes", classes),
        ("compositions", compositions),
        ("cases", cases),
    ];
    for (name, table) in tables {
        fs::write(Path::new(&folder).join(name), table.text)?;
    }
    Ok(())
}

/// Lower, upper, lower: ẞ and ß meet as ss, ς and σ as σ, the Kelvin sign and K as k.
fn fold_case(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase)
}

/// The two characters that compose to this one, if it is a result of composition.
fn composed_of(c: char) -> Option<(char, char)> {
    let mut parts = Vec::new();
    decompose_canonical(c, |part| parts.push(part));
    let (second, rest) = parts.split_last()?;
    let (first, rest) = rest.split_first()?;
    let first = rest.iter().try_fold(*first, |first, part| compose(first, *part))?;
    (compose(first, *second) == Some(c)).then_some((first, *second))
}

/// Rows in order: each the distance of its character from the one before, as a character, and what is told of it.
#[derive(Default)]
struct Table {
    text: String,
    last: u32,
}

impl Table {
    fn push(&mut self, c: char, told: &str) -> Result<(), Box<dyn Error>> {
        self.text.push(char::from_u32(c as u32 - self.last).ok_or("a distance that is no character")?);
        self.text.push_str(told);
        self.last = c as u32;
        Ok(())
    }
}
