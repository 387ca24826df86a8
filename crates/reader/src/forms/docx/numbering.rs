//! Word's lists: what `numbering.xml` says of numbers, and which paragraph styles of `styles.xml` have one.

use super::lists::{self, ListMark};
use crate::xml::{Package, Piece, Tag, Xml};
use std::collections::{HashMap, HashSet};

/// Levels of a list.
const LEVELS: usize = 9;
/// Characters of a level's text.
const TEXT: usize = 40;
/// Styles that one is based on.
const STYLES: usize = 50;
/// Where counting begins at most.
const START: usize = 32_767;

/// What a paragraph says of its list.
#[derive(Clone, Debug, Default)]
pub struct OfParagraph {
    pub style: Option<String>,
    /// 0 is none.
    pub number: Option<String>,
    pub level: Option<usize>,
}

/// What stands before a paragraph.
#[derive(Debug)]
pub struct Marked {
    pub level: usize,
    pub mark: ListMark,
    /// What a person should look at.
    pub notice: Option<String>,
}

#[derive(Clone, Default)]
struct Level {
    form: String,
    text: String,
    font: String,
    start: Option<usize>,
    /// All numbers of its text are digits.
    legal: bool,
    /// It goes on although a level above has counted.
    goes_on: bool,
    /// The style that has this level.
    style: Option<String>,
}

#[derive(Default)]
struct Abstract {
    levels: HashMap<usize, Level>,
    /// The numbering style whose list it is.
    link: Option<String>,
}

#[derive(Default)]
struct Number {
    of: String,
    starts: HashMap<usize, usize>,
    levels: HashMap<usize, Level>,
}

#[derive(Default)]
struct Style {
    based: Option<String>,
    number: Option<String>,
    level: Option<usize>,
}

#[derive(Default)]
pub struct Numbering {
    abstracts: HashMap<String, Abstract>,
    numbers: HashMap<String, Number>,
    styles: HashMap<String, Style>,
    /// Of paragraphs that name none.
    default: Option<String>,
    /// By list and level. Numbers of one list count together.
    counted: HashMap<(String, usize), usize>,
    /// Numbers and levels that have begun.
    begun: HashSet<(String, usize)>,
}

fn value(tag: &Tag) -> Option<String> {
    tag.get("val").map(str::to_owned)
}

impl Numbering {
    pub fn read(package: &mut Package<'_>) -> Result<Self, String> {
        let mut numbering = Numbering::default();
        if let Some(bytes) = package.part("word/styles.xml")? {
            numbering.read_styles(&mut Xml::new(&bytes))?;
        }
        if let Some(bytes) = package.part("word/numbering.xml")? {
            numbering.read_numbers(&mut Xml::new(&bytes))?;
        }
        Ok(numbering)
    }

    fn read_styles(&mut self, xml: &mut Xml<'_>) -> Result<(), String> {
        let mut id = String::new();
        loop {
            let tag = match xml.next()? {
                Piece::Open(tag) => tag,
                Piece::End => return Ok(()),
                _ => continue,
            };
            match tag.name.as_str() {
                "style" => {
                    let kind = tag.get("type").unwrap_or("paragraph");
                    if !matches!(kind, "paragraph" | "numbering") {
                        xml.skip()?;
                        continue;
                    }
                    id = tag.get("styleId").unwrap_or_default().to_owned();
                    if kind == "paragraph" && matches!(tag.get("default"), Some("1" | "true" | "on")) {
                        self.default = Some(id.clone());
                    }
                    self.styles.insert(id.clone(), Style::default());
                }
                name if name.ends_with("Change") => xml.skip()?,
                name => {
                    let Some(style) = self.styles.get_mut(&id) else { continue };
                    match name {
                        "basedOn" => style.based = value(&tag),
                        "numId" => style.number = value(&tag),
                        "ilvl" => style.level = tag.number("val"),
                        _ => {}
                    }
                }
            }
        }
    }

    fn read_numbers(&mut self, xml: &mut Xml<'_>) -> Result<(), String> {
        // What is being read: a list, or a number of one; and its level.
        let (mut of, mut number, mut level) = (String::new(), None::<String>, 0);
        loop {
            let tag = match xml.next()? {
                Piece::Open(tag) => tag,
                Piece::End => return Ok(()),
                _ => continue,
            };
            match tag.name.as_str() {
                "abstractNum" => {
                    of = tag.get("abstractNumId").unwrap_or_default().to_owned();
                    number = None;
                }
                "num" => {
                    number = tag.get("numId").map(str::to_owned);
                    self.numbers.insert(number.clone().unwrap_or_default(), Number::default());
                }
                "lvl" | "lvlOverride" => level = tag.number("ilvl").unwrap_or(0).min(LEVELS - 1),
                name if name.ends_with("Change") => xml.skip()?,
                name => match number.as_ref().and_then(|number| self.numbers.get_mut(number)) {
                    Some(number) => match name {
                        "abstractNumId" => number.of = value(&tag).unwrap_or_default(),
                        "startOverride" => {
                            number.starts.insert(level, tag.number("val").unwrap_or(1).min(START));
                        }
                        _ => of_level(&mut number.levels, level, &tag),
                    },
                    None => {
                        let list = self.abstracts.entry(of.clone()).or_default();
                        match name {
                            "numStyleLink" => list.link = value(&tag),
                            _ => of_level(&mut list.levels, level, &tag),
                        }
                    }
                },
            }
        }
    }

    /// The number of a style's list, with its level and the style that says so.
    fn of_style<'a>(&'a self, id: &'a str) -> Option<(&'a str, Option<usize>, &'a str)> {
        let mut id = id;
        for _ in 0..STYLES {
            let style = self.styles.get(id)?;
            if let Some(number) = &style.number {
                return Some((number, style.level, id));
            }
            id = style.based.as_deref()?;
        }
        None
    }

    /// The list of a number.
    fn list(&self, number: &str) -> Option<&str> {
        let of = self.numbers.get(number)?.of.as_str();
        let Some(style) = self.abstracts.get(of)?.link.as_deref() else { return Some(of) };
        let linked = self.of_style(style).and_then(|(number, _, _)| self.numbers.get(number));
        Some(linked.map_or(of, |number| number.of.as_str()))
    }

    fn level<'a>(&'a self, number: &str, list: &str, level: usize) -> Option<&'a Level> {
        let own = self.numbers.get(number).and_then(|number| number.levels.get(&level));
        own.or_else(|| self.abstracts.get(list)?.levels.get(&level))
    }

    /// The mark of the next paragraph, which says this of its list.
    pub fn mark(&mut self, paragraph: &OfParagraph) -> Option<Marked> {
        let style = paragraph.style.as_deref().or(self.default.as_deref());
        let of_style = style.and_then(|style| self.of_style(style));
        let (number, level) = match (&paragraph.number, of_style) {
            (Some(number), _) => (number.clone(), paragraph.level.unwrap_or(0)),
            (None, Some((number, level, style))) => {
                let list = self.list(number).and_then(|list| self.abstracts.get(list));
                let linked = list.and_then(|list| {
                    let mut levels = list.levels.iter();
                    levels.find(|(_, level)| level.style.as_deref() == Some(style)).map(|(level, _)| *level)
                });
                (number.to_owned(), paragraph.level.or(linked).or(level).unwrap_or(0))
            }
            (None, None) => return None,
        };
        let level = level.min(LEVELS - 1);
        let list = self.list(&number)?.to_owned();
        let found = self.level(&number, &list, level)?.clone();
        if found.form == "bullet" {
            let (mark, replaced) = lists::bullet(&found.text, &found.font)?;
            let notice = replaced.map(|text| format!("箇条書きの記号「{text}」を「・」と読みました。"));
            return Some(Marked { level, mark, notice });
        }
        self.count(&number, &list, level);
        let (mut written, mut unknown) = (String::new(), None);
        let mut chars = found.text.chars().peekable();
        while let Some(c) = chars.next() {
            let of = chars.peek().and_then(|digit| digit.to_digit(10)).filter(|digit| *digit > 0);
            let Some(of) = of.filter(|_| c == '%') else {
                written.push(c);
                continue;
            };
            chars.next();
            let of = of as usize - 1;
            let counted = self.counted.get(&(list.clone(), of)).copied();
            let counted = counted.unwrap_or_else(|| self.start(&number, &list, of));
            let form = self.level(&number, &list, of).map_or("decimal", |level| &level.form);
            let form = if found.legal || form.is_empty() { "decimal" } else { form };
            written.push_str(&lists::number(form, counted).unwrap_or_else(|| {
                unknown = Some(form.to_owned());
                counted.to_string()
            }));
        }
        let mark = ListMark::Number(Some(written.trim()).filter(|text| !text.is_empty())?.to_owned());
        let notice = unknown.map(|form| format!("番号の形（{form}）が分からないので、数字で読みました。"));
        Some(Marked { level, mark, notice })
    }

    fn start(&self, number: &str, list: &str, level: usize) -> usize {
        let own = self.numbers.get(number).and_then(|number| number.starts.get(&level)).copied();
        own.or_else(|| self.level(number, list, level)?.start).unwrap_or(1)
    }

    fn count(&mut self, number: &str, list: &str, level: usize) {
        let start = self.start(number, list, level);
        let overridden = self.numbers.get(number).is_some_and(|number| number.starts.contains_key(&level));
        let key = (list.to_owned(), level);
        if self.begun.insert((number.to_owned(), level)) && overridden {
            self.counted.remove(&key);
        }
        let next = self.counted.get(&key).map_or(start, |count| count.saturating_add(1));
        self.counted.insert(key, next);
        for below in level + 1..LEVELS {
            if !self.level(number, list, below).is_some_and(|level| level.goes_on) {
                self.counted.remove(&(list.to_owned(), below));
            }
        }
    }
}

fn of_level(levels: &mut HashMap<usize, Level>, level: usize, tag: &Tag) {
    let name = tag.name.as_str();
    if !matches!(name, "start" | "numFmt" | "lvlText" | "rFonts" | "isLgl" | "lvlRestart" | "pStyle") {
        return;
    }
    let level = levels.entry(level).or_default();
    match name {
        "start" => level.start = tag.number("val").map(|start| start.min(START)),
        "numFmt" => level.form = value(tag).unwrap_or_default(),
        "lvlText" => level.text = tag.get("val").unwrap_or_default().chars().take(TEXT).collect(),
        "rFonts" => {
            let font = tag.get("ascii").or_else(|| tag.get("hAnsi")).unwrap_or_default();
            level.font = font.chars().take(TEXT).collect();
        }
        "isLgl" => level.legal = tag.is_on(),
        "lvlRestart" => level.goes_on = tag.number("val") == Some(0),
        "pStyle" => level.style = value(tag),
        _ => {}
    }
}
