//! TSV in the shape of the council's own file: what the import reads back as the identical sheet.
//!
//! Each line of a cell begins behind a `<br>`, so that its mark is one; a mark that belongs to a text stands in `<bdi>`,
//! in which the reader looks for none. Owners and explicit scenes have no place in this file.

use super::{
    Document,
    document::{Entry, Row, day_of},
    markup::pairs,
};
use renkei_domain::{CareScene, outline::Mark};
use renkei_reader::list::is_formula;

const LINE: &str = "<br>";
/// The box of a scene, and two of them beside each other, as the council's file draws them.
const PAIR: &str = r#"<div style="display: flex; justify-content: space-around;">"#;
const BOX: &str = r#"<div style="border: 1px solid black; padding: 2px;">"#;

pub fn write(document: &Document) -> String {
    let item = with_footnote(inert(&document.item_heading), document.item_footnote.as_deref());
    let columns = document.columns.iter().map(|column| {
        let day = day_of(column).map(|day| format!(" （{day}）")).unwrap_or_default();
        with_footnote(inert(&column.heading) + &day, column.footnote.as_deref())
    });
    let header: Vec<String> = std::iter::once(item).chain(columns).collect();
    let rows = document.rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| self::cell(cell));
        std::iter::once(self::item(row)).chain(cells).collect::<Vec<_>>()
    });
    let lines = std::iter::once(header).chain(rows).map(|fields| {
        let fields: Vec<String> = fields.into_iter().map(field).collect();
        fields.join("\t") + "\n"
    });
    lines.collect()
}

fn with_footnote(heading: String, footnote: Option<&str>) -> String {
    match footnote {
        Some(footnote) => format!("{heading} <small>*{}</small>", escaped(footnote)),
        None => heading,
    }
}

/// A heading, which a spreadsheet takes for no formula.
fn inert(heading: &str) -> String {
    let escaped = escaped(heading);
    if is_formula(heading) { format!("<bdi>{escaped}</bdi>") } else { escaped }
}

fn item(row: &Row) -> String {
    let named = |scene: &CareScene| format!("{BOX}{}</div>", scene.name());
    let pairs = pairs(row.scenes).into_iter().map(|pair| {
        let boxes: Vec<String> = pair.iter().map(named).collect();
        format!(" {PAIR} {} </div>", boxes.join(" "))
    });
    format!("{} {}{}", escaped(&row.mark()), escaped(&row.title), pairs.collect::<String>())
}

fn cell(entries: &[Entry]) -> String {
    entries.iter().map(entry).collect::<Vec<_>>().join(LINE)
}

fn entry(entry: &Entry) -> String {
    let lines = entry.lines().into_iter().map(|line| {
        let text = format!("{}{}", line.mark, isolated(line.text));
        match (line.note, line.apart) {
            (None, _) => text,
            (Some(_), false) => format!("{LINE}<small>{text}</small>"),
            (Some(_), true) => format!("{LINE}{LINE}<small>{text}</small>"),
        }
    });
    lines.collect()
}

/// A text that is read as it is: in `<bdi>`, where a mark or a character at its ends could be taken for layout.
fn isolated(text: &str) -> String {
    let escaped = escaped(text);
    let shows_nothing = |c: char| matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}');
    // The first character stands behind the line's own mark, and behind a letter none is one.
    let marked = text
        .chars()
        .zip(text.chars().skip(1))
        .any(|(before, c)| Mark::of(c).is_some() && !before.is_alphanumeric());
    let plain = !marked && !text.starts_with(shows_nothing) && !text.ends_with(shows_nothing);
    if plain { escaped } else { format!("<bdi>{escaped}</bdi>") }
}

/// What is no markup.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A field; one that could be read otherwise stands in quotes, as Excel writes it.
fn field(text: String) -> String {
    if text.contains(['\t', '\n', '\r']) || text.starts_with('"') {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
