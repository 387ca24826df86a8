//! The measure of `cargo xtask bench files`: a sheet of 2,000 entries out and in again, in each form: time, size and the
//! process's peak of memory.

use renkei_domain::{
    EntryId, EntryText, Facet, FiscalYear, ItemId, Note, NoteKind, Phase, RegionId, SceneSet,
};
use renkei_server::export::document::{Entry, LeftOut, Row};
use renkei_server::export::{Document, Format, Parameters};
use renkei_server::import::reader::{Choices, read_as};
use renkei_server::sheet::Column;
use std::process::ExitCode;
use std::time::Instant;
use uuid::Uuid;

const YEAR: FiscalYear = FiscalYear(2026);
const ITEMS: usize = 8;
const ENTRIES: usize = 2_000;

/// The bounds: milliseconds out and in, and MiB of memory beyond what the process had.
const MILLISECONDS: u128 = 5_000;
const MEMORY: u64 = 512;

fn main() -> ExitCode {
    let document = document();
    let mut missed = false;
    for format in Format::ALL {
        forget_peak();
        let before = memory("VmRSS");
        let start = Instant::now();
        let file = format.write(&document, &Parameters::default());
        let written = start.elapsed();
        let Ok(file) = file else {
            println!("{}: cannot be written", format.code());
            return ExitCode::FAILURE;
        };
        let start = Instant::now();
        let reading = read_as(&file, YEAR, &Choices::default());
        let read = start.elapsed();
        let peak = memory("VmHWM").saturating_sub(before) / 1024;
        let entries = reading.map_or(0, |reading| {
            reading.sheet.rows.iter().flat_map(|row| &row.cells).map(Vec::len).sum::<usize>()
        });
        println!(
            "{:5} {:6} KB  out {:5} ms  in {:5} ms  peak {peak:4} MiB  {entries} entries",
            format.code(),
            file.len() / 1000,
            written.as_millis(),
            read.as_millis(),
        );
        missed |= entries != ENTRIES
            || written.as_millis() > MILLISECONDS
            || read.as_millis() > MILLISECONDS
            || peak > MEMORY;
    }
    if missed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// Eight items with four columns, and in each cell as many entries.
fn document() -> Document {
    let columns = Facet::ALL.map(|facet| Column {
        facet,
        fiscal_year: FiscalYear(YEAR.0 + facet.year_offset()),
        heading: facet.name().to_owned(),
        as_of: None,
        footnote: None,
    });
    let per_cell = ENTRIES / ITEMS / columns.len();
    let rest = ENTRIES - per_cell * ITEMS * columns.len();
    let mut count = 0_u128;
    let mut entry = || {
        count += 1;
        let note =
            Note {
                kind: NoteKind::Asterisk, text: format!("年{count}回開催、R8/2/6（予定）"), depth: 0
            };
        let body = format!(
            "郡市内の在宅医療・介護資源の調査や情報を整理し、情報提供のため更新を行った（{count}）。"
        );
        let text =
            EntryText { body, notes: vec![note], explicit_scenes: SceneSet::from_bits((count % 16) as u8) };
        let id = EntryId(Uuid::from_u128(count));
        Entry { id, text, owner: None, version: 1, updated_at: 1_770_342_120_000, updated_by: None }
    };
    let codes = ["ア", "イ", "ウ", "エ", "オ", "カ", "キ", "ク"];
    let rows = codes.iter().enumerate().map(|(nth, code)| Row {
        item: ItemId(Uuid::from_u128(nth as u128)),
        code: (*code).to_owned(),
        title: format!("{nth}番目の事業項目"),
        scenes: SceneSet::ALL,
        cells: (0..columns.len())
            .map(|column| {
                let more = if (nth, column) == (0, 0) { rest } else { 0 };
                (0..per_cell + more).map(|_| entry()).collect()
            })
            .collect(),
    });
    let rows = rows.collect();
    Document {
        region: RegionId(Uuid::from_u128(1)),
        region_name: "本庄市児玉郡".to_owned(),
        fiscal_year: YEAR,
        title: "令和8年度 計画・評価表".to_owned(),
        phase: Phase::Draft,
        as_of: 1_770_342_120_000,
        snapshot: None,
        change: None,
        item_heading: "事業項目".to_owned(),
        item_footnote: None,
        columns: columns.into(),
        rows,
        left_out: LeftOut::default(),
    }
}

/// From here on the peak is counted anew (Linux).
fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// KiB, as Linux tells it of this process.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}
