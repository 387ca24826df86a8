//! The parts of an office program's file: packed XML, read with limits.

use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Bytes of all parts together, unpacked.
const UNPACKED_BYTES: u64 = 64 * 1024 * 1024;
/// Parts of a package, pictures included.
const PARTS: usize = 2_000;
/// Elements within each other.
const DEPTH: usize = 256;
/// Attributes of an element.
const ATTRIBUTES: usize = 256;

/// A package whose parts have been unpacked once, so that their size is known whatever its directory says.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Package<'a> {
    /// Refused: what is no package, or one that is larger than it may be.
    pub fn open(file: &'a [u8]) -> Result<Self, String> {
        let mut archive = ZipArchive::new(Cursor::new(file)).map_err(|_| broken())?;
        if archive.len() > PARTS {
            return Err(format!("ファイルの部品が多すぎます（{PARTS}個まで）。"));
        }
        let mut left = UNPACKED_BYTES;
        for index in 0..archive.len() {
            let part = archive.by_index(index).map_err(|_| locked())?;
            let size = std::io::copy(&mut part.take(left + 1), &mut std::io::sink()).map_err(|_| broken())?;
            left = left.checked_sub(size).ok_or_else(|| {
                format!("展開すると大きすぎるファイルです（{}MBまで）。", UNPACKED_BYTES / 1024 / 1024)
            })?;
        }
        Ok(Package { archive })
    }

    pub fn has(&self, name: &str) -> bool {
        self.archive.index_for_name(name).is_some()
    }

    pub fn names(&self) -> Vec<String> {
        self.archive.file_names().map(str::to_owned).collect()
    }

    /// A part's bytes; `None`: there is none of this name.
    pub fn part(&mut self, name: &str) -> Result<Option<Vec<u8>>, String> {
        if !self.has(name) {
            return Ok(None);
        }
        let part = self.archive.by_name(name).map_err(|_| broken())?;
        let mut bytes = Vec::new();
        part.take(UNPACKED_BYTES).read_to_end(&mut bytes).map_err(|_| broken())?;
        Ok(Some(bytes))
    }
}

fn broken() -> String {
    "ファイルが壊れています。元のソフトで開き、保存し直してください。".to_owned()
}

fn locked() -> String {
    "ファイルが壊れているか、パスワードがかかっています。パスワードを外して保存し直してください。".to_owned()
}

/// A piece of XML. Names are without their prefix.
#[derive(Debug)]
pub enum Piece {
    Open(Tag),
    Close(String),
    Text(String),
    End,
}

#[derive(Debug)]
pub struct Tag {
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// An attribute's value, by its name without prefix.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    pub fn number(&self, name: &str) -> Option<usize> {
        self.get(name)?.parse().ok()
    }

    /// Whether a property is on, as office programs write it: `<b/>`, `<b val="1"/>`.
    pub fn is_on(&self) -> bool {
        !matches!(self.get("val"), Some("0" | "false" | "none" | "off"))
    }
}

/// Reads XML piece by piece: an empty element is opened and closed, no entity is expanded that a file defines.
pub struct Xml<'a> {
    reader: quick_xml::Reader<&'a [u8]>,
    depth: usize,
    close: Option<String>,
}

impl<'a> Xml<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        Xml { reader: quick_xml::Reader::from_reader(bytes), depth: 0, close: None }
    }

    pub fn next(&mut self) -> Result<Piece, String> {
        if let Some(name) = self.close.take() {
            self.depth -= 1;
            return Ok(Piece::Close(name));
        }
        loop {
            match self.reader.read_event().map_err(|_| broken())? {
                Event::Start(start) => return self.open(&start),
                Event::Empty(start) => {
                    let opened = self.open(&start)?;
                    self.close = Some(local(start.name().as_ref())?);
                    return Ok(opened);
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(Piece::Close(local(end.name().as_ref())?));
                }
                Event::Text(text) => {
                    let text = text.decode().map_err(|_| broken())?;
                    return Ok(Piece::Text(text.replace("\r\n", "\n").replace('\r', "\n")));
                }
                Event::CData(data) => {
                    return Ok(Piece::Text(data.decode().map_err(|_| broken())?.into_owned()));
                }
                Event::GeneralRef(entity) => {
                    let name = entity.decode().map_err(|_| broken())?;
                    return Ok(Piece::Text(
                        unescape(&format!("&{name};")).map_err(|_| broken())?.into_owned(),
                    ));
                }
                Event::DocType(_) => {
                    return Err("文書型の宣言（DOCTYPE）があるファイルは取り込めません。".to_owned());
                }
                Event::Eof => return Ok(Piece::End),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<Piece, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err("ファイルの入れ子が深すぎます。".to_owned());
        }
        let mut attributes = Vec::new();
        for attribute in start.attributes().with_checks(false).take(ATTRIBUTES) {
            let attribute = attribute.map_err(|_| broken())?;
            let value = std::str::from_utf8(&attribute.value).map_err(|_| broken())?;
            let value = unescape(value).map_err(|_| broken())?.into_owned();
            attributes.push((local(attribute.key.as_ref())?, value));
        }
        Ok(Piece::Open(Tag { name: local(start.name().as_ref())?, attributes }))
    }

    /// All text up to the end of the element that was opened last.
    pub fn text(&mut self) -> Result<String, String> {
        let mut text = String::new();
        let mut depth = 1;
        while depth > 0 {
            match self.next()? {
                Piece::Open(_) => depth += 1,
                Piece::Close(_) => depth -= 1,
                Piece::Text(piece) => text.push_str(&piece),
                Piece::End => break,
            }
        }
        Ok(text)
    }

    /// Passes over the element that was opened last.
    pub fn skip(&mut self) -> Result<(), String> {
        self.text().map(drop)
    }
}

fn local(name: &[u8]) -> Result<String, String> {
    let name = std::str::from_utf8(name).map_err(|_| broken())?;
    Ok(name.rsplit(':').next().unwrap_or_default().to_owned())
}

/// The parts that a part refers to, by the ids that it uses: `Id`, `Target` as a whole name, and `Type`'s last word.
pub struct Relation {
    pub id: String,
    pub target: String,
    pub kind: String,
}

impl Package<'_> {
    /// The relations of a part.
    pub fn relations(&mut self, part: &str) -> Result<Vec<Relation>, String> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let Some(bytes) = self.part(&format!("{folder}/_rels/{name}.rels"))? else { return Ok(Vec::new()) };
        let mut xml = Xml::new(&bytes);
        let mut relations = Vec::new();
        loop {
            match xml.next()? {
                Piece::Open(tag) if tag.name == "Relationship" => {
                    let (id, target) =
                        (tag.get("Id").unwrap_or_default(), tag.get("Target").unwrap_or_default());
                    let kind = tag.get("Type").unwrap_or_default().rsplit('/').next().unwrap_or_default();
                    let (id, kind) = (id.to_owned(), kind.to_owned());
                    relations.push(Relation { id, target: resolved(folder, target), kind });
                }
                Piece::End => return Ok(relations),
                _ => {}
            }
        }
    }
}

/// A part's name as another one in this folder refers to it.
fn resolved(folder: &str, target: &str) -> String {
    if let Some(whole) = target.strip_prefix('/') {
        return whole.to_owned();
    }
    let mut path: Vec<&str> = folder.split('/').filter(|piece| !piece.is_empty()).collect();
    for piece in target.split('/') {
        match piece {
            ".." => drop(path.pop()),
            "." | "" => {}
            piece => path.push(piece),
        }
    }
    path.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(xml: &str) -> Result<String, String> {
        let mut xml = Xml::new(xml.as_bytes());
        let mut all = String::new();
        loop {
            match xml.next()? {
                Piece::Open(tag) => all.push_str(&format!("<{}{:?}>", tag.name, tag.attributes)),
                Piece::Close(name) => all.push_str(&format!("</{name}>")),
                Piece::Text(text) => all.push_str(&text),
                Piece::End => return Ok(all),
            }
        }
    }

    #[test]
    fn names_lose_their_prefix_and_references_are_characters() {
        let read = pieces("<w:a w:b=\"1 &amp; 2\">x&lt;&#12354;<w:c/><![CDATA[<y>]]></w:a>");
        assert_eq!(read.unwrap(), "<a[(\"b\", \"1 & 2\")]>x<あ<c[]></c><y></a>");
    }

    #[test]
    fn entities_of_a_files_own_and_deep_nesting_are_refused() {
        assert!(pieces("<!DOCTYPE a [<!ENTITY b \"cc\">]><a>&b;</a>").unwrap_err().contains("DOCTYPE"));
        assert!(pieces("<a>&b;</a>").is_err());
        assert!(pieces(&"<a>".repeat(100_000)).unwrap_err().contains("入れ子"));
        assert!(pieces("<a></b>").is_err());
    }

    #[test]
    fn targets_are_found_from_their_folder() {
        assert_eq!(resolved("xl/worksheets", "../comments1.xml"), "xl/comments1.xml");
        assert_eq!(resolved("xl", "/xl/worksheets/sheet1.xml"), "xl/worksheets/sheet1.xml");
        assert_eq!(resolved("word", "comments.xml"), "word/comments.xml");
    }
}
