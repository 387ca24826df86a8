//! Eras, fiscal years and dates.

use proptest::prelude::*;
use renkei_domain::{
    Date, FiscalYear,
    era::{EraFault, format_as_of, format_long, format_short, parse_as_of, parse_date, tokyo, years_in},
};

fn day(year: i32, month: u8, day: u8) -> Date {
    Date::new(year, month, day).expect("a day")
}

#[test]
fn a_fiscal_year_is_read_in_every_spelling() {
    for (written, year) in [
        ("R8", 2026),
        ("r8", 2026),
        ("Ｒ８", 2026),
        ("Ｒ8年度", 2026),
        ("ｒ８年", 2026),
        ("令和8", 2026),
        ("令和8年", 2026),
        ("令和8年度", 2026),
        ("令和８年度", 2026),
        (" 令和 8 年度　", 2026),
        ("㋿8年度", 2026),
        ("令和八年度", 2026),
        ("令和十年度", 2028),
        ("令和二十一年度", 2039),
        ("令和元年度", 2019),
        ("令和元", 2019),
        ("令和1年度", 2019),
        ("R1", 2019),
        ("R元", 2019),
        ("平成31年度", 2019),
        ("H31", 2019),
        ("平成元年度", 1989),
        ("h1", 1989),
        ("昭和63年度", 1988),
        ("S63", 1988),
        ("昭和元年度", 1926),
        ("大正15年度", 1926),
        ("T15", 1926),
        ("大正元年度", 1912),
        ("明治45年度", 1912),
        ("明治元年度", 1868),
        ("m1", 1868),
        ("2026", 2026),
        ("２０２６", 2026),
        ("2026年度", 2026),
        ("2026年", 2026),
        ("西暦2026年度", 2026),
        ("R99", 2117),
    ] {
        assert_eq!(FiscalYear::parse(written), Ok(FiscalYear(year)), "{written}");
    }
}

#[test]
fn what_is_no_fiscal_year_is_refused_and_says_what_to_write() {
    for (written, message) in [
        ("", "年度を入力してください（例：R8、令和8年度、2026）。"),
        ("　", "年度を入力してください（例：R8、令和8年度、2026）。"),
        ("8", "「8」は年度として読めません。R8、令和8年度、2026のように書いてください。"),
        ("R", "「R」は年度として読めません。R8、令和8年度、2026のように書いてください。"),
        (
            "令和8年度計画",
            "「令和8年度計画」は年度として読めません。R8、令和8年度、2026のように書いてください。",
        ),
        ("20266", "「20266」は年度として読めません。R8、令和8年度、2026のように書いてください。"),
        ("昭和64年度", "昭和64年度はありません。平成元年度と書いてください。"),
        ("昭和65年度", "昭和65年度はありません。平成2年度と書いてください。"),
        ("平成32年度", "平成32年度はありません。令和2年度と書いてください。"),
        ("大正16年度", "大正16年度はありません。昭和2年度と書いてください。"),
        ("明治46年度", "明治46年度はありません。大正2年度と書いてください。"),
        ("令和0年度", "令和0年度はありません。平成30年度と書いてください。"),
        ("1867", "明治元年度（1868年度）から令和99年度（2117年度）までの年を書いてください。"),
        ("R100", "明治元年度（1868年度）から令和99年度（2117年度）までの年を書いてください。"),
    ] {
        assert_eq!(FiscalYear::parse(written).unwrap_err().to_string(), message);
    }
    assert_eq!(FiscalYear::checked(3000), Err(EraFault::OutOfRange));
    assert!(FiscalYear::parse(&"あ".repeat(10_000)).unwrap_err().to_string().chars().count() < 200);
}

#[test]
fn a_fiscal_year_is_named_after_the_era_of_its_may() {
    for (year, name, short) in [
        (2026, "令和8年度", "R8"),
        (2019, "令和元年度", "R1"),
        (2018, "平成30年度", "H30"),
        (1989, "平成元年度", "H1"),
        (1988, "昭和63年度", "S63"),
        (1926, "大正15年度", "T15"),
        (1912, "明治45年度", "M45"),
        (1868, "明治元年度", "M1"),
        (1867, "1867年度", "1867"),
        (i32::MIN, "-2147483648年度", "-2147483648"),
        (i32::MAX, "2147483647年度", "2147483647"),
    ] {
        assert_eq!(FiscalYear(year).to_string(), name);
        assert_eq!(FiscalYear(year).short(), short);
    }
}

#[test]
fn a_date_is_read_in_every_spelling() {
    for written in [
        "R8/2/6",
        "r8/02/06",
        "R8.2.6",
        "R8-2-6",
        "Ｒ８／２／６",
        "令和8年2月6日",
        "令和８年２月６日",
        "令和八年二月六日",
        "令和8年 2月 6日",
        "2026-02-06",
        "2026/2/6",
        "2026.2.6",
        "2026年2月6日",
        "西暦2026年2月6日",
        "2026−02−06",
    ] {
        assert_eq!(parse_date(written), Ok(day(2026, 2, 6)), "{written}");
    }
    assert_eq!(parse_date("令和元年5月1日"), Ok(day(2019, 5, 1)));
    assert_eq!(parse_date("H31/4/30"), Ok(day(2019, 4, 30)));
    assert_eq!(parse_date("昭和64年1月7日"), Ok(day(1989, 1, 7)));
    assert_eq!(parse_date("R8/2/29"), Err(EraFault::NoSuchDay("R8/2/29".to_owned())));
}

#[test]
fn what_is_no_date_is_refused_and_says_what_it_is_instead() {
    for (written, message) in [
        ("", "日付を入力してください（例：R8/2/6、令和8年2月6日、2026-02-06）。"),
        ("R1/4/30", "「R1/4/30」は令和の日付ではありません。平成31年4月30日のことなら、そう書いてください。"),
        ("H31/5/1", "「H31/5/1」は平成の日付ではありません。令和元年5月1日のことなら、そう書いてください。"),
        (
            "平成元年1月7日",
            "「平成元年1月7日」は平成の日付ではありません。昭和64年1月7日のことなら、そう書いてください。",
        ),
        (
            "昭和70年5月1日",
            "「昭和70年5月1日」は昭和の日付ではありません。平成7年5月1日のことなら、そう書いてください。",
        ),
        ("令和8年13月1日", "「令和8年13月1日」という日はありません。月と日を確かめてください。"),
        ("2026-00-10", "「2026-00-10」という日はありません。月と日を確かめてください。"),
        ("M1/1/24", "明治元年度（1868年度）から令和99年度（2117年度）までの年を書いてください。"),
    ] {
        assert_eq!(parse_date(written).unwrap_err().to_string(), message);
    }
    for written in [
        "R8",
        "R8/2",
        "R8/2/",
        "R8/2-6",
        "R8/2/6/1",
        "令和8年2月",
        "令和8年2月6",
        "8/2/6",
        "R8/2/6日",
        "2026-02-06T00:00",
    ] {
        assert_eq!(parse_date(written), Err(EraFault::NotADate(written.to_owned())));
    }
}

#[test]
fn a_headings_day_is_read_and_printed() {
    for written in [
        "令和7年12月末時点",
        "令和7年12月末",
        "令和7年12月末日現在",
        "令和7年12月31日現在",
        "R7/12/31現在",
        "R7.12末",
        "R7/12月末時点",
        "Ｒ７．１２．３１時点",
        "2025年12月末時点",
        "2025/12/31",
    ] {
        assert_eq!(parse_as_of(written), Ok(day(2025, 12, 31)), "{written}");
    }
    assert_eq!(parse_as_of("令和7年度末時点"), Ok(day(2026, 3, 31)));
    assert_eq!(parse_as_of("令和8年2月末現在"), Ok(day(2026, 2, 28)));
    for written in [
        "予定",
        "12月末時点",
        "令和7年度",
        "令和7年12月",
        "令和7年末",
        "末",
        "時点",
        "R7/12/6末",
        "R7年12月31末",
    ] {
        assert!(parse_as_of(written).is_err(), "{written}");
    }
    assert_eq!(format_as_of(day(2025, 12, 31)), "令和7年12月末時点");
    assert_eq!(format_as_of(day(2025, 12, 6)), "令和7年12月6日時点");
    assert_eq!(format_as_of(day(2019, 5, 31)), "令和元年5月末時点");
}

#[test]
fn years_are_found_in_a_text() {
    let years = |text| years_in(text).into_iter().map(|year| year.map(|year| year.0)).collect::<Vec<_>>();
    assert_eq!(years("令和7年度取組状況及び結果"), [Ok(2025)]);
    assert_eq!(years("取組状況（R7）"), [Ok(2025)]);
    assert_eq!(years("2026年度 目標"), [Ok(2026)]);
    assert_eq!(years("平成31年度・令和元年度の計画"), [Ok(2019), Ok(2019)]);
    assert_eq!(years("令和7年12月末時点、R7/12/31、2025年12月、第3回、2026、PR7、R7A、12345年"), []);
    assert_eq!(years("昭和64年度").len(), 1);
    assert!(years("昭和64年度")[0].is_err());
}

#[test]
fn japan_is_nine_hours_ahead() {
    assert_eq!(tokyo(0).to_string(), "1970-01-01 09:00");
    assert_eq!(tokyo(1_770_303_600_123).to_string(), "2026-02-06 00:00");
    assert_eq!(tokyo(-1).to_string(), "1970-01-01 08:59");
    assert!(tokyo(i64::MIN) < tokyo(i64::MAX));
}

fn days() -> impl Strategy<Value = Date> {
    (1868..=2117_i32, 1..=12_u8, 1..=31_u8).prop_filter_map("no such day", |(y, m, d)| {
        Date::new(y, m, d).filter(|date| *date >= day(1868, 1, 25))
    })
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again(date in days()) {
        prop_assert_eq!(parse_date(&format_short(date)), Ok(date));
        prop_assert_eq!(parse_date(&format_long(date)), Ok(date));
        prop_assert_eq!(parse_as_of(&format_as_of(date)), Ok(date));
        prop_assert_eq!(parse_date(&date.to_string()), Ok(date));
    }

    #[test]
    fn a_fiscal_year_is_read_as_it_is_printed(year in 1868..=2117_i32) {
        let year = FiscalYear(year);
        prop_assert_eq!(FiscalYear::parse(&year.to_string()), Ok(year));
        prop_assert_eq!(FiscalYear::parse(&year.short()), Ok(year));
        prop_assert_eq!(FiscalYear::parse(&year.0.to_string()), Ok(year));
        prop_assert_eq!(years_in(&format!("{year}の計画")), vec![Ok(year)]);
        prop_assert_eq!(FiscalYear::checked(year.0), Ok(year));
    }

    #[test]
    fn a_day_lies_in_its_fiscal_year(date in days()) {
        let year = FiscalYear::of(date);
        prop_assert!(year.first_day() <= date && date <= year.last_day());
        prop_assert_eq!(FiscalYear::of(year.first_day()), year);
        prop_assert_eq!(FiscalYear::of(year.last_day()), year);
    }

    #[test]
    fn nothing_panics(text in super::texts::text(), year in any::<i32>(), ms in any::<i64>()) {
        let _ = (FiscalYear::parse(&text), parse_date(&text), parse_as_of(&text), years_in(&text));
        let _ = (FiscalYear(year).to_string(), FiscalYear(year).first_day(), FiscalYear(year).last_day());
        let _ = (format_long(tokyo(ms).date), FiscalYear::of(tokyo(ms).date));
    }
}
