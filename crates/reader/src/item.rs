//! An item's cell: its code, its title, and the scenes that stand with it.

use super::html::{self, Bit};
use renkei_domain::{CareScene, SceneSet, limits, text};
use std::ops::Range;

#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// As written, without brackets.
    pub code: String,
    pub title: String,
    pub scenes: SceneSet,
}

/// Reads an item's cell; or says why not.
///
/// A scene is known by its exact name, set apart from the title by a tag, a line, a bracket or white space. A title
/// that only speaks of a scene (看取りに関する普及啓発) stays whole, and no scene is made up.
pub fn read(field: &str) -> Result<Item, String> {
    if field.len() > FIELD_BYTES {
        return Err("事業項目のセルが長すぎます。記号、名称、場面だけを書いてください。".to_owned());
    }
    let bits = html::bits(field);
    let (code, rest) =
        code(&bits).ok_or("事業項目の記号（「（ア）」など）が読めません。セルの初めに書いてください。")?;
    let pieces = pieces(rest);
    let (title, scenes) = title_and_scenes(&pieces);
    let chars = title.chars().count();
    if text::is_blank(&title) {
        return Err(format!("項目「{code}」の名称がありません。"));
    }
    if chars > limits::TITLE_CHARS {
        return Err(format!("項目の名称は{}文字までです（今は{chars}文字）。", limits::TITLE_CHARS));
    }
    if title.chars().any(|c| c.is_control() && c != '\t') {
        return Err(format!("項目「{code}」の名称に制御文字があります。取り除いてください。"));
    }
    Ok(Item { code, title, scenes })
}

/// Bytes that an item's cell may have, with its tags.
const FIELD_BYTES: usize = 20_000;

/// The code at a cell's start and what follows it: （ア）, or ア before white space or a full stop.
fn code(bits: &[Bit]) -> Option<(String, &[Bit])> {
    let is_layout = |bit: &Bit| !matches!(bit, Bit::Char(c) if !c.is_whitespace());
    let start = bits.iter().position(|bit| !is_layout(bit))?;
    let bracketed = matches!(bits[start], Bit::Char(c) if is_opening(c));
    let ends_code =
        |c: char| if bracketed { is_closing(c) } else { c.is_whitespace() || "．.、：:".contains(c) };
    let mut code = String::new();
    for (index, bit) in bits.iter().enumerate().skip(start + usize::from(bracketed)) {
        let ended = match bit {
            Bit::Char(c) => ends_code(*c),
            // What is not in brackets may be set apart by a tag.
            _ => !bracketed,
        };
        if ended {
            let code = code.trim();
            return is_code(code, bracketed).then(|| (code.to_owned(), &bits[index + 1..]));
        }
        if let Bit::Char(c) = bit {
            code.push(*c);
        }
        if code.chars().count() > limits::CODE_CHARS {
            return None;
        }
    }
    None
}

/// A single character, or a few of what codes are made of: （ア-1） is one, （仮称） is none. Without brackets a single
/// katakana or letter, or a number.
fn is_code(code: &str, bracketed: bool) -> bool {
    let normalized = text::normalized(code);
    let chars = normalized.chars().count();
    let number = normalized.bytes().all(|c| c.is_ascii_digit());
    if bracketed {
        let of_code = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | 'ァ'..='ー');
        chars > 0 && (chars == 1 || normalized.chars().all(of_code)) && !code.chars().any(char::is_control)
    } else {
        let letter = normalized.chars().all(|c| matches!(c, 'a'..='z' | 'ァ'..='ヺ'));
        (chars == 1 && letter) || ((1..=2).contains(&chars) && number)
    }
}

/// What the cell holds behind the code.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Space(char),
    /// A tag within the line.
    Edge,
    Break,
    Opening(char),
    Closing(char),
    /// □, ■: a box to tick in front of a scene.
    Box {
        sign: char,
        ticked: bool,
    },
}

fn pieces(bits: &[Bit]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for bit in bits {
        pieces.push(match *bit {
            Bit::Break(_) => Piece::Break,
            Bit::Edge(_) => Piece::Edge,
            Bit::Char(c) if c.is_whitespace() => Piece::Space(c),
            Bit::Char(c) if is_opening(c) => Piece::Opening(c),
            Bit::Char(c) if is_closing(c) => Piece::Closing(c),
            Bit::Char(sign @ ('■' | '☑' | '✓' | '✔' | '☒')) => Piece::Box { sign, ticked: true },
            Bit::Char(sign @ ('□' | '☐')) => Piece::Box { sign, ticked: false },
            Bit::Char(c) => {
                match pieces.last_mut() {
                    Some(Piece::Text(text)) => text.push(c),
                    _ => pieces.push(Piece::Text(c.into())),
                }
                continue;
            }
        });
    }
    pieces
}

/// Pieces that name scenes.
struct Named {
    pieces: Range<usize>,
    scenes: SceneSet,
    /// For ones behind a box, whether it is ticked.
    ticked: Option<bool>,
    /// Nothing but tags or white space sets it apart: it could be the title.
    bare: bool,
}

fn title_and_scenes(pieces: &[Piece]) -> (String, SceneSet) {
    let mut named = set_apart(pieces);
    named.extend(trailing(pieces, &named));
    named.sort_by_key(|named| named.pieces.start);
    let mut title = title(pieces, &named);
    if title.is_empty() && named.first().is_some_and(|named| named.bare) {
        named.remove(0);
        title = self::title(pieces, &named);
    }
    // Where some boxes are ticked, the others are not meant.
    let any_ticked = named.iter().any(|named| named.ticked == Some(true));
    let meant = named.iter().filter(|named| !any_ticked || named.ticked != Some(false));
    (title, meant.flat_map(|named| named.scenes.iter()).collect())
}

/// What remains; pieces taken out are a line break to what stands beside them.
fn title(pieces: &[Piece], named: &[Named]) -> String {
    let mut title = String::new();
    let mut line_ended = false;
    for (index, piece) in pieces.iter().enumerate() {
        if named.iter().any(|named| named.pieces.contains(&index)) {
            line_ended = true;
            continue;
        }
        let mut buffer = [0; 4];
        let text = match piece {
            Piece::Edge => continue,
            Piece::Break => {
                line_ended = true;
                continue;
            }
            Piece::Text(text) => text.as_str(),
            Piece::Space(c) | Piece::Opening(c) | Piece::Closing(c) | Piece::Box { sign: c, .. } => {
                c.encode_utf8(&mut buffer)
            }
        };
        if std::mem::take(&mut line_ended) && !title.ends_with(char::is_whitespace) && !text.trim().is_empty()
        {
            title.push(' ');
        }
        title.push_str(text);
    }
    title.trim().to_owned()
}

/// Scenes in brackets, behind boxes, or alone on a line, wherever they stand.
fn set_apart(pieces: &[Piece]) -> Vec<Named> {
    let mut named: Vec<Named> = Vec::new();
    let mut start = 0;
    while start < pieces.len() {
        let found = match pieces[start] {
            Piece::Opening(_) => in_brackets(pieces, start),
            Piece::Box { ticked, .. } => behind_box(pieces, start, ticked),
            Piece::Break => on_line(pieces, start + 1),
            _ => None,
        };
        start = found.as_ref().map_or(start + 1, |found| found.pieces.end);
        named.extend(found);
    }
    named
}

fn in_brackets(pieces: &[Piece], opening: usize) -> Option<Named> {
    let inside = opening + 1;
    let closing = inside + pieces[inside..].iter().position(|piece| matches!(piece, Piece::Closing(_)))?;
    let scenes = all_scenes(&pieces[inside..closing])?;
    Some(Named { pieces: opening..closing + 1, scenes, ticked: None, bare: false })
}

fn behind_box(pieces: &[Piece], sign: usize, ticked: bool) -> Option<Named> {
    let text = sign
        + 1
        + pieces[sign + 1..].iter().position(|piece| !matches!(piece, Piece::Space(_) | Piece::Edge))?;
    let scenes = all_scenes(&pieces[text..=text])?;
    Some(Named { pieces: sign..text + 1, scenes, ticked: Some(ticked), bare: false })
}

fn on_line(pieces: &[Piece], start: usize) -> Option<Named> {
    let end = pieces[start..]
        .iter()
        .position(|piece| *piece == Piece::Break)
        .map_or(pieces.len(), |end| start + end);
    let scenes = all_scenes(&pieces[start..end])?;
    Some(Named { pieces: start..end, scenes, ticked: None, bare: true })
}

/// The scenes at the cell's end, as long as there is nothing else.
fn trailing(pieces: &[Piece], taken: &[Named]) -> Vec<Named> {
    let mut named = Vec::new();
    let mut end = pieces.len();
    while end > 0 {
        if let Some(before) = taken.iter().find(|named| named.pieces.contains(&(end - 1))) {
            end = before.pieces.start;
            continue;
        }
        match &pieces[end - 1] {
            Piece::Space(_) | Piece::Edge | Piece::Break => end -= 1,
            Piece::Text(text) if text.chars().all(is_separator) => end -= 1,
            Piece::Text(_) => {
                let Some(found) = name_before(pieces, end) else { break };
                end = found.pieces.start;
                named.push(found);
            }
            _ => break,
        }
    }
    // A separator between two of them goes with them.
    for index in 1..named.len() {
        named[index].pieces.end = named[index - 1].pieces.start;
    }
    named
}

/// The name that ends here; a narrow box may have broken it in two or three.
fn name_before(pieces: &[Piece], end: usize) -> Option<Named> {
    let mut name = String::new();
    let mut texts = 0;
    for start in (0..end).rev() {
        match &pieces[start] {
            Piece::Text(text) => {
                name.insert_str(0, text);
                texts += 1;
                if let Some(scenes) = scenes_in(&name).filter(|scenes| texts == 1 || scenes.len() == 1) {
                    return Some(Named { pieces: start..end, scenes, ticked: None, bare: true });
                }
            }
            Piece::Space(_) | Piece::Edge | Piece::Break if texts < 3 => {}
            _ => break,
        }
        if texts == 3 {
            break;
        }
    }
    None
}

/// The scenes of pieces that hold nothing else.
fn all_scenes(pieces: &[Piece]) -> Option<SceneSet> {
    let mut scenes = SceneSet::EMPTY;
    for piece in pieces {
        match piece {
            Piece::Text(text) if text.chars().all(is_separator) => {}
            Piece::Text(text) => scenes = scenes_in(text)?.iter().fold(scenes, SceneSet::with),
            Piece::Space(_) | Piece::Edge => {}
            _ => return None,
        }
    }
    (!scenes.is_empty()).then_some(scenes)
}

/// The scenes that a text lists: 看取り, 急変時の対応・看取り.
fn scenes_in(list: &str) -> Option<SceneSet> {
    let names = list.split(is_separator).filter(|name| !name.trim().is_empty());
    let scenes = names.map(scene_named).collect::<Option<SceneSet>>()?;
    (!scenes.is_empty()).then_some(scenes)
}

fn scene_named(name: &str) -> Option<CareScene> {
    let name = text::normalized(name.trim());
    CareScene::ALL.into_iter().find(|scene| text::normalized(scene.name()) == name)
}

fn is_separator(c: char) -> bool {
    matches!(c, '・' | '･' | '、' | '，' | ',' | '／' | '/')
}

fn is_opening(c: char) -> bool {
    matches!(c, '（' | '(' | '【' | '［' | '[' | '〔' | '〈' | '《' | '＜' | '<')
}

fn is_closing(c: char) -> bool {
    matches!(c, '）' | ')' | '】' | '］' | ']' | '〕' | '〉' | '》' | '＞' | '>')
}
