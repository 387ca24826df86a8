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

/// What begins no line.
const NEVER_FIRST: &[char] = &[
    '。', '、', '．', '，', '！', '？', '）', '」', '』', '】', '〕', '］', '｝', '》', '〉', '・', '：',
    '；', '々', 'ー', '.', ',', '!', '?', ')', ']', '}', ':', ';',
];

/// Cuts the last letter off, which the mark must not be parted from; a short link at the end is not cut. A letter is what
/// a person takes for one: a grapheme cluster, of one or more characters. No more than one: a longer end would be dragged
/// to the next line with the mark, and leave a hole; behind what begins no line the mark stands free.
pub fn split_tail<'a>(mut runs: Vec<Run<'a>>) -> (Vec<Run<'a>>, Vec<Run<'a>>) {
    let Some(run) = runs.pop() else { return (runs, Vec::new()) };
    let at = run.text.grapheme_indices(true).next_back().map_or(0, |(at, _)| at);
    let (head, end) = run.text.split_at(at);
    if run.link.is_none() && end.starts_with(NEVER_FIRST) {
        // It would drag the letter before it along as well.
        runs.push(run);
        return (runs, Vec::new());
    }
    if at == 0 || run.link.is_some() {
        return (runs, vec![run]);
    }
    let tail = Run { text: end, ..run.clone() };
    runs.push(Run { text: head, ..run });
    (runs, vec![tail])
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
    fn the_tail_is_the_last_letter_or_a_whole_link() {
        let cut = |text, words| {
            let (head, tail) = split_tail(searched(text, words));
            format!("{} | {}", told(&head), told(&tail))
        };
        assert_eq!(cut("研修会を計画した。", ""), "[研修会を計画した。] | ");
        assert_eq!(cut("美里町", ""), "[美里] | [町]");
        assert_eq!(cut("", ""), " | ");
        assert_eq!(cut("町", ""), " | [町]");
        assert_eq!(cut("詳細は（カ）", ""), "[詳細は] | [（カ）→カ]");
        assert_eq!(cut("詳細は（カ）。", ""), "[詳細は][（カ）→カ][。] | ");
        assert_eq!(cut("研修会を計画した", "計画した"), "[研修会を][計画し!] | [た!]");
    }

    #[test]
    fn the_tail_is_a_whole_letter() {
        let tail = |text: &str| told(&split_tail(plain(text)).1);
        assert_eq!(tail("会議は葛\u{e0100}"), "[葛\u{e0100}]");
        assert_eq!(tail("テレヒ\u{309a}ハ\u{309a}"), "[ハ\u{309a}]");
        // A family of four, joined to one.
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}";
        assert_eq!(tail(&format!("家族の会{family}")), format!("[{family}]"));
    }
}
