//! Excel: `calamine` reads what the cells hold, and a second look into the parts finds what it does not tell: readings
//! (ふりがな), comments, text boxes, hidden rows and columns, joined cells, letters struck out or coloured, headers and
//! footers.

mod format;

use super::{Form, Opened};
use crate::known::Known;
use crate::table::{Grid, Merged, Notice, NoticeKind, Place, Table, TableName, beginning, escaped};
use crate::xml::{Package, Piece, Tag, Xml};
use calamine::{DataRef, Xlsx};
use format::Format;
use renkei_domain::text::is_blank;
use std::collections::{HashMap, HashSet};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Filled cells of a worksheet.
const CELLS: usize = 200_000;

pub fn open(file: &[u8], mut package: Package<'_>) -> Result<Opened<'static>, String> {
    let strings = Strings::read(&mut package)?;
    let styles = Styles::read(&mut package)?;
    let sheets = sheets(&mut package)?;
    let names = sheets.iter().map(|sheet| sheet.name.as_str());
    // The library promises no more than that it reads what is whole: a broken file may end it with a panic.
    let read = AssertUnwindSafe(|| grids(file, names, &styles));
    let grids = catch_unwind(read).unwrap_or_else(|_| Err(BROKEN.to_owned()))?;
    let mut tables = Vec::new();
    let mut list = None;
    let mut around = Around::default();
    for (sheet, (grid, formatted)) in sheets.into_iter().zip(grids) {
        let name = TableName::Worksheet(sheet.name.clone());
        let rows = grid.into_rows();
        let found = Known::of_list(&rows, &name, false);
        let mut look = Look { name, notices: formatted, merged: Vec::new(), around: &mut around };
        look.at_sheet(&mut package, &sheet.part, &strings, &styles)?;
        let Look { name, notices, merged, .. } = look;
        if let Some(found) = found {
            // Excel gives readings to whatever is typed, which stands in the table too.
            let is_told = |notice: &Notice| notice.kind == NoticeKind::LeftOut && notice.message != READINGS;
            around.notices.extend(notices.into_iter().filter(is_told));
            list = list.or(Some(found));
            continue;
        }
        tables.push(Table { name, rows, merged, strict: false, hidden: sheet.hidden, notices });
    }
    let mut notices = around.notices;
    if let Some(list) = &list {
        notices.extend(list.not_in(&tables));
    }
    Ok(Opened { form: Form::Xlsx, tables, known: list, around: Vec::new(), notices })
}

const READINGS: &str = "ふりがなは取り込みません。";
const BROKEN: &str = "Excelのファイルが壊れています。Excelで開き、保存し直してください。";

fn unreadable(error: &calamine::XlsxError) -> String {
    tracing::debug!(%error, "an Excel file cannot be read");
    BROKEN.to_owned()
}

/// What the cells of these worksheets show, and where that is not certain.
type Cells = (Grid, Vec<Notice>);

fn grids<'a>(
    file: &[u8],
    names: impl Iterator<Item = &'a str>,
    styles: &Styles,
) -> Result<Vec<Cells>, String> {
    let book = calamine::open_workbook_from_rs(Cursor::new(file));
    let mut book: Xlsx<_> = book.map_err(|error| unreadable(&error))?;
    let is_1904 = book.has_1904_epoch();
    let cells = |name: &str| cells(&mut book, name, &TableName::Worksheet(name.to_owned()), styles, is_1904);
    names.map(cells).collect()
}

fn cells(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    table: &TableName,
    styles: &Styles,
    is_1904: bool,
) -> Result<Cells, String> {
    let mut grid = Grid::default();
    let mut notices = Vec::new();
    // A chart has a sheet of its own, which has no cells.
    let Ok(mut reader) = book.worksheet_cells_reader(name) else { return Ok((grid, notices)) };
    let mut count = 0;
    // Columns and formats that were told of.
    let mut told = HashSet::new();
    while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(|error| unreadable(&error))? {
        let (line, column) = cell.get_position();
        let (line, column) = (line as usize, column as usize);
        count += 1;
        if count > CELLS {
            return Err(format!("{table}：セルが多すぎます（{CELLS}個まで）。"));
        }
        let place = Place::new(table, line + 1, column + 1);
        let value = cell.get_value();
        let format = styles.format(style);
        let shown = match format {
            Some((_, format)) => shown_of(value, format, is_1904),
            None => Some(text_of(value, is_1904)),
        };
        let text = shown.unwrap_or_else(|| {
            let text = text_of(value, is_1904);
            if !is_blank(&text) && told.insert((column, format.map(|(id, _)| id))) {
                let message = format!("表示形式の付いた値です。「{}」と読みました。", beginning(&text));
                notices.push(Notice::taken(place.clone(), message));
            }
            text
        });
        grid.put(line, column, escaped(&text)).map_err(|reason| format!("{place}：{reason}"))?;
    }
    Ok((grid, notices))
}

/// What a cell shows of its value through its format; `None`: that is not certain.
fn shown_of(value: &DataRef<'_>, format: &Format, is_1904: bool) -> Option<String> {
    match value {
        DataRef::SharedString(_) | DataRef::String(_) => format.text(&text_of(value, is_1904)),
        DataRef::Float(number) => format.number(*number, is_1904),
        DataRef::Int(number) => format.number(*number as f64, is_1904),
        DataRef::DateTime(moment) => format.number(moment.as_f64(), is_1904),
        _ => Some(text_of(value, is_1904)),
    }
}

/// What a cell without a format shows. Line breaks of old Macintosh programs come as `_x000D_`, which is a carriage
/// return.
fn text_of(value: &DataRef<'_>, is_1904: bool) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::SharedString(text) => (*text).replace("\r\n", "\n"),
        DataRef::String(text) => text.replace("\r\n", "\n"),
        DataRef::Float(number) => format::general(*number),
        DataRef::Int(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string().to_uppercase(),
        DataRef::DateTime(moment) => format::plain_moment(moment, is_1904),
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

/// What the styles of cells say.
#[derive(Default)]
struct Styles {
    /// Those whose font is struck out or coloured.
    letters: HashMap<usize, Letters>,
    /// The number of each one's number format.
    numbers: Vec<usize>,
    /// The formats that they use, but the general one.
    formats: HashMap<usize, Format>,
}

impl Styles {
    fn read(package: &mut Package<'_>) -> Result<Self, String> {
        let mut styles = Styles::default();
        let Some(bytes) = package.part("xl/styles.xml")? else { return Ok(styles) };
        let mut xml = Xml::new(&bytes);
        let mut fonts: Vec<Letters> = Vec::new();
        let mut codes: HashMap<usize, String> = HashMap::new();
        let (mut within_fonts, mut within_formats) = (false, false);
        loop {
            match xml.next()? {
                Piece::Open(tag) => match tag.name.as_str() {
                    "fonts" => within_fonts = true,
                    "cellXfs" => within_formats = true,
                    "font" if within_fonts => fonts.push(Letters::default()),
                    "xf" if within_formats => {
                        let font = tag.number("fontId").and_then(|font| fonts.get(font)).copied();
                        if let Some(font) = font.filter(|font| *font != Letters::default()) {
                            styles.letters.insert(styles.numbers.len(), font);
                        }
                        styles.numbers.push(tag.number("numFmtId").unwrap_or_default());
                    }
                    "numFmt" if !within_formats => {
                        if let (Some(id), Some(code)) = (tag.number("numFmtId"), tag.get("formatCode")) {
                            codes.insert(id, code.to_owned());
                        }
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
                Piece::End => break,
            }
        }
        for id in &styles.numbers {
            let code = codes.get(id).map(String::as_str).or_else(|| Format::built_in(*id));
            let is_general = code.is_some_and(|code| code.is_empty() || code.eq_ignore_ascii_case("general"));
            if !is_general {
                styles.formats.entry(*id).or_insert_with(|| Format::read(code.unwrap_or("?/?")));
            }
        }
        Ok(styles)
    }

    /// The number format of a style, with its number; `None`: the general one.
    fn format(&self, style: usize) -> Option<(usize, &Format)> {
        let id = self.numbers.get(style)?;
        self.formats.get(id).map(|format| (*id, format))
    }
}

/// What is found outside of the tables.
#[derive(Default)]
struct Around {
    notices: Vec<Notice>,
    /// Headers and footers that were told of: each worksheet has its own.
    told: HashSet<String>,
}

impl Around {
    fn header_or_footer(&mut self, part: &str, written: &str) {
        let text = beginning(&without_codes(written));
        if says_nothing(&text) {
            return;
        }
        let name = if part.ends_with("Header") { "ヘッダー" } else { "フッター" };
        let message = format!("{name}は取り込みません：「{text}」");
        if self.told.insert(message.clone()) {
            self.notices.push(Notice::left_out(Place::default(), message));
        }
    }
}

/// The text of a header or footer: `&C` and the like say where and how it is printed, `&P` stands for the page.
fn without_codes(written: &str) -> String {
    let mut text = String::new();
    let mut rest = written;
    while let Some((before, behind)) = rest.split_once('&') {
        text.push_str(before);
        let Some(code) = behind.chars().next() else { return text };
        rest = &behind[code.len_utf8()..];
        match code {
            '&' => text.push('&'),
            // A font's name and style.
            '"' => rest = rest.split_once('"').map_or("", |(_, rest)| rest),
            // The font's size.
            '0'..='9' => rest = rest.trim_start_matches(|c: char| c.is_ascii_digit()),
            // A colour: six digits, or a theme's two with a shade.
            'K' | 'k' => {
                let length =
                    rest.chars().take(6).take_while(|c| c.is_ascii_alphanumeric() || "+-".contains(*c));
                rest = &rest[length.count()..];
            }
            // A page that is counted from another one.
            'P' | 'p' => {
                let digits = rest
                    .strip_prefix(['+', '-'])
                    .filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
                rest = digits.map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
                text.push(' ');
            }
            _ => text.push(' '),
        }
    }
    text + rest
}

/// Whether nothing but what stands round the number of a page is there.
pub(super) fn says_nothing(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric() && c != 'ー').filter(|word| !word.is_empty());
    words.map(str::to_lowercase).all(|word| matches!(word.as_str(), "page" | "of" | "p" | "ページ" | "頁"))
}

/// The second look at a worksheet.
struct Look<'a> {
    name: TableName,
    notices: Vec<Notice>,
    merged: Vec<Merged>,
    around: &'a mut Around,
}

impl Look<'_> {
    fn place(&self, line: usize, column: usize) -> Place {
        Place::new(&self.name, line, column)
    }

    fn at_sheet(
        &mut self,
        package: &mut Package<'_>,
        part: &str,
        strings: &Strings,
        styles: &Styles,
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
                        let style = tag.number("s").and_then(|style| styles.letters.get(&style));
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
                    "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" | "firstHeader"
                    | "firstFooter" => {
                        let written = xml.text()?;
                        self.around.header_or_footer(&tag.name, &written);
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
            self.notices.push(Notice::left_out(place, READINGS));
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

    #[test]
    fn a_footer_is_read_without_its_codes() {
        for (written, expected) in [
            ("&C令和8年度 案", "令和8年度 案"),
            ("&L&\"ＭＳ Ｐゴシック,太字\"&12未定稿&R&KFF0000取扱注意", "未定稿 取扱注意"),
            ("&CA&&B&K01+049色", "A&B色"),
            ("&P+1&\"", ""),
            ("&", ""),
        ] {
            assert_eq!(beginning(&without_codes(written)), expected, "{written}");
        }
        let blank =
            ["&C&P / &N", "&C&\"DejaVu Serif,Book\"&12Page &P", "&C&A", "&R&D &T", "&P/&Nページ", "- &P -"];
        for written in blank {
            assert!(says_nothing(&without_codes(written)), "{written}");
        }
        assert!(!says_nothing("改ページ注意"));
    }
}
