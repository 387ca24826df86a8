//! Word: its tables, read from the document's XML, with what tracked changes, comments and text boxes hold reported.

pub(super) mod lists;
mod numbering;
mod outside;

use super::{Form, Opened};
use crate::json::Whole;
use crate::lines;
use crate::table::{Grid, Merged, Notice, NoticeKind, Place, Table, TableName, beginning, escaped};
use crate::xml::{Package, Piece, Tag, Xml};
use lists::Listed;
use numbering::{Numbering, OfParagraph};
use renkei_domain::paste::{is_font_of_symbols, symbol};
use renkei_domain::text::is_blank;
use std::collections::{HashMap, HashSet};

const DOCUMENT: &str = "word/document.xml";
/// Tables of a document.
const TABLES: usize = 200;
/// Lines outside of the tables.
const AROUND: usize = 300;

pub fn open(mut package: Package<'_>) -> Result<Opened<'static>, String> {
    let known = carried(&mut package)?.map(|whole| whole.known());
    let mut document = Document {
        numbering: Numbering::read(&mut package)?,
        comments: comments(&mut package)?,
        ..Document::default()
    };
    let bytes = package.part(DOCUMENT)?.unwrap_or_default();
    document.read(&mut Xml::new(&bytes))?;
    let mut notices = outside::notices(&mut package)?;
    notices.append(&mut document.notices);
    Ok(Opened { form: Form::Docx, tables: document.tables, known, around: document.around, notices })
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

/// A table under way, with the place of the cell that is read.
#[derive(Default)]
struct Open {
    grid: Grid,
    line: usize,
    column: usize,
    span: usize,
    deleted_row: bool,
    joined: Joined,
    cell: String,
    /// Where in the cell lines of lists begin.
    listed: Vec<(usize, Listed)>,
    paragraphs: usize,
    merged: Vec<Merged>,
    /// The cell of each column, of those before, that goes on where one says so.
    above: HashMap<usize, usize>,
    notices: Vec<Notice>,
}

/// Whether a cell is joined with others of its column.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Joined {
    #[default]
    No,
    Begins,
    GoesOn,
}

/// What is special about the letters of a run.
#[derive(Default)]
struct Run {
    struck: bool,
    coloured: bool,
    hidden: bool,
    /// Whose letters are symbols.
    font: Option<String>,
}

/// Properties that are read, in which a tracked change is one of what they belong to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Properties {
    Row,
    Paragraph,
}

#[derive(Default)]
struct Document {
    numbering: Numbering,
    comments: HashMap<String, String>,
    tables: Vec<Table<'static>>,
    around: Vec<String>,
    /// Of what stands outside of the tables.
    notices: Vec<Notice>,
    open: Option<Open>,
    depth: usize,
    paragraph: String,
    /// The paragraph's end has been deleted: it goes on with the next one.
    goes_on: bool,
    run: Option<Run>,
    properties: Option<Properties>,
    list: OfParagraph,
    /// What has been told of the cell that is read, or of all that stands outside of the tables.
    told: HashSet<&'static str>,
    told_outside: HashSet<&'static str>,
}

impl Document {
    fn read(&mut self, xml: &mut Xml<'_>) -> Result<(), String> {
        loop {
            match xml.next()? {
                Piece::Open(tag) => self.opened(&tag, xml)?,
                Piece::Close(name) => self.closed(&name)?,
                Piece::Text(_) => {}
                Piece::End => {
                    self.end_joined_paragraph();
                    return Ok(());
                }
            }
        }
    }

    fn place(&self) -> Place {
        match &self.open {
            Some(open) => Place::new(&TableName::Nth(self.tables.len() + 1), open.line, open.column + 1),
            None => Place::default(),
        }
    }

    /// Told once a cell, and once of all that stands outside of the tables.
    fn tell(&mut self, what: &'static str, notice: impl FnOnce(Place) -> Notice) {
        let told = if self.open.is_some() { &mut self.told } else { &mut self.told_outside };
        if told.insert(what) {
            self.tell_always(notice);
        }
    }

    fn tell_always(&mut self, notice: impl FnOnce(Place) -> Notice) {
        let notice = notice(self.place());
        match &mut self.open {
            Some(open) => open.notices.push(notice),
            // Nothing is taken there, however it is written.
            None if notice.kind == NoticeKind::LeftOut => self.notices.push(notice),
            None => {}
        }
    }

    fn opened(&mut self, tag: &Tag, xml: &mut Xml<'_>) -> Result<(), String> {
        let within_cell = self.depth == 1;
        match tag.name.as_str() {
            // How it was before a tracked change of formatting.
            name if name.ends_with("Change") => xml.skip()?,
            "tbl" => {
                self.end_joined_paragraph();
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
                self.told.clear();
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
                    (open.span, open.joined, open.paragraphs) = (1, Joined::No, 0);
                    open.cell.clear();
                    open.listed.clear();
                }
            }
            "gridSpan" if within_cell => {
                if let Some(open) = &mut self.open {
                    open.span = tag.number("val").unwrap_or(1).clamp(1, 1_000);
                }
            }
            "vMerge" if within_cell => {
                if let Some(open) = &mut self.open {
                    let begins = tag.get("val") == Some("restart");
                    open.joined = if begins { Joined::Begins } else { Joined::GoesOn };
                }
            }
            "p" => {
                if !std::mem::take(&mut self.goes_on) {
                    self.paragraph.clear();
                }
                self.list = OfParagraph::default();
            }
            "pPr" => self.properties = Some(Properties::Paragraph),
            "trPr" => self.properties = Some(Properties::Row),
            "pStyle" => self.list.style = tag.get("val").map(str::to_owned),
            "ilvl" => self.list.level = tag.number("val"),
            "numId" => self.list.number = tag.get("val").map(str::to_owned),
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
            "rFonts" => {
                let font = tag.get("ascii").or_else(|| tag.get("hAnsi"));
                run.font = font.filter(|font| is_font_of_symbols(font)).map(str::to_owned);
            }
            "t" => {
                let text = xml.text()?.replace('\n', " ");
                let text = match self.run.as_ref().and_then(|run| run.font.as_deref()) {
                    Some(font) => text.chars().map(|c| symbol(font, c).unwrap_or(c)).collect(),
                    None => text,
                };
                self.text(&text);
            }
            "br" | "cr" => self.paragraph.push('\n'),
            "tab" => self.paragraph.push('\t'),
            "noBreakHyphen" => self.paragraph.push('\u{2011}'),
            "sym" => {
                let code = tag.get("char").and_then(|code| u32::from_str_radix(code, 16).ok());
                let letter = code.and_then(char::from_u32);
                match letter.and_then(|c| symbol(tag.get("font").unwrap_or_default(), c)) {
                    Some(c) => self.text(&c.to_string()),
                    None => self.tell("symbol", |place| {
                        let message = "記号フォントの文字は取り込みません。普通の文字に直してください。";
                        Notice::left_out(place, message)
                    }),
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let Some(Run { struck, coloured, hidden, .. }) = &self.run else { return };
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

    /// What a tracked change has taken away: a row, the end of a paragraph, or what stands in it.
    fn deleted(&mut self, xml: &mut Xml<'_>) -> Result<(), String> {
        let text = beginning(&xml.text()?);
        match (self.properties, &mut self.open) {
            (Some(Properties::Row), Some(open)) => open.deleted_row |= self.depth == 1,
            (Some(Properties::Paragraph), _) => self.goes_on = true,
            _ if is_blank(&text) => {}
            _ => self.tell_always(|place| {
                Notice::left_out(place, format!("変更履歴で削除された文字は取り込みません：「{text}」"))
            }),
        }
        Ok(())
    }

    fn closed(&mut self, name: &str) -> Result<(), String> {
        match name {
            "r" => self.run = None,
            "pPr" | "trPr" => self.properties = None,
            "p" if !self.goes_on => self.end_paragraph(),
            "tc" if self.depth == 1 => self.end_cell()?,
            "tbl" => {
                self.end_joined_paragraph();
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0
                    && let Some(open) = self.open.take()
                {
                    let is_joined = |merged: &Merged| {
                        merged.lines.0 < merged.lines.1 || merged.columns.0 < merged.columns.1
                    };
                    self.tables.push(Table {
                        name: TableName::Nth(self.tables.len() + 1),
                        rows: open.grid.into_rows(),
                        merged: open.merged.into_iter().filter(is_joined).collect(),
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

    /// Ends a paragraph whose own end has been deleted, with no other one behind it.
    fn end_joined_paragraph(&mut self) {
        if std::mem::take(&mut self.goes_on) {
            self.end_paragraph();
        }
    }

    fn end_paragraph(&mut self) {
        let text = std::mem::take(&mut self.paragraph);
        let list = std::mem::take(&mut self.list);
        // Word counts paragraphs that show nothing else, too.
        let marked = self.numbering.mark(&list).filter(|_| !is_blank(&text));
        if let Some(message) = marked.as_ref().and_then(|marked| marked.notice.clone()) {
            self.tell("list", |place| Notice::taken(place, message));
        }
        let listed = marked.map(|marked| Listed::new(marked.level, marked.mark, &text));
        match &mut self.open {
            Some(open) => {
                if open.paragraphs > 0 {
                    open.cell.push('\n');
                }
                open.paragraphs += 1;
                open.listed.extend(listed.map(|listed| (open.cell.len(), listed)));
                open.cell.push_str(&escaped(&text));
            }
            // As many as can say what the file is.
            None if !is_blank(&text) && self.around.len() < AROUND => {
                let mark = lists::prefixes(listed.as_slice(), true).concat();
                self.around.push(format!("{mark}{text}"));
            }
            None => {}
        }
    }

    fn end_cell(&mut self) -> Result<(), String> {
        self.end_joined_paragraph();
        let place = self.place();
        let Some(open) = &mut self.open else { return Ok(()) };
        let cell = with_marks(std::mem::take(&mut open.cell), &std::mem::take(&mut open.listed));
        let (line, column) = (open.line.saturating_sub(1), open.column);
        let columns = (column, column + open.span.max(1) - 1);
        let above = open.above.get(&column).copied().filter(|_| open.joined == Joined::GoesOn);
        if let Some(merged) = above.and_then(|above| open.merged.get_mut(above)) {
            merged.lines.1 = open.line;
            if !is_blank(&cell) {
                let text = beginning(&lines::plain(&cell));
                let message = format!("上のセルと結合されていて見えない文字は取り込みません：「{text}」");
                open.notices.push(Notice::left_out(place, message));
            }
        } else {
            open.above.remove(&column);
            if open.joined != Joined::No || columns.0 < columns.1 {
                if open.joined != Joined::No {
                    open.above.insert(column, open.merged.len());
                }
                open.merged.push(Merged { lines: (open.line, open.line), columns });
            }
            if open.deleted_row && !is_blank(&cell) {
                let text = beginning(&lines::plain(&cell));
                let message = format!("変更履歴で削除された行は取り込みません：「{text}」");
                open.notices.push(Notice::left_out(place, message));
            } else if !open.deleted_row {
                open.grid.put(line, column, cell).map_err(|reason| format!("{place}：{reason}"))?;
            }
        }
        open.column += open.span;
        open.paragraphs = 0;
        Ok(())
    }
}

/// A cell's text with what lists write before its lines.
pub(super) fn with_marks(mut cell: String, listed: &[(usize, Listed)]) -> String {
    let Some((first, _)) = listed.first() else { return cell };
    let leads = is_blank(&lines::plain(&cell[..*first]));
    let lines: Vec<Listed> = listed.iter().map(|(_, listed)| listed.clone()).collect();
    let mut whole = String::with_capacity(cell.len() + 4 * lines.len());
    let mut end = 0;
    for ((start, _), mark) in listed.iter().zip(lists::prefixes(&lines, leads)) {
        whole.push_str(&cell[end..*start]);
        whole.push_str(&escaped(&mark));
        end = *start;
    }
    whole.push_str(&cell.split_off(end));
    whole
}
