//! Unicode's normalisation form NFKC (UAX #15) and the folding of cases, from tables that a browser can load in a blink.
//!
//! The data are those of the `unicode-normalization` library and of Rust, packed by build.rs; a test compares every
//! character and a host of texts with them.

use std::{str::Chars, sync::OnceLock};

const DECOMPOSITIONS: &str = include_str!(concat!(env!("OUT_DIR"), "/decompositions"));
const CLASSES: &str = include_str!(concat!(env!("OUT_DIR"), "/classes"));
const COMPOSITIONS: &str = include_str!(concat!(env!("OUT_DIR"), "/compositions"));
const CASES: &str = include_str!(concat!(env!("OUT_DIR"), "/cases"));

/// Characters that the longest composition is made of: a Greek vowel with breathing, accent and iota.
const LONGEST_COMPOSED: usize = 4;

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
        match cases.get(c) {
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
    decompositions: Texts,
    cases: Texts,
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
            classes.extend(rows.told.next().map(|class| (c, class as u8)));
        }
        let mut compositions = Vec::new();
        let mut rows = Rows::new(COMPOSITIONS);
        while let Some(c) = rows.next() {
            compositions.extend(rows.told.next().zip(rows.told.next()).map(|pair| (pair, c)));
        }
        let (decompositions, composed) = Texts::unpack(DECOMPOSITIONS);
        let (cases, _) = Texts::unpack(CASES);
        let mut tables = Tables { decompositions, cases, classes, compositions, seconds: Vec::new() };
        tables.add_compositions(&composed);
        tables
    }

    /// Those that follow from the decompositions: the shorter ones first, which the longer ones are made of.
    fn add_compositions(&mut self, composed: &[char]) {
        self.compositions.sort_unstable();
        for length in 2..=LONGEST_COMPOSED {
            let of_length = composed.iter().filter_map(|c| Some((self.pair(*c, length)?, *c)));
            let found: Vec<_> = of_length.collect();
            self.compositions.extend(found);
            self.compositions.sort_unstable();
        }
        self.seconds = self.compositions.iter().map(|((_, second), _)| *second).collect();
        self.seconds.sort_unstable();
    }

    /// What all but the last of so many parts compose to, and the last.
    fn pair(&self, c: char, length: usize) -> Option<(char, char)> {
        let mut parts = self.decompositions.get(c).filter(|parts| parts.chars().count() == length)?.chars();
        let last = parts.next_back()?;
        let first = parts.next()?;
        Some((parts.try_fold(first, |first, part| self.compose(first, part))?, last))
    }

    fn decompose(&self, c: char, push: &mut dyn FnMut(char)) {
        if let Some((leading, vowel, trailing)) = hangul::parts(c) {
            [Some(leading), Some(vowel), trailing].into_iter().flatten().for_each(push);
        } else if let Some(parts) = self.decompositions.get(c) {
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

/// What characters become.
struct Texts {
    /// By character: where its text begins. It ends where the next one begins.
    starts: Vec<(char, usize)>,
    all: String,
}

impl Texts {
    /// With the characters that composing gives back.
    fn unpack(table: &str) -> (Self, Vec<char>) {
        let (rows, told) = table.split_once('\0').unwrap_or((table, ""));
        let (mut rows, mut told) = (Rows::new(rows), told.chars());
        let mut texts = Self { starts: Vec::new(), all: String::new() };
        let mut composed = Vec::new();
        let (mut single, mut first) = (0, 0);
        while let (Some(c), Some(sign)) = (rows.next(), told.next()) {
            texts.starts.push((c, texts.all.len()));
            if sign == '\x02' {
                single = go(single, told.next().map_or(0, number));
                texts.all.extend(char::from_u32(single));
                continue;
            }
            first = go(first, number(sign).wrapping_sub(3));
            texts.all.extend(char::from_u32(first));
            for part in told.by_ref() {
                match part {
                    '\0' => break,
                    '\x01' => {
                        composed.push(c);
                        break;
                    }
                    _ => texts.all.push(part),
                }
            }
        }
        (texts, composed)
    }

    fn get(&self, c: char) -> Option<&str> {
        let row = self.starts.binary_search_by_key(&c, |(c, _)| *c).ok()?;
        let end = self.starts.get(row + 1).map_or(self.all.len(), |(_, start)| *start);
        self.all.get(self.starts[row].1..end)
    }
}

/// A packed table, read from its start.
struct Rows<'a> {
    told: Chars<'a>,
    last: u32,
}

impl<'a> Rows<'a> {
    fn new(table: &'a str) -> Self {
        Rows { told: table.chars(), last: 0 }
    }

    /// The next row's character.
    fn next(&mut self) -> Option<char> {
        self.last += number(self.told.next()?);
        char::from_u32(self.last)
    }
}

/// The number that build.rs wrote as a character.
fn number(c: char) -> u32 {
    let code = c as u32;
    if code < 0xd800 { code } else { code - 0x800 }
}

/// So far forth or back, as build.rs counts it.
fn go(from: u32, distance: u32) -> u32 {
    let step = distance.div_ceil(2);
    if distance.is_multiple_of(2) { from.wrapping_add(step) } else { from.wrapping_sub(step) }
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
        chars.extend(tables.decompositions.starts.iter().map(|(c, _)| *c));
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
