//! A cell that the export has written: a line for each line of an entry, whose first character alone can be a mark.

use super::html::{self, Bit, Break};
use renkei_domain::outline::{self, Mark};
use renkei_domain::text::is_blank;
use renkei_domain::{EntryText, limits};
use std::ops::Range;

/// The lines of a field, without the white space at their ends.
pub fn of(field: &str) -> Vec<String> {
    of_bits(html::bits(field))
}

pub fn of_bits(bits: impl IntoIterator<Item = Bit>) -> Vec<String> {
    let mut lines = vec![String::new()];
    for bit in bits {
        let is_empty = lines.last().is_none_or(String::is_empty);
        match bit {
            Bit::Char(c) => {
                if let Some(line) = lines.last_mut() {
                    line.push(c);
                }
            }
            Bit::Break(Break::Block) if is_empty => {}
            Bit::Break(_) => lines.push(String::new()),
            Bit::Edge(_) => {}
        }
    }
    lines.iter().map(|line| line.trim().to_owned()).collect()
}

/// What a field shows, with its line breaks.
pub fn plain(field: &str) -> String {
    of(field).join("\n").trim().to_owned()
}

/// An entry as it stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub text: EntryText,
    /// The name in the line that says whose it is.
    pub owner: Option<String>,
    /// Its lines, blank ones left out.
    pub lines: Vec<String>,
}

/// The entries of a cell's lines; or why not.
pub fn entries(lines: &[String]) -> Result<Vec<Block>, String> {
    let mut blocks = Vec::new();
    for range in ranges(lines) {
        let mut lines = &lines[range];
        let all: Vec<String> = lines.iter().filter(|line| !line.is_empty()).cloned().collect();
        while let [before @ .., last] = lines
            && last.is_empty()
        {
            lines = before;
        }
        let owner = lines.last().and_then(|line| owner(line)).map(str::to_owned);
        if owner.is_some() {
            lines = &lines[..lines.len() - 1];
        }
        let written = lines.join("\n");
        // One mark: ○○ is an entry whose text is ○.
        let is_mark = |c| Mark::of(c) == Some(Mark::Entry);
        if is_blank(written.strip_prefix(is_mark).unwrap_or(&written)) {
            continue;
        }
        let nth = blocks.len() + 1;
        let (body, notes) = outline::parse(&written).map_err(|fault| format!("{nth}番目の取組：{fault}"))?;
        let text = EntryText { body, notes, ..EntryText::default() };
        blocks.push(Block { text, owner, lines: all });
    }
    if blocks.len() > limits::ENTRIES_PER_CELL {
        return Err(format!("1つのセルの取組は{}個までです。", limits::ENTRIES_PER_CELL));
    }
    Ok(blocks)
}

/// From each line that begins with ○ to the next one; what stands before the first of them is an entry too.
fn ranges(lines: &[String]) -> Vec<Range<usize>> {
    let begins = |line: &String| line.chars().next().and_then(Mark::of) == Some(Mark::Entry);
    let mut starts: Vec<usize> = (0..lines.len()).filter(|index| begins(&lines[*index])).collect();
    let first = lines.iter().position(|line| !line.is_empty());
    starts.extend(first.filter(|first| starts.first() != Some(first)));
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
}

/// The first line that begins with no mark and so goes on with the one above it. In a file that the export has written,
/// `exported`, the line that says whose an entry is stands for itself.
pub fn unmarked(lines: &[String], exported: bool) -> Option<&str> {
    let mut written = lines.iter().map(String::as_str).filter(|line| !is_blank(line));
    let is_marked = |line: &str| line.chars().next().is_some_and(|c| Mark::of(c).is_some());
    let is_owner = |line: &str| exported && owner(line).is_some();
    written.by_ref().next();
    written.find(|line| !is_marked(line) && !is_owner(line))
}

/// The organisation that a line （主体：本庄市） names.
fn owner(line: &str) -> Option<&str> {
    line.strip_prefix("（主体：")?.strip_suffix('）').filter(|name| !name.is_empty())
}

/// The lines that the export writes of an entry, blank ones left out, as a file can hold them.
pub fn printed(text: &EntryText, owner: Option<&str>) -> Vec<String> {
    let printed = outline::print(&text.body, &text.notes);
    let lines = printed.lines().filter(|line| !line.is_empty()).map(|line| comparable(line.trim()));
    lines.chain(owner.map(|owner| format!("（主体：{owner}）"))).collect()
}

/// XML has no place for two characters, for which the export writes the sign for what cannot be shown; a mark may have
/// white space behind it.
pub fn comparable(line: &str) -> String {
    let line = line.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}");
    let mut chars = line.chars();
    match chars.next().filter(|c| Mark::of(*c).is_some()) {
        Some(mark) => format!("{mark}{}", chars.as_str().trim_start()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &str) -> Vec<(String, Option<String>)> {
        let blocks = entries(&of(field)).unwrap();
        blocks
            .into_iter()
            .map(|block| (outline::print(&block.text.body, &block.text.notes), block.owner))
            .collect()
    }

    #[test]
    fn only_the_first_mark_of_a_line_is_one() {
        let field =
            "○○で始まり *途中に\n　*＊注 ・点\n　　・下の点\n\n　・別の点\n　（主体：本庄市）\n○次 ○の";
        let expected = [
            ("○○で始まり *途中に\n*＊注 ・点\n・下の点\n\n・別の点".to_owned(), Some("本庄市".to_owned())),
            ("○次 ○の".to_owned(), None),
        ];
        assert_eq!(read(field), expected);
    }

    #[test]
    fn text_without_a_mark_is_an_entry_and_a_lone_mark_is_none() {
        assert_eq!(
            read("手で書いた。\n○\n○次"),
            [("○手で書いた。".to_owned(), None), ("○次".to_owned(), None)]
        );
        assert_eq!(read(""), []);
        assert_eq!(read("<p>○一つ</p><p>*注</p>"), [("○一つ\n*注".to_owned(), None)]);
    }
}
