//! Unicode's normalisation form NFKC (UAX #15) and the folding of cases, from tables that a browser can load in a blink.
//!
//! The data are those of the `unicode-normalization` library and of Rust, packed by build.rs; a test compares every
//! character and a host of texts with them.

use std::sync::OnceLock;

const DECOMPOSITIONS: &str = include_str!(concat!(env!("OUT_DIR"), "/decompositions"));
const CLASSES: &str = include_str!(concat!(env!("OUT_DIR"), "/classes"));
const COMPOSITIONS: &str = include_str!(concat!(env!("OUT_DIR"), "/compositions"));
const CASES: &str = include_str!(concat!(env!("OUT_DIR"), "/cases"));

/// A text's NFKC.
pub(crate) fn nfkc(text: &str) -> String {
    let tables = tables();
    let mut chars: Vec<(u8, char)> = Vec::with_capacity(text.len());
    for c in text.chars() {
        tables.decompose(c, &mut |part| chars.push((tables.class(part), part)));
    }
    order(&mut chars);
    tables.compose_all(&chars)
}

/// A text without its cases: upper and lower become one.
pub(crate) fn fold_case(text: &str) -> String {
    let cases = &tables().cases;
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match find(cases, c) {
            Some(other) => folded.push_str(other),
            None => folded.push(c),
        }
    }
    folded
}

/// Whether normalisation keeps this character apart from whatever stands before it.
pub(crate) fn starts_anew(c: char) -> bool {
    let tables = tables();
    let mut first = None;
    tables.decompose(c, &mut |part| {
        first.get_or_insert(part);
    });
    first.is_some_and(|first| tables.class(first) == 0 && !tables.composes_with_what_precedes(first))
}

/// Sorts each run of combining marks by class; marks of one class keep their order.
fn order(chars: &mut [(u8, char)]) {
    for run in chars.chunk_by_mut(|a, b| a.0 > 0 && b.0 > 0) {
        // By insertion: a run has a mark or two.
        for end in 1..run.len() {
            let mut at = end;
            while at > 0 && run[at - 1].0 > run[at].0 {
                run.swap(at - 1, at);
                at -= 1;
            }
        }
    }
}

struct Tables {
    /// By character.
    decompositions: Vec<(char, &'static str)>,
    /// By character.
    cases: Vec<(char, &'static str)>,
    /// By character; all others have class 0.
    classes: Vec<(char, u8)>,
    /// By the pair.
    compositions: Vec<((char, char), char)>,
    /// What is second in a pair, in order.
    seconds: Vec<char>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(Tables::unpack)
}

impl Tables {
    fn unpack() -> Self {
        let mut classes = Vec::new();
        let mut rows = Rows::new(CLASSES);
        while let Some(c) = rows.next() {
            classes.extend(rows.char().map(|class| (c, class as u8)));
        }
        let mut compositions = Vec::new();
        let mut rows = Rows::new(COMPOSITIONS);
        while let Some(c) = rows.next() {
            compositions.extend(rows.char().zip(rows.char()).map(|pair| (pair, c)));
        }
        compositions.sort_unstable();
        let mut seconds: Vec<char> = compositions.iter().map(|((_, second), _)| *second).collect();
        seconds.sort_unstable();
        Tables {
            decompositions: Rows::texts(DECOMPOSITIONS),
            cases: Rows::texts(CASES),
            classes,
            compositions,
            seconds,
        }
    }

    fn decompose(&self, c: char, push: &mut dyn FnMut(char)) {
        if let Some((leading, vowel, trailing)) = hangul::parts(c) {
            [Some(leading), Some(vowel), trailing].into_iter().flatten().for_each(push);
        } else if let Some(parts) = find(&self.decompositions, c) {
            parts.chars().for_each(push);
        } else {
            push(c);
        }
    }

    fn class(&self, c: char) -> u8 {
        self.classes.binary_search_by_key(&c, |(c, _)| *c).map_or(0, |row| self.classes[row].1)
    }

    fn compose(&self, first: char, second: char) -> Option<char> {
        hangul::compose(first, second).or_else(|| {
            let row = self.compositions.binary_search_by_key(&(first, second), |(pair, _)| *pair).ok()?;
            Some(self.compositions[row].1)
        })
    }

    fn composes_with_what_precedes(&self, c: char) -> bool {
        hangul::is_second(c) || self.seconds.binary_search(&c).is_ok()
    }

    /// Composes each character with the last starter, if nothing stands between that keeps them apart.
    fn compose_all(&self, chars: &[(u8, char)]) -> String {
        let mut composed: Vec<char> = Vec::with_capacity(chars.len());
        let mut starter: Option<usize> = None;
        // The class of what was kept last, behind the starter.
        let mut last = 0;
        for (class, c) in chars {
            if let Some(at) = starter
                && (at + 1 == composed.len() || last < *class)
                && let Some(both) = self.compose(composed[at], *c)
            {
                composed[at] = both;
                continue;
            }
            if *class == 0 {
                starter = Some(composed.len());
            }
            last = *class;
            composed.push(*c);
        }
        composed.into_iter().collect()
    }
}

fn find(texts: &[(char, &'static str)], c: char) -> Option<&'static str> {
    texts.binary_search_by_key(&c, |(c, _)| *c).ok().map(|row| texts[row].1)
}

/// A packed table, read from its start.
struct Rows {
    rest: &'static str,
    last: u32,
}

impl Rows {
    fn new(table: &'static str) -> Self {
        Rows { rest: table, last: 0 }
    }

    /// A whole table that has a text for each character.
    fn texts(table: &'static str) -> Vec<(char, &'static str)> {
        let mut rows = Self::new(table);
        std::iter::from_fn(|| rows.next().map(|c| (c, rows.until_nul()))).collect()
    }

    /// The next row's character.
    fn next(&mut self) -> Option<char> {
        self.last += self.char()? as u32;
        char::from_u32(self.last)
    }

    fn char(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let c = chars.next();
        self.rest = chars.as_str();
        c
    }

    fn until_nul(&mut self) -> &'static str {
        let (told, rest) = self.rest.split_once('\0').unwrap_or((self.rest, ""));
        self.rest = rest;
        told
    }
}

/// Syllables of Hangul, which follow from their parts by a rule (The Unicode Standard, 3.12).
mod hangul {
    const SYLLABLE: u32 = '가' as u32;
    const LEADING: u32 = '\u{1100}' as u32;
    const VOWEL: u32 = '\u{1161}' as u32;
    /// One before the first: no trailing consonant.
    const TRAILING: u32 = '\u{11a7}' as u32;
    const LEADINGS: u32 = 19;
    const VOWELS: u32 = 21;
    const TRAILINGS: u32 = 28;

    /// Leading consonant, vowel, trailing consonant if there is one.
    pub fn parts(c: char) -> Option<(char, char, Option<char>)> {
        let index = index(c, SYLLABLE, LEADINGS * VOWELS * TRAILINGS)?;
        let leading = char::from_u32(LEADING + index / (VOWELS * TRAILINGS))?;
        let vowel = char::from_u32(VOWEL + index / TRAILINGS % VOWELS)?;
        let trailing = char::from_u32(TRAILING + index % TRAILINGS).filter(|_| index % TRAILINGS > 0);
        Some((leading, vowel, trailing))
    }

    pub fn compose(first: char, second: char) -> Option<char> {
        if let (Some(leading), Some(vowel)) = (index(first, LEADING, LEADINGS), index(second, VOWEL, VOWELS))
        {
            return char::from_u32(SYLLABLE + (leading * VOWELS + vowel) * TRAILINGS);
        }
        let syllable = index(first, SYLLABLE, LEADINGS * VOWELS * TRAILINGS)?;
        let trailing = index(second, TRAILING + 1, TRAILINGS - 1)? + 1;
        if syllable % TRAILINGS == 0 { char::from_u32(first as u32 + trailing) } else { None }
    }

    /// A vowel or a trailing consonant.
    pub fn is_second(c: char) -> bool {
        index(c, VOWEL, VOWELS).or(index(c, TRAILING + 1, TRAILINGS - 1)).is_some()
    }

    fn index(c: char, first: u32, count: u32) -> Option<u32> {
        (c as u32).checked_sub(first).filter(|index| *index < count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_normalization::{
        IsNormalized, UnicodeNormalization, char::canonical_combining_class, is_nfkc_quick,
    };

    fn library(text: &str) -> String {
        UnicodeNormalization::nfkc(text).collect()
    }

    #[test]
    fn every_character_is_normalised_as_by_the_library() {
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            assert_eq!(nfkc(&text), library(&text), "{c:?}");
            let first = text.nfkd().next().expect("a character has a first one");
            let anew = canonical_combining_class(first) == 0
                && is_nfkc_quick(std::iter::once(first)) != IsNormalized::Maybe;
            assert_eq!(starts_anew(c), anew, "{c:?}");
            let folded = c.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
            assert!(fold_case(&text).chars().eq(folded), "{c:?}");
        }
    }

    /// Characters that do something to each other: all that compose, all with a class, Hangul, and some of the rest.
    fn lively() -> impl Strategy<Value = char> {
        let tables = tables();
        let mut chars: Vec<char> = tables.classes.iter().map(|(c, _)| *c).collect();
        chars.extend(tables.compositions.iter().flat_map(|((first, second), both)| [*first, *second, *both]));
        chars.extend(tables.decompositions.iter().map(|(c, _)| *c));
        prop_oneof![
            prop::sample::select(chars),
            prop::sample::select(vec![
                '\u{1100}', '\u{1161}', '\u{11a8}', '가', '각', 'a', 'か', 'は', '゙', '゚'
            ]),
            any::<char>(),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn texts_are_normalised_as_by_the_library(chars in prop::collection::vec(lively(), 0..8)) {
            let text: String = chars.into_iter().collect();
            prop_assert_eq!(nfkc(&text), library(&text));
        }
    }
}
