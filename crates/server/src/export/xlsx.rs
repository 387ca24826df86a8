//! Excel: the sheet as on paper, one cell a cell, and a second worksheet with one row an entry.
//!
//! Excel shows at most 409 points and 32,767 characters of a cell. A taller one goes on in a row beneath that repeats the
//! item's cell: rows beside each other with the same first cell are one.

use super::{
    Document,
    csv::{HEADINGS, is_formula},
    document::{Entry, Row, breadth, day_of, lines_within, widths},
    markup::pairs,
    unwritten,
};
use crate::{Fault, sheet::Column};
use renkei_domain::{era, outline::Mark};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

const FONT: &str = "ＭＳ Ｐゴシック";
const FONT_POINTS: f64 = 10.0;
/// With room for fonts that stand in where this one is missing.
const LINE_POINTS: f64 = 14.5;
const PADDING_POINTS: f64 = 6.0;
/// What a row can show.
const LINES: usize = 27;
/// UTF-16 units in a cell, a little less than Excel's limit.
const CELL_UNITS: usize = 32_000;
/// Of all columns together, in Excel's unit: digits of the standard font. As wide as A3 at full size.
const WIDTH: f64 = 210.0;
/// Of the items' column: two scenes beside each other.
const ITEM_WIDTH: f64 = 34.0;
const PAPER_A3: u8 = 8;
const HEADER_ROW: u32 = 2;
/// Japan is nine hours ahead.
const TOKYO_SECONDS: i64 = 9 * 60 * 60;

pub fn write(document: &Document) -> Result<Vec<u8>, Fault> {
    let mut workbook = Workbook::new();
    let properties = DocProperties::new().set_title(&document.title).set_company(&document.region_name);
    let made = ExcelDateTime::from_timestamp(document.as_of / 1000).map_err(unwritten)?;
    workbook.set_properties(&properties.set_creation_datetime(&made));
    paper(workbook.add_worksheet(), document).map_err(unwritten)?;
    list(workbook.add_worksheet(), document).map_err(unwritten)?;
    workbook.save_to_buffer().map_err(unwritten)
}

fn text() -> Format {
    Format::new().set_font_name(FONT).set_font_size(FONT_POINTS).set_align(FormatAlign::Top).set_text_wrap()
}

fn framed() -> Format {
    text().set_border(FormatBorder::Thin)
}

fn head() -> Format {
    framed()
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_background_color(Color::RGB(0x00E6_E6E6))
}

/// The worksheet that looks as the council knows it.
fn paper(sheet: &mut Worksheet, document: &Document) -> Result<(), XlsxError> {
    let widths = in_digits(&widths(&document.columns));
    let last = u16::try_from(document.columns.len()).unwrap_or(u16::MAX);
    sheet.set_name("計画・評価表")?;
    for (column, width) in (0..).zip(&widths) {
        sheet.set_column_width(column, *width)?;
    }
    let title = text().set_bold().set_font_size(16.0);
    let about = about(document);
    top(sheet, 0, last, &document.title, &title, 24.0)?;
    let lines = visual_lines(&about, WIDTH).max(1);
    top(sheet, 1, last, &about, &text(), height(lines))?;

    let mut headings = vec![with_footnote(document.item_heading.clone(), document.item_footnote.as_deref())];
    headings.extend(document.columns.iter().map(heading));
    let lines = headings.iter().zip(&widths).map(|(heading, width)| visual_lines(heading, *width));
    sheet.set_row_height(HEADER_ROW, height(lines.max().unwrap_or(1)))?;
    for (column, heading) in (0..).zip(&headings) {
        sheet.write_string_with_format(HEADER_ROW, column, heading, &head())?;
    }

    let mut at = HEADER_ROW + 1;
    let (bold, plain) = (framed().set_bold(), framed());
    for row in &document.rows {
        let item = item(row);
        let cells: Vec<Vec<Part>> =
            row.cells.iter().zip(&widths[1..]).map(|(cell, width)| parts(cell, *width)).collect();
        let rows = cells.iter().map(Vec::len).max().unwrap_or(0).max(1);
        for nth in 0..rows {
            let parts: Vec<Option<&Part>> = cells.iter().map(|parts| parts.get(nth)).collect();
            let lines = parts.iter().flatten().map(|part| part.lines).max().unwrap_or(1);
            sheet.set_row_height(at, height(lines.max(visual_lines(&item, widths[0])).min(LINES)))?;
            sheet.write_string_with_format(at, 0, &item, &bold)?;
            for (column, part) in (1..).zip(parts) {
                let text = part.map_or("", |part| &part.text);
                sheet.write_string_with_format(at, column, text, &plain)?;
            }
            at += 1;
        }
    }
    sheet
        .set_paper_size(PAPER_A3)
        .set_landscape()
        .set_print_fit_to_pages(1, 0)
        .set_margins(0.4, 0.4, 0.5, 0.5, 0.2, 0.2)
        .set_footer("&C&P / &N");
    sheet.set_repeat_rows(0, HEADER_ROW)?.set_print_area(0, 0, at - 1, last)?;
    sheet.set_freeze_panes(HEADER_ROW + 1, 1)?;
    Ok(())
}

/// Shares of a hundred in Excel's unit.
fn in_digits(shares: &[f64]) -> Vec<f64> {
    let rest = (WIDTH - ITEM_WIDTH) / (100.0 - shares[0]);
    std::iter::once(ITEM_WIDTH).chain(shares[1..].iter().map(|share| share * rest)).collect()
}

/// A line over the whole width.
fn top(
    sheet: &mut Worksheet,
    row: u32,
    last: u16,
    text: &str,
    format: &Format,
    height: f64,
) -> Result<(), XlsxError> {
    sheet.set_row_height(row, height)?;
    match last {
        0 => sheet.write_string_with_format(row, 0, text, format)?,
        last => sheet.merge_range(row, 0, row, last, text, format)?,
    };
    Ok(())
}

fn about(document: &Document) -> String {
    let place = format!("{}　{}　{}", document.region_name, document.fiscal_year, document.moment());
    std::iter::once(place).chain(document.remarks()).collect::<Vec<_>>().join("\n")
}

fn heading(column: &Column) -> String {
    let day = day_of(column).map(|day| format!("\n（{day}）"));
    with_footnote(format!("{}{}", column.heading, day.unwrap_or_default()), column.footnote.as_deref())
}

fn with_footnote(heading: String, footnote: Option<&str>) -> String {
    match footnote {
        Some(footnote) => format!("{heading}\n*{footnote}"),
        None => heading,
    }
}

/// Code and title, and the scenes two by two in brackets for boxes.
fn item(row: &Row) -> String {
    let mut item = format!("{} {}", row.mark(), row.title);
    for pair in pairs(row.scenes) {
        item.push('\n');
        item.extend(pair.iter().map(|scene| format!("［{}］", scene.name())));
    }
    item
}

/// What one row shows of a cell.
struct Part {
    text: String,
    lines: usize,
}

/// A cell, cut into what rows can show: between lines where that is possible.
fn parts(entries: &[Entry], width: f64) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for entry in entries {
        for line in entry.lines() {
            let indent = "　".repeat(line.level().into());
            let blank = if line.apart { "\n" } else { "" };
            let mut rest = format!("{blank}{indent}{}", line.marked());
            while !rest.is_empty() {
                let fits = fitting(&rest, width);
                let piece: String = rest.drain(..fits).collect();
                append(&mut parts, &piece, visual_lines(&piece, width));
            }
        }
        if let Some(owner) = entry.owner_line() {
            let line = format!("　{owner}");
            append(&mut parts, &line, visual_lines(&line, width));
        }
    }
    parts
}

fn append(parts: &mut Vec<Part>, piece: &str, lines: usize) {
    match parts.last_mut() {
        Some(last) if last.lines + lines <= LINES && units(&last.text) + units(piece) < CELL_UNITS => {
            last.text.push('\n');
            last.text.push_str(piece);
            last.lines += lines;
        }
        _ => parts.push(Part { text: piece.to_owned(), lines }),
    }
}

/// Bytes of a line's beginning that one row can show. Where a line is cut, what
/// follows begins with no mark, or it would be read as one, and no white space is lost.
fn fitting(line: &str, width: f64) -> usize {
    let capacity = capacity(width) * LINES as f64;
    let mut used = 0.0;
    let mut end = line.len();
    for (at, c) in line.char_indices() {
        used += breadth(c);
        if used > capacity {
            end = at;
            break;
        }
    }
    let joins = |end: usize| {
        let (before, after) = line.split_at(end);
        let parted = before.ends_with(char::is_whitespace) || after.starts_with(char::is_whitespace);
        !parted && !after.starts_with(|c| Mark::of(c).is_some())
    };
    while end < line.len()
        && !joins(end)
        && let Some((before, _)) = line[..end].char_indices().next_back().filter(|(at, _)| *at > 0)
    {
        end = before;
    }
    end
}

/// Full-width characters in a line of a column; one fewer than there is room for, since a line may end early (禁則).
fn capacity(width: f64) -> f64 {
    /// Of the unit of widths, and of a full-width character, in pixels.
    const UNIT: f64 = 7.0;
    const FULL: f64 = FONT_POINTS / 0.75;
    (width * UNIT / FULL - 1.0).floor().max(4.0)
}

fn visual_lines(text: &str, width: f64) -> usize {
    lines_within(text, capacity(width))
}

fn height(lines: usize) -> f64 {
    lines as f64 * LINE_POINTS + PADDING_POINTS
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The worksheet for those who calculate.
fn list(sheet: &mut Worksheet, document: &Document) -> Result<(), XlsxError> {
    const WIDTHS: [f64; HEADINGS.len()] =
        [9.0, 30.0, 16.0, 7.0, 24.0, 14.0, 60.0, 40.0, 6.0, 16.0, 17.0, 38.0];
    let plain = Format::new().set_font_name(FONT).set_font_size(FONT_POINTS);
    // Stays a text when somebody edits it.
    let quoted = plain.clone().set_quote_prefix();
    let time = plain.clone().set_num_format("yyyy/mm/dd hh:mm");
    let format = |text: &str| if is_formula(text) { quoted.clone() } else { plain.clone() };
    sheet.set_name("取組一覧")?;
    for (column, (heading, width)) in (0..).zip(HEADINGS.iter().zip(WIDTHS)) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, *heading, &head())?;
    }
    let first_more = HEADINGS.len() as u16;
    let mut last_column = first_more - 1;
    let mut at = 1;
    for row in &document.rows {
        for (column, cell) in document.columns.iter().zip(&row.cells) {
            for entry in cell {
                let notes = note_cells(entry);
                let fields = [
                    (0, row.code.as_str()),
                    (1, row.title.as_str()),
                    (2, column.facet.name()),
                    (4, &entry.scenes()),
                    (5, entry.owner()),
                    (6, &entry.text.body),
                    (7, notes.first().map_or("", String::as_str)),
                    (9, entry.updated_by.as_deref().unwrap_or_default()),
                    (11, &entry.id.to_string()),
                ];
                for (column, text) in fields {
                    sheet.write_string_with_format(at, column, text, &format(text))?;
                }
                sheet.write_number_with_format(at, 3, column.fiscal_year.0, &plain)?;
                sheet.write_number_with_format(at, 8, entry.version, &plain)?;
                match ExcelDateTime::from_timestamp(entry.updated_at / 1000 + TOKYO_SECONDS) {
                    Ok(moment) => sheet.write_datetime_with_format(at, 10, &moment, &time)?,
                    Err(_) => sheet.write_string(at, 10, era::tokyo(entry.updated_at).to_string())?,
                };
                for (column, notes) in (first_more..).zip(notes.iter().skip(1)) {
                    last_column = last_column.max(column);
                    sheet.write_string_with_format(at, column, notes, &format(notes))?;
                }
                at += 1;
            }
        }
    }
    for (nth, column) in (2..).zip(first_more..=last_column) {
        sheet.write_string_with_format(0, column, format!("注記（{nth}）"), &head())?;
    }
    sheet.autofilter(0, 0, at - 1, last_column)?.set_freeze_panes(1, 0)?;
    sheet.set_paper_size(PAPER_A3).set_landscape().set_print_fit_to_pages(1, 0).set_footer("&C&P / &N");
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}

/// The notes of an entry in as few cells as hold them.
fn note_cells(entry: &Entry) -> Vec<String> {
    let mut cells: Vec<String> = Vec::new();
    for note in entry.notes() {
        match cells.last_mut() {
            Some(last) if units(last) + units(&note) < CELL_UNITS => {
                last.push('\n');
                last.push_str(&note);
            }
            _ => cells.push(note),
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tests::entry;
    use proptest::prelude::*;
    use renkei_domain::{EntryText, Note, NoteKind, SceneSet, limits};

    fn written(body: String, notes: Vec<String>) -> Entry {
        let note = |text: String| Note { kind: NoteKind::Asterisk, text, depth: 0 };
        let notes = notes.into_iter().map(note).collect();
        entry(EntryText { body, notes, explicit_scenes: SceneSet::EMPTY }.checked().unwrap())
    }

    /// As the rows are read together again.
    fn joined(parts: &[Part]) -> String {
        let mut whole = String::new();
        for part in parts {
            let begins = part.text.trim_start().starts_with(|c| Mark::of(c).is_some());
            if !whole.is_empty() && begins {
                whole.push('\n');
            }
            whole.push_str(&part.text);
        }
        whole.lines().map(str::trim).collect::<Vec<_>>().join("\n")
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_tall_cell_goes_on_in_rows_that_show_it_whole(
            bodies in prop::collection::vec("[一二三a・*○ ]{0,300}[四b]", 1..20),
            notes in prop::collection::vec("[五六・①]{0,200}[七c]", 0..10),
            width in 10.0..80.0,
        ) {
            let times = limits::BODY_CHARS / 301;
            let entries: Vec<Entry> =
                bodies.iter().map(|body| written(body.trim().repeat(times), notes.clone())).collect();
            let parts = parts(&entries, width);
            for part in &parts {
                prop_assert!(part.lines <= LINES && units(&part.text) <= CELL_UNITS);
                prop_assert_eq!(part.lines, visual_lines(&part.text, width));
                prop_assert!(height(part.lines) <= 409.0);
            }
            let lines: Vec<String> =
                entries.iter().flat_map(Entry::lines).map(|line| line.marked()).collect();
            prop_assert_eq!(joined(&parts), lines.join("\n"));
        }
    }

    #[test]
    fn an_entry_as_large_as_can_be_is_in_the_list_whole() {
        let notes = vec!["注".repeat(limits::NOTE_CHARS); limits::NOTES];
        let entry = written("文".repeat(limits::BODY_CHARS), notes);
        let cells = note_cells(&entry);
        assert!(cells.len() > 1 && cells.iter().all(|cell| units(cell) <= CELL_UNITS));
        assert_eq!(cells.join("\n"), entry.notes().join("\n"));
    }
}
