//! Texts to try the rules with: what staff write, and what nobody expects.

use proptest::prelude::*;
use renkei_domain::{EntryText, Note, NoteKind, SceneSet, text::is_blank};

/// Pieces that have a meaning somewhere, next to ones that only look like it.
#[rustfmt::skip]
const PIECES: &[&str] = &[
    "○", "◯", "〇", "*", "＊", "※", "・", "･", "①", "②", "⑳", "㉑", "㊿", "⓪", "（カ）", "(ｱ)", "（", "）", "(",
    ")", "資料3", "資料", "３", "3", "、", "。", "：", ":", " ", "　", "\u{a0}", "\t", "在宅医療", "看取り", "A", "ａ",
    "ß", "ẞ", "ﬁ", "㈱", "ｶﾞ", "か\u{3099}", "が", "ﾊﾟ", "é", "e\u{301}", "\u{301}", "\u{3099}", "ﾞ",
    "\u{345}", "İ", "ı", "Σ", "ς", "🏥", "👩\u{200d}⚕\u{fe0f}", "葛\u{e0100}", "ハ\u{309a}",
    "👨\u{200d}👩\u{200d}👧", "🇯", "\u{200d}", "\u{feff}", "\u{200b}", "가",
    "\u{1100}\u{1161}\u{11a8}", "\u{11a8}", "℃", "㍻", "<b>", "&amp;", "R7/6/16", "令和8年度",
];

/// Any text, on one line or several.
pub fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(PIECES).prop_map(str::to_owned),
        1 => prop::sample::select(&["\n", "\r\n", "\r", "\n\n", "\u{2028}", "\u{b}"][..]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// A text as an entry stores it: one line that shows something, no white space at its ends.
pub fn line() -> impl Strategy<Value = String> {
    text().prop_filter_map("no line", |text| {
        let line: String = text
            .chars()
            .filter(|c| (!c.is_control() || *c == '\t') && !matches!(c, '\u{2028}' | '\u{2029}'))
            .collect();
        let line = line.trim();
        (!is_blank(line)).then(|| line.to_owned())
    })
}

/// Notes of any kinds, with dots under asterisks wherever they may stand.
pub fn notes() -> impl Strategy<Value = Vec<Note>> {
    let kind = prop::sample::select(&[NoteKind::Asterisk, NoteKind::Numbered, NoteKind::Dot][..]);
    let count = prop_oneof![9 => 0..8_usize, 1 => 45..51_usize];
    count
        .prop_flat_map(move |count| prop::collection::vec((kind.clone(), line(), any::<bool>()), count))
        .prop_map(|notes| {
            let mut under_asterisk = false;
            notes
                .into_iter()
                .map(|(kind, text, deep)| {
                    let depth = u8::from(kind == NoteKind::Dot && under_asterisk && deep);
                    under_asterisk = kind == NoteKind::Asterisk || depth == 1;
                    Note { kind, text, depth }
                })
                .collect()
        })
}

/// A valid entry's text.
pub fn entry() -> impl Strategy<Value = EntryText> {
    (line(), notes(), scenes()).prop_map(|(body, notes, explicit_scenes)| EntryText {
        body,
        notes,
        explicit_scenes,
    })
}

pub fn scenes() -> impl Strategy<Value = SceneSet> {
    (0..16_u8).prop_map(SceneSet::from_bits)
}
