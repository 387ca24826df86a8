//! What Word shows on each page beside the document's text: headers and footers, which are no part of a sheet.

use crate::table::{Notice, Place, beginning};
use crate::xml::{Package, Piece, Xml};
use renkei_domain::text::is_blank;

/// A notice for each text of a header or a footer, unless it is a page number.
pub fn notices(package: &mut Package<'_>) -> Result<Vec<Notice>, String> {
    let mut names = package.names();
    names.sort_unstable();
    let mut notices: Vec<Notice> = Vec::new();
    for name in names {
        let Some(of_word) = name.strip_prefix("word/").filter(|name| name.ends_with(".xml")) else {
            continue;
        };
        let what = match of_word {
            header if header.starts_with("header") => "ヘッダー",
            footer if footer.starts_with("footer") => "フッター",
            _ => continue,
        };
        let Some(bytes) = package.part(&name)? else { continue };
        let text = text(&mut Xml::new(&bytes))?;
        if is_blank(&text) || is_page_number(&text) {
            continue;
        }
        let message = format!("{what}は取り込みません：「{}」", beginning(&text));
        let notice = Notice::left_out(Place::default(), message);
        // First, even and other pages may have the same.
        if !notices.contains(&notice) {
            notices.push(notice);
        }
    }
    Ok(notices)
}

/// What can be seen, without the numbers that Word counts pages with.
fn text(xml: &mut Xml<'_>) -> Result<String, String> {
    let mut text = String::new();
    // Of each field that has begun: what it says, and whether its result is being read.
    let mut fields: Vec<(String, bool)> = Vec::new();
    loop {
        let tag = match xml.next()? {
            Piece::Open(tag) => tag,
            Piece::Close(name) => {
                if name == "p" {
                    text.push(' ');
                }
                continue;
            }
            Piece::Text(_) => continue,
            Piece::End => return Ok(text),
        };
        match tag.name.as_str() {
            name if name.ends_with("Change") => xml.skip()?,
            "Fallback" | "del" | "moveFrom" => xml.skip()?,
            "fldSimple" if counts_pages(tag.get("instr").unwrap_or_default()) => xml.skip()?,
            "fldChar" => match tag.get("fldCharType") {
                Some("begin") => fields.push((String::new(), false)),
                Some("separate") => {
                    if let Some((_, result)) = fields.last_mut() {
                        *result = true;
                    }
                }
                Some("end") => drop(fields.pop()),
                _ => {}
            },
            "instrText" => {
                let instruction = xml.text()?;
                if let Some((said, false)) = fields.last_mut() {
                    said.push_str(&instruction);
                }
            }
            "t" => {
                let piece = xml.text()?;
                if !fields.iter().any(|(said, result)| *result && counts_pages(said)) {
                    text.push_str(&piece);
                }
            }
            // A watermark.
            "textpath" => text.push_str(tag.get("string").unwrap_or_default()),
            "tab" | "br" | "cr" => text.push(' '),
            _ => {}
        }
    }
}

fn counts_pages(instruction: &str) -> bool {
    let name = instruction.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    matches!(name.as_str(), "PAGE" | "NUMPAGES" | "SECTIONPAGES")
}

/// Whether a text says the page and nothing else: - 1 -, 1 / 2, 1ページ.
fn is_page_number(text: &str) -> bool {
    let text = text.to_lowercase().replace("ページ", "").replace("page", "").replace("of", "");
    let counts = |c: char| c.is_numeric() || matches!(c, '頁' | 'p' | 'ｐ');
    text.chars().all(|c| counts(c) || !c.is_alphanumeric())
}
