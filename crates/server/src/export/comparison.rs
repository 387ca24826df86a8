//! 新旧対照表 in Word: two states of a sheet beside each other, new and old, what changed underlined.

use super::{
    Document,
    document::{Entry, Row},
    docx::{cell, framed, heading, in_twips, packed, page, run},
};
use crate::{Fault, sheet::Column};
use docx_rs::{Paragraph, TableCell, TableRow, VMergeType};
use renkei_domain::diff::{Fate, Piece, diff};

/// A4 landscape, in twentieths of a point.
const PAPER: (u32, u32) = (16_838, 11_906);
const WIDTHS: [f64; 3] = [16.0, 42.0, 42.0];

/// Two states of one sheet.
pub struct Comparison {
    pub new: Document,
    pub old: Document,
    /// With the entries that are the same in both.
    pub unchanged: bool,
}

/// An entry in both states; `None`: it did not stand there.
struct Pair<'a> {
    new: Option<&'a Entry>,
    old: Option<&'a Entry>,
}

impl Comparison {
    /// 本庄市児玉郡_令和8年度_新旧対照表
    pub fn file_name(&self) -> String {
        Document { snapshot: None, ..self.new.clone() }.file_name().replace("計画・評価表", "新旧対照表")
    }

    /// Each cell's heading with its entries that are shown, and how many are not.
    fn pairs(&self) -> (Vec<(String, Vec<Pair<'_>>)>, usize) {
        let (mut cells, mut left_out) = (Vec::new(), 0);
        let gone = self.old.rows.iter().filter(|row| row_of(&self.new, row).is_none());
        for row in self.new.rows.iter().chain(gone) {
            for column in columns(&self.new, &self.old) {
                let mut pairs = paired(entries(&self.new, row, column), entries(&self.old, row, column));
                let before = pairs.len();
                pairs.retain(|pair| self.unchanged || pair.text(pair.new) != pair.text(pair.old));
                left_out += before - pairs.len();
                if !pairs.is_empty() {
                    cells.push((format!("{}{}", row.mark(), column.heading), pairs));
                }
            }
        }
        (cells, left_out)
    }
}

pub fn write(comparison: &Comparison) -> Result<Vec<u8>, Fault> {
    let (new, old) = (&comparison.new, &comparison.old);
    let (cells, left_out) = comparison.pairs();
    let mut lines = vec![
        format!("{}　{}", new.region_name, new.title),
        format!("新：{}", new.moment()),
        format!("旧：{}", old.moment()),
    ];
    if let Some(filter) = &new.left_out.filter {
        lines.push(format!("絞り込み：{filter}。"));
    }
    if left_out > 0 {
        lines.push(format!("変更のない取組{left_out}件は載せていません。"));
    }
    let widths = in_twips(PAPER, &WIDTHS);
    let mut rows: Vec<TableRow> = Vec::new();
    for (place, pairs) in &cells {
        for (nth, pair) in pairs.iter().enumerate() {
            let (merge, place) =
                if nth == 0 { (VMergeType::Restart, place.as_str()) } else { (VMergeType::Continue, "") };
            let (now, then) = pair.sides();
            let place =
                cell(vec![Paragraph::new().add_run(run(place).bold())], widths[0]).vertical_merge(merge);
            rows.push(TableRow::new(vec![place, cell(now, widths[1]), cell(then, widths[2])]).cant_split());
        }
    }
    if rows.is_empty() {
        let nothing = |nth: usize, text: &str| -> TableCell {
            cell(vec![Paragraph::new().add_run(run(text))], widths[nth])
        };
        rows.push(TableRow::new(vec![nothing(0, ""), nothing(1, "変更はありません。"), nothing(2, "")]));
    }
    let headings = ["事業項目・欄", "新", "旧"].map(|text| heading(text, None, None));
    packed(page(PAPER, "新旧対照表", lines.into_iter()).add_table(framed(headings.into(), rows, &widths)))
}

/// The same item's row in a document.
fn row_of<'a>(document: &'a Document, row: &Row) -> Option<&'a Row> {
    document.rows.iter().find(|other| other.item == row.item)
}

/// The new state's columns, and those that it has no more.
fn columns<'a>(new: &'a Document, old: &'a Document) -> impl Iterator<Item = &'a Column> {
    let gone =
        old.columns.iter().filter(|column| new.columns.iter().all(|other| other.key() != column.key()));
    new.columns.iter().chain(gone)
}

fn entries<'a>(document: &'a Document, row: &Row, column: &Column) -> &'a [Entry] {
    let nth = document.columns.iter().position(|other| other.key() == column.key());
    let cell = row_of(document, row).zip(nth).and_then(|(row, nth)| row.cells.get(nth));
    cell.map(Vec::as_slice).unwrap_or_default()
}

/// The new state's order; what stands there no more comes behind what it stood behind.
fn paired<'a>(new: &'a [Entry], old: &'a [Entry]) -> Vec<Pair<'a>> {
    let then = |entry: &Entry| old.iter().find(|other| other.id == entry.id);
    let mut pairs: Vec<Pair<'a>> =
        new.iter().map(|entry| Pair { new: Some(entry), old: then(entry) }).collect();
    let mut behind = 0;
    for entry in old {
        let place = pairs.iter().position(|pair| pair.old.is_some_and(|other| other.id == entry.id));
        match place {
            Some(place) => behind = place + 1,
            None => {
                pairs.insert(behind, Pair { new: None, old: Some(entry) });
                behind += 1;
            }
        }
    }
    pairs
}

impl Pair<'_> {
    /// An entry as it is printed, a line each.
    fn text(&self, entry: Option<&Entry>) -> Option<String> {
        entry.map(|entry| {
            let lines = entry.lines().into_iter().map(|line| line.marked());
            lines.chain(entry.owner_line()).collect::<Vec<_>>().join("\n")
        })
    }

    /// What stands on the new side, and on the old one.
    fn sides(&self) -> (Vec<Paragraph>, Vec<Paragraph>) {
        match (self.text(self.new), self.text(self.old)) {
            (Some(new), Some(old)) => {
                let pieces = diff(&old, &new);
                (side(&pieces, Fate::Inserted), side(&pieces, Fate::Deleted))
            }
            (Some(new), None) => (whole(new, Fate::Inserted), remark("（新設）")),
            (None, Some(old)) => (remark("（削除）"), whole(old, Fate::Deleted)),
            (None, None) => (Vec::new(), Vec::new()),
        }
    }
}

/// A side's pieces: those that are the same, and its own, which are underlined.
fn side(pieces: &[Piece], own: Fate) -> Vec<Paragraph> {
    let mut paragraphs = vec![Paragraph::new()];
    for piece in pieces.iter().filter(|piece| piece.fate == Fate::Same || piece.fate == own) {
        for (nth, text) in piece.text.split('\n').enumerate() {
            if nth > 0 {
                paragraphs.push(Paragraph::new());
            }
            if let Some(last) = paragraphs.pop_if(|_| !text.is_empty()) {
                let run = run(text);
                let run = if piece.fate == own { run.underline("single") } else { run };
                paragraphs.push(last.add_run(run));
            }
        }
    }
    paragraphs
}

fn whole(text: String, fate: Fate) -> Vec<Paragraph> {
    side(&[Piece { fate, text }], fate)
}

fn remark(text: &str) -> Vec<Paragraph> {
    vec![Paragraph::new().add_run(run(text))]
}
