//! What differs between two texts, and what two edits of one text come to together.
//!
//! Character by character (a letter with its combining marks is one), smoothed so that a person reads changed
//! words and not the letters which two words happen to share.

use std::ops::Range;

/// Differences beyond this number are told as one replacement: past it nobody reads single ones, and the work
/// grows with its square.
const EDITS: usize = 1_500;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Same,
    /// Only in the old text.
    Gone,
    /// Only in the new text.
    New,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    pub kind: Kind,
    pub text: String,
}

/// The old text's and the new text's pieces in reading order; what is gone stands before what is new in its place.
pub fn diff(old: &str, new: &str) -> Vec<Piece> {
    let (old, new) = (letters(old), letters(new));
    let mut pieces = Vec::new();
    let mut at = 0;
    for hunk in hunks(&old, &new) {
        push(&mut pieces, Kind::Same, &old[at..hunk.old.start]);
        push(&mut pieces, Kind::Gone, &old[hunk.old.clone()]);
        push(&mut pieces, Kind::New, &new[hunk.new.clone()]);
        at = hunk.old.end;
    }
    push(&mut pieces, Kind::Same, &old[at..]);
    pieces
}

/// Two edits of one text, together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    pub text: String,
    /// Both changed the same place differently: there the text holds both, theirs first.
    pub overlaps: bool,
}

/// A proposal that keeps what either side wrote. What one side took out is taken out.
pub fn merge(base: &str, theirs: &str, yours: &str) -> Merged {
    let (base, theirs, yours) = (letters(base), letters(theirs), letters(yours));
    let (left, right) = (hunks(&base, &theirs), hunks(&base, &yours));
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut merged = Merged { text: String::new(), overlaps: false };
    let mut at = 0;
    loop {
        let group = match (left.peek(), right.peek()) {
            (None, None) => break,
            (Some(a), Some(b)) if meet(&a.old, &b.old) => Group::gather(&mut left, &mut right),
            (Some(a), Some(b)) if precedes(a, b) => Group::theirs(left.next()),
            (Some(_), None) => Group::theirs(left.next()),
            _ => Group::yours(right.next()),
        };
        base[at..group.base.start].iter().for_each(|letter| merged.text.push_str(letter));
        at = group.base.end;
        let theirs = group.render(&group.theirs, &base, &theirs);
        let yours = group.render(&group.yours, &base, &yours);
        match (group.theirs.is_empty(), group.yours.is_empty()) {
            (false, false) if theirs != yours => {
                merged.overlaps = true;
                merged.text.push_str(&theirs);
                merged.text.push_str(&yours);
            }
            (true, _) => merged.text.push_str(&yours),
            (false, _) => merged.text.push_str(&theirs),
        }
    }
    base[at..].iter().for_each(|letter| merged.text.push_str(letter));
    merged
}

/// Letters `old` were replaced by letters `new`; either may be empty, not both.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hunk {
    old: Range<usize>,
    new: Range<usize>,
}

/// Hunks of both sides that touch the same stretch of the base.
struct Group {
    base: Range<usize>,
    theirs: Vec<Hunk>,
    yours: Vec<Hunk>,
}

type Hunks = std::iter::Peekable<std::vec::IntoIter<Hunk>>;

impl Group {
    fn theirs(hunk: Option<Hunk>) -> Self {
        let base = hunk.as_ref().map_or(0..0, |hunk| hunk.old.clone());
        Group { base, theirs: hunk.into_iter().collect(), yours: Vec::new() }
    }

    fn yours(hunk: Option<Hunk>) -> Self {
        let Group { base, theirs, yours } = Group::theirs(hunk);
        Group { base, theirs: yours, yours: theirs }
    }

    /// The next hunk of either side, and all that reach into the stretch which they cover.
    fn gather(left: &mut Hunks, right: &mut Hunks) -> Self {
        let (a, b) = (left.next(), right.next());
        let mut base = a.iter().chain(&b).fold(usize::MAX..0, |all, hunk| cover(&all, &hunk.old));
        let mut group = Group { base: 0..0, theirs: a.into_iter().collect(), yours: b.into_iter().collect() };
        loop {
            let reaches = |hunk: &Hunk| meet(&hunk.old, &base);
            let (side, hunk) = match (left.next_if(reaches), right.peek()) {
                (Some(hunk), _) => (&mut group.theirs, hunk),
                (None, Some(next)) if reaches(next) => match right.next() {
                    Some(hunk) => (&mut group.yours, hunk),
                    None => break,
                },
                _ => break,
            };
            base = cover(&base, &hunk.old);
            side.push(hunk);
        }
        group.base = base;
        group
    }

    /// The group's stretch as one side has it.
    fn render(&self, hunks: &[Hunk], base: &[&str], side: &[&str]) -> String {
        let mut text = String::new();
        let mut at = self.base.start;
        for hunk in hunks {
            text.extend(base[at..hunk.old.start].iter().copied());
            text.extend(side[hunk.new.clone()].iter().copied());
            at = hunk.old.end;
        }
        text.extend(base[at..self.base.end].iter().copied());
        text
    }
}

fn cover(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    a.start.min(b.start)..a.end.max(b.end)
}

/// One place: the same stretch or point, a common letter, or a point within the other's stretch.
fn meet(a: &Range<usize>, b: &Range<usize>) -> bool {
    a == b || (a.start < b.end && b.start < a.end)
}

/// An insertion at the point where the other's replacement begins comes first.
fn precedes(a: &Hunk, b: &Hunk) -> bool {
    (a.old.start, a.old.end) <= (b.old.start, b.old.end)
}

/// A letter with the marks that combine with it: dakuten, accents, variation selectors, joined signs.
fn letters(text: &str) -> Vec<&str> {
    let mut letters = Vec::with_capacity(text.len() / 3);
    let mut start = 0;
    let mut joined = false;
    for (at, c) in text.char_indices().skip(1) {
        let combines = matches!(c, '\u{300}'..='\u{36f}' | '\u{3099}' | '\u{309a}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{200d}' | '\u{e0100}'..='\u{e01ef}' | '\u{1f3fb}'..='\u{1f3ff}');
        if !combines && !joined {
            letters.push(&text[start..at]);
            start = at;
        }
        joined = c == '\u{200d}';
    }
    if start < text.len() {
        letters.push(&text[start..]);
    }
    letters
}

fn push(pieces: &mut Vec<Piece>, kind: Kind, letters: &[&str]) {
    if !letters.is_empty() {
        pieces.push(Piece { kind, text: letters.concat() });
    }
}

fn hunks(old: &[&str], new: &[&str]) -> Vec<Hunk> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    if a.is_empty() && b.is_empty() {
        return Vec::new();
    }
    let whole = || vec![Hunk { old: 0..a.len(), new: 0..b.len() }];
    let raw = if a.is_empty() || b.is_empty() { whole() } else { shortest(a, b).unwrap_or_else(whole) };
    let mut smooth = smoothed(raw);
    for hunk in &mut smooth {
        hunk.old = hunk.old.start + head..hunk.old.end + head;
        hunk.new = hunk.new.start + head..hunk.new.end + head;
    }
    smooth
}

/// Myers' greedy algorithm: the furthest point reached on each diagonal, kept for every number of edits so that the
/// way can be walked back. None: more than [`EDITS`].
fn shortest(a: &[&str], b: &[&str]) -> Option<Vec<Hunk>> {
    let (n, m) = (a.len() as i32, b.len() as i32);
    let mut reached: Vec<Vec<i32>> = Vec::new();
    for edits in 0..=EDITS.min(a.len() + b.len()) as i32 {
        let mut row = Vec::with_capacity(edits as usize + 1);
        for diagonal in (-edits..=edits).step_by(2) {
            let mut x = start(&reached, edits, diagonal);
            while x < n
                && x - diagonal < m
                && x >= 0
                && x >= diagonal
                && a[x as usize] == b[(x - diagonal) as usize]
            {
                x += 1;
            }
            row.push(x);
            if x >= n && x - diagonal >= m {
                reached.push(row);
                return Some(walk_back(&reached, edits, n, m));
            }
        }
        reached.push(row);
    }
    None
}

/// Whether the way to this diagonal comes from the one above (an insertion); otherwise a deletion leads here.
fn down(before: &[i32], edits: i32, diagonal: i32) -> bool {
    diagonal == -edits
        || (diagonal != edits && on(before, edits - 1, diagonal - 1) < on(before, edits - 1, diagonal + 1))
}

fn start(reached: &[Vec<i32>], edits: i32, diagonal: i32) -> i32 {
    match reached.last() {
        None => 0,
        Some(before) if down(before, edits, diagonal) => on(before, edits - 1, diagonal + 1),
        Some(before) => on(before, edits - 1, diagonal - 1) + 1,
    }
}

fn on(row: &[i32], edits: i32, diagonal: i32) -> i32 {
    row[((diagonal + edits) / 2) as usize]
}

fn walk_back(reached: &[Vec<i32>], edits: i32, n: i32, m: i32) -> Vec<Hunk> {
    let (mut x, mut y) = (n, m);
    let mut hunks: Vec<Hunk> = Vec::new();
    for edits in (1..=edits).rev() {
        let before = &reached[edits as usize - 1];
        let diagonal = x - y;
        let insertion = down(before, edits, diagonal);
        let from = if insertion { diagonal + 1 } else { diagonal - 1 };
        x = on(before, edits - 1, from);
        y = x - from;
        let (old_end, new_end) = if insertion { (x, y + 1) } else { (x + 1, y) };
        match hunks.last_mut() {
            Some(next) if next.old.start == old_end as usize && next.new.start == new_end as usize => {
                next.old.start = x as usize;
                next.new.start = y as usize;
            }
            _ => hunks.push(Hunk { old: x as usize..old_end as usize, new: y as usize..new_end as usize }),
        }
    }
    hunks.reverse();
    hunks
}

/// Joins two changes over a common stretch that is no longer than either of them: such letters are alike by chance.
fn smoothed(hunks: Vec<Hunk>) -> Vec<Hunk> {
    let mut smooth: Vec<Hunk> = Vec::with_capacity(hunks.len());
    for mut hunk in hunks {
        while let Some(last) = smooth.pop() {
            let same = hunk.old.start - last.old.end;
            if same > last.old.len().max(last.new.len()) || same > hunk.old.len().max(hunk.new.len()) {
                smooth.push(last);
                break;
            }
            hunk = Hunk { old: last.old.start..hunk.old.end, new: last.new.start..hunk.new.end };
        }
        smooth.push(hunk);
    }
    smooth
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &str, new: &str) -> String {
        diff(old, new)
            .iter()
            .map(|piece| match piece.kind {
                Kind::Same => piece.text.clone(),
                Kind::Gone => format!("[-{}]", piece.text),
                Kind::New => format!("[+{}]", piece.text),
            })
            .collect()
    }

    const BASE: &str = "多職種が協働することにより郡市内の在宅医療・介護連携を更に推進する。";
    const THEIRS: &str =
        "多職種が協働することにより郡市内の在宅医療・介護連携を、夜間・休日を含めて更に推進する。";
    const YOURS: &str = "多職種が協働することにより1市3町の在宅医療・介護連携を着実に推進する。";

    #[test]
    fn words_are_told_whole() {
        assert_eq!(
            told(BASE, YOURS),
            "多職種が協働することにより[-郡市内][+1市3町]の在宅医療・介護連携を[-更][+着実]に推進する。"
        );
        assert_eq!(
            told(BASE, THEIRS),
            "多職種が協働することにより郡市内の在宅医療・介護連携を[+、夜間・休日を含めて]更に推進する。"
        );
    }

    #[test]
    fn ends_and_equals() {
        assert_eq!(told("", ""), "");
        assert_eq!(told("同じ", "同じ"), "同じ");
        assert_eq!(told("", "新"), "[+新]");
        assert_eq!(told("旧", ""), "[-旧]");
        assert_eq!(told("か\u{3099}", "か"), "[-か\u{3099}][+か]");
    }

    #[test]
    fn edits_of_two_places_merge() {
        let merged = merge(BASE, THEIRS, YOURS);
        assert_eq!(
            merged.text,
            "多職種が協働することにより1市3町の在宅医療・介護連携を、夜間・休日を含めて着実に推進する。"
        );
        assert!(!merged.overlaps);
    }

    #[test]
    fn edits_of_one_place_are_both_kept() {
        let merged = merge("相談を47件受けた。", "相談を52件受けた。", "相談を60件受けた。");
        assert_eq!(merged, Merged { text: "相談を5260件受けた。".to_owned(), overlaps: true });
        let same = merge("相談を47件受けた。", "相談を52件受けた。", "相談を52件受けた。");
        assert_eq!(same, Merged { text: "相談を52件受けた。".to_owned(), overlaps: false });
    }

    #[test]
    fn one_side_alone_is_that_side() {
        for (base, side) in [(BASE, THEIRS), (BASE, YOURS), ("", BASE), (BASE, ""), (THEIRS, YOURS)] {
            assert_eq!(merge(base, side, base).text, side);
            assert_eq!(merge(base, base, side).text, side);
            assert_eq!(merge(base, side, side).text, side);
        }
    }

    /// Small random texts: a difference must give back both texts, and a merge must keep each side's own.
    #[test]
    fn nothing_is_lost() {
        let mut seed = 0x2545_f491_u32;
        let mut text = |max: u32| -> String {
            let mut next = || {
                seed ^= seed << 13;
                seed ^= seed >> 17;
                seed ^= seed << 5;
                seed
            };
            (0..next() % max).map(|_| ['あ', 'い', 'う', 'え'][(next() % 4) as usize]).collect()
        };
        for _ in 0..2_000 {
            let (base, theirs, yours) = (text(14), text(14), text(14));
            let pieces = diff(&base, &theirs);
            let side = |left_out: Kind| -> String {
                pieces
                    .iter()
                    .filter(|piece| piece.kind != left_out)
                    .map(|piece| piece.text.as_str())
                    .collect()
            };
            assert_eq!(side(Kind::New), base);
            assert_eq!(side(Kind::Gone), theirs);
            let merged = merge(&base, &theirs, &yours);
            assert_eq!(merge(&base, &theirs, &base).text, theirs);
            assert!(merged.overlaps || merged.text.len() <= base.len() + theirs.len() + yours.len());
        }
    }

    #[test]
    fn long_texts_end_soon() {
        let old: String = (0..4_000).map(|n| char::from_u32(0x4e00 + n).unwrap_or('一')).collect();
        let new: String = (0..4_000).map(|n| char::from_u32(0x5e00 + n).unwrap_or('一')).collect();
        assert_eq!(diff(&old, &new).len(), 2);
    }
}
