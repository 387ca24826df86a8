//! Word: the sheet's table on A3 landscape, its head repeated on each page, no row torn that fits a page.

use super::{
    Document,
    document::{Entry, Row, day_of, lines_within, widths},
    json,
    markup::pairs,
    unwritten,
};
use crate::{Fault, sheet::Column};
use docx_rs::{
    AlignmentType, BorderType, Docx, Footer, LineSpacing, NumPages, PageMargin, PageNum, PageOrientationType,
    Paragraph, Run, RunFonts, Shading, SpecialIndentType, Table, TableCell, TableCellMargins,
    TableLayoutType, TableRow, TextBorder, VAlignType, WidthType,
};
use std::io::Cursor;

const FONT: &str = "ＭＳ Ｐゴシック";
/// In twentieths of a point: A3 landscape with margins of 10 mm, a little more for the page number.
const PAPER: (u32, u32) = (23_811, 16_838);
const MARGIN: u32 = 567;
const BOTTOM: i32 = 850;
const FOOTER: i32 = 400;
/// In half points.
const TITLE: usize = 32;
const TEXT: usize = 19;
const SMALL: usize = 16;
/// In twentieths of a point: how far a mark hangs out, and a note stands in.
const HANGING: i32 = 190;
/// Word repeats a row that has this; the library does not write it.
const REPEATED: &str = "<w:tblHeader />";

pub fn write(document: &Document) -> Result<Vec<u8>, Fault> {
    let place = format!("{}　{}　{}", document.region_name, document.fiscal_year, document.moment());
    let lines = std::iter::once(place).chain(document.remarks());
    let docx = page(PAPER, &document.title, lines).add_table(table(document));
    packed(docx.add_custom_item(&document.region.to_string().to_uppercase(), &data(document)?))
}

/// A document in landscape, with its title and what stands below it.
pub(super) fn page(paper: (u32, u32), title: &str, lines: impl Iterator<Item = String>) -> Docx {
    let margins = PageMargin {
        top: MARGIN as i32,
        left: MARGIN as i32,
        bottom: BOTTOM,
        right: MARGIN as i32,
        header: FOOTER,
        footer: FOOTER,
        gutter: 0,
    };
    let fonts = RunFonts::new().ascii(FONT).hi_ansi(FONT).east_asia(FONT);
    let docx = Docx::new()
        .page_size(paper.0, paper.1)
        .page_orient(PageOrientationType::Landscape)
        .page_margin(margins)
        .default_fonts(fonts)
        .default_size(TEXT)
        .footer(page_numbers())
        .add_paragraph(Paragraph::new().add_run(run(title).size(TITLE).bold()));
    lines.fold(docx, |docx, line| docx.add_paragraph(Paragraph::new().add_run(run(&line))))
}

/// The file of a document whose last part is its one table.
pub(super) fn packed(docx: Docx) -> Result<Vec<u8>, Fault> {
    // Word wants a paragraph behind a table.
    let mut parts = docx.add_paragraph(Paragraph::new().size(2)).build();
    parts.document = with_repeated_head(parts.document)?;
    let mut file = Cursor::new(Vec::new());
    parts.pack(&mut file).map_err(unwritten)?;
    Ok(file.into_inner())
}

/// What the text does not say, in a part of its own that Word keeps: the JSON export of the same document. JSON has other
/// spellings for what would be markup or nothing in XML.
fn data(document: &Document) -> Result<String, Fault> {
    let mut json = serde_json::to_string(&json::whole(document)).map_err(unwritten)?;
    for (c, escape) in [
        ('<', "\\u003c"),
        ('>', "\\u003e"),
        ('&', "\\u0026"),
        ('\u{fffe}', "\\ufffe"),
        ('\u{ffff}', "\\uffff"),
    ] {
        json = json.replace(c, escape);
    }
    Ok(format!("<renkei xmlns=\"urn:renkei:export\">{json}</renkei>"))
}

/// Marks the first row of the document: no text holds a `<`, so the first row is where its properties first end.
fn with_repeated_head(document: Vec<u8>) -> Result<Vec<u8>, Fault> {
    const END: &str = "</w:trPr>";
    let document = String::from_utf8(document)?;
    if !document.contains(END) {
        return Err(Fault::new("the table of a Word file has no row with properties"));
    }
    Ok(document.replacen(END, &format!("{REPEATED}{END}"), 1).into_bytes())
}

fn page_numbers() -> Footer {
    let numbers = Paragraph::new()
        .align(AlignmentType::Center)
        .add_page_num(PageNum::new())
        .add_run(run(" / "))
        .add_num_pages(NumPages::new());
    Footer::new().add_paragraph(numbers)
}

fn table(document: &Document) -> Table {
    let widths = in_twips(PAPER, &widths(&document.columns));
    let headings = std::iter::once(heading(&document.item_heading, None, document.item_footnote.as_deref()))
        .chain(document.columns.iter().map(column_heading));
    let rows = document.rows.iter().map(|row| {
        let cells = std::iter::once(item(row)).chain(row.cells.iter().map(|cell| entries(cell)));
        let cells = cells.zip(&widths).map(|(paragraphs, width)| cell(paragraphs, *width));
        let cells = TableRow::new(cells.collect());
        if fits_a_page(row, &widths) { cells.cant_split() } else { cells }
    });
    framed(headings.collect(), rows.collect(), &widths)
}

/// Whether a page can show a row. One that it cannot, and that must not be torn, would begin on a new page for nothing.
fn fits_a_page(row: &Row, widths: &[usize]) -> bool {
    /// A little fewer than A3 landscape has beside the head.
    const LINES: usize = 45;
    /// Twips of a full-width character.
    const FULL: f64 = TEXT as f64 * 10.0;
    let lines = |(cell, width): (&Vec<Entry>, &usize)| -> usize {
        let capacity = (*width as f64 / FULL - 2.0).max(1.0);
        let lines = cell.iter().flat_map(|entry| entry.lines()).map(|line| line.marked());
        lines.map(|line| lines_within(&line, capacity)).sum()
    };
    row.cells.iter().zip(&widths[1..]).all(|cell| lines(cell) <= LINES)
}

/// Shares of a hundred as widths on a paper.
pub(super) fn in_twips(paper: (u32, u32), shares: &[f64]) -> Vec<usize> {
    let whole = f64::from(paper.0 - 2 * MARGIN);
    shares.iter().map(|share| (share / 100.0 * whole) as usize).collect()
}

/// A table of these headings and rows.
pub(super) fn framed(headings: Vec<Vec<Paragraph>>, rows: Vec<TableRow>, widths: &[usize]) -> Table {
    let head = headings.into_iter().zip(widths).map(|(paragraphs, width)| {
        let shading = Shading::new().fill("E6E6E6");
        cell(paragraphs, *width).shading(shading).vertical_align(VAlignType::Center)
    });
    let head = TableRow::new(head.collect()).cant_split();
    Table::new(std::iter::once(head).chain(rows).collect())
        .layout(TableLayoutType::Fixed)
        .width(widths.iter().sum(), WidthType::Dxa)
        .margins(TableCellMargins::new().margin(30, 70, 30, 70))
        .set_grid(widths.to_vec())
}

/// A cell has at least one paragraph.
pub(super) fn cell(paragraphs: Vec<Paragraph>, width: usize) -> TableCell {
    let cell = TableCell::new().width(width, WidthType::Dxa);
    if paragraphs.is_empty() {
        return cell.add_paragraph(Paragraph::new());
    }
    paragraphs.into_iter().fold(cell, TableCell::add_paragraph)
}

fn column_heading(column: &Column) -> Vec<Paragraph> {
    heading(&column.heading, day_of(column), column.footnote.as_deref())
}

pub(super) fn heading(text: &str, day: Option<String>, footnote: Option<&str>) -> Vec<Paragraph> {
    let centered = |run: Run| Paragraph::new().align(AlignmentType::Center).add_run(run);
    let mut paragraphs = vec![centered(run(text).bold())];
    paragraphs.extend(day.map(|day| centered(run(&format!("（{day}）")))));
    paragraphs.extend(footnote.map(|footnote| centered(run(&format!("*{footnote}")).size(SMALL))));
    paragraphs
}

/// Code and title, and the scenes two by two in boxes.
fn item(row: &Row) -> Vec<Paragraph> {
    let title = Paragraph::new().add_run(run(&format!("{} {}", row.mark(), row.title)).bold());
    let pairs = pairs(row.scenes).into_iter().map(|pair| {
        pair.iter().enumerate().fold(
            Paragraph::new().line_spacing(LineSpacing::new().before(60)),
            |line, (nth, scene)| {
                let line = if nth > 0 { line.add_run(run("　").size(SMALL)) } else { line };
                let border = TextBorder::new().border_type(BorderType::Single).size(4).space(0);
                line.add_run(run(scene.name()).size(SMALL).text_border(border))
            },
        )
    });
    std::iter::once(title).chain(pairs).collect()
}

fn entries(entries: &[Entry]) -> Vec<Paragraph> {
    let mut paragraphs = Vec::new();
    for entry in entries {
        for line in entry.lines() {
            if line.apart {
                paragraphs.push(Paragraph::new().size(SMALL));
            }
            let size = if line.note.is_some() { SMALL } else { TEXT };
            let indent = HANGING * (i32::from(line.level()) + 1);
            let hanging = Some(SpecialIndentType::Hanging(HANGING));
            let paragraph = Paragraph::new().indent(Some(indent), hanging, None, None).keep_lines(true);
            paragraphs.push(paragraph.add_run(run(&line.marked()).size(size)));
        }
        if let Some(owner) = entry.owner_line() {
            let paragraph = Paragraph::new().indent(Some(HANGING), None, None, None);
            paragraphs.push(paragraph.add_run(run(&owner).size(SMALL)));
        }
    }
    paragraphs
}

/// A text; tabs are elements of their own, and what XML has no place for is the sign for what cannot be shown.
pub(super) fn run(text: &str) -> Run {
    let text = text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    let mut pieces = text.split('\t');
    let first = Run::new().add_text(pieces.next().unwrap_or_default());
    pieces.fold(first, |run, piece| run.add_tab().add_text(piece))
}
