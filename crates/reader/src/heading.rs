//! The head: which column is which, with its year, its day and its footnote.

use super::html::{self, Bit, Edge};
use renkei_domain::era::{parse_as_of, years_in};
use renkei_domain::fields::Row;
use renkei_domain::outline::Mark;
use renkei_domain::{ColumnReading, Date, Facet, FiscalYear, NoteKind, limits, text};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

/// Bytes that a heading may have, with its tags.
const FIELD_BYTES: usize = 20_000;

/// What a person says that a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ColumnRole {
    Item,
    Status,
    Evaluation,
    Goal,
    Plan,
    /// It is not taken.
    Ignored,
}

impl ColumnRole {
    pub fn of(facet: Facet) -> Self {
        match facet {
            Facet::Status => ColumnRole::Status,
            Facet::Evaluation => ColumnRole::Evaluation,
            Facet::Goal => ColumnRole::Goal,
            Facet::Plan => ColumnRole::Plan,
        }
    }

    fn facet(self) -> Option<Facet> {
        Facet::ALL.into_iter().find(|facet| ColumnRole::of(*facet) == self)
    }
}

/// Why a row is no head: the field, from 0, and the reason.
type NoHead = (usize, String);

/// What the head says.
#[derive(Debug)]
pub struct Header {
    /// Which field holds the item, from 0.
    pub item: usize,
    pub item_heading: String,
    pub item_footnote: Option<String>,
    /// The columns that are taken, in order.
    pub columns: Vec<ColumnReading>,
    /// Which field holds each of them.
    pub fields: Vec<usize>,
    /// Each field's heading in words, with what it was taken for.
    pub roles: Vec<(String, ColumnRole)>,
    /// All headings as they are compared: visible characters alone.
    visible: Vec<String>,
}

impl Header {
    /// `chosen`: what a person says of columns (from 1). `strict`: a heading that is not understood is refused; else its
    /// column is not taken.
    pub fn read(
        row: &Row<'_>,
        fiscal_year: FiscalYear,
        chosen: &BTreeMap<usize, ColumnRole>,
        strict: bool,
    ) -> Result<Self, NoHead> {
        if let Some(long) = row.fields.iter().position(|field| field.len() > FIELD_BYTES) {
            return Err((long, "見出しが長すぎます。".to_owned()));
        }
        let headings: Vec<Heading> = row.fields.iter().map(|field| Heading::read(field)).collect();
        let said = |index: usize| chosen.get(&(index + 1)).copied();
        let facets: Vec<Option<Facet>> = headings.iter().map(|heading| facet(&heading.text)).collect();
        let facets: Vec<Option<Facet>> = facets
            .into_iter()
            .enumerate()
            .map(|(index, facet)| said(index).map_or(facet, ColumnRole::facet))
            .collect();
        // Those of which nothing is known and which may be anything.
        let open: Vec<usize> =
            (0..headings.len()).filter(|index| said(*index) != Some(ColumnRole::Ignored)).collect();
        let item = match open.iter().find(|index| said(**index) == Some(ColumnRole::Item)) {
            Some(item) => *item,
            None => item_column(&headings, &facets, &open, strict)?,
        };
        check_facets(&headings, &facets, item)?;
        let unknown = open.iter().find(|index| **index != item && facets[**index].is_none());
        if let Some(unknown) = unknown.filter(|_| strict) {
            return Err((*unknown, self::unknown(&headings[*unknown].text)));
        }
        let mut header = Header {
            item,
            item_heading: String::new(),
            item_footnote: None,
            columns: Vec::new(),
            fields: Vec::new(),
            roles: Vec::new(),
            visible: row.fields.iter().map(|field| visible(field)).collect(),
        };
        for (index, (heading, facet)) in headings.into_iter().zip(facets).enumerate() {
            let refuse = |reason| (index, reason);
            let facet = facet.filter(|_| index != item);
            let role = match facet {
                _ if index == item => ColumnRole::Item,
                Some(facet) => ColumnRole::of(facet),
                None => ColumnRole::Ignored,
            };
            header.roles.push((heading.text.clone(), role));
            if role == ColumnRole::Ignored {
                continue;
            }
            heading.check().map_err(refuse)?;
            match facet {
                Some(facet) => {
                    header.columns.push(heading.into_column(facet, fiscal_year).map_err(refuse)?);
                    header.fields.push(index);
                }
                None => (header.item_heading, header.item_footnote) = heading.into_texts(),
            }
        }
        Ok(header)
    }

    /// Whether a later row is this one again, tags and white space aside.
    pub fn is_repeated_by(&self, row: &Row<'_>) -> bool {
        row.fields.iter().map(|field| visible(field)).eq(self.visible.iter().cloned())
    }
}

/// What a row's fields say, and what each of them would be taken for: for who is to say it where that makes no head.
pub fn guesses(row: &Row<'_>, chosen: &BTreeMap<usize, ColumnRole>) -> Vec<(String, ColumnRole)> {
    let guess = |(index, field): (usize, &std::borrow::Cow<'_, str>)| {
        let start = field.get(..FIELD_BYTES).unwrap_or(field);
        let text = Heading::read(start).text;
        let said = chosen.get(&(index + 1)).copied();
        let role = said.unwrap_or_else(|| match facet(&text) {
            _ if compared(&text).contains("項目") => ColumnRole::Item,
            Some(facet) => ColumnRole::of(facet),
            None => ColumnRole::Ignored,
        });
        (text, role)
    };
    row.fields.iter().enumerate().map(guess).collect()
}

/// How many facets a row's fields name: how much it is like a head.
pub fn facets_in(row: &Row<'_>) -> usize {
    let facets = row.fields.iter().filter(|field| field.len() <= FIELD_BYTES);
    let facets: HashSet<Facet> = facets.filter_map(|field| facet(&Heading::read(field).text)).collect();
    facets.len()
}

fn visible(field: &str) -> String {
    let chars = html::bits(field).into_iter().filter_map(|bit| match bit {
        Bit::Char(c) if !c.is_whitespace() => Some(c),
        _ => None,
    });
    text::normalized(&chars.collect::<String>())
}

/// The one column that says 項目, or else the one that says nothing of a facet; where others may be left out, the last such
/// before the first facet.
fn item_column(
    headings: &[Heading],
    facets: &[Option<Facet>],
    open: &[usize],
    strict: bool,
) -> Result<usize, NoHead> {
    let columns = |wanted: &dyn Fn(usize) -> bool| {
        open.iter().copied().filter(|index| wanted(*index)).collect::<Vec<usize>>()
    };
    let items = columns(&|i| compared(&headings[i].text).contains("項目"));
    if let [column] = items[..] {
        return Ok(column);
    }
    let others = columns(&|i| facets[i].is_none());
    let first_facet = facets.iter().position(Option::is_some).unwrap_or(0);
    match others[..] {
        [column] => Ok(column),
        [] => Err((0, "事業項目の列がありません。見出しの1つを「事業項目」にしてください。".to_owned())),
        [_, second, ..] if strict => Err((second, unknown(&headings[second].text))),
        [first, ..] => Ok(others.iter().copied().rfind(|column| *column < first_facet).unwrap_or(first)),
    }
}

/// All four, each once.
fn check_facets(headings: &[Heading], facets: &[Option<Facet>], item: usize) -> Result<(), NoHead> {
    for facet in Facet::ALL {
        let columns =
            (0..facets.len()).filter(|i| *i != item && facets[*i] == Some(facet)).collect::<Vec<_>>();
        match columns[..] {
            [_] => {}
            [] => return Err((headings.len() - 1, format!("「{}」の列がありません。", facet.name()))),
            [first, second, ..] => {
                let reason = format!("「{}」の列が2つあります（{}列目にも）。", facet.name(), first + 1);
                return Err((second, reason));
            }
        }
    }
    Ok(())
}

fn unknown(heading: &str) -> String {
    format!(
        "見出し「{heading}」が何の欄か読めません。「取組状況及び結果」「評価」「目標」「計画」のどれかの語を入れてください。"
    )
}

/// What a heading is about: the last of the words that tell a facet, since what comes last is what it is
/// (取組状況の評価 is an evaluation).
fn facet(heading: &str) -> Option<Facet> {
    const WORDS: [(&str, Facet); 6] = [
        ("状況", Facet::Status),
        ("結果", Facet::Status),
        ("実績", Facet::Status),
        ("評価", Facet::Evaluation),
        ("目標", Facet::Goal),
        ("計画", Facet::Plan),
    ];
    let heading = compared(heading);
    let last = WORDS.iter().filter_map(|(word, facet)| Some((heading.rfind(word)?, *facet)));
    last.max_by_key(|(place, _)| *place).map(|(_, facet)| facet)
}

/// A heading as its words are looked for: normalized, without white space.
fn compared(heading: &str) -> String {
    text::normalized(heading).chars().filter(|c| !c.is_whitespace()).collect()
}

/// A heading and its footnote, as written.
#[derive(Debug, PartialEq, Eq)]
struct Heading {
    text: String,
    /// With its mark; empty if there is none.
    footnote: String,
}

impl Heading {
    fn read(field: &str) -> Self {
        let flow = Flow::read(field);
        let (heading, footnote) = flow.text.split_at(flow.footnote().unwrap_or(flow.text.len()));
        Heading { text: heading.trim().to_owned(), footnote: footnote.trim().to_owned() }
    }

    fn check(&self) -> Result<(), String> {
        for (text, name, max) in [
            (&self.text, "見出し", limits::HEADING_CHARS),
            (&self.footnote, "見出しの注", limits::NOTE_CHARS),
        ] {
            let chars = text.chars().count();
            if chars > max {
                return Err(format!("{name}は{max}文字までです（今は{chars}文字）。"));
            }
            if text.chars().any(|c| c.is_control() && c != '\t') {
                return Err(format!("{name}に制御文字があります。取り除いてください。"));
            }
        }
        Ok(())
    }

    fn into_column(mut self, facet: Facet, sheet: FiscalYear) -> Result<ColumnReading, String> {
        let as_of = self.take_day();
        let expected = FiscalYear(sheet.0 + facet.year_offset());
        for year in years_in(&self.text) {
            let year = year.map_err(|fault| fault.to_string())?;
            if year != expected {
                return Err(format!(
                    "見出しの年度（{year}）が違います。{sheet}の表では「{}」は{expected}です。取り込む年度を確かめてください。",
                    facet.name()
                ));
            }
        }
        let (heading, footnote) = self.into_texts();
        Ok(ColumnReading { facet, fiscal_year: expected, heading, as_of, footnote })
    }

    /// Takes out the day that the column speaks of: 令和7年12月末時点, in brackets, at the heading's end, or below it
    /// in small letters. A bracket that is no day stays.
    fn take_day(&mut self) -> Option<Date> {
        take_bracketed_day(&mut self.text).or_else(|| take_last_day(&mut self.text)).or_else(|| {
            let day = parse_as_of(&self.footnote).ok()?;
            self.footnote.clear();
            Some(day)
        })
    }

    /// The heading, and the footnote without its mark.
    fn into_texts(self) -> (String, Option<String>) {
        let footnote = self.footnote.strip_prefix(is_note_mark).unwrap_or(&self.footnote).trim_start();
        let footnote = (!footnote.is_empty()).then(|| footnote.to_owned());
        (self.text, footnote)
    }
}

/// Takes the first day in brackets （令和7年12月末時点） out of a heading.
fn take_bracketed_day(heading: &mut String) -> Option<Date> {
    let (range, day) = brackets(heading).find_map(|range| {
        let day = parse_as_of(heading[range.clone()].trim_matches(is_bracket)).ok()?;
        Some((range, day))
    })?;
    cut(heading, range);
    Some(day)
}

/// Takes a day without brackets from a heading's end, if 時点 or 現在 says that it is one.
fn take_last_day(heading: &mut String) -> Option<Date> {
    let trimmed = heading.trim_end();
    let start = trimmed.rfind(char::is_whitespace)?;
    let day = ["時点", "現在"]
        .iter()
        .any(|end| trimmed.ends_with(end))
        .then(|| parse_as_of(&trimmed[start..]))?
        .ok()?;
    heading.truncate(trimmed[..start].trim_end().len());
    Some(day)
}

/// Takes a part out, and the white space before it.
fn cut(text: &mut String, part: Range<usize>) {
    let start = text[..part.start].trim_end().len();
    text.replace_range(start..part.end, "");
}

/// Where a text has something in round brackets, with them.
fn brackets(text: &str) -> impl Iterator<Item = Range<usize>> {
    text.match_indices(['（', '(']).filter_map(|(start, _)| {
        let end = text[start..].find(['）', ')'])?;
        let closing = text[start + end..].chars().next()?;
        Some(start..start + end + closing.len_utf8())
    })
}

fn is_bracket(c: char) -> bool {
    matches!(c, '（' | '）' | '(' | ')')
}

fn is_note_mark(c: char) -> bool {
    Mark::of(c) == Some(Mark::Note(NoteKind::Asterisk))
}

/// A heading in one line, and what of it is small.
#[derive(Default)]
struct Flow {
    text: String,
    small: Vec<Range<usize>>,
}

impl Flow {
    fn read(field: &str) -> Self {
        let mut flow = Flow::default();
        for bit in html::bits(field) {
            let end = flow.text.len();
            match bit {
                Bit::Char(c) => flow.text.push(c),
                Bit::Break(_) => {
                    if !flow.text.is_empty() && !flow.text.ends_with(char::is_whitespace) {
                        flow.text.push(' ');
                    }
                }
                Bit::Edge(Edge::SmallStart) => flow.small.push(end..usize::MAX),
                Bit::Edge(Edge::SmallEnd) => {
                    if let Some(open) = flow.small.iter_mut().rfind(|range| range.end == usize::MAX) {
                        open.end = end;
                    }
                }
                Bit::Edge(Edge::TextStart | Edge::TextEnd | Edge::Other) => {}
            }
        }
        flow
    }

    /// Where the footnote begins: at its mark, or where the text goes small to the end.
    fn footnote(&self) -> Option<usize> {
        let marked =
            self.text.char_indices().filter(|(index, c)| is_note_mark(*c) && self.is_mark(*index, *c));
        let small = self.small.iter().filter(|range| self.is_footnote(range)).map(|range| range.start);
        marked
            .map(|(index, _)| index)
            .chain(small)
            .filter(|start| !self.text[..*start].trim().is_empty())
            .min()
    }

    /// Whether a footnote follows the mark: 計画※ and 計画※1 point to one that stands elsewhere.
    fn is_mark(&self, index: usize, mark: char) -> bool {
        let in_brackets = self.text[..index].ends_with(['（', '(']);
        let after = self.text[index + mark.len_utf8()..].trim();
        !in_brackets && !after.chars().all(char::is_numeric)
    }

    /// The heading's end in small letters; a bracket in small letters is a part of the heading.
    fn is_footnote(&self, small: &Range<usize>) -> bool {
        let end = small.end.min(self.text.len());
        let bracketed = self.text[small.start..end].trim_start().starts_with(is_bracket);
        self.text[end..].trim().is_empty() && !bracketed
    }
}
