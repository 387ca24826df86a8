//! What goes out, whatever the format: one plain model of a sheet with what of it is shown.

use crate::sheet::Column;
use renkei_domain::{
    EntryId, EntryText, Facet, FiscalYear, ItemId, Note, NoteKind, OrganizationId, Phase, RegionId, SceneSet,
    SnapshotId, era, era::Minute, outline,
};

/// A sheet as somebody wants it: the columns that are shown, with the entries that are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub region: RegionId,
    pub region_name: String,
    pub fiscal_year: FiscalYear,
    pub title: String,
    pub phase: Phase,
    /// The moment that the content is of, in unix milliseconds: when it was read, or when the snapshot was taken.
    pub as_of: i64,
    pub snapshot: Option<SnapshotLabel>,
    /// The number of the change right after which it stood so; `None`: it does now, or it is a snapshot.
    pub change: Option<i64>,
    pub item_heading: String,
    /// Without its mark.
    pub item_footnote: Option<String>,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    pub left_out: LeftOut,
}

/// Which snapshot (提出版) it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotLabel {
    pub id: SnapshotId,
    pub label: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub item: ItemId,
    pub code: String,
    pub title: String,
    pub scenes: SceneSet,
    /// As many as there are columns.
    pub cells: Vec<Vec<Entry>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: EntryId,
    pub text: EntryText,
    /// `None`: joint.
    pub owner: Option<Owner>,
    pub version: i32,
    pub updated_at: i64,
    /// Who changed it last; nobody where an import did.
    pub updated_by: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub id: OrganizationId,
    pub name: String,
}

/// What the sheet has and the document has not; said once, at its top.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// By what it was filtered, in words; none: it was not.
    pub filter: Option<String>,
    /// Entries that the filter left out.
    pub filtered: usize,
    /// Organisations' own entries, which nobody asked for.
    pub own: usize,
    /// Names of columns that are not shown.
    pub columns: Vec<String>,
}

impl Document {
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.rows.iter().flat_map(|row| row.cells.iter().flatten())
    }

    /// Of what moment it is, in words: 「提出版「第1回協議会」（令和8年2月6日 10:42）」, 「令和8年2月6日 10:42現在」.
    pub fn moment(&self) -> String {
        let moment = long_minute(era::tokyo(self.as_of));
        match (&self.snapshot, self.change) {
            (Some(snapshot), _) => format!("提出版「{}」（{moment}）", snapshot.label),
            (None, Some(change)) => format!("{moment}時点（変更{change}まで）"),
            (None, None) => format!("{moment}現在（{}）", self.phase.name()),
        }
    }

    /// What is left out, a sentence each.
    pub fn remarks(&self) -> Vec<String> {
        let LeftOut { filter, filtered, own, columns } = &self.left_out;
        let mut remarks = Vec::new();
        if let Some(filter) = filter {
            let shown = self.entries().count();
            remarks.push(format!("絞り込み：{filter}。{}件中{shown}件を載せています。", shown + filtered));
        }
        if !columns.is_empty() {
            remarks.push(format!("載せていない欄：{}。", columns.join("、")));
        }
        if *own > 0 {
            remarks.push(format!("機関ごとの取組{own}件は載せていません。"));
        }
        remarks
    }

    /// 本庄市児玉郡_令和8年度_計画・評価表_第1回協議会, without what file systems refuse.
    pub fn file_name(&self) -> String {
        let label = self.snapshot.as_ref().map(|snapshot| format!("_{}", snapshot.label));
        let name =
            format!("{}_{}_計画・評価表{}", self.region_name, self.fiscal_year, label.unwrap_or_default());
        let allowed = |c: char| !c.is_control() && !r#"\/:*?"<>|"#.contains(c);
        name.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
    }
}

impl Row {
    /// The code as it is printed: （ア）.
    pub fn mark(&self) -> String {
        format!("（{}）", self.code)
    }

    /// Printed where the row goes on behind a page's end.
    pub fn continued(&self) -> String {
        format!("（{}）続き", self.code)
    }
}

impl Entry {
    /// What the entry is printed with: the body with ○, and each note with its mark, a line each.
    pub fn lines(&self) -> Vec<Line<'_>> {
        let mut lines =
            vec![Line { mark: "○".to_owned(), text: &self.text.body, note: None, apart: false }];
        let mut under_asterisk = false;
        for (mark, note) in outline::marked(&self.text.notes) {
            let apart = note.kind == NoteKind::Dot && note.depth == 0 && under_asterisk;
            under_asterisk = note.kind == NoteKind::Asterisk || note.depth == 1;
            lines.push(Line { mark, text: &note.text, note: Some(note), apart });
        }
        lines
    }

    /// All its notes with their marks, a line each; a blank line before a dot that does not stand under the asterisk above.
    pub fn notes(&self) -> Vec<String> {
        let notes = self.lines().into_iter().skip(1);
        notes.map(|line| if line.apart { format!("\n{}", line.marked()) } else { line.marked() }).collect()
    }

    /// The names of its explicit scenes; none: it inherits its item's.
    pub fn scenes(&self) -> String {
        self.text.explicit_scenes.iter().map(|scene| scene.name()).collect::<Vec<_>>().join("、")
    }

    pub fn owner(&self) -> &str {
        self.owner.as_ref().map_or("共同", |owner| &owner.name)
    }

    /// Printed under an entry that is an organisation's own.
    pub fn owner_line(&self) -> Option<String> {
        self.owner.as_ref().map(|owner| format!("（主体：{}）", owner.name))
    }
}

/// A line of an entry.
pub struct Line<'a> {
    pub mark: String,
    pub text: &'a str,
    /// The note that it is; none: it is the body.
    pub note: Option<&'a Note>,
    /// A dot that does not stand under the asterisk before it: a blank line parts the two, as in an outline.
    pub apart: bool,
}

impl Line<'_> {
    /// How deep it stands: the body 0, a note 1, a dot under an asterisk 2.
    pub fn level(&self) -> u8 {
        self.note.map_or(0, |note| note.depth + 1)
    }

    pub fn marked(&self) -> String {
        format!("{}{}", self.mark, self.text)
    }
}

/// 令和7年12月末時点, if the column speaks of a day.
pub fn day_of(column: &Column) -> Option<String> {
    era::parse_date(column.as_of.as_deref()?).ok().map(era::format_as_of)
}

/// The heading with its day, in one line.
pub fn dated_heading(column: &Column) -> String {
    match day_of(column) {
        Some(day) => format!("{}（{day}）", column.heading),
        None => column.heading.clone(),
    }
}

/// 令和8年2月6日 10:42
pub fn long_minute(at: Minute) -> String {
    let Minute { date, hour, minute } = at;
    format!("{} {hour}:{minute:02}", era::format_long(date))
}

/// How wide the columns are beside each other on paper: the items', then those that are shown. Their sum is 100.
pub fn widths(columns: &[Column]) -> Vec<f64> {
    const ITEM: f64 = 12.0;
    let weight = |column: &Column| match column.facet {
        Facet::Status => 29.0,
        Facet::Evaluation => 19.0,
        Facet::Goal => 16.0,
        Facet::Plan => 24.0,
    };
    let weights: Vec<f64> = columns.iter().map(weight).collect();
    let whole: f64 = weights.iter().sum();
    let shown = weights.iter().map(|weight| weight / whole * (100.0 - ITEM));
    std::iter::once(ITEM).chain(shown).collect()
}

/// How many lines a text takes where as many full-width characters fit in one.
pub fn lines_within(text: &str, capacity: f64) -> usize {
    let lines =
        text.split('\n').map(|line| (line.chars().map(breadth).sum::<f64>() / capacity).ceil().max(1.0));
    lines.sum::<f64>() as usize
}

/// How broad a character is, in full-width ones.
pub fn breadth(c: char) -> f64 {
    if matches!(c, ' '..='~' | '｡'..='ﾟ') { 0.6 } else { 1.0 }
}
