//! A sheet is read in a constant number of SQL statements, however many entries stand in it.

use crate::import::new_region;
use renkei_tests::{Client, Matrix, TestApp, edit, renkei};
use serde_json::{Value, json};
use std::fs;

const SAMPLE: &str = include_str!("../../../sample/honjo-kodama-r8.tsv");

/// The sample with every entry ten times.
fn tenfold() -> String {
    let mut lines = SAMPLE.lines().filter(|line| !line.trim().is_empty());
    let header = lines.next().unwrap();
    let rows = lines.map(|line| {
        if line.starts_with("事業項目") {
            return line.to_owned();
        }
        let mut fields = line.split('\t');
        let item = fields.next().unwrap();
        let cells = fields.map(|cell| format!("{cell} ").repeat(10));
        std::iter::once(item.to_owned()).chain(cells).collect::<Vec<_>>().join("\t")
    });
    std::iter::once(header.to_owned()).chain(rows).collect::<Vec<_>>().join("\n")
}

fn ask(client: &Client, region: &Value, selection: &str) -> Value {
    let query = format!(
        "query($id: ID!) {{ sheet(regionId: $id, fiscalYear: 2026) {{ seq phase columns {{ heading }}
            region {{ name organizations {{ name }} handouts(fiscalYear: 2026) {{ title }} sheets {{ title }} }}
            rows {{ item {{ code scenes }} cells {{ hiddenCount entries {{ id {selection} }} }} }} }} }}"
    );
    client.data(&query, json!({ "id": region }))["sheet"].take()
}

fn entries(sheet: &Value) -> usize {
    let rows = sheet["rows"].as_array().unwrap().iter();
    let cells = rows.flat_map(|row| row["cells"].as_array().unwrap());
    cells.map(|cell| cell["entries"].as_array().unwrap().len()).sum()
}

#[test]
fn a_sheet_of_ten_times_the_entries_takes_no_more_statements() {
    let app = TestApp::demo();
    let folder = tempfile::tempdir().unwrap();
    new_region(&app, folder.path(), "秩父郡", "chichibu");
    fs::write(folder.path().join("sheet.tsv"), tenfold()).unwrap();
    let import = ["import", "sheet.tsv", "--region", "秩父郡", "--fiscal-year", "2026", "--database"];
    renkei(folder.path(), &[&import[..], &[app.database.url()]].concat(), "").expect_success();
    let (small, large) = (app.sign_in("hub"), app.sign_in("chichibu"));
    let region = |client: &Client| Matrix::read(client).region["id"].clone();
    let (small_region, large_region) = (region(&small), region(&large));
    // Entries by several people, in both.
    for client in [&small, &large] {
        for entry in Matrix::read(client).entries().iter().step_by(5) {
            client.change("updateEntry", &edit(entry, "資料3と（カ）を参照"));
        }
    }
    for selection in [
        "",
        "owner { name } updatedBy { name organization { name } memberships { role } } viewerCanEdit",
        "item { title scenes } references { __typename }",
        "changes(first: 1) { edges { node { summary } } }",
        "threads { id }",
    ] {
        let mut counted = Vec::new();
        for (client, region, expected) in [(&small, &small_region, 64), (&large, &large_region, 640)] {
            counted.push(
                app.fewest_statements(|| assert_eq!(entries(&ask(client, region, selection)), expected)),
            );
        }
        assert_eq!(counted[0], counted[1], "{selection}");
        assert!(counted[0] <= 16, "{counted:?} {selection}");
    }
}
