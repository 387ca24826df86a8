//! Reading years and dates in any spelling, and saying in Japanese why one cannot be read.

use super::{Date, ERAS, Era, FiscalYear, format_long};
use unicode_normalization::UnicodeNormalization;

/// Why a text is no year, or no date. Texts in it are cut to what a message can hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EraFault {
    #[error("年度を入力してください（例：R8、令和8年度、2026）。")]
    NoYear,
    #[error("日付を入力してください（例：R8/2/6、令和8年2月6日、2026-02-06）。")]
    NoDate,
    #[error("「{0}」は年度として読めません。R8、令和8年度、2026のように書いてください。")]
    NotAYear(String),
    #[error("「{0}」は日付として読めません。R8/2/6、令和8年2月6日、2026-02-06のように書いてください。")]
    NotADate(String),
    #[error("{era}{number}年度はありません。{instead}と書いてください。")]
    NoSuchYear { era: &'static str, number: i32, instead: FiscalYear },
    #[error("「{0}」という日はありません。月と日を確かめてください。")]
    NoSuchDay(String),
    #[error("「{written}」は{era}の日付ではありません。{instead}のことなら、そう書いてください。", instead = format_long(*.instead))]
    OutsideEra { written: String, era: &'static str, instead: Date },
    #[error(
        "{min}（{min_year}年度）から{max}（{max_year}年度）までの年を書いてください。",
        min = FiscalYear::MIN, min_year = FiscalYear::MIN.0, max = FiscalYear::MAX, max_year = FiscalYear::MAX.0
    )]
    OutOfRange,
}

/// See [`FiscalYear::parse`].
pub(super) fn fiscal_year(written: &str) -> Result<FiscalYear, EraFault> {
    let text = plain(written);
    if text.is_empty() {
        return Err(EraFault::NoYear);
    }
    match read_year(&text) {
        Some((year, "" | "年" | "年度")) => year.as_fiscal_year(),
        _ => Err(EraFault::NotAYear(quoted(written))),
    }
}

/// R8/2/6, R8.2.6, R8-2-6, 令和8年2月6日, 2026-02-06, 2026/2/6, 2026年2月6日; full width and half width alike.
/// A day that its era does not have (R1/4/30) is refused with the day that it would be.
pub fn parse_date(written: &str) -> Result<Date, EraFault> {
    let text = plain(written);
    if text.is_empty() {
        return Err(EraFault::NoDate);
    }
    let unreadable = || EraFault::NotADate(quoted(written));
    let (year, rest) = read_year(&text).ok_or_else(unreadable)?;
    let (month, rest) = read_month(rest).ok_or_else(unreadable)?;
    let (day, rest) = number(rest.after).ok_or_else(unreadable).map(|(day, after)| {
        (day, if rest.closed_by_kanji { after.strip_prefix('日') } else { Some(after) })
    })?;
    if rest != Some("") {
        return Err(unreadable());
    }
    year.on(month, day, written)
}

/// The day of a heading's note: 令和7年12月末時点, R7/12/31現在, 令和7年12月31日, R7.12末, 令和7年度末.
pub fn parse_as_of(written: &str) -> Result<Date, EraFault> {
    let text = plain(written);
    let text = ["時点", "現在"].iter().find_map(|end| text.strip_suffix(end)).unwrap_or(&text);
    let Some(text) = ["末", "末日"].iter().find_map(|end| text.strip_suffix(end)) else {
        return parse_date(text);
    };
    let unreadable = || EraFault::NotADate(quoted(written));
    let (year, rest) = read_year(text).ok_or_else(unreadable)?;
    if rest == "年度" {
        return Ok(year.as_fiscal_year()?.last_day());
    }
    let (month, rest) = read_month(rest).ok_or_else(unreadable)?;
    if !rest.after.is_empty() {
        return Err(unreadable());
    }
    let first = Date::new(year.calendar_year(), narrow(month), 1).ok_or_else(unreadable)?;
    year.on(month, first.days_in_month().into(), written)
}

/// Every fiscal year that a text names, in order: in `令和7年度評価` one. A year of the common era needs 年 or 年度
/// behind it, and the year of a date (令和7年12月) is none.
pub fn years_in(text: &str) -> Vec<Result<FiscalYear, EraFault>> {
    let text = plain(text);
    let mut years = Vec::new();
    let mut rest = text.as_str();
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        let inside_word = before.is_some_and(|c: char| c.is_ascii_alphanumeric()) && first.is_ascii();
        match read_year(rest).filter(|_| !inside_word) {
            Some((year, after)) if year.stands_alone(after) => {
                years.push(year.as_fiscal_year());
                before = None;
                rest = after;
            }
            _ => {
                before = Some(first);
                rest = &rest[first.len_utf8()..];
            }
        }
    }
    years
}

/// A year as it was written.
#[derive(Clone, Copy)]
enum Year {
    Era(&'static Era, i32),
    Common(i32),
}

impl Year {
    fn as_fiscal_year(self) -> Result<FiscalYear, EraFault> {
        let (era, number) = match self {
            Year::Common(year) => return FiscalYear::checked(year),
            Year::Era(era, number) => (era, number),
        };
        let year = FiscalYear::checked(era.year(number))?;
        // An era's last days may be the end of a fiscal year that began the calendar year before: 昭和64年 was a week
        // of 昭和63年度, and no April has ever been in it.
        let over = era.last_day().is_some_and(|last| last < year.first_day());
        if number < 1 || over {
            return Err(EraFault::NoSuchYear { era: era.name, number, instead: year });
        }
        Ok(year)
    }

    fn calendar_year(self) -> i32 {
        match self {
            Year::Era(era, number) => era.year(number),
            Year::Common(year) => year,
        }
    }

    fn on(self, month: i32, day: i32, written: &str) -> Result<Date, EraFault> {
        let date = Date::new(self.calendar_year(), narrow(month), narrow(day))
            .ok_or_else(|| EraFault::NoSuchDay(quoted(written)))?;
        if Era::on(date).is_none() || date > FiscalYear::MAX.last_day() {
            return Err(EraFault::OutOfRange);
        }
        match self {
            Year::Era(era, _) if Era::on(date) != Some(era) => {
                Err(EraFault::OutsideEra { written: quoted(written), era: era.name, instead: date })
            }
            _ => Ok(date),
        }
    }

    /// Whether what follows leaves it a fiscal year, and not a part of a date or of a longer number.
    fn stands_alone(self, after: &str) -> bool {
        let named = after.strip_prefix('年');
        let behind = named.unwrap_or(after);
        let ends = match (self, named) {
            (Year::Common(_), None) => false,
            (_, Some(_)) => number(behind).is_none_or(|(_, rest)| !rest.starts_with('月')),
            (Year::Era(..), None) => {
                !behind.starts_with(|c: char| c.is_ascii_alphanumeric() || "/.-".contains(c))
            }
        };
        ends && !behind.starts_with("月")
    }
}

/// What stands behind a month, and whether its day has to end in 日.
struct Behind<'a> {
    after: &'a str,
    closed_by_kanji: bool,
}

/// The month behind a year: 年12月, /12/, /12 at the end.
fn read_month(rest: &str) -> Option<(i32, Behind<'_>)> {
    if let Some(rest) = rest.strip_prefix('年') {
        let (month, rest) = number(rest)?;
        return Some((month, Behind { after: rest.strip_prefix('月')?, closed_by_kanji: true }));
    }
    let separator = rest.chars().next().filter(|c| "/.-".contains(*c))?;
    let (month, rest) = number(&rest[1..])?;
    let after = if rest.is_empty() { rest } else { rest.strip_prefix([separator, '月'])? };
    Some((month, Behind { after, closed_by_kanji: false }))
}

/// A year at the start of a plain text, and what follows it.
fn read_year(text: &str) -> Option<(Year, &str)> {
    for era in &ERAS {
        let Some(rest) = text.strip_prefix(era.name).or_else(|| text.strip_prefix(era.letter)) else {
            continue;
        };
        return match rest.strip_prefix('元') {
            Some(rest) => Some((Year::Era(era, 1), rest)),
            None => number(rest).map(|(number, rest)| (Year::Era(era, number), rest)),
        };
    }
    let text = text.strip_prefix("西暦").unwrap_or(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 4).then(|| text[..4].parse().ok()).flatten().map(|year| (Year::Common(year), &text[4..]))
}

/// A number of at most three digits, or 一 to 九十九, at the start of a plain text.
fn number(text: &str) -> Option<(i32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        return (digits <= 3).then(|| text[..digits].parse().ok()).flatten().map(|n| (n, &text[digits..]));
    }
    let end = text.find(|c| !"一二三四五六七八九十".contains(c)).unwrap_or(text.len());
    kanji_number(&text[..end]).map(|n| (n, &text[end..]))
}

fn kanji_number(text: &str) -> Option<i32> {
    let digit = |text: &str| {
        let mut chars = text.chars();
        let value = chars.next().and_then(|c| "一二三四五六七八九".chars().position(|digit| digit == c))?;
        chars.next().is_none().then_some(value as i32 + 1)
    };
    let Some((tens, ones)) = text.split_once('十') else { return digit(text) };
    let tens = if tens.is_empty() { 1 } else { digit(tens)? };
    let ones = if ones.is_empty() { 0 } else { digit(ones)? };
    Some(10 * tens + ones)
}

/// NFKC, capitals, one kind of hyphen, no white space: the one spelling that is read.
fn plain(written: &str) -> String {
    let hyphen = |c| if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { c };
    written.nfkc().filter(|c| !c.is_whitespace()).map(|c| hyphen(c).to_ascii_uppercase()).collect()
}

/// A month's or a day's number; 0, which none has, if it is too large for any.
fn narrow(number: i32) -> u8 {
    u8::try_from(number).unwrap_or_default()
}

/// As much of what somebody wrote as a message can show.
fn quoted(written: &str) -> String {
    const CHARS: usize = 40;
    let written = written.trim();
    match written.char_indices().nth(CHARS) {
        Some((end, _)) => format!("{}…", &written[..end]),
        None => written.to_owned(),
    }
}
