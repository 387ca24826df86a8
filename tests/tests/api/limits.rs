//! Limits, to the character: what is at the limit is kept, what is beyond it is refused by name.

use renkei_domain::limits;
use renkei_tests::{Client, Matrix, TestApp, note};
use serde_json::{Value, json};

/// Characters of one, two, three and four bytes in UTF-8; one of two UTF-16 units.
const LETTERS: [&str; 4] = ["a", "é", "漢", "😀"];

fn create(client: &Client, matrix: &Matrix, body: &str, notes: Value) -> Value {
    let mut input = matrix.new_entry("ア", "PLAN", body);
    input["notes"] = notes;
    client.change("createEntry", &input)
}

#[track_caller]
fn refused(payload: &Value, code: &str, field: &str) {
    assert_eq!((&payload["code"], &payload["field"]), (&json!(code), &json!(field)), "{payload}");
}

#[test]
fn a_body_has_four_thousand_characters() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    for letter in LETTERS {
        let body = letter.repeat(4_000);
        let saved = create(&hub, &matrix, &body, json!([]));
        assert_eq!(saved["entry"]["body"], body, "{letter}");
        refused(&create(&hub, &matrix, &letter.repeat(4_001), json!([])), "TOO_LONG", "body");
        // White space beside the mark is not text.
        let padded = create(&hub, &matrix, &format!("　{body} "), json!([]));
        assert_eq!(padded["entry"]["body"], body, "{letter}");
    }
}

#[test]
fn a_note_has_two_thousand_characters_and_an_entry_fifty_notes() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    for letter in LETTERS {
        let text = letter.repeat(2_000);
        let saved = create(&hub, &matrix, "本文", json!([note("DOT", &text, 0)]));
        assert_eq!(saved["entry"]["notes"][0]["text"], text, "{letter}");
        let long = json!([note("DOT", &letter.repeat(2_001), 0)]);
        refused(&create(&hub, &matrix, "本文", long), "TOO_LONG", "notes");
    }
    let notes = |count: usize| json!(vec![note("NUMBERED", "注", 0); count]);
    assert_eq!(create(&hub, &matrix, "本文", notes(50))["entry"]["notes"].as_array().unwrap().len(), 50);
    refused(&create(&hub, &matrix, "本文", notes(51)), "TOO_LONG", "notes");
}

#[test]
fn the_largest_entry_fits_a_request() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let notes = json!(vec![note("DOT", &"😀".repeat(2_000), 0); 50]);
    let saved = create(&hub, &matrix, &"😀".repeat(4_000), notes.clone());
    assert_eq!(saved["entry"]["notes"], notes);
}

#[test]
fn a_body_and_a_note_are_one_line_each() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    for breaking in ["\n", "\r\n", "\u{85}", "\u{2028}", "\u{2029}", "\0", "\u{1b}", "\u{7f}"] {
        let broken = format!("前{breaking}後");
        refused(&create(&hub, &matrix, &broken, json!([])), "INVALID", "body");
        refused(&create(&hub, &matrix, "本文", json!([note("DOT", &broken, 0)])), "INVALID", "notes");
    }
    for empty in ["", " ", "　", "\t"] {
        refused(&create(&hub, &matrix, empty, json!([])), "INVALID", "body");
        refused(&create(&hub, &matrix, "本文", json!([note("DOT", empty, 0)])), "INVALID", "notes");
    }
}

#[test]
fn a_deep_note_is_a_dot_under_an_asterisk() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    for notes in [
        json!([note("DOT", "上がない", 1)]),
        json!([note("ASTERISK", "自ら深い", 1)]),
        json!([note("NUMBERED", "番号の", 0), note("DOT", "下", 1)]),
        json!([note("ASTERISK", "上", 0), note("NUMBERED", "深い番号", 1)]),
        json!([note("ASTERISK", "上", 0), note("DOT", "深すぎる", 2)]),
        json!([note("ASTERISK", "上", 0), note("DOT", "浅すぎる", -1)]),
        json!([note("ASTERISK", "上", 0), note("DOT", "桁違い", 257)]),
    ] {
        refused(&create(&hub, &matrix, "本文", notes), "INVALID", "notes");
    }
}

#[test]
fn text_is_kept_as_written() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    // Half- and full-width, compatibility and combining characters, variation selectors, a joined emoji, no-break space.
    let body = "ＡＢＣ①㈱ｶﾞ が が 葛\u{e0100}飾 神\u{fe00} 👩‍⚕️ 第1回\u{a0}R7/6/16 (（ <b>&amp; \\n \" ' %_";
    let saved = create(&hub, &matrix, body, json!([note("ASTERISK", body, 0)]));
    let read = Matrix::read(&hub).entry(&saved["entry"]["id"]);
    assert_eq!((&read["body"], &read["notes"][0]["text"]), (&json!(body), &json!(body)));
}

#[test]
fn a_text_to_search_for_has_two_hundred_characters() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let query = "query($region: ID!, $text: String) { sheet(regionId: $region, fiscalYear: 2026) {
        rows(filter: { text: $text }) { cells { hiddenCount } } } }";
    let ask = |chars: usize| {
        let region = Matrix::read(&hub).region["id"].clone();
        hub.graphql(query, json!({ "region": region, "text": "漢".repeat(chars) }))
    };
    assert!(ask(limits::SEARCH_CHARS).get("errors").is_none());
    let refused = ask(limits::SEARCH_CHARS + 1);
    assert!(refused["errors"][0]["message"].is_string(), "{refused}");
}

#[test]
fn a_page_has_at_most_a_hundred_rows() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let entry = Matrix::read(&hub).entries()[0]["id"].clone();
    let query = "query($id: ID!, $first: Int) { node(id: $id) { ... on Entry { changes(first: $first) { edges { cursor } } } } }";
    assert!(hub.graphql(query, json!({ "id": entry, "first": 100 })).get("errors").is_none());
    for first in [0, -1, 101, i32::MAX] {
        let answer = hub.graphql(query, json!({ "id": entry, "first": first }));
        let edges = answer["data"]["node"]["changes"]["edges"].as_array().map(Vec::len);
        assert!(
            answer["errors"][0]["message"].is_string() || edges.is_some_and(|rows| rows <= 100),
            "{answer}"
        );
    }
}

#[test]
fn a_cell_takes_a_thousand_entries() {
    let app = TestApp::demo();
    let hub = app.sign_in("hub");
    let matrix = Matrix::read(&hub);
    let id = |nth: usize| format!("0197a000-0000-7000-8000-{nth:012x}");
    let uuid = |nth: usize| match app.database.url().starts_with("sqlite") {
        true => format!("X'{}'", id(nth).replace('-', "")),
        false => format!("'{}'", id(nth)),
    };
    let values: Vec<String> = (0..limits::ENTRIES_PER_CELL - matrix.entries_of("ア", "PLAN").len())
        .map(|nth| format!("({}, {})", uuid(nth), 1_000_000_000_000 + nth))
        .collect();
    let copied = format!(
        "WITH one AS (SELECT * FROM entry WHERE facet = 'PLAN' AND body LIKE '在宅医療・介護資源の調査%'),
              new(id, place) AS (VALUES {})
         INSERT INTO entry (id, region_id, item_id, facet, fiscal_year, rank, body, notes, scenes, version, updated_at)
         SELECT new.id{}, region_id, item_id, facet, fiscal_year, place, body, notes, scenes, 1, updated_at FROM one, new",
        values.join(","),
        if app.database.url().starts_with("sqlite") { "" } else { "::uuid" },
    );
    app.execute(&copied);
    assert_eq!(Matrix::read(&hub).entries_of("ア", "PLAN").len(), limits::ENTRIES_PER_CELL);
    let full = create(&hub, &matrix, "もう一つ", json!([]));
    assert_eq!(full["__typename"], "Refusal", "{full}");
    // A smaller step: well above a thousand there is still room.
    app.execute("DELETE FROM entry WHERE rank >= 1000000001500");
    assert_eq!(create(&hub, &matrix, "もう一つ", json!([]))["__typename"], "EntrySaved");
}
