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
    let mut decompositions = Texts::default();
    let mut classes = Rows::default();
    let mut compositions = Rows::default();
    let mut cases = Texts::default();
    for c in chars() {
        let mut whole = Vec::new();
        decompose_compatible(c, |part| whole.push(part));
        let composed = composed_of(c);
        let follows = composed.is_some() && composed == pair(&whole);
        if whole != [c] {
            decompositions.push(c, &whole, follows)?;
        }
        let class = canonical_combining_class(c);
        if class > 0 {
            classes.push(c, &[char::from(class)])?;
        }
        let folded: Vec<char> = fold_case(c).collect();
        if folded != [c] {
            cases.push(c, &folded, false)?;
        }
        if let Some((first, second)) = composed.filter(|_| !follows) {
            compositions.push(c, &[first, second])?;
        }
    }
    let folder = env::var("OUT_DIR")?;
    let tables = [
        ("decompositions", decompositions.packed()),
        ("classes", classes.text),
        ("compositions", compositions.text),
        ("cases", cases.packed()),
    ];
    for (name, table) in tables {
        fs::write(Path::new(&folder).join(name), table)?;
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
    pair(&parts).filter(|(first, second)| compose(*first, *second) == Some(c))
}

/// What all but the last compose to, and the last.
fn pair(parts: &[char]) -> Option<(char, char)> {
    let (second, rest) = parts.split_last()?;
    let (first, rest) = rest.split_first()?;
    Some((rest.iter().try_fold(*first, |first, part| compose(first, *part))?, *second))
}

/// Rows in order: each the distance of its character from the one before, and what is told of it.
#[derive(Default)]
struct Rows {
    text: String,
    last: u32,
}

impl Rows {
    fn push(&mut self, c: char, told: &[char]) -> Result<(), Box<dyn Error>> {
        self.text.push(number(c as u32 - self.last)?);
        self.text.extend(told);
        self.last = c as u32;
        Ok(())
    }
}

/// What single characters become, packed so that neighbours look alike: all distances, a NUL, then all that they
/// become. A single character is a 2 and its distance from the last such; several are the first one's distance from
/// the last such, the others, and a 0, or a 1 where composing them gives the character back.
#[derive(Default)]
struct Texts {
    rows: Rows,
    told: String,
    single: u32,
    first: u32,
}

impl Texts {
    fn push(&mut self, c: char, told: &[char], composes: bool) -> Result<(), Box<dyn Error>> {
        self.rows.push(c, &[])?;
        let (first, rest) = told.split_first().ok_or("a character that becomes nothing")?;
        if rest.is_empty() {
            self.told.extend(['\x02', number(distance(self.single, *first))?]);
            self.single = *first as u32;
        } else {
            // Not to be taken for one of the signs.
            self.told.push(number(distance(self.first, *first) + 3)?);
            self.told.extend(rest);
            self.told.push(if composes { '\x01' } else { '\0' });
            self.first = *first as u32;
        }
        Ok(())
    }

    fn packed(self) -> String {
        format!("{}\0{}", self.rows.text, self.told)
    }
}

/// Forth and back in turn: 0, -1, 1, -2, 2.
fn distance(from: u32, to: char) -> u32 {
    let to = to as u32;
    if to < from { (from - to) * 2 - 1 } else { (to - from) * 2 }
}

/// As a character, past those that are none.
fn number(number: u32) -> Result<char, Box<dyn Error>> {
    let code = if number < 0xd800 { number } else { number + 0x800 };
    Ok(char::from_u32(code).ok_or("a distance that is no character")?)
}
