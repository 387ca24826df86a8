//! Number formats: what Excel shows of a value, as far as that is certain.
//!
//! A format has up to four sections, of positive and negative numbers, of zero and of text. A section shows a
//! number in digits, a moment or a duration, or a text, with literals round it.

use calamine::{ExcelDateTime, ExcelDateTimeType};
use renkei_domain::{Date, era};

/// Excel takes no longer code.
const CODE_CHARS: usize = 255;
/// 1 January 10000.
const END: f64 = 2_958_466.0;
const DAY_SECONDS: f64 = 86_400.0;

/// What a format of a cell does to its value.
#[derive(Debug)]
pub struct Format {
    /// `None`: the code is not understood.
    sections: Option<Vec<Section>>,
    /// Whether it may change texts.
    of_text: bool,
}

#[derive(Debug)]
enum Section {
    /// Literals alone; of nothing at all, what is in the cell is hidden.
    Literal(String),
    General(String, String),
    Text(String, String),
    Number(Number),
    Moment(Moment),
}

/// A number's digits.
#[derive(Debug, Default)]
struct Number {
    prefix: String,
    suffix: String,
    /// Digits before the point that are always shown.
    whole: usize,
    /// Digits behind the point that are always shown, and all that are.
    places: (usize, usize),
    point: bool,
    grouped: bool,
    /// The power of ten that it is multiplied by: 2 for each per cent, -3 for each comma behind the digits.
    power: i32,
}

/// A date, a time or a duration.
#[derive(Debug)]
struct Moment {
    parts: Vec<Part>,
    /// The first year of an era is 元年.
    gan: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    /// A letter, and how often it stands there.
    Clock(char, usize),
    /// Minutes: `m` beside hours or seconds.
    Minute(usize),
    /// Hours, minutes or seconds in all: `[h]`.
    Elapsed(char, usize),
    /// AM or PM
    Half,
}

enum Token {
    Part(Part),
    Digit(char),
    Point,
    Comma,
    Percent,
    General,
    Text,
}

/// One section's tokens, and what its locale says.
#[derive(Default)]
struct Tokens {
    tokens: Vec<Token>,
    gan: bool,
    /// Of another language than Japanese.
    foreign: bool,
}

impl Format {
    pub fn read(code: &str) -> Self {
        let of_text = code.contains('@') || code.matches(';').count() >= 3;
        Format { sections: sections(code), of_text }
    }

    /// A format that every program knows by its number, as Excel in Japanese has it.
    pub fn built_in(id: usize) -> Option<&'static str> {
        Some(match id {
            0 => "General",
            1 => "0",
            2 => "0.00",
            3 => "#,##0",
            4 => "#,##0.00",
            5 => "\"¥\"#,##0;\"¥\"\\-#,##0",
            6 => "\"¥\"#,##0;[Red]\"¥\"\\-#,##0",
            7 => "\"¥\"#,##0.00;\"¥\"\\-#,##0.00",
            8 => "\"¥\"#,##0.00;[Red]\"¥\"\\-#,##0.00",
            9 => "0%",
            10 => "0.00%",
            11 => "0.00E+00",
            12 => "# ?/?",
            13 => "# ??/??",
            14 => "yyyy/m/d",
            15 => "d-mmm-yy",
            16 => "d-mmm",
            17 => "mmm-yy",
            18 => "h:mm AM/PM",
            19 => "h:mm:ss AM/PM",
            20 => "h:mm",
            21 => "h:mm:ss",
            22 => "yyyy/m/d h:mm",
            27 | 36 | 50 | 57 => "[$-411]ge.m.d",
            28 | 29 | 51 | 54 | 58 => "[$-411]ggge\"年\"m\"月\"d\"日\"",
            30 => "m/d/yy",
            31 => "yyyy\"年\"m\"月\"d\"日\"",
            32 => "h\"時\"mm\"分\"",
            33 => "h\"時\"mm\"分\"ss\"秒\"",
            34 | 52 | 55 => "yyyy\"年\"m\"月\"",
            35 | 53 | 56 => "m\"月\"d\"日\"",
            37 => "#,##0;\\-#,##0",
            38 => "#,##0;[Red]\\-#,##0",
            39 => "#,##0.00;\\-#,##0.00",
            40 => "#,##0.00;[Red]\\-#,##0.00",
            41 => "_ * #,##0_ ;_ * \\-#,##0_ ;_ * \"-\"_ ;_ @_ ",
            42 => "_ \"¥\"* #,##0_ ;_ \"¥\"* \\-#,##0_ ;_ \"¥\"* \"-\"_ ;_ @_ ",
            43 => "_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"??_ ;_ @_ ",
            44 => "_ \"¥\"* #,##0.00_ ;_ \"¥\"* \\-#,##0.00_ ;_ \"¥\"* \"-\"??_ ;_ @_ ",
            45 => "mm:ss",
            46 => "[h]:mm:ss",
            49 => "@",
            _ => return None,
        })
    }

    /// What is shown of a text; `None`: that is not certain.
    pub fn text(&self, text: &str) -> Option<String> {
        if !self.of_text {
            return Some(text.to_owned());
        }
        let sections = self.sections.as_deref()?;
        match sections.last()? {
            Section::Text(before, behind) => Some(format!("{before}{text}{behind}")),
            _ => (sections.len() < 4).then(|| text.to_owned()),
        }
    }

    /// What is shown of a number, which may be a moment; `None`: that is not certain.
    pub fn number(&self, value: f64, is_1904: bool) -> Option<String> {
        let sections = self.sections.as_deref()?;
        if !value.is_finite() {
            return None;
        }
        let of_numbers = match sections {
            [before @ .., Section::Text(..)] => before,
            sections => &sections[..sections.len().min(3)],
        };
        let chosen = match of_numbers {
            [] => return Some(general(value)),
            [only] => only,
            [_, negative, ..] if value < 0.0 => {
                return negative.shown(value.abs(), is_1904).filter(|_| !negative.is_moment());
            }
            [_, _, zero] if value == 0.0 => zero,
            [positive, ..] => positive,
        };
        let shown = chosen.shown(value.abs(), is_1904)?;
        match chosen {
            Section::Moment(_) if value < 0.0 => None,
            _ if value < 0.0 => Some(format!("-{shown}")),
            _ => Some(shown),
        }
    }
}

impl Section {
    fn is_moment(&self) -> bool {
        matches!(self, Section::Moment(_))
    }

    fn shown(&self, value: f64, is_1904: bool) -> Option<String> {
        match self {
            // A number is hidden so, and zero is not shown.
            Section::Literal(literal) if literal.is_empty() => (value == 0.0).then(String::new),
            Section::Literal(literal) => Some(literal.clone()),
            Section::General(before, behind) => Some(format!("{before}{}{behind}", general(value))),
            Section::Text(..) => None,
            Section::Number(number) => number.shown(value),
            Section::Moment(moment) => moment.shown(value, is_1904),
        }
    }

    fn of(Tokens { tokens, gan, foreign }: Tokens) -> Option<Self> {
        let is_clock = |token: &Token| {
            matches!(token, Token::Part(Part::Clock(..) | Part::Minute(_) | Part::Elapsed(..) | Part::Half))
        };
        if tokens.iter().any(is_clock) {
            let moment = Moment::of(tokens, gan)?;
            let is_era = |part: &Part| matches!(part, Part::Clock('g' | 'e' | 'a', _));
            return (!foreign || !moment.parts.iter().any(is_era)).then_some(Section::Moment(moment));
        }
        let whole = |token: &Token| matches!(token, Token::General | Token::Text);
        match tokens.iter().position(whole) {
            Some(at) => {
                let before = literals(&tokens[..at])?;
                let behind = literals(&tokens[at + 1..])?;
                Some(match tokens[at] {
                    Token::Text => Section::Text(before, behind),
                    _ => Section::General(before, behind),
                })
            }
            None if tokens.iter().any(|token| matches!(token, Token::Digit(_))) => {
                Number::of(&tokens).map(Section::Number)
            }
            None => literals(&tokens).map(Section::Literal),
        }
    }
}

/// The text of tokens that are literals, and of no others.
fn literals(tokens: &[Token]) -> Option<String> {
    let literal = |token: &Token| match token {
        Token::Part(Part::Literal(literal)) => Some(literal.clone()),
        _ => None,
    };
    tokens.iter().map(literal).collect()
}

/// The sections of a code; `None`: something in it is not understood.
fn sections(code: &str) -> Option<Vec<Section>> {
    if code.chars().count() > CODE_CHARS {
        return None;
    }
    // The long date and the time of the system.
    let code = if code.starts_with("[$-F800]") {
        "yyyy\"年\"m\"月\"d\"日\""
    } else if code.starts_with("[$-F400]") {
        "h:mm:ss"
    } else {
        code
    };
    let sections: Vec<Section> = tokens(code)?.into_iter().map(Section::of).collect::<Option<_>>()?;
    let last = sections.len().checked_sub(1)?;
    let is_text = |section: &Section| matches!(section, Section::Text(..));
    let texts_last = sections[..last].iter().all(|section| !is_text(section));
    (sections.len() <= 4 && texts_last).then_some(sections)
}

/// The tokens of each section.
fn tokens(code: &str) -> Option<Vec<Tokens>> {
    let chars: Vec<char> = code.chars().collect();
    let mut sections = vec![Tokens::default()];
    let mut at = 0;
    while at < chars.len() {
        let c = chars[at];
        let letter = c.to_ascii_lowercase();
        at += 1;
        if c == ';' {
            sections.push(Tokens::default());
            continue;
        }
        let section = sections.last_mut()?;
        let token = match c {
            '"' => {
                let length = chars[at..].iter().position(|c| *c == '"')?;
                let literal = chars[at..at + length].iter().collect();
                at += length + 1;
                Token::Part(Part::Literal(literal))
            }
            '\\' => {
                at += 1;
                Token::Part(Part::Literal(chars.get(at - 1)?.to_string()))
            }
            // As wide as the next character.
            '_' => {
                chars.get(at)?;
                at += 1;
                continue;
            }
            // Fills the cell with the next character.
            '*' => {
                chars.get(at).filter(|c| c.is_whitespace())?;
                at += 1;
                continue;
            }
            '[' => {
                let length = chars[at..].iter().position(|c| *c == ']')?;
                let written: String = chars[at..at + length].iter().collect();
                at += length + 1;
                match section.bracket(&written)? {
                    Some(part) => Token::Part(part),
                    None => continue,
                }
            }
            '0' | '#' | '?' => Token::Digit(c),
            '.' => Token::Point,
            ',' => Token::Comma,
            '%' => Token::Percent,
            '@' => Token::Text,
            // A fraction.
            '/' if section.tokens.iter().any(|token| matches!(token, Token::Digit(_))) => return None,
            _ if begins(&chars[at - 1..], "general") => {
                at += "general".len() - 1;
                Token::General
            }
            _ if begins(&chars[at - 1..], "am/pm") => {
                at += "am/pm".len() - 1;
                Token::Part(Part::Half)
            }
            // A power of ten.
            'E' | 'e' if matches!(chars.get(at), Some('+' | '-')) => return None,
            _ if "ymdhsega".contains(letter) => {
                let more = chars[at..].iter().take_while(|c| c.to_ascii_lowercase() == letter).count();
                at += more;
                Token::Part(Part::Clock(letter, more + 1))
            }
            _ if " -+$():/^'{}<>=&~!".contains(c) || !c.is_ascii() => {
                Token::Part(Part::Literal(c.to_string()))
            }
            _ => return None,
        };
        section.tokens.push(token);
    }
    Some(sections)
}

/// Whether characters begin with a word, in either case.
fn begins(chars: &[char], word: &str) -> bool {
    chars.len() >= word.len() && chars.iter().zip(word.chars()).all(|(c, of)| c.to_ascii_lowercase() == of)
}

impl Tokens {
    /// What stands in brackets. `None`: it is not understood; `Some(None)`: nothing is shown of it.
    fn bracket(&mut self, written: &str) -> Option<Option<Part>> {
        const COLOURS: [&str; 16] = [
            "black", "blue", "cyan", "green", "magenta", "red", "white", "yellow", "黒", "青", "水", "緑",
            "紫", "赤", "白", "黄",
        ];
        if let Some(currency) = written.strip_prefix('$') {
            let (symbol, locale) = currency.split_once('-').unwrap_or((currency, ""));
            let name = locale.split(',').next().unwrap_or_default();
            // Longer numbers name a calendar and numerals too.
            if name.chars().all(|c| c.is_ascii_hexdigit()) && name.len() > 4 {
                return None;
            }
            self.gan |= name.ends_with("x-gannen");
            self.foreign |= !matches!(name, "" | "411" | "0411") && !name.starts_with("ja-JP");
            return Some((!symbol.is_empty()).then(|| Part::Literal(symbol.to_owned())));
        }
        let lower = written.to_lowercase();
        let first = lower.chars().next()?;
        if matches!(first, 'h' | 'm' | 's') && lower.chars().all(|c| c == first) {
            return Some(Some(Part::Elapsed(first, lower.len())));
        }
        let numbered = lower.strip_prefix("color").or(lower.strip_prefix('色'));
        let is_number =
            |rest: &str| !rest.trim().is_empty() && rest.trim().bytes().all(|c| c.is_ascii_digit());
        (COLOURS.contains(&lower.as_str()) || numbered.is_some_and(is_number)).then_some(None)
    }
}

impl Number {
    fn of(tokens: &[Token]) -> Option<Self> {
        let mut number = Number::default();
        // Digits have begun, they have ended, commas since the last of them.
        let (mut begun, mut ended, mut commas) = (false, false, 0);
        for token in tokens {
            match token {
                // Literals among the digits are not shown beside each other.
                Token::Digit(_) if ended => return None,
                Token::Digit(kind) => {
                    if number.point && commas > 0 {
                        return None;
                    }
                    number.grouped |= commas > 0;
                    commas = 0;
                    begun = true;
                    if number.point {
                        number.places.1 += 1;
                        if *kind == '0' {
                            number.places.0 = number.places.1;
                        }
                    } else if *kind == '0' || number.whole > 0 {
                        number.whole += 1;
                    }
                }
                Token::Comma if begun && !ended => commas += 1,
                Token::Point if !ended && !number.point => {
                    number.power -= 3 * std::mem::take(&mut commas);
                    (begun, number.point) = (true, true);
                }
                Token::Percent => {
                    number.power += 2;
                    ended |= begun;
                    number.literal(ended).push('%');
                }
                Token::Part(Part::Literal(literal)) => {
                    ended |= begun;
                    number.literal(ended).push_str(literal);
                }
                _ => return None,
            }
        }
        number.power -= 3 * commas;
        Some(number)
    }

    fn literal(&mut self, ended: bool) -> &mut String {
        if ended { &mut self.suffix } else { &mut self.prefix }
    }

    fn shown(&self, value: f64) -> Option<String> {
        let (digits, first) = decimal(value)?;
        let places = i32::try_from(self.places.1).ok()?;
        let (digits, first) = rounded(digits, first + self.power, places);
        let digit = |power: i32| {
            let index = usize::try_from(first - power).ok();
            char::from(b'0' + index.and_then(|index| digits.get(index)).copied().unwrap_or(0))
        };
        let whole: String = (0..=first).rev().map(digit).collect();
        let whole = format!("{:0>width$}", whole.trim_start_matches('0'), width = self.whole);
        let mut behind: String = (1..=places).map(|place| digit(-place)).collect();
        while behind.len() > self.places.0 && behind.ends_with('0') {
            behind.pop();
        }
        let whole = if self.grouped { grouped(&whole) } else { whole };
        let point = if self.point { "." } else { "" };
        Some(format!("{}{whole}{point}{behind}{}", self.prefix, self.suffix))
    }
}

/// 1,234,567
fn grouped(digits: &str) -> String {
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// The fifteen digits that Excel knows of a number, and the power of ten that the first of them stands for.
fn decimal(value: f64) -> Option<(Vec<u8>, i32)> {
    let written = format!("{:.14e}", value.abs());
    let (digits, power) = written.split_once('e')?;
    let digits = digits.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
    Some((digits, power.parse().ok()?))
}

/// Digits with no more than so many places behind the point; half goes up.
fn rounded(mut digits: Vec<u8>, mut first: i32, places: i32) -> (Vec<u8>, i32) {
    let Ok(kept) = usize::try_from(first + 1 + places) else { return (Vec::new(), 0) };
    if kept >= digits.len() {
        return (digits, first);
    }
    let up = digits[kept] >= 5;
    digits.truncate(kept);
    if up {
        match digits.iter().rposition(|digit| *digit < 9) {
            Some(at) => {
                digits[at] += 1;
                digits[at + 1..].fill(0);
            }
            None => {
                digits.fill(0);
                digits.insert(0, 1);
                first += 1;
            }
        }
    }
    (digits, first)
}

/// A number without a format: the digits that Excel knows of it.
pub fn general(value: f64) -> String {
    let known = format!("{value:.14e}").parse().unwrap_or(value);
    // Without a sign of its own.
    if known == 0.0 { "0".to_owned() } else { known.to_string() }
}

impl Moment {
    fn of(tokens: Vec<Token>, gan: bool) -> Option<Self> {
        let part = |token| match token {
            Token::Part(part) => Some(part),
            Token::Point => Some(Part::Literal(".".to_owned())),
            Token::Comma => Some(Part::Literal(",".to_owned())),
            _ => None,
        };
        let mut parts: Vec<Part> = tokens.into_iter().map(part).collect::<Option<_>>()?;
        let clocks: Vec<usize> = (0..parts.len())
            .filter(|index| !matches!(parts[*index], Part::Literal(_) | Part::Half))
            .collect();
        for (nth, index) in clocks.iter().enumerate() {
            let Part::Clock('m', count @ 1..=2) = parts[*index] else { continue };
            let beside =
                |place: Option<usize>| place.and_then(|place| clocks.get(place)).map(|at| &parts[*at]);
            let behind_hours =
                matches!(beside(nth.checked_sub(1)), Some(Part::Clock('h', _) | Part::Elapsed('h', _)));
            let before_seconds = matches!(beside(Some(nth + 1)), Some(Part::Clock('s', _)));
            if behind_hours || before_seconds {
                parts[*index] = Part::Minute(count);
            }
        }
        let known = |part: &Part| match part {
            // Months and days of the week by their English names.
            Part::Clock('m' | 'd' | 'h' | 's' | 'e', count) => *count <= 2,
            Part::Clock('y', count) => *count <= 4,
            Part::Clock('g', count) => *count <= 3,
            Part::Clock('a', count) => (3..=4).contains(count),
            _ => true,
        };
        parts.iter().all(known).then_some(Moment { parts, gan })
    }

    fn has(&self, letters: &[char]) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Clock(letter, _) if letters.contains(letter)))
    }

    fn shown(&self, value: f64, is_1904: bool) -> Option<String> {
        if value >= END {
            return None;
        }
        let clock = Clock::of(value, is_1904);
        let numbers_alone = !self.has(&['e', 'g', 'a'])
            && self.parts.iter().all(|part| match part {
                Part::Literal(literal) => literal.chars().all(|c| " -/.,:".contains(c)),
                Part::Half => false,
                _ => true,
            });
        let dated = self.has(&['y', 'm', 'd', 'e', 'g', 'a']);
        let minutes = self.parts.iter().any(|part| matches!(part, Part::Minute(_)));
        let in_all = self.parts.iter().any(|part| matches!(part, Part::Elapsed('h', _)));
        let timed = (self.has(&['h']) || in_all) && minutes;
        let whole_day = ['y', 'm', 'd'].iter().all(|letter| self.has(&[*letter]));
        let with_seconds = self.has(&['s']);
        if numbers_alone && timed && !dated {
            let hours = if in_all { clock.seconds_in_all / 3_600 } else { u64::from(clock.hour) };
            return Some(clock.time(hours, with_seconds));
        }
        // Before the first day there are times alone.
        if dated && value < 1.0 && !is_1904 {
            let time = clock.time(clock.hour.into(), with_seconds);
            return (numbers_alone && timed && whole_day).then_some(time);
        }
        if numbers_alone && whole_day {
            let day = clock.day();
            let at_midnight = (clock.hour, clock.minute) == (0, 0);
            return Some(if timed && !at_midnight {
                format!("{day} {}", clock.time(clock.hour.into(), with_seconds))
            } else {
                day
            });
        }
        self.parts.iter().map(|part| self.part(part, &clock)).collect()
    }

    fn part(&self, part: &Part, clock: &Clock) -> Option<String> {
        let padded = |number: u64, width: usize| format!("{number:0>width$}");
        let halves = self.parts.contains(&Part::Half);
        Some(match part {
            Part::Literal(literal) => literal.clone(),
            Part::Half => if clock.hour < 12 { "AM" } else { "PM" }.to_owned(),
            Part::Minute(count) => padded(clock.minute.into(), *count),
            Part::Elapsed(unit, count) => {
                let seconds = clock.seconds_in_all;
                let whole = match unit {
                    'h' => seconds / 3_600,
                    'm' => seconds / 60,
                    _ => seconds,
                };
                padded(whole, *count)
            }
            Part::Clock(letter, count) => match letter {
                'y' if *count <= 2 => padded(u64::from(clock.year % 100), 2),
                'y' => padded(clock.year.into(), 4),
                'm' => padded(clock.month.into(), *count),
                'd' => padded(clock.date.into(), *count),
                'h' if halves => padded(u64::from((clock.hour + 11) % 12 + 1), *count),
                'h' => padded(clock.hour.into(), *count),
                's' => padded(clock.second.into(), *count),
                'g' => {
                    let (name, letter, _) = clock.era()?;
                    match count {
                        1 => letter.to_string(),
                        2 => name.chars().take(1).collect(),
                        _ => name,
                    }
                }
                'e' => match clock.era()?.2 {
                    1 if self.gan => "元".to_owned(),
                    number => padded(number, *count),
                },
                'a' => {
                    let day = clock.day_of_week()?;
                    if *count == 3 { day.to_string() } else { format!("{day}曜日") }
                }
                _ => return None,
            },
        })
    }
}

/// A moment, taken apart.
struct Clock {
    year: u16,
    month: u8,
    date: u8,
    hour: u8,
    minute: u8,
    second: u8,
    seconds_in_all: u64,
}

impl Clock {
    fn of(value: f64, is_1904: bool) -> Self {
        let moment = ExcelDateTime::new(value, ExcelDateTimeType::DateTime, is_1904);
        let (year, month, date, hour, minute, second, _) = moment.to_ymd_hms_milli();
        let seconds_in_all = (value * DAY_SECONDS).round() as u64;
        Clock { year, month, date, hour, minute, second, seconds_in_all }
    }

    /// 2026/2/6
    fn day(&self) -> String {
        format!("{}/{}/{}", self.year, self.month, self.date)
    }

    /// 9:05, and its seconds if there are any.
    fn time(&self, hours: u64, with_seconds: bool) -> String {
        match self.second {
            second if with_seconds && second > 0 => format!("{hours}:{:02}:{second:02}", self.minute),
            _ => format!("{hours}:{:02}", self.minute),
        }
    }

    /// Its era's name and letter, and the year in it.
    fn era(&self) -> Option<(String, char, u64)> {
        let day = Date::new(self.year.into(), self.month, self.date)?;
        let (long, short) = (era::format_long(day), era::format_short(day));
        let (era, _) = long.split_once('年')?;
        let name: String = era.chars().take(2).collect();
        let number = match era.strip_prefix(name.as_str())? {
            "元" => 1,
            number => number.parse().ok()?,
        };
        Some((name, short.chars().next()?, number))
    }

    /// By Sakamoto's method.
    fn day_of_week(&self) -> Option<char> {
        const SHIFTS: [u16; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
        let month = usize::from(self.month).checked_sub(1)?;
        let year = if self.month < 3 { self.year.checked_sub(1)? } else { self.year };
        let days = year + year / 4 - year / 100 + year / 400 + SHIFTS.get(month)? + u16::from(self.date);
        "日月火水木金土".chars().nth(usize::from(days % 7))
    }
}

/// A moment or a duration without a format that is understood.
pub fn plain_moment(moment: &ExcelDateTime, is_1904: bool) -> String {
    let value = moment.as_f64();
    if !(0.0..END).contains(&value) {
        return general(value);
    }
    let clock = Clock::of(value, is_1904);
    if moment.is_duration() {
        return clock.time(clock.seconds_in_all / 3_600, true);
    }
    let time = clock.time(clock.hour.into(), true);
    match (value < 1.0 && !is_1904, clock.hour, clock.minute) {
        (true, ..) => time,
        (false, 0, 0) => clock.day(),
        (false, ..) => format!("{} {time}", clock.day()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what is not there fails the test")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(code: &str, value: f64) -> Option<String> {
        Format::read(code).number(value, false)
    }

    #[track_caller]
    fn shows(code: &str, value: f64, expected: &str) {
        assert_eq!(number(code, value).as_deref(), Some(expected), "{code} {value}");
    }

    #[test]
    fn numbers_are_shown_in_their_digits() {
        for (code, value, expected) in [
            ("0", 2.5, "3"),
            ("0", -2.5, "-3"),
            ("0", 0.4, "0"),
            ("#", 0.0, ""),
            ("000", 7.0, "007"),
            ("0.00", 1.005, "1.01"),
            ("0.00", 9.999, "10.00"),
            ("0.0#", 1.5, "1.5"),
            ("0.##", 5.0, "5."),
            (".00", 0.5, ".50"),
            ("#,##0", 1_234_567.0, "1,234,567"),
            ("#,##0", 12.0, "12"),
            ("#,##0", 999_999.5, "1,000,000"),
            ("#,##0,", 1_234_567.0, "1,235"),
            ("0%", 0.5, "50%"),
            ("0.0%", 0.1234, "12.3%"),
            ("0%", 0.285, "29%"),
            ("0", 1e20, "100000000000000000000"),
        ] {
            shows(code, value, expected);
        }
    }

    #[test]
    fn literals_stand_round_a_number() {
        for (code, value, expected) in [
            ("0\"件\"", 47.0, "47件"),
            ("\"計\"0\"回\"", 45.0, "計45回"),
            ("General\"回\"", 1.5, "1.5回"),
            ("0件", 47.0, "47件"),
            ("\\約#,##0\\人", 1_200.0, "約1,200人"),
            ("[$¥-411]#,##0", 1_000.0, "¥1,000"),
            ("#,##0_ ", 1_000.0, "1,000"),
            ("_ * #,##0_ ", 1_000.0, "1,000"),
            ("\"第\"0\"回\";;\"なし\"", 0.0, "なし"),
            ("@", 3.0, "3"),
            ("\"○\"@", 3.0, "3"),
        ] {
            shows(code, value, expected);
        }
    }

    #[test]
    fn each_section_has_its_numbers() {
        let code = "#,##0;[Red]\"▲\"#,##0;\"-\"";
        shows(code, 1_000.0, "1,000");
        shows(code, -1_000.0, "▲1,000");
        shows(code, 0.0, "-");
        shows("0;(0)", -3.0, "(3)");
        shows("0;(0)", 0.0, "0");
        shows("0;-0;;@", 0.0, "");
        assert_eq!(number(";;;", 5.0), None, "what is hidden is not lost");
    }

    #[test]
    fn formats_that_have_a_number_alone_are_known() {
        for (id, value, expected) in [
            (9, 0.5, "50%"),
            (14, 46_059.0, "2026/2/6"),
            (20, 0.437_5, "10:30"),
            (31, 46_059.0, "2026年2月6日"),
            (38, -1_000.0, "-1,000"),
            (41, 1_000.0, "1,000"),
            (43, 0.0, "-"),
            (44, -1.5, "¥-1.50"),
            (46, 1.25, "30:00"),
            (57, 46_059.0, "R8.2.6"),
        ] {
            shows(Format::built_in(id).unwrap(), value, expected);
        }
        let understood = |id| Format::built_in(id).is_some_and(|code| sections(code).is_some());
        let unclear: Vec<usize> =
            (0..60).filter(|id| Format::built_in(*id).is_some() && !understood(*id)).collect();
        assert_eq!(unclear, [11, 12, 13, 15, 16, 17], "powers of ten, fractions, English months");
    }

    #[test]
    fn texts_have_a_section_too() {
        let text = |code: &str| Format::read(code).text("研修");
        assert_eq!(text("\"○\"@").as_deref(), Some("○研修"));
        assert_eq!(text("0;-0;0;@\"会\"").as_deref(), Some("研修会"));
        for plain in ["@", "0\"件\"", "yyyy/m/d;@", "[DBNum3]0", "# ?/?"] {
            assert_eq!(text(plain).as_deref(), Some("研修"), "{plain}");
        }
        for unclear in [";;;", "0;0;0;\"文\"", "@@", "[DBNum3]@"] {
            assert_eq!(text(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn days_are_written_as_they_are_shown_or_in_one_spelling() {
        // 6 February 2026, a Friday, 10:30.
        const MOMENT: f64 = 46_059.437_5;
        for (code, expected) in [
            ("yyyy/m/d", "2026/2/6"),
            ("yyyy-mm-dd", "2026/2/6"),
            ("m/d/yy", "2026/2/6"),
            ("yyyy/mm/dd\\ hh:mm", "2026/2/6 10:30"),
            ("yyyy-mm-dd h:mm:ss", "2026/2/6 10:30"),
            ("h:mm", "10:30"),
            ("m/d", "2/6"),
            ("yyyy\"年\"m\"月\"", "2026年2月"),
            ("yyyy\"年\"m\"月\"d\"日\"(aaa)", "2026年2月6日(金)"),
            ("aaaa", "金曜日"),
            ("[$-411]ggge\"年\"m\"月\"d\"日\";@", "令和8年2月6日"),
            ("[$-ja-JP]ge.mm.dd", "R8.02.06"),
            ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2026年2月6日"),
            ("m\"月\"d\"日\"h\"時\"mm\"分\"", "2月6日10時30分"),
            ("h:mm AM/PM", "10:30 AM"),
        ] {
            shows(code, MOMENT, expected);
        }
        shows("yyyy/m/d h:mm", 46_059.0, "2026/2/6");
        shows("h:mm AM/PM", 0.0, "12:00 AM");
        shows("[$-411]ggge\"年\"", 43_586.0, "令和1年");
        shows("[$-ja-JP-x-gannen]ggge\"年\"", 43_586.0, "令和元年");
        assert_eq!(Format::read("yyyy/m/d").number(0.0, true).as_deref(), Some("1904/1/1"));
        for unclear in ["d-mmm-yy", "[$-404]e/m/d", "ss.00", "[$-1030411]yyyy/m/d", "[DBNum3]yyyy/m/d"] {
            assert_eq!(number(unclear, MOMENT), None, "{unclear}");
        }
        assert_eq!(number("yyyy/m/d", -1.0), None);
        assert_eq!(number("yyyy/m/d", 1e9), None);
    }

    #[test]
    fn times_and_durations_have_no_day() {
        shows("h:mm", 0.437_5, "10:30");
        shows("h:mm:ss", 0.437_5, "10:30");
        shows("h:mm:ss", 0.437_5 + 5.0 / 86_400.0, "10:30:05");
        shows("yyyy/m/d h:mm", 0.437_5, "10:30");
        shows("[h]:mm", 1.25, "30:00");
        shows("[hh]:mm:ss", 1.25, "30:00");
        shows("[h]\"時間\"mm\"分\"", 1.25, "30時間00分");
        shows("[mm]:ss", 1.0 / 16.0, "90:00");
        shows("h\"時\"mm\"分\"", 0.437_5, "10時30分");
        assert_eq!(number("yyyy\"年\"", 0.5), None);
        let moment = |value, kind| plain_moment(&ExcelDateTime::new(value, kind, false), false);
        assert_eq!(moment(0.437_5, ExcelDateTimeType::DateTime), "10:30");
        assert_eq!(moment(46_059.437_5, ExcelDateTimeType::DateTime), "2026/2/6 10:30");
        assert_eq!(moment(46_059.0, ExcelDateTimeType::DateTime), "2026/2/6");
        assert_eq!(moment(1.25, ExcelDateTimeType::TimeDelta), "30:00");
        assert_eq!(moment(-1.0, ExcelDateTimeType::TimeDelta), "-1");
    }

    #[test]
    fn what_is_not_certain_is_not_shown() {
        for code in
            ["0.00E+00", "# ?/?", "000-0000", "[>=100]0;0", "[DBNum1]0", "0;0;0;@;0", "\"開く", "0*-", "x0"]
        {
            assert_eq!(number(code, 5.0), None, "{code}");
        }
        assert_eq!(number(&"0".repeat(300), 5.0), None);
        assert_eq!(number("0", f64::NAN), None);
        assert_eq!(general(0.1 + 0.2), "0.3");
        assert_eq!(general(-0.0), "0");
        assert_eq!(general(1_234_567.0), "1234567");
    }

    proptest! {
        #[test]
        fn no_format_ends_in_a_panic(
            code in "([0#?.,%@;yYmdhsegaEG\"\\\\_*\\[\\]$:/+ -]|General|AM/PM|\\[h\\]|\\[\\$-411\\]|年|件){0,12}",
            bits in any::<u64>(),
            text in "[a○]{0,3}",
            is_1904 in any::<bool>(),
        ) {
            let format = Format::read(&code);
            for value in [f64::from_bits(bits), 46_059.437_5, -0.5, 0.0, f64::MAX] {
                let _ = format.number(value, is_1904);
            }
            let _ = format.text(&text);
        }
    }
}
