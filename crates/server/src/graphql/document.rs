//! A document before it is parsed: how much it is, and its string literals in a form that the parser reads as the
//! specification (September 2025) says.

use super::limits::{self, LimitError, refused};
use async_graphql::{Pos, ServerError};
use std::borrow::Cow;

/// The tokens of a document in order, without white space, commas and comments. What is no token is one of a single
/// character: the parser will say so.
struct Tokens<'d>(&'d str);

/// How much a document is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Size {
    tokens: usize,
    aliases: usize,
    directives: usize,
    /// Brackets within brackets, of all kinds.
    nesting: usize,
}

/// Checks the limits that need no parsing, and gives the document as it is to be parsed.
pub fn check(document: &str) -> Result<Cow<'_, str>, ServerError> {
    if document.len() > limits::DOCUMENT_BYTES {
        return Err(LimitError::Bytes.into());
    }
    let size = Size::of(document);
    let limits = [
        (size.nesting, limits::NESTING, LimitError::Nesting),
        (size.aliases, limits::ALIASES, LimitError::Aliases),
        (size.directives, limits::DIRECTIVES, LimitError::Directives),
        (size.tokens, limits::TOKENS, LimitError::Tokens),
    ];
    match limits.into_iter().find(|(size, limit, _)| size > limit) {
        Some((.., error)) => Err(error.into()),
        None => rewrite_literals(document),
    }
}

impl<'d> Iterator for Tokens<'d> {
    type Item = &'d str;

    fn next(&mut self) -> Option<&'d str> {
        self.0 = without_ignored(self.0);
        let end = length(self.0)?;
        let (token, rest) = self.0.split_at(end);
        self.0 = rest;
        Some(token)
    }
}

impl Size {
    pub fn of(document: &str) -> Self {
        let mut size = Size::default();
        let (mut nesting, mut parentheses) = (0_usize, 0_usize);
        for token in Tokens(document) {
            size.tokens += 1;
            match token {
                "@" => size.directives += 1,
                // Elsewhere a colon stands before an argument or a type.
                ":" if parentheses == 0 => size.aliases += 1,
                "{" | "[" => nesting += 1,
                "(" => (nesting, parentheses) = (nesting + 1, parentheses + 1),
                "}" | "]" => nesting = nesting.saturating_sub(1),
                ")" => {
                    (nesting, parentheses) = (nesting.saturating_sub(1), parentheses.saturating_sub(1));
                }
                _ => {}
            }
            size.nesting = size.nesting.max(nesting);
        }
        size
    }
}

/// Replaces the literals that the parser misreads: `\u{…}` and surrogate pairs by their characters, and block strings
/// with `\"""` by ordinary strings.
fn rewrite_literals(document: &str) -> Result<Cow<'_, str>, ServerError> {
    if !document.contains('\\') {
        return Ok(document.into());
    }
    let (mut rewritten, mut copied) = (String::with_capacity(document.len()), 0);
    let mut tokens = Tokens(document);
    while let Some(token) = tokens.next() {
        let end = document.len() - tokens.0.len();
        let start = end - token.len();
        let literal = match token.strip_prefix("\"\"\"").and_then(|block| block.strip_suffix("\"\"\"")) {
            Some(block) if block.contains("\\\"\"\"") => quoted(&block_value(block)),
            None if token.starts_with('"') && token.contains("\\u") => {
                decode_unicode(token).ok_or_else(|| bad_escape(document, start))?
            }
            _ => continue,
        };
        rewritten.push_str(&document[copied..start]);
        rewritten.push_str(&literal);
        copied = end;
    }
    rewritten.push_str(&document[copied..]);
    Ok(rewritten.into())
}

fn bad_escape(document: &str, at: usize) -> ServerError {
    let message = "文字列の中の \\u の書き方が正しくありません。\\u3042、\\u{20BB7}、\\uD842\\uDFB7 のように書いてください。";
    let line = document[..at].rsplit('\n').next().unwrap_or_default();
    let position = Pos { line: document[..at].split('\n').count(), column: line.chars().count() + 1 };
    let mut error = refused(message, "SYNTAX");
    error.locations.push(position);
    error
}

/// A string literal with the characters of its `\u` escapes in their place; `None` if one of them is malformed.
fn decode_unicode(literal: &str) -> Option<String> {
    let (mut decoded, mut rest) = (String::with_capacity(literal.len()), literal);
    while let Some((text, escape)) = rest.split_once('\\') {
        decoded.push_str(text);
        let kind = escape.chars().next()?;
        rest = &escape[kind.len_utf8()..];
        if kind == 'u' {
            let (character, after) = unicode_escape(rest)?;
            let quoted = quoted(&character.to_string());
            decoded.push_str(&quoted[1..quoted.len() - 1]);
            rest = after;
        } else {
            decoded.extend(['\\', kind]);
        }
    }
    decoded.push_str(rest);
    Some(decoded)
}

/// The character of what follows `\u`, and what comes after it.
fn unicode_escape(escape: &str) -> Option<(char, &str)> {
    if let Some(braced) = escape.strip_prefix('{') {
        let (digits, after) = braced.split_once('}')?;
        return Some((char::from_u32(hexadecimal(digits)?)?, after));
    }
    let (first, after) = escape.split_at_checked(4)?;
    let first = hexadecimal(first)?;
    if !(0xd800..0xdc00).contains(&first) {
        return Some((char::from_u32(first)?, after));
    }
    let (second, after) = after.strip_prefix("\\u")?.split_at_checked(4)?;
    let second = hexadecimal(second)?;
    let low = (0xdc00..0xe000).contains(&second);
    low.then(|| char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00)))?
        .map(|character| (character, after))
}

fn hexadecimal(digits: &str) -> Option<u32> {
    let all = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    all.then(|| u32::from_str_radix(digits, 16).ok())?
}

/// The value of a block string's content: without its common indentation and its blank lines at both ends.
fn block_value(content: &str) -> String {
    let content = content.replace("\\\"\"\"", "\"\"\"").replace("\r\n", "\n");
    let lines: Vec<&str> = content.split(['\n', '\r']).collect();
    let indentation = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let has_content = |line: &&str| indentation(line) < line.len();
    let common = lines.iter().skip(1).copied().filter(has_content).map(indentation).min().unwrap_or_default();
    let dedented = lines.iter().enumerate().map(|(nth, line)| match nth {
        0 => *line,
        _ => line.get(common..).unwrap_or_default(),
    });
    let dedented: Vec<&str> = dedented.collect();
    let first = dedented.iter().position(has_content).unwrap_or(dedented.len());
    let end = dedented.iter().rposition(has_content).map_or(first, |last| last + 1);
    dedented[first..end].join("\n")
}

/// A text as a string literal: the escapes of JSON are GraphQL's, too.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn without_ignored(mut text: &str) -> &str {
    loop {
        text = text.trim_start_matches([' ', '\t', '\n', '\r', ',', '\u{feff}']);
        match text.strip_prefix('#') {
            Some(comment) => text = &comment[comment.find(['\n', '\r']).unwrap_or(comment.len())..],
            None => return text,
        }
    }
}

/// Bytes of the first token.
fn length(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    let run = |of: fn(char) -> bool| text.find(|c| !of(c)).unwrap_or(text.len());
    Some(match first {
        '_' | 'a'..='z' | 'A'..='Z' => run(|c| c == '_' || c.is_ascii_alphanumeric()),
        '-' | '0'..='9' => run(|c| matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9')),
        '.' if text.starts_with("...") => 3,
        '"' if text.starts_with("\"\"\"") => block(text),
        '"' => string(text),
        other => other.len_utf8(),
    })
}

/// Up to its closing quote, or to the end of the line, which the parser refuses.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            '\n' | '\r' => return at,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn block(text: &str) -> usize {
    let mut at = 3;
    while let Some(found) = text[at..].find("\"\"\"") {
        let quotes = at + found;
        if !text[..quotes].ends_with('\\') {
            return quotes + 3;
        }
        at = quotes + 3;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::Value;
    use async_graphql::parser::{parse_query, types::Selection};

    fn tokens(document: &str) -> Vec<&str> {
        Tokens(document).collect()
    }

    /// The value of a literal, as an argument of a parsed document.
    fn value(literal: &str) -> Result<String, String> {
        let document = format!("{{ a(b: {literal}) }}");
        let rewritten = check(&document).map_err(|error| error.message)?;
        let parsed = parse_query(rewritten).map_err(|error| error.to_string())?;
        let (_, operation) = parsed.operations.iter().next().unwrap();
        let Selection::Field(field) = &operation.node.selection_set.node.items[0].node else { panic!() };
        match field.node.arguments[0].1.node.clone().into_const() {
            Some(Value::String(text)) => Ok(text),
            other => panic!("{literal}: {other:?}"),
        }
    }

    #[test]
    fn string_literals_are_read_as_the_specification_says() {
        for (literal, text) in [
            (r#""\uD842\uDFB7""#, "𠮷"),
            (r#""\u{20BB7}野家 \u{0000041}""#, "𠮷野家 A"),
            (r#""\u3042\n\u0041\"\\ud842""#, "あ\nA\"\\ud842"),
            (r#""\u0022 \u005c \u{a} \u{7f}""#, "\" \\ \n \u{7f}"),
            (r#""\uFFFF""#, "\u{ffff}"),
            (r#""\uD83D\uDE00\u{1F600}""#, "😀😀"),
            (r#""""say \"""hi\""" now""""#, "say \"\"\"hi\"\"\" now"),
            (r#""""\uD842 \n \u{1}""""#, "\\uD842 \\n \\u{1}"),
            ("\"\"\"\n    a \\\"\"\"\r\n      b\r\n\n    c\\\n  \"\"\"", "a \"\"\"\n  b\n\nc\\"),
            ("\"\"\"\n \\\"\"\"漢\n\t\n \"\"\"", "\"\"\"漢"),
            (r#""""\"""""""#, "\"\"\""),
        ] {
            assert_eq!(value(literal), Ok(text.to_owned()), "{literal}");
        }
    }

    #[test]
    fn a_malformed_escape_is_an_error_at_its_literal() {
        for literal in [
            r#""\uD842""#,
            r#""\uD842x""#,
            r#""\uD842\n""#,
            r#""\uD842\u0041""#,
            r#""\uDFB7""#,
            r#""\uDFB7\uD842""#,
            r#""\u{D842}""#,
            r#""\u{}""#,
            r#""\u{110000}""#,
            r#""\u{20BB7""#,
            r#""\u{+41}""#,
            r#""\u12""#,
            r#""\u12漢""#,
            r#""\u""#,
        ] {
            let message = value(literal).unwrap_err();
            assert!(message.contains("\\u{20BB7}"), "{literal}: {message}");
        }
        let error = check("{\n  漢(b: \"\\u{}\") }").unwrap_err();
        assert_eq!(error.locations, [Pos { line: 2, column: 8 }]);
        // In comments there is nothing to read.
        assert!(check("{ a } # \"\\uD842\"").is_ok());
    }

    #[test]
    fn a_document_without_such_literals_stays_as_it_is() {
        for document in ["{ a(b: \"\\n\\\\\") }", "{ a(b: \"\"\"c\"\"\") } # \\u{1}", "{ a"] {
            assert_eq!(check(document).unwrap(), document);
        }
    }

    #[test]
    fn each_size_has_its_limit() {
        let aliases: String = (0..=limits::ALIASES).map(|nth| format!("a{nth}: b ")).collect();
        for (document, error) in [
            (" ".repeat(limits::DOCUMENT_BYTES + 1), LimitError::Bytes),
            ("a ".repeat(limits::TOKENS + 1), LimitError::Tokens),
            ("{".repeat(limits::NESTING + 1), LimitError::Nesting),
            (format!("{{ {aliases} }}"), LimitError::Aliases),
            ("@a ".repeat(limits::DIRECTIVES + 1), LimitError::Directives),
        ] {
            assert_eq!(check(&document).unwrap_err().message, error.message());
        }
    }
    #[test]
    fn white_space_commas_and_comments_are_no_tokens() {
        assert_eq!(tokens("\u{feff}{ a,b # c { \n\r\n d }"), ["{", "a", "b", "d", "}"]);
        assert_eq!(tokens("# nothing"), Vec::<&str>::new());
        assert_eq!(tokens("...on A"), ["...", "on", "A"]);
        assert_eq!(tokens("f(x:-1.5e+3,y:$z)"), ["f", "(", "x", ":", "-1.5e+3", "y", ":", "$", "z", ")"]);
    }

    #[test]
    fn texts_are_one_token_whatever_stands_in_them() {
        assert_eq!(tokens(r#""{ # \" @" x"#), [r#""{ # \" @""#, "x"]);
        assert_eq!(tokens(r#"""" { " \""" # 漢 """ x"#), [r#"""" { " \""" # 漢 """"#, "x"]);
        assert_eq!(tokens("\"\" \"open\nx"), ["\"\"", "\"open", "x"]);
        assert_eq!(tokens("\"\"\"open"), ["\"\"\"open"]);
        assert_eq!(tokens("漢 ."), ["漢", "."]);
    }

    #[test]
    fn sizes_are_counted() {
        let size = Size::of("query($x: [Int] = [1]) { a: b(c: {d: \":\"}) @skip(if: true) { e f: g } }");
        assert_eq!((size.aliases, size.directives, size.nesting), (2, 1, 3));
        assert_eq!(Size::of(&"{".repeat(9)).nesting, 9);
        assert_eq!(Size::of("}}))]]{").nesting, 1);
    }
}
