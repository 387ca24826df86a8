//! Years and dates as staff write them: fiscal years (April–March) in eras, 明治 to 令和.

mod date;
mod read;

use serde::{Deserialize, Serialize};
use time::Month::{April, December, January, July, March, May};

pub use date::{Date, Minute, tokyo};
pub use read::{EraFault, parse_as_of, parse_date, years_in};

/// April of this year of the common era to March of the next; 2026 is 令和8年度.
///
/// Any number may stand here; [`FiscalYear::checked`] says which ones the product works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FiscalYear(pub i32);

impl FiscalYear {
    /// 明治元年度, the first whose May has an era.
    pub const MIN: FiscalYear = FiscalYear(1868);
    /// 令和99年度: two digits in the era of today.
    pub const MAX: FiscalYear = FiscalYear(2117);

    /// A number that somebody gave as a year of the common era.
    pub fn checked(year: i32) -> Result<Self, EraFault> {
        if (Self::MIN.0..=Self::MAX.0).contains(&year) { Ok(Self(year)) } else { Err(EraFault::OutOfRange) }
    }

    /// R8, 令和8年度, 平成31, ｓ64, 2026年度: any spelling of any era's year, in which an April–March year begins or
    /// the era begins. Full width and half width, either case, white space anywhere.
    pub fn parse(written: &str) -> Result<Self, EraFault> {
        read::fiscal_year(written)
    }

    /// The fiscal year that a day belongs to.
    pub fn of(day: Date) -> Self {
        FiscalYear(if day.month() >= 4 { day.year() } else { day.year() - 1 })
    }

    /// R8
    pub fn short(self) -> String {
        match self.era() {
            Some(era) => format!("{}{}", era.letter, era.number(self.0)),
            None => self.0.to_string(),
        }
    }

    /// 1 April.
    pub fn first_day(self) -> Date {
        Date::constant(self.calendar_year(), April, 1)
    }

    /// 31 March.
    pub fn last_day(self) -> Date {
        Date::constant(self.calendar_year() + 1, March, 31)
    }

    /// The era that the year is called by: the one in force on 1 May, so that the year in which an era begins in
    /// spring has the new name (2019 is 令和元年度) and any other keeps the old one (1926 is 大正15年度).
    fn era(self) -> Option<&'static Era> {
        Era::on(Date::constant(self.calendar_year(), May, 1)).filter(|_| self <= Self::MAX)
    }

    /// Kept within what a date can say.
    fn calendar_year(self) -> i32 {
        self.0.clamp(1, 9_998)
    }
}

impl std::fmt::Display for FiscalYear {
    /// 令和8年度
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.era() {
            Some(era) => write!(f, "{}{}年度", era.name, first_as_gan(era.number(self.0))),
            None => write!(f, "{}年度", self.0),
        }
    }
}

/// R8/2/6; a day before 明治 by the common era.
pub fn format_short(day: Date) -> String {
    let (month, date) = (day.month(), day.day());
    match Era::on(day) {
        Some(era) => format!("{}{}/{month}/{date}", era.letter, era.number(day.year())),
        None => format!("{}/{month}/{date}", day.year()),
    }
}

/// 令和8年2月6日
pub fn format_long(day: Date) -> String {
    format!("{}{}日", year_and_month(day), day.day())
}

/// 令和7年12月末時点 at a month's end, else 令和7年12月6日時点.
pub fn format_as_of(day: Date) -> String {
    if day.day() == day.days_in_month() {
        format!("{}末時点", year_and_month(day))
    } else {
        format!("{}時点", format_long(day))
    }
}

fn year_and_month(day: Date) -> String {
    match Era::on(day) {
        Some(era) => {
            format!("{}{}年{}月", era.name, first_as_gan(era.number(day.year())), day.month())
        }
        None => format!("{}年{}月", day.year(), day.month()),
    }
}

/// An era's first year is 元年, not 1年.
fn first_as_gan(number: i32) -> String {
    if number == 1 { "元".to_owned() } else { number.to_string() }
}

#[derive(Debug, PartialEq, Eq)]
struct Era {
    name: &'static str,
    letter: char,
    first_day: Date,
}

/// In order. The days are those of the Gregorian calendar on which each era began by law.
static ERAS: [Era; 5] = [
    Era { name: "明治", letter: 'M', first_day: Date::constant(1868, January, 25) },
    Era { name: "大正", letter: 'T', first_day: Date::constant(1912, July, 30) },
    Era { name: "昭和", letter: 'S', first_day: Date::constant(1926, December, 25) },
    Era { name: "平成", letter: 'H', first_day: Date::constant(1989, January, 8) },
    Era { name: "令和", letter: 'R', first_day: Date::constant(2019, May, 1) },
];

impl Era {
    fn on(day: Date) -> Option<&'static Era> {
        ERAS.iter().rev().find(|era| era.first_day <= day)
    }

    /// A year of the common era, counted in this one.
    fn number(&self, year: i32) -> i32 {
        year - self.first_day.year() + 1
    }

    /// A year counted in this era, as one of the common era.
    fn year(&self, number: i32) -> i32 {
        self.first_day.year() + number - 1
    }

    /// Its last day, for an era that is over.
    fn last_day(&self) -> Option<Date> {
        let next = ERAS.iter().find(|era| era.first_day > self.first_day)?;
        next.first_day.yesterday()
    }
}
