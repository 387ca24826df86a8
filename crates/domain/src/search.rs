//! What somebody searches for: words and phrases, each of which must be found.

use crate::text;
use std::ops::Range;

/// Words by white space, and phrases in quotation marks, folded ([`text::fold`]).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchTerms(Vec<String>);

impl SearchTerms {
    /// `在宅 "多職種 連携"` is one word and one phrase. A quotation mark (", also of full width or curled) begins a phrase
    /// at the start of a word; one that is not closed goes to the end, as while it is typed. White space round a phrase
    /// counts for nothing.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut terms = Vec::new();
        let mut rest = text;
        loop {
            rest = rest.trim_start();
            let Some(first) = rest.chars().next() else { break };
            let (term, after) = if is_quote(first) {
                let inside = &rest[first.len_utf8()..];
                inside.split_once(is_quote).unwrap_or((inside, ""))
            } else {
                rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()))
            };
            rest = after;
            let term = text::fold(term.trim());
            if !term.is_empty() && !terms.contains(&term) {
                terms.push(term);
            }
        }
        Self(terms)
    }

    /// These and those of another text, each once.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        for term in others.0 {
            if !self.0.contains(&term) {
                self.0.push(term);
            }
        }
        self
    }

    /// Folded, in the order in which they were typed.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Nothing is searched.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether all of them are found in a folded text.
    pub fn all_found_in(&self, folded: &str) -> bool {
        self.0.iter().all(|term| folded.contains(term.as_str()))
    }

    /// Where any of them is found in a text as it is written ([`text::find_all`]): in order, not overlapping.
    pub fn find_all(&self, text: &str) -> Vec<Range<usize>> {
        text::joined_hits(self.0.iter().flat_map(|term| text::find_all(text, term)).collect())
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '＂' | '“' | '”' | '„' | '‟')
}
