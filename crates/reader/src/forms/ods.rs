//! OpenDocument spreadsheets, read from their XML: `calamine` makes room for as many cells as a file says are repeated,
//! without a bound, and tells nothing of joined cells, comments or hidden rows.

use super::xlsx::says_nothing;
use super::{Form, Opened};
use crate::known::Known;
use crate::table::{Grid, Merged, Notice, NoticeKind, Place, Table, TableName, beginning, escaped};
use crate::xml::{Package, Piece, Tag, Xml};
use renkei_domain::text::is_blank;
use std::collections::{HashMap, HashSet};

/// How often a filled cell or row may be repeated.
const REPEATED: usize = 1_000;
const READINGS: &str = "ふりがなは取り込みません。";

pub fn open(mut package: Package<'_>) -> Result<Opened<'static>, String> {
    let bytes = package.part("content.xml")?.unwrap_or_default();
    let mut book = Book::default();
    book.read(&mut Xml::new(&bytes))?;
    let Book { tables, list, mut notices, masters, .. } = book;
    if let Some(styles) = package.part("styles.xml")? {
        notices.extend(headers_and_footers(&mut Xml::new(&styles), &masters)?);
    }
    if let Some(list) = &list {
        notices.extend(list.not_in(&tables));
    }
    Ok(Opened { form: Form::Ods, tables, known: list, around: Vec::new(), notices })
}

/// What is special about the letters of a style.
#[derive(Clone, Copy, Default)]
struct Letters {
    struck: bool,
    coloured: bool,
}

#[derive(Default)]
struct Book {
    tables: Vec<Table<'static>>,
    list: Option<Known>,
    styles: HashMap<String, Letters>,
    hidden_styles: Vec<String>,
    /// Of what stands in a list and is none of its fields.
    notices: Vec<Notice>,
    /// Master pages that the tables' styles name.
    masters: HashSet<String>,
}

/// A worksheet under way. Lines and columns count from 0.
#[derive(Default)]
struct Sheet {
    name: TableName,
    hidden: bool,
    grid: Grid,
    merged: Vec<Merged>,
    notices: Vec<Notice>,
    line: usize,
    /// Columns so far, hidden ones.
    columns: usize,
}

impl Book {
    fn read(&mut self, xml: &mut Xml<'_>) -> Result<(), String> {
        let mut style = String::new();
        loop {
            match xml.next()? {
                Piece::Open(tag) => match tag.name.as_str() {
                    "style" => {
                        style = tag.get("name").unwrap_or_default().to_owned();
                        self.masters.extend(tag.get("master-page-name").map(str::to_owned));
                    }
                    "table-properties" if tag.get("display") == Some("false") => {
                        self.hidden_styles.push(style.clone());
                    }
                    "text-properties" => {
                        let through = tag.get("text-line-through-style").is_some_and(|style| style != "none");
                        let coloured = tag.get("color").is_some_and(|color| color != "#000000");
                        if through || coloured {
                            self.styles.insert(style.clone(), Letters { struck: through, coloured });
                        }
                    }
                    "table" => {
                        let sheet = self.sheet(&tag, xml)?;
                        let rows = sheet.grid.into_rows();
                        if let Some(list) = Known::of_list(&rows, &sheet.name, false) {
                            self.list.get_or_insert(list);
                            let is_told = |notice: &Notice| {
                                notice.kind == NoticeKind::LeftOut && notice.message != READINGS
                            };
                            self.notices.extend(sheet.notices.into_iter().filter(is_told));
                            continue;
                        }
                        let Sheet { name, hidden, merged, notices, .. } = sheet;
                        self.tables.push(Table { name, rows, merged, strict: false, hidden, notices });
                    }
                    // Kept for undoing changes: nobody sees it.
                    "tracked-changes" => xml.skip()?,
                    _ => {}
                },
                Piece::Close(_) | Piece::Text(_) => {}
                Piece::End => return Ok(()),
            }
        }
    }

    fn sheet(&self, tag: &Tag, xml: &mut Xml<'_>) -> Result<Sheet, String> {
        let mut sheet = Sheet {
            name: TableName::Worksheet(tag.get("name").unwrap_or_default().to_owned()),
            hidden: tag
                .get("style-name")
                .is_some_and(|style| self.hidden_styles.iter().any(|own| own == style)),
            ..Sheet::default()
        };
        loop {
            match xml.next()? {
                Piece::Open(tag) => match tag.name.as_str() {
                    "table-column" => sheet.column(&tag),
                    "table-row" => self.row(&tag, &mut sheet, xml)?,
                    "shapes" | "frame" | "custom-shape" => {
                        let text = beginning(&xml.text()?);
                        if !is_blank(&text) {
                            let place = Place::new(&sheet.name, 0, 0);
                            let message = format!("テキストボックスは取り込みません：「{text}」");
                            sheet.notices.push(Notice::left_out(place, message));
                        }
                    }
                    _ => {}
                },
                Piece::Close(name) if name == "table" => return Ok(sheet),
                Piece::Close(_) | Piece::Text(_) => {}
                Piece::End => return Ok(sheet),
            }
        }
    }

    fn row(&self, tag: &Tag, sheet: &mut Sheet, xml: &mut Xml<'_>) -> Result<(), String> {
        let repeated = tag.number("number-rows-repeated").unwrap_or(1).max(1);
        let hidden = matches!(tag.get("visibility"), Some("collapse" | "filter"));
        let mut cells: Vec<(usize, String)> = Vec::new();
        let mut column = 0_usize;
        loop {
            match xml.next()? {
                Piece::Open(tag) if tag.name == "table-cell" || tag.name == "covered-table-cell" => {
                    let times = tag.number("number-columns-repeated").unwrap_or(1).max(1);
                    let cell = self.cell(&tag, sheet, column, xml)?;
                    if !is_blank(&cell) {
                        if times > REPEATED {
                            return Err(format!("{}：同じセルが多すぎます。", place(sheet, column)));
                        }
                        cells.extend((0..times).map(|nth| (column + nth, cell.clone())));
                    }
                    column = column.saturating_add(times);
                }
                Piece::Open(_) | Piece::Text(_) => {}
                Piece::Close(name) if name == "table-row" => break,
                Piece::Close(_) => {}
                Piece::End => break,
            }
        }
        if !cells.is_empty() {
            if repeated > REPEATED {
                return Err(format!("{}：同じ行が多すぎます。", place(sheet, 0)));
            }
            if hidden {
                let message = "隠れている行です。書いてあることは取り込みます。";
                sheet.notices.push(Notice::taken(Place::new(&sheet.name, sheet.line + 1, 0), message));
            }
            for nth in 0..repeated {
                for (column, cell) in &cells {
                    let put = sheet.grid.put(sheet.line + nth, *column, cell.clone());
                    put.map_err(|reason| format!("{}：{reason}", place(sheet, *column)))?;
                }
            }
        }
        sheet.line = sheet.line.saturating_add(repeated);
        Ok(())
    }

    /// What a cell shows, a line for each of its paragraphs.
    fn cell(&self, tag: &Tag, sheet: &mut Sheet, column: usize, xml: &mut Xml<'_>) -> Result<String, String> {
        let span = |name: &str| tag.number(name).unwrap_or(1).clamp(1, 1_000_000) - 1;
        let (down, right) = (span("number-rows-spanned"), span("number-columns-spanned"));
        let place = place(sheet, column);
        if down > 0 || right > 0 {
            let line = sheet.line + 1;
            sheet.merged.push(Merged { lines: (line, line + down), columns: (column, column + right) });
        }
        let own = |tag: &Tag| tag.get("style-name").and_then(|style| self.styles.get(style)).copied();
        let mut letters = own(tag).unwrap_or_default();
        let (mut text, mut paragraphs, mut within) = (String::new(), 0, 0);
        if tag.get("formula").is_some() {
            let message = "数式のセルです。保存されたときの結果を取り込みます。";
            sheet.notices.push(Notice::taken(place.clone(), message));
        }
        loop {
            match xml.next()? {
                Piece::Open(tag) => match tag.name.as_str() {
                    "p" | "h" => {
                        if paragraphs > 0 {
                            text.push('\n');
                        }
                        paragraphs += 1;
                        within += 1;
                    }
                    "s" => {
                        let spaces = tag.number("c").unwrap_or(1).min(10_000);
                        text.extend(std::iter::repeat_n(' ', spaces));
                    }
                    "tab" => text.push('\t'),
                    "line-break" => text.push('\n'),
                    "annotation" => {
                        let message = format!("コメントは取り込みません：「{}」", beginning(&xml.text()?));
                        sheet.notices.push(Notice::left_out(place.clone(), message));
                    }
                    "ruby-text" => {
                        xml.skip()?;
                        sheet.notices.push(Notice::left_out(place.clone(), READINGS));
                    }
                    "frame" | "custom-shape" => {
                        let boxed = beginning(&xml.text()?);
                        let message = format!("図形やテキストボックスは取り込みません：「{boxed}」");
                        sheet.notices.push(Notice::left_out(place.clone(), message));
                    }
                    "span" => {
                        let span = own(&tag).unwrap_or_default();
                        letters.struck |= span.struck;
                        letters.coloured |= span.coloured;
                    }
                    _ => {}
                },
                Piece::Text(piece) if within > 0 => text.push_str(&piece),
                Piece::Text(_) => {}
                Piece::Close(name) => match name.as_str() {
                    "p" | "h" => within -= 1,
                    "table-cell" | "covered-table-cell" => break,
                    _ => {}
                },
                Piece::End => break,
            }
        }
        if !is_blank(&text) {
            if letters.struck {
                let message =
                    "取り消し線の付いた文字があります。文字は取り込みます。消すものは消してください。";
                sheet.notices.push(Notice::taken(place.clone(), message));
            }
            if letters.coloured {
                sheet.notices.push(Notice::taken(place, "色の付いた文字です。色は取り込みません。"));
            }
        }
        Ok(escaped(&text))
    }
}

impl Sheet {
    fn column(&mut self, tag: &Tag) {
        let repeated = tag.number("number-columns-repeated").unwrap_or(1).max(1);
        if matches!(tag.get("visibility"), Some("collapse" | "filter")) && repeated < REPEATED {
            for nth in 0..repeated {
                let place = Place::new(&self.name, 0, self.columns + nth + 1);
                let message = "隠れている列です。書いてあることは取り込みます。";
                self.notices.push(Notice::taken(place, message));
            }
        }
        self.columns = self.columns.saturating_add(repeated);
    }
}

/// The headers and footers of these master pages, without the fields in them: the page's number and the like.
fn headers_and_footers(xml: &mut Xml<'_>, masters: &HashSet<String>) -> Result<Vec<Notice>, String> {
    const FIELDS: [&str; 8] =
        ["page-number", "page-count", "sheet-name", "date", "time", "title", "file-name", "author-name"];
    let mut notices = Vec::new();
    let mut told = HashSet::new();
    let mut within_master = false;
    // What is being read: its name, and its text so far.
    let mut part: Option<(&str, String)> = None;
    loop {
        match xml.next()? {
            Piece::Open(tag) => match tag.name.as_str() {
                "master-page" => within_master = tag.get("name").is_some_and(|name| masters.contains(name)),
                "header" | "header-left" | "header-first" | "footer" | "footer-left" | "footer-first"
                    if within_master && tag.get("display") != Some("false") =>
                {
                    let name = if tag.name.starts_with("header") { "ヘッダー" } else { "フッター" };
                    part = Some((name, String::new()));
                }
                field if part.is_some() && FIELDS.contains(&field) => {
                    xml.skip()?;
                    if let Some((_, text)) = &mut part {
                        text.push(' ');
                    }
                }
                "p" | "s" | "tab" | "line-break" => {
                    if let Some((_, text)) = &mut part {
                        text.push(' ');
                    }
                }
                _ => {}
            },
            Piece::Text(piece) => {
                if let Some((_, text)) = &mut part {
                    text.push_str(&piece);
                }
            }
            Piece::Close(name) if name == "master-page" => within_master = false,
            Piece::Close(name) if name.starts_with("header") || name.starts_with("footer") => {
                let Some((name, text)) = part.take() else { continue };
                let text = beginning(&text);
                let message = format!("{name}は取り込みません：「{text}」");
                if !says_nothing(&text) && told.insert(message.clone()) {
                    notices.push(Notice::left_out(Place::default(), message));
                }
            }
            Piece::Close(_) => {}
            Piece::End => return Ok(notices),
        }
    }
}

fn place(sheet: &Sheet, column: usize) -> Place {
    Place::new(&sheet.name, sheet.line + 1, column + 1)
}
