//! Marks that programs put before a list's lines by themselves: numbers in their forms, letters of fonts of symbols, and what
//! of both is written so that the domain's grammar reads it.

use renkei_domain::marks::{self, Mark};
use renkei_domain::outline::circled;
use renkei_domain::paste::{self, is_font_of_symbols};

/// Characters that tell whether a line has a mark of its own.
const REST: usize = 8;

/// What a list puts before a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListMark {
    Bullet(char),
    /// As it is shown.
    Number(String),
}

/// A line of a list.
#[derive(Clone, Debug)]
pub struct Listed {
    pub level: usize,
    pub mark: ListMark,
    /// How its text begins.
    pub rest: String,
}

impl Listed {
    pub fn new(level: usize, mark: ListMark, text: &str) -> Self {
        Listed { level, mark, rest: text.trim_start().chars().take(REST).collect() }
    }
}

/// What is written before each of a cell's lines of lists. `leads`: no other text stands before the first of them.
///
/// What a cell's lines begin with tells whether they are entries or notes, so a line below another one gets a note's mark
/// where the one above gets an entry's. A number that is no mark stays as text, behind a dot.
pub fn prefixes(lines: &[Listed], leads: bool) -> Vec<String> {
    let base = lines.iter().map(|line| line.level).min().unwrap_or(0);
    let leads_with_base = leads && lines.first().is_some_and(|line| line.level == base);
    let nested = leads_with_base && lines.iter().any(|line| line.level > base);
    let numbers = lines.iter().filter(|line| matches!(line.mark, ListMark::Number(_))).count();
    let by_number = lines.first().is_some_and(|line| matches!(line.mark, ListMark::Number(_)));
    let prefix = |(index, line): (usize, &Listed)| {
        let own = marks::split(&line.rest).map(|(mark, _)| mark);
        let below = nested && line.level > base;
        match &line.mark {
            // The text's own mark is the one that is meant.
            ListMark::Bullet(_) if matches!(own, Some(Mark::Asterisk | Mark::Dot(_))) => String::new(),
            _ if matches!(own, Some(Mark::Entry | Mark::Round(_))) => String::new(),
            ListMark::Bullet(_) if below => "・".to_owned(),
            ListMark::Bullet(c) => {
                let is_dot = matches!(marks::split(&format!("{c} ")), Some((Mark::Dot(_), _)));
                apart(&if nested && is_dot { '●' } else { *c }.to_string(), &line.rest)
            }
            // It may be an item's code.
            ListMark::Number(written) if leads && index == 0 && numbers == 1 => apart(written, &line.rest),
            ListMark::Number(written) => match whole_mark(written) {
                Some(Mark::Number(number) | Mark::Circled(number)) if !(below && by_number) => {
                    circled(number).map_or_else(|| apart(written, &line.rest), String::from)
                }
                None | Some(Mark::Letter | Mark::Number(_) | Mark::Circled(_)) => {
                    format!("・{}", apart(written, &line.rest))
                }
                Some(_) => apart(written, &line.rest),
            },
        }
    };
    lines.iter().enumerate().map(prefix).collect()
}

/// A mark, with a space behind it where it would not be read as one, or as another one, without.
fn apart(mark: &str, rest: &str) -> String {
    let line = format!("{mark}{rest}");
    let is_read = marks::split(&line).is_some_and(|(_, read)| read == rest);
    let is_closed = whole_mark(mark).is_none() && !mark.ends_with(char::is_alphanumeric);
    if is_read || is_closed { mark.to_owned() } else { format!("{mark} ") }
}

/// What a text is that is a mark and nothing else.
fn whole_mark(text: &str) -> Option<Mark> {
    let line = format!("{text} ");
    marks::split(&line).filter(|(_, rest)| rest.trim().is_empty()).map(|(mark, _)| mark)
}

/// The mark for a bullet of this text and font, and the text if it has been replaced by another one that is seen.
pub fn bullet(text: &str, font: &str) -> Option<(ListMark, Option<String>)> {
    let mut chars = text.trim().chars();
    let first = chars.next()?;
    if !chars.as_str().is_empty() {
        return Some((ListMark::Number(text.trim().to_owned()), None));
    }
    if is_font_of_symbols(font) || is_private(first) {
        return Some((ListMark::Bullet(paste::bullet(font, first).unwrap_or('・')), None));
    }
    if whole_mark(&first.to_string()).is_some() {
        return Some((ListMark::Bullet(first), None));
    }
    // The small letter o is Word's circle.
    let replaced = (first != 'o').then(|| first.to_string());
    Some((ListMark::Bullet('・'), replaced))
}

fn is_private(c: char) -> bool {
    ('\u{e000}'..='\u{f8ff}').contains(&c)
}

/// A number in one of Word's forms; `None`: the form is not known.
pub fn number(form: &str, number: usize) -> Option<String> {
    const AIUEO: &str =
        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン";
    const AIUEO_HALF: &str = "ｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜｦﾝ";
    const HIRAGANA: &str =
        "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをん";
    const IROHA: &str =
        "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン";
    const IROHA_HALF: &str = "ｲﾛﾊﾆﾎﾍﾄﾁﾘﾇﾙｦﾜｶﾖﾀﾚｿﾂﾈﾅﾗﾑｳヰﾉｵｸﾔﾏｹﾌｺｴﾃｱｻｷﾕﾒﾐｼヱﾋﾓｾｽﾝ";
    let nth =
        |letters: &str| number.checked_sub(1).and_then(|nth| letters.chars().nth(nth)).map(String::from);
    let from = |first: char, count: usize| {
        let offset = number.checked_sub(1).filter(|offset| *offset < count)?;
        char::from_u32(u32::from(first) + u32::try_from(offset).ok()?).map(String::from)
    };
    // What has no more letters goes on in digits.
    let written = match form {
        "decimal" | "decimalHalfWidth" => None,
        "decimalZero" => Some(format!("{number:02}")),
        "decimalFullWidth" | "decimalFullWidth2" => Some(digits(number, "０１２３４５６７８９")),
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" => {
            Some(circled(number).map_or_else(|| format!("({number})"), String::from))
        }
        "decimalEnclosedParen" => Some(from('⑴', 20).unwrap_or_else(|| format!("({number})"))),
        "decimalEnclosedFullstop" => Some(from('⒈', 20).unwrap_or_else(|| format!("{number}."))),
        "numberInDash" => Some(format!("-{number}-")),
        "lowerLetter" => repeated('a', number),
        "upperLetter" => repeated('A', number),
        "lowerRoman" => roman(number).map(|roman| roman.to_ascii_lowercase()),
        "upperRoman" => roman(number),
        "aiueo" => nth(AIUEO_HALF),
        "aiueoFullWidth" => nth(AIUEO),
        "hiragana" => nth(HIRAGANA),
        "iroha" => nth(IROHA_HALF),
        "irohaFullWidth" => nth(IROHA),
        "japaneseCounting"
        | "chineseCounting"
        | "chineseCountingThousand"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand" => counting(number, "〇一二三四五六七八九", "十百千", false),
        "japaneseLegal" => counting(number, "〇壱弐参四伍六七八九", "拾百阡", true),
        "ideographDigital" | "japaneseDigitalTenThousand" => Some(digits(number, "〇一二三四五六七八九")),
        "ideographEnclosedCircle" => from('㊀', 10),
        "ideographTraditional" => nth("甲乙丙丁戊己庚辛壬癸"),
        "ideographZodiac" => nth("子丑寅卯辰巳午未申酉戌亥"),
        "none" => Some(String::new()),
        _ => return None,
    };
    Some(written.unwrap_or_else(|| number.to_string()))
}

/// Digit by digit.
fn digits(number: usize, digits: &str) -> String {
    let digit = |c: char| digits.chars().nth(c.to_digit(10)? as usize);
    number.to_string().chars().filter_map(digit).collect()
}

/// a to z, aa, bb, as Word counts.
fn repeated(first: char, number: usize) -> Option<String> {
    let offset = number.checked_sub(1).filter(|offset| *offset < 26 * 5)?;
    let letter = char::from_u32(u32::from(first) + (offset % 26) as u32)?;
    Some(letter.to_string().repeat(offset / 26 + 1))
}

fn roman(number: usize) -> Option<String> {
    const ROMAN: [(usize, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut rest = Some(number).filter(|number| (1..4_000).contains(number))?;
    let mut roman = String::new();
    for (value, letters) in ROMAN {
        while rest >= value {
            roman.push_str(letters);
            rest -= value;
        }
    }
    Some(roman)
}

/// 十一, 百二: a one before ten, hundred and thousand only where it is `spelled`.
fn counting(number: usize, digits: &str, units: &str, spelled: bool) -> Option<String> {
    let number = Some(number).filter(|number| (1..10_000).contains(number))?;
    let mut written = String::new();
    for place in (0..4_u32).rev() {
        let digit = number / 10_usize.pow(place) % 10;
        let unit = place.checked_sub(1).and_then(|nth| units.chars().nth(nth as usize));
        if digit > 1 || (digit == 1 && (unit.is_none() || spelled)) {
            written.extend(digits.chars().nth(digit));
        }
        written.extend(unit.filter(|_| digit > 0));
    }
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_their_form() {
        for (form, counted, expected) in [
            ("decimal", 12, "12"),
            ("decimalFullWidth", 12, "１２"),
            ("decimalEnclosedCircle", 21, "㉑"),
            ("decimalEnclosedParen", 2, "⑵"),
            ("lowerLetter", 28, "bb"),
            ("upperLetter", 3, "C"),
            ("lowerRoman", 14, "xiv"),
            ("upperRoman", 49, "XLIX"),
            ("aiueo", 2, "ｲ"),
            ("aiueoFullWidth", 46, "ン"),
            ("aiueoFullWidth", 47, "47"),
            ("iroha", 2, "ﾛ"),
            ("irohaFullWidth", 3, "ハ"),
            ("japaneseCounting", 21, "二十一"),
            ("japaneseCounting", 110, "百十"),
            ("japaneseLegal", 11, "壱拾壱"),
            ("ideographDigital", 10, "一〇"),
            ("ideographTraditional", 2, "乙"),
            ("lowerLetter", 1_000_000, "1000000"),
        ] {
            assert_eq!(number(form, counted).as_deref(), Some(expected), "{form}");
        }
        assert_eq!(number("chosung", 1), None);
        let letters = |form: &str| (1..100).filter(|n| number(form, *n) != Some(n.to_string())).count();
        assert_eq!(["aiueo", "aiueoFullWidth", "hiragana"].map(letters), [46, 46, 46]);
        assert_eq!(["iroha", "irohaFullWidth"].map(letters), [48, 48]);
    }

    fn written(lines: &[(usize, ListMark, &str)], leads: bool) -> String {
        let listed: Vec<Listed> =
            lines.iter().map(|(level, mark, text)| Listed::new(*level, mark.clone(), text)).collect();
        let lines = prefixes(&listed, leads).into_iter().zip(lines);
        lines.map(|(prefix, (_, _, text))| format!("{prefix}{text}")).collect::<Vec<_>>().join("/")
    }

    #[test]
    fn what_a_list_writes_is_read_by_its_marks() {
        let number = |written: &str| ListMark::Number(written.to_owned());
        let bullet = ListMark::Bullet;
        for (lines, leads, expected) in [
            (&[(0, bullet('・'), "甲"), (0, bullet('・'), "乙")][..], true, "・甲/・乙"),
            (&[(0, bullet('・'), "○甲"), (0, bullet('・'), "※乙")], true, "○甲/※乙"),
            (&[(0, bullet('・'), "①の後"), (0, bullet('・'), "(2)の後")], true, "・①の後/・(2)の後"),
            (&[(0, bullet('●'), "●●病院"), (0, bullet('-'), "乙")], true, "● ●●病院/- 乙"),
            (&[(0, number("1."), "5倍"), (0, number("2."), "乙")], true, "①5倍/②乙"),
            (&[(0, number("3."), "甲"), (0, number("4."), "乙")], false, "③甲/④乙"),
            (
                &[(0, number("1."), "甲"), (1, number("1.1"), "乙"), (1, number("(2)"), "丙")],
                true,
                "①甲/・1.1 乙/・(2)丙",
            ),
            (
                &[(0, bullet('・'), "甲"), (1, bullet('■'), "乙"), (0, bullet('・'), "丙")],
                true,
                "●甲/・乙/●丙",
            ),
            (&[(0, number("(ア)"), "甲"), (0, number("(イ)"), "乙")], false, "・(ア)甲/・(イ)乙"),
            (&[(0, number("a)"), "甲"), (0, number("第一"), "乙")], false, "・a)甲/・第一 乙"),
            (&[(0, number("（ア）"), "資源"), (0, bullet('・'), "看取り")], true, "（ア）資源/・看取り"),
            (&[(0, number("1."), "5倍")], true, "1. 5倍"),
            (&[(0, number("○"), "甲"), (0, number("※"), "乙")], true, "○甲/※乙"),
        ] {
            assert_eq!(written(lines, leads), expected);
        }
    }

    #[test]
    fn bullets_are_marks_of_the_grammar() {
        let seen =
            |text, font| bullet(text, font).map(|(mark, replaced)| (mark, replaced.unwrap_or_default()));
        for (text, font, expected, replaced) in [
            ("l", "Wingdings", '●', ""),
            ("\u{f06c}", "Wingdings", '●', ""),
            ("n", "\"Wingdings\"", '■', ""),
            ("Ø", "wingdings", '➢', ""),
            ("u", "Wingdings", '◆', ""),
            ("§", "Wingdings", '▪', ""),
            ("ü", "Wingdings", '・', ""),
            ("\u{f0b7}", "Symbol", '・', ""),
            ("·", "Symbol", '・', ""),
            ("o", "Courier New", '・', ""),
            ("✓", "", '・', "✓"),
            ("○", "", '○', ""),
            ("-", "", '-', ""),
        ] {
            assert_eq!(seen(text, font), Some((ListMark::Bullet(expected), replaced.to_owned())), "{text}");
        }
        assert_eq!(bullet(" ", ""), None);
    }
}
