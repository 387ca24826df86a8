//! Excel: `calamine` reads what the cells hold, and a second look into the parts finds what it does not tell: readings
//! (ふりがな), comments, text boxes, hidden rows and columns, joined cells, letters struck out or coloured.

use super::{Form, Opened};
use crate::known::Known;
use crate::table::{Grid, Merged, Notice, Place, Table, TableName, beginning, escaped};
use crate::xml::{Package, Piece, Tag, Xml};
use calamine::{DataRef, Xlsx};
use std::collections::{HashMap, HashSet};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Filled cells of a worksheet.
const CELLS: usize = 200_000;

pub fn open(file: &[u8], mut package: Package<'_>) -> Result<Opened<'static>, String> {
    let strings = Strings::read(&mut package)?;
    let marked_styles = marked_styles(&mut package)?;
    let sheets = sheets(&mut package)?;
    let names = sheets.iter().map(|sheet| sheet.name.as_str());
    // The library promises no more than that it reads what is whole: a broken file may end it with a panic.
    let read = AssertUnwindSafe(|| grids(file, names));
    let grids = catch_unwind(read).unwrap_or_else(|_| Err(BROKEN.to_owned()))?;
    let mut tables = Vec::new();
    let mut list = None;
    for (sheet, grid) in sheets.into_iter().zip(grids) {
        let name = TableName::Worksheet(sheet.name.clone());
        let rows = grid.into_rows();
        if let Some(found) = Known::of_list(&rows, &name, false) {
            list = list.or(Some(found));
            continue;
        }
        let mut look = Look { name, notices: Vec::new(), merged: Vec::new() };
        look.at_sheet(&mut package, &sheet.part, &strings, &marked_styles)?;
        let Look { name, notices, merged } = look;
        tables.push(Table { name, rows, merged, strict: false, hidden: sheet.hidden, notices });
    }
    Ok(Opened { form: Form::Xlsx, tables, known: list, around: Vec::new(), notices: Vec::new() })
}

const BROKEN: &str = "Excelのファイルが壊れています。Excelで開き、保存し直してください。";

fn unreadable(error: &calamine::XlsxError) -> String {
    tracing::debug!(%error, "an Excel file cannot be read");
    BROKEN.to_owned()
}

/// What the cells of these worksheets hold.
fn grids<'a>(file: &[u8], names: impl Iterator<Item = &'a str>) -> Result<Vec<Grid>, String> {
    let book = calamine::open_workbook_from_rs(Cursor::new(file));
    let mut book: Xlsx<_> = book.map_err(|error| unreadable(&error))?;
    names.map(|name| cells(&mut book, name, &TableName::Worksheet(name.to_owned()))).collect()
}

fn cells(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, table: &TableName) -> Result<Grid, String> {
    let mut grid = Grid::default();
    // A chart has a sheet of its own, which has no cells.
    let Ok(mut reader) = book.worksheet_cells_reader(name) else { return Ok(grid) };
    let mut count = 0;
    while let Some(cell) = reader.next_cell().map_err(|error| unreadable(&error))? {
        let (line, column) = cell.get_position();
        let (line, column) = (line as usize, column as usize);
        count += 1;
        if count > CELLS {
            return Err(format!("{table}：セルが多すぎます（{CELLS}個まで）。"));
        }
        let text = text_of(cell.get_value());
        grid.put(line, column, escaped(&text))
            .map_err(|reason| format!("{}：{reason}", Place::new(table, line + 1, column + 1)))?;
    }
    Ok(grid)
}

/// What a cell shows. Line breaks of old Macintosh programs come as `_x000D_`, which is a carriage return.
fn text_of(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::SharedString(text) => (*text).replace("\r\n", "\n"),
        DataRef::String(text) => text.replace("\r\n", "\n"),
        DataRef::Float(number) => number.to_string(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string().to_uppercase(),
        DataRef::DateTime(moment) if moment.is_datetime() => {
            let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
            match (hour, minute) {
                (0, 0) => format!("{year}/{month}/{day}"),
                _ => format!("{year}/{month}/{day} {hour}:{minute:02}"),
            }
        }
        DataRef::DateTime(duration) => duration.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(error) => error.to_string(),
    }
}

struct Sheet {
    name: String,
    part: String,
    hidden: bool,
}

fn sheets(package: &mut Package<'_>) -> Result<Vec<Sheet>, String> {
    const WORKBOOK: &str = "xl/workbook.xml";
    let parts: HashMap<String, String> =
        package.relations(WORKBOOK)?.into_iter().map(|relation| (relation.id, relation.target)).collect();
    let bytes = package.part(WORKBOOK)?.unwrap_or_default();
    let mut xml = Xml::new(&bytes);
    let mut sheets = Vec::new();
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.name == "sheet" => sheets.push(Sheet {
                name: tag.get("name").unwrap_or_default().to_owned(),
                part: tag.get("id").and_then(|id| parts.get(id)).cloned().unwrap_or_default(),
                hidden: matches!(tag.get("state"), Some("hidden" | "veryHidden")),
            }),
            Piece::End => return Ok(sheets),
            _ => {}
        }
    }
}

/// What is special about letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Letters {
    struck: bool,
    coloured: bool,
    /// Readings stand above them.
    readings: bool,
}

impl Letters {
    fn of_font(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "strike" => self.struck |= tag.is_on(),
            "color" => {
                // Theme 1 is the text's own colour, index 64 the system's.
                let plain = tag.get("theme") == Some("1")
                    || tag.get("indexed").is_some_and(|index| index == "64" || index == "8")
                    || tag.get("auto").is_some()
                    || tag.get("rgb").is_some_and(|rgb| rgb.ends_with("000000"));
                self.coloured |= !plain;
            }
            _ => {}
        }
    }

    fn with(self, other: Letters) -> Self {
        Letters {
            struck: self.struck || other.struck,
            coloured: self.coloured || other.coloured,
            readings: self.readings || other.readings,
        }
    }
}

/// The shared strings, as far as something is special about one.
struct Strings(HashMap<usize, Letters>);

impl Strings {
    fn read(package: &mut Package<'_>) -> Result<Self, String> {
        let mut special = HashMap::new();
        let Some(bytes) = package.part("xl/sharedStrings.xml")? else { return Ok(Strings(special)) };
        let mut xml = Xml::new(&bytes);
        let mut count = 0;
        let mut letters = Letters::default();
        loop {
            match xml.next()? {
                Piece::Open(tag) if tag.name == "rPh" => letters.readings = true,
                Piece::Open(tag) => letters.of_font(&tag),
                Piece::Close(name) if name == "si" => {
                    let found = std::mem::take(&mut letters);
                    if found != Letters::default() {
                        special.insert(count, found);
                    }
                    count += 1;
                }
                Piece::End => return Ok(Strings(special)),
                _ => {}
            }
        }
    }
}

/// Cell formats whose font is struck out or coloured.
fn marked_styles(package: &mut Package<'_>) -> Result<HashMap<usize, Letters>, String> {
    let Some(bytes) = package.part("xl/styles.xml")? else { return Ok(HashMap::new()) };
    let mut xml = Xml::new(&bytes);
    let mut fonts: Vec<Letters> = Vec::new();
    let mut styles = HashMap::new();
    let (mut within_fonts, mut within_formats, mut formats) = (false, false, 0);
    loop {
        match xml.next()? {
            Piece::Open(tag) => match tag.name.as_str() {
                "fonts" => within_fonts = true,
                "cellXfs" => within_formats = true,
                "font" if within_fonts => fonts.push(Letters::default()),
                "xf" if within_formats => {
                    let font = tag.number("fontId").and_then(|font| fonts.get(font)).copied();
                    if let Some(font) = font.filter(|font| *font != Letters::default()) {
                        styles.insert(formats, font);
                    }
                    formats += 1;
                }
                _ if within_fonts => {
                    if let Some(font) = fonts.last_mut() {
                        font.of_font(&tag);
                    }
                }
                _ => {}
            },
            Piece::Close(name) if name == "fonts" => within_fonts = false,
            Piece::Close(name) if name == "cellXfs" => within_formats = false,
            Piece::Close(_) | Piece::Text(_) => {}
            Piece::End => return Ok(styles),
        }
    }
}

/// The second look at a worksheet.
struct Look {
    name: TableName,
    notices: Vec<Notice>,
    merged: Vec<Merged>,
}

impl Look {
    fn place(&self, line: usize, column: usize) -> Place {
        Place::new(&self.name, line, column)
    }

    fn at_sheet(
        &mut self,
        package: &mut Package<'_>,
        part: &str,
        strings: &Strings,
        styles: &HashMap<usize, Letters>,
    ) -> Result<(), String> {
        let Some(bytes) = package.part(part)? else { return Ok(()) };
        let mut xml = Xml::new(&bytes);
        let mut cell: Option<(usize, usize, Letters, bool)> = None;
        let (mut value, mut within_value, mut line) = (String::new(), false, 0);
        loop {
            match xml.next()? {
                Piece::Open(tag) => match tag.name.as_str() {
                    "col" if tag.get("hidden").is_some_and(|hidden| hidden != "0" && hidden != "false") => {
                        let (first, last) = (tag.number("min").unwrap_or(1), tag.number("max").unwrap_or(1));
                        // What is hidden to the sheet's right end is nothing that anybody has filled in.
                        if last < 1_000 {
                            for column in first..=last {
                                let message = "隠れている列です。書いてあることは取り込みます。";
                                self.notices.push(Notice::taken(self.place(0, column), message));
                            }
                        }
                    }
                    "row" => {
                        line = tag.number("r").unwrap_or(line + 1);
                        if tag.get("hidden").is_some_and(|hidden| hidden != "0" && hidden != "false") {
                            let message = "隠れている行です。書いてあることは取り込みます。";
                            self.notices.push(Notice::taken(self.place(line, 0), message));
                        }
                    }
                    "c" => {
                        let place = tag.get("r").and_then(reference).unwrap_or_default();
                        let style = tag.number("s").and_then(|style| styles.get(&style));
                        cell = Some((
                            place.0,
                            place.1,
                            style.copied().unwrap_or_default(),
                            tag.get("t") == Some("s"),
                        ));
                        value.clear();
                    }
                    "v" => within_value = true,
                    "f" if cell.is_some() => {
                        let (line, column, ..) = cell.unwrap_or_default();
                        let message = "数式のセルです。保存されたときの結果を取り込みます。";
                        self.notices.push(Notice::taken(self.place(line, column), message));
                    }
                    "rPh" => {
                        if let Some((_, _, letters, _)) = &mut cell {
                            letters.readings = true;
                        }
                    }
                    "mergeCell" => self.merged.extend(tag.get("ref").and_then(area)),
                    _ => {
                        if let Some((_, _, letters, _)) = &mut cell {
                            letters.of_font(&tag);
                        }
                    }
                },
                Piece::Text(text) if within_value => value.push_str(&text),
                Piece::Close(name) if name == "v" => within_value = false,
                Piece::Close(name) if name == "c" => {
                    if let Some((line, column, letters, shared)) = cell.take() {
                        let of_string = value.parse().ok().filter(|_| shared);
                        let of_string = of_string.and_then(|index: usize| strings.0.get(&index)).copied();
                        let filled = !value.is_empty();
                        self.letters(line, column, letters.with(of_string.unwrap_or_default()), filled);
                    }
                }
                Piece::Close(_) | Piece::Text(_) => {}
                Piece::End => break,
            }
        }
        for relation in package.relations(part)? {
            match relation.kind.as_str() {
                "comments" | "threadedComment" => self.comments(package, &relation.target)?,
                "drawing" => self.boxes(package, &relation.target)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn letters(&mut self, line: usize, column: usize, letters: Letters, filled: bool) {
        if !filled && !letters.readings {
            return;
        }
        let place = self.place(line, column);
        if letters.struck {
            let message = "取り消し線の付いた文字があります。文字は取り込みます。消すものは消してください。";
            self.notices.push(Notice::taken(place.clone(), message));
        }
        if letters.coloured {
            self.notices.push(Notice::taken(place.clone(), "色の付いた文字です。色は取り込みません。"));
        }
        if letters.readings {
            self.notices.push(Notice::left_out(place, "ふりがなは取り込みません。"));
        }
    }

    fn comments(&mut self, package: &mut Package<'_>, part: &str) -> Result<(), String> {
        let Some(bytes) = package.part(part)? else { return Ok(()) };
        let mut xml = Xml::new(&bytes);
        let mut seen = HashSet::new();
        loop {
            match xml.next()? {
                Piece::Open(tag) if tag.name == "comment" || tag.name == "threadedComment" => {
                    let (line, column) = tag.get("ref").and_then(reference).unwrap_or_default();
                    let text = beginning(&xml.text()?);
                    if seen.insert((line, column, text.clone())) {
                        let message = format!("コメントは取り込みません：「{text}」");
                        self.notices.push(Notice::left_out(self.place(line, column), message));
                    }
                }
                Piece::End => return Ok(()),
                _ => {}
            }
        }
    }

    /// Text boxes and the like, at the cell that they begin in.
    fn boxes(&mut self, package: &mut Package<'_>, part: &str) -> Result<(), String> {
        let Some(bytes) = package.part(part)? else { return Ok(()) };
        let mut xml = Xml::new(&bytes);
        let (mut line, mut column) = (0, 0);
        let mut within_start = false;
        loop {
            match xml.next()? {
                Piece::Open(tag) => match tag.name.as_str() {
                    "from" => within_start = true,
                    "row" if within_start => {
                        line = xml.text()?.trim().parse().map_or(0, |row: u32| row as usize + 1)
                    }
                    "col" if within_start => {
                        column = xml.text()?.trim().parse().map_or(0, |column: u32| column as usize + 1);
                    }
                    "txBody" => {
                        let text = beginning(&xml.text()?);
                        if !text.is_empty() {
                            let message = format!("テキストボックスは取り込みません：「{text}」");
                            self.notices.push(Notice::left_out(self.place(line, column), message));
                        }
                    }
                    "pic" => {
                        let place = self.place(line, column);
                        self.notices.push(Notice::left_out(place, "画像は取り込みません。"));
                    }
                    _ => {}
                },
                Piece::Close(name) if name == "from" => within_start = false,
                Piece::Close(_) | Piece::Text(_) => {}
                Piece::End => return Ok(()),
            }
        }
    }
}

/// Line and column of B5, from 1.
fn reference(written: &str) -> Option<(usize, usize)> {
    let digits = written.find(|c: char| c.is_ascii_digit())?;
    let (letters, line) = written.split_at(digits);
    let mut column = 0_usize;
    for letter in letters.bytes() {
        let nth = letter.to_ascii_uppercase().checked_sub(b'A').filter(|nth| *nth < 26)?;
        column = column.checked_mul(26)?.checked_add(usize::from(nth) + 1)?;
    }
    Some((line.parse().ok()?, column))
}

/// B5:C7
fn area(written: &str) -> Option<Merged> {
    let (first, last) = written.split_once(':')?;
    let ((top, left), (bottom, right)) = (reference(first)?, reference(last)?);
    Some(Merged { lines: (top, bottom), columns: (left.checked_sub(1)?, right.checked_sub(1)?) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read() {
        assert_eq!(reference("B5"), Some((5, 2)));
        assert_eq!(reference("AA10"), Some((10, 27)));
        for wrong in ["", "B", "5", "あ1", "ZZZZZZZZZZZZZZZZZZZZ1"] {
            assert!(reference(wrong).is_none_or(|(_, column)| column == 0), "{wrong}");
        }
        assert_eq!(area("A1:B2"), Some(Merged { lines: (1, 2), columns: (0, 1) }));
    }
}
