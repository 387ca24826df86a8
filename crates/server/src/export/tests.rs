//! What the formats hold, by example and by property.

use super::{
    Document, Parameters, csv,
    document::{Entry, LeftOut, Owner, Row},
    docx, html, json,
    parameters::{Encoding, State, States, Written, WrittenStates},
    print, tsv, xlsx,
};
use crate::{
    import::reader,
    refusal::{Refusal, Stop},
    sheet::Column,
};
use proptest::prelude::*;
use renkei_domain::{
    CareScene, EntryId, EntryText, Facet, FiscalYear, ItemId, Note, NoteKind, OrganizationId, Phase,
    RegionId, SceneSet, limits,
};
use uuid::Uuid;

const YEAR: FiscalYear = FiscalYear(2026);

fn text(body: &str, notes: Vec<Note>) -> EntryText {
    EntryText { body: body.to_owned(), notes, explicit_scenes: SceneSet::EMPTY }.checked().unwrap()
}

fn note(kind: NoteKind, text: &str, depth: u8) -> Note {
    Note { kind, text: text.to_owned(), depth }
}

pub fn entry(text: EntryText) -> Entry {
    Entry {
        id: EntryId(Uuid::from_u128(7)),
        text,
        owner: None,
        version: 3,
        updated_at: 1_770_342_120_000,
        updated_by: Some("本庄市 担当者".to_owned()),
    }
}

pub fn with_owner(entry: &mut Entry, name: &str) {
    entry.owner = Some(Owner { id: OrganizationId(Uuid::from_u128(2)), name: name.to_owned() });
}

/// A sheet of one item, whose cells hold these.
pub fn document(cells: [Vec<EntryText>; 4]) -> Document {
    let columns = Facet::ALL.map(|facet| Column {
        facet,
        fiscal_year: FiscalYear(YEAR.0 + facet.year_offset()),
        heading: format!("{}{}", FiscalYear(YEAR.0 + facet.year_offset()), facet.name()),
        as_of: (facet == Facet::Status).then(|| "2025-12-31".to_owned()),
        footnote: (facet == Facet::Plan).then(|| "資料4 <参照> & \"その他\"".to_owned()),
    });
    let row = Row {
        item: ItemId(Uuid::from_u128(5)),
        code: "ア".to_owned(),
        title: "資源の把握".to_owned(),
        scenes: SceneSet::ALL,
        cells: cells.map(|cell| cell.into_iter().map(entry).collect()).into(),
    };
    Document {
        region: RegionId(Uuid::from_u128(1)),
        region_name: "本庄市児玉郡".to_owned(),
        fiscal_year: YEAR,
        title: "令和8年度 計画・評価表".to_owned(),
        phase: Phase::Draft,
        as_of: 1_770_342_120_000,
        snapshot: None,
        change: None,
        item_heading: "事業項目と4つの場面分類".to_owned(),
        item_footnote: Some("手引き（P53、図25）を参照".to_owned()),
        columns: columns.into(),
        rows: vec![row],
        left_out: LeftOut::default(),
    }
}

fn of(texts: Vec<EntryText>) -> Document {
    document([texts, Vec::new(), Vec::new(), Vec::new()])
}

/// Texts as people write them, and as nobody should: marks within, tags, white space, characters that show nothing.
fn line() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        "[ぁ-んァ-ヶ一-龠a-zA-Z0-9]{1,6}",
        prop::sample::select(vec![
            "○",
            "◯",
            "*",
            "＊",
            "※",
            "・",
            "･",
            "①",
            "②",
            "㊿",
            " ",
            "　",
            "\t",
            "。",
            "）",
            "：",
            "、",
            "<b>",
            "</td>",
            "&amp;",
            "&",
            "<",
            ">",
            "\"",
            "'",
            "=",
            "＝",
            "-",
            "@",
            "𠮷",
            "葛\u{e0100}",
            "\u{200b}",
            "\u{2060}",
            "\u{feff}",
            "\u{ffff}",
            "１",
            "_x000D_",
            "（ア）続き",
            "\u{a0}",
            "〜",
            "−",
            "<!--",
            "<bdi>",
            "</bdi>",
            "<br>",
            "(1)",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(pieces, 1..8).prop_map(|pieces| pieces.concat())
}

pub fn entry_text() -> impl Strategy<Value = EntryText> {
    let kind = prop::sample::select(vec![NoteKind::Asterisk, NoteKind::Numbered, NoteKind::Dot]);
    let notes = prop::collection::vec((kind, line(), any::<bool>()), 0..5);
    (line(), notes).prop_filter_map("no entry's text", |(body, lines)| {
        let mut under_asterisk = false;
        let notes = lines.into_iter().map(|(kind, text, deep)| {
            let depth = u8::from(kind == NoteKind::Dot && under_asterisk && deep);
            under_asterisk = kind == NoteKind::Asterisk || depth == 1;
            Note { kind, text, depth }
        });
        EntryText { body, notes: notes.collect(), explicit_scenes: SceneSet::EMPTY }.checked().ok()
    })
}

proptest! {
    #[test]
    fn tsv_is_read_back_as_the_identical_sheet(
        status in prop::collection::vec(entry_text(), 0..4),
        plan in prop::collection::vec(entry_text(), 0..3),
    ) {
        let cells = [status, Vec::new(), Vec::new(), plan];
        let document = document(cells.clone());
        let file = tsv::write(&document);
        let sheet = reader::read(file.as_bytes(), YEAR).unwrap();
        prop_assert_eq!(&sheet.item_heading, &document.item_heading);
        prop_assert_eq!(&sheet.item_footnote, &document.item_footnote);
        for (read, column) in sheet.columns.iter().zip(&document.columns) {
            prop_assert_eq!((read.facet, read.fiscal_year), column.key());
            prop_assert_eq!(&read.heading, &column.heading);
            prop_assert_eq!(read.as_of.map(|day| day.to_string()), column.as_of.clone());
            prop_assert_eq!(&read.footnote, &column.footnote);
        }
        let row = &sheet.rows[0];
        prop_assert_eq!((row.code.as_str(), row.title.as_str(), row.scenes), ("ア", "資源の把握", SceneSet::ALL));
        prop_assert_eq!(&row.cells[..], &cells[..], "{}", file);
    }

    #[test]
    fn no_field_of_a_csv_is_a_formula(texts in prop::collection::vec(entry_text(), 1..4)) {
        let document = of(texts.clone());
        for (encoding, replace) in [(Encoding::Utf8, false), (Encoding::Cp932, true)] {
            let file = csv::write(&document, encoding, replace).unwrap();
            let file = match encoding {
                Encoding::Utf8 => String::from_utf8(file).unwrap(),
                Encoding::Cp932 => encoding_rs::SHIFT_JIS.decode_without_bom_handling(&file).0.into_owned(),
            };
            let mut reader = ::csv::Reader::from_reader(file.trim_start_matches('\u{feff}').as_bytes());
            let records: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            prop_assert_eq!(records.len(), texts.len());
            for (record, text) in records.iter().zip(&texts) {
                prop_assert!(!record.iter().any(csv::is_formula), "{:?}", record);
                if encoding == Encoding::Utf8 {
                    let body = &record[6];
                    prop_assert_eq!(body.strip_prefix('\'').filter(|_| body != text.body).unwrap_or(body), &text.body);
                }
            }
        }
    }

    #[test]
    fn every_format_takes_every_text(texts in prop::collection::vec(entry_text(), 0..3)) {
        let document = of(texts);
        prop_assert!(xlsx::write(&document).unwrap().starts_with(b"PK"));
        prop_assert!(docx::write(&document).unwrap().starts_with(b"PK"));
        let json: serde_json::Value = serde_json::from_slice(&json::write(&document).unwrap()).unwrap();
        let entries = json["rows"][0]["cells"][0]["entries"].as_array().unwrap();
        for (written, entry) in entries.iter().zip(document.entries()) {
            let text: EntryText = serde_json::from_value(written.clone()).unwrap();
            prop_assert_eq!(&text, &entry.text);
        }
        prop_assert_eq!(entries.len(), document.entries().count());
        // No text becomes markup.
        let tags = |page: &str| page.matches('<').count();
        let plain = of(document.entries().map(|entry| {
            let mut text = entry.text.clone();
            text.body = "文".to_owned();
            text.notes.iter_mut().for_each(|note| note.text = "注".to_owned());
            text
        }).collect());
        prop_assert_eq!(tags(&html::write(&document)), tags(&html::write(&plain)));
    }
}

#[test]
fn what_formulas_could_begin_with_is_known() {
    for text in ["=1+1", "+1", "-1", "@a", "\t=1", "＝1", "－", "−1", "\u{200b}=1", " =1"] {
        assert!(csv::is_formula(text), "{text:?}");
    }
    for text in ["○=1", "本文", "1-1", "*注", "", "（-1）"] {
        assert!(!csv::is_formula(text), "{text:?}");
    }
}

#[test]
fn characters_that_the_encoding_lacks_are_named_or_replaced() {
    let body = "𠮷田 葛\u{e0100}城 〜 ¥5 − ～①髙";
    let document = of(vec![text(body, Vec::new())]);
    let Err(Stop::Refused(Refusal { message, field, .. })) = csv::write(&document, Encoding::Cp932, false)
    else {
        panic!("it is refused");
    };
    assert_eq!(field.as_deref(), Some("encoding"));
    assert!(message.contains("5種類"), "{message}");
    for named in ["𠮷（U+20BB7）", "U+E0100", "〜（U+301C）", "¥（U+00A5）", "−（U+2212）", "replace=1"]
    {
        assert!(message.contains(named), "{named}: {message}");
    }
    let replaced = csv::write(&document, Encoding::Cp932, true).unwrap();
    let replaced = encoding_rs::SHIFT_JIS.decode_without_bom_handling(&replaced).0.into_owned();
    assert!(replaced.contains("〓田 葛城 ～ ￥5 － ～①髙"), "{replaced}");
    let plain = of(vec![text("髙﨑①ⅷ㈱～", Vec::new())]);
    assert!(csv::write(&plain, Encoding::Cp932, false).is_ok());
}

#[test]
fn parameters_are_read_exactly_or_refused() {
    let read = |written: Written| Parameters::try_from(written);
    let nothing = read(Written::default()).unwrap();
    assert_eq!(nothing, Parameters::default());
    assert!(nothing.filter_in_words(|_| String::new()).is_none() && !nothing.with_own());
    let id = "018f3a52-0000-7000-8000-000000000002";
    let written = Written {
        scenes: "EMERGENCY,END_OF_LIFE".to_owned(),
        scene_match: "ALL".to_owned(),
        explicit_scenes_only: "true".to_owned(),
        owner_ids: id.to_owned(),
        text: " 退院 ".to_owned(),
        hidden_facets: "PLAN,STATUS".to_owned(),
        paper: "a4".to_owned(),
        ..Written::default()
    };
    let parameters = read(written.clone()).unwrap();
    assert!(parameters.with_own(), "a filter by an organisation asks for its entries");
    assert_eq!(
        parameters.filter_in_words(|_| "本庄市".to_owned()).as_deref(),
        Some(
            "場面「急変時の対応」「看取り」のすべて、場面を明示した取組だけ、主体「本庄市」、「退院」を含む取組"
        )
    );
    for (field, wrong) in [
        ("scenes", Written { scenes: "END_OF_LIVE".to_owned(), ..written.clone() }),
        ("joint", Written { joint: "yes".to_owned(), ..written.clone() }),
        ("ownerIds", Written { owner_ids: "me".to_owned(), ..written.clone() }),
        ("hiddenFacets", Written { hidden_facets: "PLANS".to_owned(), ..written.clone() }),
        ("snapshot", Written { snapshot: "第1回".to_owned(), ..written.clone() }),
        ("paper", Written { paper: "b4".to_owned(), ..written.clone() }),
        ("encoding", Written { encoding: "sjis".to_owned(), ..written.clone() }),
        ("text", Written { text: "長".repeat(limits::SEARCH_CHARS + 1), ..written }),
    ] {
        let refusal = read(wrong).unwrap_err();
        assert_eq!(refusal.field.as_deref(), Some(field), "{}", refusal.message);
    }
}

#[test]
fn states_are_named_by_snapshot_change_or_now() {
    let id = "018f3a52-0000-7000-8000-000000000002";
    let read = |from: &str, to: &str| {
        let written = WrittenStates { from: from.to_owned(), to: to.to_owned(), unchanged: String::new() };
        States::try_from(written)
    };
    let expected = States { from: State::Snapshot(id.parse().unwrap()), to: State::Now, unchanged: true };
    assert_eq!(read(id, "").unwrap(), expected);
    assert_eq!(
        read("12", id).unwrap(),
        States { from: State::Change(12), to: expected.from, unchanged: true }
    );
    for (from, to, field) in [("", "now", "from"), ("yesterday", "", "from"), ("now", "1.5", "to")] {
        assert_eq!(read(from, to).unwrap_err().field.as_deref(), Some(field));
    }
}

#[test]
fn what_is_left_out_is_said_once() {
    let mut document = of(vec![text("一つ", Vec::new())]);
    assert!(document.remarks().is_empty());
    document.left_out = LeftOut {
        filter: Some("場面「看取り」".to_owned()),
        filtered: 63,
        own: 2,
        columns: vec!["令和7年度評価".to_owned()],
    };
    assert_eq!(
        document.remarks(),
        [
            "絞り込み：場面「看取り」。64件中1件を載せています。",
            "載せていない欄：令和7年度評価。",
            "機関ごとの取組2件は載せていません。",
        ]
    );
}

#[test]
fn a_page_allows_its_own_style_and_nothing_else() {
    let mut document = of(vec![text("<script>x</script>", vec![note(NoteKind::Dot, "・</style>", 0)])]);
    document.title = "</style><script>\"\\".to_owned();
    let owner = Owner { id: OrganizationId(Uuid::from_u128(2)), name: "本庄市".to_owned() };
    document.rows[0].cells[0][0].owner = Some(owner);
    document.rows[0].cells[0][0].text.explicit_scenes = SceneSet::EMPTY.with(CareScene::EndOfLife);
    let address = print::Address { region: document.region, year: YEAR, query: "paper=a4&text=%22%3E" };
    let page = print::sheet(&document, &Parameters::default(), address);
    assert_eq!(page.html.matches("<style>").count(), 1);
    assert_eq!(page.html.matches("</style>").count(), 1, "no text ends the style");
    assert!(!page.html.contains("<script") && !page.html.contains(" style="));
    assert!(page.html.contains("data-scenes=\"END_OF_LIFE\"") && page.html.contains("（主体：本庄市）"));
    let hash = page.policy.split("'sha256-").nth(1).unwrap().split('\'').next().unwrap();
    let style = page.html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    use base64::Engine;
    use sha2::Digest;
    assert_eq!(base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style)), hash);
    assert!(!page.policy.contains("unsafe") && page.policy.starts_with("default-src 'none'"));
}

#[test]
fn a_file_is_named_as_it_is_called_here() {
    let mut document = of(Vec::new());
    assert_eq!(document.file_name(), "本庄市児玉郡_令和8年度_計画・評価表");
    document.region_name = "A/B:C".to_owned();
    assert_eq!(document.file_name(), "A_B_C_令和8年度_計画・評価表");
}
