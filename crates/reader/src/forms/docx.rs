//! Word: its tables, read from the document's XML, with what tracked changes, comments and text boxes hold reported.

use super::{Form, Opened};
use crate::json::Whole;
use crate::table::{Grid, Notice, Place, Table, TableName, beginning, escaped};
use crate::xml::{Package, Piece, Tag, Xml};
use renkei_domain::text::is_blank;
use std::collections::{HashMap, HashSet};

const DOCUMENT: &str = "word/document.xml";
/// Tables of a document.
const TABLES: usize = 200;

pub fn open(mut package: Package<'_>) -> Result<Opened<'static>, String> {
    let known = carried(&mut package)?.map(|whole| whole.known());
    let mut document = Document {
        numbering: Numbering::read(&mut package)?,
        comments: comments(&mut package)?,
        ..Document::default()
    };
    let bytes = package.part(DOCUMENT)?.unwrap_or_default();
    document.read(&mut Xml::new(&bytes))?;
    Ok(Opened {
        form: Form::Docx,
        tables: document.tables,
        known,
        around: document.around,
        notices: Vec::new(),
    })
}

/// What the export has put beside the text.
fn carried(package: &mut Package<'_>) -> Result<Option<Whole>, String> {
    let parts = package.names().into_iter().filter(|name| name.starts_with("customXml/item"));
    for name in parts.collect::<Vec<_>>() {
        let Some(bytes) = package.part(&name)? else { continue };
        let mut xml = Xml::new(&bytes);
        // A part of somebody else's is none of this file's text, whatever is in it.
        while let Ok(piece) = xml.next() {
            match piece {
                Piece::Open(tag) if tag.name == "renkei" => {
                    let whole = xml.text().ok().and_then(|text| Whole::read(&text).ok());
                    if whole.is_some() {
                        return Ok(whole);
                    }
                }
                Piece::Open(_) | Piece::End => break,
                _ => {}
            }
        }
    }
    Ok(None)
}

fn comments(package: &mut Package<'_>) -> Result<HashMap<String, String>, String> {
    let mut comments = HashMap::new();
    let Some(bytes) = package.part("word/comments.xml")? else { return Ok(comments) };
    let mut xml = Xml::new(&bytes);
    loop {
        match xml.next()? {
            Piece::Open(tag) if tag.name == "comment" => {
                let id = tag.get("id").unwrap_or_default().to_owned();
                comments.insert(id, beginning(&xml.text()?));
            }
            Piece::End => return Ok(comments),
            _ => {}
        }
    }
}

/// Marks that Word puts before paragraphs by itself.
#[derive(Default)]
struct Numbering {
    /// By number's id and level: form and text.
    levels: HashMap<(String, usize), (String, String)>,
    counted: HashMap<(String, usize), usize>,
}

impl Numbering {
    fn read(package: &mut Package<'_>) -> Result<Self, String> {
        let Some(bytes) = package.part("word/numbering.xml")? else { return Ok(Numbering::default()) };
        let mut xml = Xml::new(&bytes);
        let mut abstracts: HashMap<(String, usize), (String, String)> = HashMap::new();
        let mut numbers: Vec<(String, String)> = Vec::new();
        let (mut definition, mut number, mut level) = (String::new(), None, 0);
        loop {
            match xml.next()? {
                Piece::Open(tag) => match tag.name.as_str() {
                    "abstractNum" => definition = tag.get("abstractNumId").unwrap_or_default().to_owned(),
                    "lvl" => level = tag.number("ilvl").unwrap_or(0),
                    "numFmt" => {
                        let form = tag.get("val").unwrap_or_default().to_owned();
                        abstracts.entry((definition.clone(), level)).or_default().0 = form;
                    }
                    "lvlText" => {
                        let text = tag.get("val").unwrap_or_default().to_owned();
                        abstracts.entry((definition.clone(), level)).or_default().1 = text;
                    }
                    "num" => number = tag.get("numId").map(str::to_owned),
                    "abstractNumId" => {
                        let of = tag.get("val").unwrap_or_default().to_owned();
                        numbers.extend(number.take().map(|number| (number, of)));
                    }
                    _ => {}
                },
                Piece::Close(_) | Piece::Text(_) => {}
                Piece::End => break,
            }
        }
        let mut levels = HashMap::new();
        for (number, of) in numbers.into_iter().take(1_000) {
            for level in 0..9 {
                if let Some(form) = abstracts.get(&(of.clone(), level)) {
                    levels.insert((number.clone(), level), form.clone());
                }
            }
        }
        Ok(Numbering { levels, counted: HashMap::new() })
    }

    /// The mark of the next paragraph of this list and level.
    fn mark(&mut self, number: &str, level: usize) -> Option<String> {
        let key = (number.to_owned(), level);
        let (form, text) = self.levels.get(&key)?.clone();
        if form == "bullet" {
            // Word's own bullets are letters of fonts of symbols.
            let mark = match text.chars().next()? {
                '\u{f0b7}' | '\u{f0a8}' => '・',
                '\u{f06c}' => '●',
                '\u{f06e}' | '\u{f0a7}' | '\u{f075}' => '■',
                '\u{e000}'..='\u{f8ff}' => '・',
                c => c,
            };
            return Some(mark.to_string());
        }
        let count = self.counted.entry(key).or_default();
        *count += 1;
        let count = *count;
        self.counted.retain(|(other, deeper), _| other != number || *deeper <= level);
        let written = if form.starts_with("decimalEnclosedCircle") {
            circled(count).map_or_else(|| format!("({count})"), String::from)
        } else {
            count.to_string()
        };
        if form == "none" {
            return None;
        }
        Some(text.replace(&format!("%{}", level + 1), &written))
    }
}

fn circled(number: usize) -> Option<char> {
    ('①'..='⑳').nth(number.checked_sub(1)?)
}

/// A table under way, with the place of the cell that is read.
#[derive(Default)]
struct Open {
    grid: Grid,
    line: usize,
    column: usize,
    span: usize,
    deleted_row: bool,
    continued: bool,
    cell: String,
    paragraphs: usize,
    notices: Vec<Notice>,
}

/// What is special about the letters of a run.
#[derive(Default)]
struct Run {
    struck: bool,
    coloured: bool,
    hidden: bool,
}

#[derive(Default)]
struct Document {
    numbering: Numbering,
    comments: HashMap<String, String>,
    tables: Vec<Table<'static>>,
    around: Vec<String>,
    open: Option<Open>,
    depth: usize,
    paragraph: String,
    run: Option<Run>,
    list: (Option<String>, usize),
    /// What has been told of the cell that is read.
    told: HashSet<&'static str>,
}

impl Document {
    fn read(&mut self, xml: &mut Xml<'_>) -> Result<(), String> {
        loop {
            match xml.next()? {
                Piece::Open(tag) => self.opened(&tag, xml)?,
                Piece::Close(name) => self.closed(&name)?,
                Piece::Text(_) => {}
                Piece::End => return Ok(()),
            }
        }
    }

    fn place(&self) -> Place {
        match &self.open {
            Some(open) => Place::new(&TableName::Nth(self.tables.len() + 1), open.line, open.column + 1),
            None => Place::default(),
        }
    }

    /// Told once a cell.
    fn tell(&mut self, what: &'static str, notice: impl FnOnce(Place) -> Notice) {
        if self.open.is_some() && self.told.insert(what) {
            self.tell_always(notice);
        }
    }

    fn tell_always(&mut self, notice: impl FnOnce(Place) -> Notice) {
        let place = self.place();
        if let Some(open) = &mut self.open {
            open.notices.push(notice(place));
        }
    }

    fn opened(&mut self, tag: &Tag, xml: &mut Xml<'_>) -> Result<(), String> {
        let within_cell = self.depth == 1;
        match tag.name.as_str() {
            "tbl" => {
                self.depth += 1;
                if self.depth == 1 {
                    if self.tables.len() == TABLES {
                        return Err(format!("表が多すぎます（{TABLES}個まで）。"));
                    }
                    self.open = Some(Open::default());
                } else {
                    let message = "セルの中に表があります。文字をつなげて読みました。";
                    self.tell("table", |place| Notice::taken(place, message));
                }
            }
            "tr" if within_cell => {
                if let Some(open) = &mut self.open {
                    (open.line, open.column, open.deleted_row) = (open.line + 1, 0, false);
                }
            }
            "gridBefore" if within_cell => {
                if let Some(open) = &mut self.open {
                    open.column += tag.number("val").unwrap_or(0).min(1_000);
                }
            }
            "tc" if within_cell => {
                self.told.clear();
                if let Some(open) = &mut self.open {
                    (open.span, open.continued, open.paragraphs) = (1, false, 0);
                    open.cell.clear();
                }
            }
            "gridSpan" if within_cell => {
                if let Some(open) = &mut self.open {
                    open.span = tag.number("val").unwrap_or(1).clamp(1, 1_000);
                }
            }
            "vMerge" if within_cell => {
                if let Some(open) = &mut self.open {
                    open.continued = tag.get("val") != Some("restart");
                }
            }
            "p" => {
                self.paragraph.clear();
                self.list = (None, 0);
            }
            "ilvl" => self.list.1 = tag.number("val").unwrap_or(0).min(8),
            "numId" => self.list.0 = tag.get("val").filter(|id| *id != "0").map(str::to_owned),
            "r" => self.run = Some(Run::default()),
            "del" | "moveFrom" => self.deleted(xml)?,
            "ins" | "moveTo" => {
                let message = "変更履歴で追加された文字があります。追加されたものとして取り込みます。";
                self.tell("inserted", |place| Notice::taken(place, message));
            }
            "txbxContent" => {
                let text = beginning(&xml.text()?);
                if !is_blank(&text) {
                    self.tell_always(|place| {
                        Notice::left_out(place, format!("テキストボックスは取り込みません：「{text}」"))
                    });
                }
            }
            "Fallback" | "instrText" => xml.skip()?,
            "rt" => {
                xml.skip()?;
                self.tell("readings", |place| Notice::left_out(place, "ふりがなは取り込みません。"));
            }
            "commentReference" => {
                let text = tag.get("id").and_then(|id| self.comments.get(id)).cloned().unwrap_or_default();
                self.tell_always(|place| {
                    Notice::left_out(place, format!("コメントは取り込みません：「{text}」"))
                });
            }
            "footnoteReference" | "endnoteReference" => {
                self.tell("footnote", |place| Notice::left_out(place, "脚注は取り込みません。"));
            }
            "blip" | "imagedata" => {
                self.tell("picture", |place| Notice::left_out(place, "画像は取り込みません。"));
            }
            _ if self.run.is_some() => self.in_run(tag, xml)?,
            _ => {}
        }
        Ok(())
    }

    fn in_run(&mut self, tag: &Tag, xml: &mut Xml<'_>) -> Result<(), String> {
        let Some(run) = &mut self.run else { return Ok(()) };
        match tag.name.as_str() {
            "strike" | "dstrike" => run.struck |= tag.is_on(),
            "vanish" => run.hidden |= tag.is_on(),
            "color" => {
                let plain = matches!(tag.get("val"), None | Some("auto" | "000000"));
                run.coloured |= !plain;
            }
            "t" => {
                let text = xml.text()?.replace('\n', " ");
                self.text(&text);
            }
            "br" | "cr" => self.paragraph.push('\n'),
            "tab" => self.paragraph.push('\t'),
            "noBreakHyphen" => self.paragraph.push('\u{2011}'),
            "sym" => self.tell("symbol", |place| {
                Notice::left_out(place, "記号フォントの文字は取り込みません。普通の文字に直してください。")
            }),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let Some(Run { struck, coloured, hidden }) = &self.run else { return };
        let (struck, coloured, hidden) = (*struck, *coloured, *hidden);
        if hidden {
            let text = beginning(text);
            self.tell_always(|place| {
                Notice::left_out(place, format!("隠し文字は取り込みません：「{text}」"))
            });
            return;
        }
        if struck {
            let message = "取り消し線の付いた文字があります。文字は取り込みます。消すものは消してください。";
            self.tell("struck", |place| Notice::taken(place, message));
        }
        if coloured {
            self.tell("coloured", |place| Notice::taken(place, "色の付いた文字です。色は取り込みません。"));
        }
        self.paragraph.push_str(text);
    }

    /// What a tracked change has taken away; of a row, all of it.
    fn deleted(&mut self, xml: &mut Xml<'_>) -> Result<(), String> {
        let text = beginning(&xml.text()?);
        if !is_blank(&text) {
            self.tell_always(|place| {
                Notice::left_out(place, format!("変更履歴で削除された文字は取り込みません：「{text}」"))
            });
        } else if let Some(open) = self.open.as_mut().filter(|open| open.column == 0 && open.paragraphs == 0)
            && self.run.is_none()
            && self.paragraph.is_empty()
            && open.cell.is_empty()
        {
            open.deleted_row = true;
        }
        Ok(())
    }

    fn closed(&mut self, name: &str) -> Result<(), String> {
        match name {
            "r" => self.run = None,
            "p" => self.end_paragraph(),
            "tc" if self.depth == 1 => self.end_cell()?,
            "tbl" => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0
                    && let Some(open) = self.open.take()
                {
                    self.tables.push(Table {
                        name: TableName::Nth(self.tables.len() + 1),
                        rows: open.grid.into_rows(),
                        merged: Vec::new(),
                        strict: false,
                        hidden: false,
                        notices: open.notices,
                    });
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn end_paragraph(&mut self) {
        let mut text = std::mem::take(&mut self.paragraph);
        if let (Some(number), level) = std::mem::take(&mut self.list)
            && !is_blank(&text)
            && let Some(mark) = self.numbering.mark(&number, level)
        {
            text.insert_str(0, &mark);
        }
        match &mut self.open {
            Some(open) => {
                if open.paragraphs > 0 {
                    open.cell.push('\n');
                }
                open.paragraphs += 1;
                open.cell.push_str(&escaped(&text));
            }
            // As many as can say what the file is.
            None if !is_blank(&text) && self.around.len() < 50 => self.around.push(text),
            None => {}
        }
    }

    fn end_cell(&mut self) -> Result<(), String> {
        let place = self.place();
        let Some(open) = &mut self.open else { return Ok(()) };
        let cell = std::mem::take(&mut open.cell);
        if open.deleted_row {
            if !is_blank(&cell) {
                let message = format!("変更履歴で削除された行は取り込みません：「{}」", beginning(&cell));
                open.notices.push(Notice::left_out(place, message));
            }
        } else if !open.continued {
            let line = open.line.saturating_sub(1);
            open.grid.put(line, open.column, cell).map_err(|reason| format!("{place}：{reason}"))?;
        }
        open.column += open.span;
        open.paragraphs = 0;
        Ok(())
    }
}
