//! Days of the calendar, and the time of day in Japan.

use std::fmt;
use time::Month;

/// A day of the Gregorian calendar, years 1 to 9999; printed as ISO 8601 (2026-02-06).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(time::Date);

impl Date {
    /// `None` if there is no such day.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let month = Month::try_from(month).ok()?;
        time::Date::from_calendar_date(year, month, day).ok().filter(|_| (1..=9999).contains(&year)).map(Self)
    }

    /// A day that is known to be one: of an era, or a year's first.
    pub(super) const fn constant(year: i32, month: Month, day: u8) -> Self {
        match time::Date::from_calendar_date(year, month, day) {
            Ok(date) => Self(date),
            Err(_) => panic!("no such day"),
        }
    }

    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// 1 to 12.
    pub fn month(self) -> u8 {
        self.0.month().into()
    }

    /// 1 to 31.
    pub fn day(self) -> u8 {
        self.0.day()
    }

    pub fn days_in_month(self) -> u8 {
        self.0.month().length(self.0.year())
    }

    pub fn yesterday(self) -> Option<Self> {
        self.0.previous_day().map(Self)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

/// A minute in Japan; printed as 2026-02-06 10:42.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Minute {
    pub date: Date,
    pub hour: u8,
    pub minute: u8,
}

impl fmt::Display for Minute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:02}:{:02}", self.date, self.hour, self.minute)
    }
}

/// The minute in Japan of a moment in unix milliseconds: UTC+9, without summer time. What lies beyond the calendar is
/// its first or last day.
pub fn tokyo(unix_ms: i64) -> Minute {
    const MINUTES_A_DAY: i64 = 24 * 60;
    /// The Julian day of 1 January 1970.
    const EPOCH: i64 = 2_440_588;
    let minutes = unix_ms.div_euclid(60_000) + 9 * 60;
    let first = time::Date::from_ordinal_date(1, 1).unwrap_or(time::Date::MIN);
    let day = (EPOCH + minutes.div_euclid(MINUTES_A_DAY))
        .clamp(first.to_julian_day().into(), time::Date::MAX.to_julian_day().into());
    let date = time::Date::from_julian_day(day as i32).unwrap_or(first);
    let minute = minutes.rem_euclid(MINUTES_A_DAY);
    Minute { date: Date(date), hour: (minute / 60) as u8, minute: (minute % 60) as u8 }
}
