//! A document's tokens, without parsing it: how much it is, and what stays the same however it is laid out.

/// The tokens of a document in order, without white space, commas and comments. What is no token is one of a single
/// character: the parser will say so.
pub struct Tokens<'d>(&'d str);

/// How much a document is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    pub tokens: usize,
    pub aliases: usize,
    pub directives: usize,
    /// Brackets within brackets, of all kinds.
    pub nesting: usize,
}

impl<'d> Tokens<'d> {
    pub fn of(document: &'d str) -> Self {
        Tokens(document)
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

impl Amount {
    pub fn of(document: &str) -> Self {
        let mut amount = Amount::default();
        let (mut nesting, mut parentheses) = (0_usize, 0_usize);
        for token in Tokens::of(document) {
            amount.tokens += 1;
            match token {
                "@" => amount.directives += 1,
                // Elsewhere a colon stands before an argument or a type.
                ":" if parentheses == 0 => amount.aliases += 1,
                "{" | "[" => nesting += 1,
                "(" => (nesting, parentheses) = (nesting + 1, parentheses + 1),
                "}" | "]" => nesting = nesting.saturating_sub(1),
                ")" => {
                    (nesting, parentheses) = (nesting.saturating_sub(1), parentheses.saturating_sub(1));
                }
                _ => {}
            }
            amount.nesting = amount.nesting.max(nesting);
        }
        amount
    }
}

/// The definitions of a document, each in its normal form: its tokens, with a space where two would become one.
pub fn definitions(document: &str) -> Vec<String> {
    let (mut all, mut one, mut nesting) = (Vec::new(), String::new(), 0_usize);
    for token in Tokens::of(document) {
        if one.ends_with(is_word) && token.starts_with(is_word) {
            one.push(' ');
        }
        one.push_str(token);
        match token {
            "{" | "(" => nesting += 1,
            "}" | ")" => nesting = nesting.saturating_sub(1),
            _ => {}
        }
        if token == "}" && nesting == 0 {
            all.push(std::mem::take(&mut one));
        }
    }
    all.extend(Some(one).filter(|rest| !rest.is_empty()));
    all
}

/// What a name, a number or a text begins or ends with.
fn is_word(character: char) -> bool {
    matches!(character, '_' | '-' | '"') || character.is_ascii_alphanumeric()
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

    fn tokens(document: &str) -> Vec<&str> {
        Tokens::of(document).collect()
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
    fn amounts_are_counted() {
        let amount = Amount::of("query($x: [Int] = [1]) { a: b(c: {d: \":\"}) @skip(if: true) { e f: g } }");
        assert_eq!((amount.aliases, amount.directives, amount.nesting), (2, 1, 3));
        assert_eq!(Amount::of(&"{".repeat(9)).nesting, 9);
        assert_eq!(Amount::of("}}))]]{").nesting, 1);
    }

    #[test]
    fn a_definition_ends_with_its_last_brace() {
        let all = definitions(
            "query A($a: X! = {b: 1, c: \"d\"}) {\n a(c: {d: -1 2}) }\nfragment F on X{...b,c} # end",
        );
        assert_eq!(all, ["query A($a:X!={b:1 c:\"d\"}){a(c:{d:-1 2})}", "fragment F on X{...b c}"]);
        assert_eq!(definitions("{ a } }"), ["{a}", "}"]);
        assert_eq!(definitions("{ a ... on B { c } }"), ["{a...on B{c}}"]);
    }
}
