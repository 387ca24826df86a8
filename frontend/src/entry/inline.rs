//! A text cut into runs: plain, found by the search, leading somewhere; and the end that the scene mark holds on to.

use renkei_domain::{
    SearchTerms,
    reference::{self, Target},
};
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// What texts of a sheet can lead to.
pub struct Links<'a> {
    pub item_codes: &'a [&'a str],
    pub handouts: &'a [u32],
}

/// Where a run leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link<'a> {
    Item(&'a str),
    Handout(u32),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run<'a> {
    pub text: &'a str,
    pub hit: bool,
    pub link: Option<Link<'a>>,
}

/// Letters that may at most stay with the scene mark, so that it never begins a line alone. A letter is what a person
/// takes for one: a grapheme cluster, of one or more characters.
const TAIL_LETTERS: usize = 4;

/// The text as runs, in order.
pub fn runs<'a>(text: &'a str, links: &Links<'a>, searched: &SearchTerms) -> Vec<Run<'a>> {
    let hits = searched.find_all(text);
    let references = references(text, links);
    let mut found = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let hit = hits.iter().find(|hit| hit.end > start);
        let reference = references.iter().find(|(range, _)| range.end > start);
        let inside = |range: &Range<usize>| range.start <= start;
        // Up to where either of them begins or ends.
        let edges = hit.into_iter().chain(reference.map(|(range, _)| range));
        let end = edges.map(|range| if inside(range) { range.end } else { range.start }).min();
        let end = end.unwrap_or(text.len());
        found.push(Run {
            text: &text[start..end],
            hit: hit.is_some_and(inside),
            link: reference.filter(|(range, _)| inside(range)).map(|(_, link)| *link),
        });
        start = end;
    }
    found
}

/// Cuts the last few letters off, which the mark must not be parted from; a link is not cut.
pub fn split_tail<'a>(mut runs: Vec<Run<'a>>) -> (Vec<Run<'a>>, Vec<Run<'a>>) {
    let mut tail = Vec::new();
    let mut wanted = ending(&runs.iter().map(|run| run.text).collect::<String>());
    while wanted > 0 {
        let Some(run) = runs.pop() else { break };
        let letters = run.text.graphemes(true).count();
        if letters <= wanted || (run.link.is_some() && letters <= 6) {
            wanted = wanted.saturating_sub(letters);
            tail.insert(0, run);
            continue;
        }
        if run.link.is_some() {
            runs.push(run);
            break;
        }
        let at = run.text.grapheme_indices(true).nth(letters - wanted).map_or(0, |(at, _)| at);
        let (head, end) = run.text.split_at(at);
        tail.insert(0, Run { text: end, ..run.clone() });
        runs.push(Run { text: head, ..run });
        break;
    }
    (runs, tail)
}

/// How many letters a text's last word has, as far as that can be told from the letters: stops and the kana before
/// them (する。), with the kanji that a single kana belongs to (行う。), or two other letters (開催。).
fn ending(text: &str) -> usize {
    // What a letter is, its first character tells; marks follow it.
    let letters = || text.graphemes(true).rev().filter_map(|letter| letter.chars().next());
    let is_kana = |c: &char| matches!(c, 'ぁ'..='ゖ' | 'ー');
    let stops = letters().take_while(|c| !c.is_alphanumeric()).count().min(2);
    let kana = letters().skip(stops).take_while(is_kana).count();
    (stops + kana.max(2)).min(TAIL_LETTERS)
}

fn references<'a>(text: &'a str, links: &Links<'a>) -> Vec<(Range<usize>, Link<'a>)> {
    // Most texts have none; this is cheaper to see than to search.
    if !text.contains(['（', '(', '資']) {
        return Vec::new();
    }
    reference::find(text, links.item_codes)
        .into_iter()
        .filter_map(|found| match found.target {
            Target::Item(code) => Some((found.range, Link::Item(code))),
            Target::Handout(number) if links.handouts.contains(&number) => {
                Some((found.range, Link::Handout(number)))
            }
            Target::Handout(_) | Target::Unresolved => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINKS: Links<'static> = Links { item_codes: &["ア", "カ"], handouts: &[2, 3] };

    fn searched<'a>(text: &'a str, words: &str) -> Vec<Run<'a>> {
        runs(text, &LINKS, &SearchTerms::parse(words))
    }

    fn plain(text: &str) -> Vec<Run<'_>> {
        searched(text, "")
    }

    fn told(runs: &[Run<'_>]) -> String {
        runs.iter()
            .map(|run| {
                let link = match run.link {
                    Some(Link::Item(code)) => format!("→{code}"),
                    Some(Link::Handout(number)) => format!("→{number}"),
                    None => String::new(),
                };
                format!("[{}{}{link}]", run.text, if run.hit { "!" } else { "" })
            })
            .collect()
    }

    #[test]
    fn plain_text_is_one_run() {
        assert_eq!(told(&plain("研修会を計画した。")), "[研修会を計画した。]");
        assert_eq!(told(&plain("")), "");
    }

    #[test]
    fn links_and_hits_may_overlap() {
        assert_eq!(
            told(&searched("詳細は事業項目（カ）と資料3、資料9を参照。", "資料")),
            "[詳細は事業項目][（カ）→カ][と][資料!→3][3→3][、][資料!][9を参照。]"
        );
    }

    #[test]
    fn the_tail_holds_whole_letters_and_whole_links() {
        let cut = |text, needle| {
            let (head, tail) = split_tail(searched(text, needle));
            format!("{} | {}", told(&head), told(&tail))
        };
        assert_eq!(cut("研修会を計画した。", ""), "[研修会を計画] | [した。]");
        assert_eq!(cut("改訂を行う。", ""), "[改訂を] | [行う。]");
        assert_eq!(cut("することができた。", ""), "[することが] | [できた。]");
        assert_eq!(cut("研修会の開催。", ""), "[研修会の] | [開催。]");
        assert_eq!(cut("研修", ""), " | [研修]");
        assert_eq!(cut("", ""), " | ");
        assert_eq!(cut("詳細は（カ）", ""), "[詳細は] | [（カ）→カ]");
        assert_eq!(cut("詳細は（カ）。", ""), "[詳細は] | [（カ）→カ][。]");
        assert_eq!(cut("研修会を計画した。", "計画し"), "[研修会を][計画!] | [し!][た。]");
    }

    #[test]
    fn the_tail_begins_with_a_whole_letter() {
        let tail = |text: &str| told(&split_tail(plain(text)).1);
        // Three characters, the last two of which stand on the first.
        assert_eq!(tail("会議は葛\u{e0100}城"), "[葛\u{e0100}城]");
        assert_eq!(tail("テレヒ\u{309a}ハ\u{309a}"), "[ヒ\u{309a}ハ\u{309a}]");
        // A family of four, joined to one.
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}";
        assert_eq!(tail(&format!("家族の会{family}")), format!("[の会{family}]"));
        assert_eq!(tail("し\u{3099}しゅ\u{3099}んか\u{3099}。"), "[ゅ\u{3099}んか\u{3099}。]");
    }
}
