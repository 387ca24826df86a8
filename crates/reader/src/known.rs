//! What an export says of its entries beside their text: ids, versions, scenes, owners. Where it and the text disagree, the
//! text is right.

use super::lines::{self, Block};
use super::table::{Notice, Place, Table, TableName, beginning};
use crate::difference::{Step, steps};
use crate::list::{HEADINGS, is_formula};
use renkei_domain::fields::Row;
use renkei_domain::outline::{self, Mark};
use renkei_domain::{CareScene, EntryId, EntryText, Facet, FiscalYear, SceneSet, text};
use std::collections::{HashMap, HashSet};

/// An entry as it was exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownEntry {
    pub id: EntryId,
    pub version: i32,
    pub text: EntryText,
    /// The name of its owner; `None`: joint.
    pub owner: Option<String>,
}

/// A cell, by its item's code as it is compared.
pub type CellName = (String, Facet, FiscalYear);

/// The entries of an export.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub cells: HashMap<CellName, Vec<KnownEntry>>,
    /// The rows of a list, in their order.
    pub list: Vec<Listed>,
    /// The region that it is of, if it says so.
    pub region: Option<String>,
}

/// A row of the list 取組一覧.
#[derive(Clone, Debug)]
pub struct Listed {
    pub place: Place,
    pub code: String,
    pub title: String,
    pub facet: Facet,
    pub fiscal_year: FiscalYear,
    /// Or why it is none.
    pub text: Result<EntryText, String>,
    pub owner: Option<String>,
    pub origin: Option<(EntryId, i32)>,
}

/// An entry of a cell, with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    pub text: EntryText,
    pub owner: Option<String>,
    pub origin: Option<KnownEntry>,
}

impl Known {
    /// Of a table with the list's headings. `quoted`: what would be a formula has an apostrophe before it.
    pub fn of_list(rows: &[Row<'_>], name: &TableName, quoted: bool) -> Option<Self> {
        let head = rows.first()?;
        let headings: Vec<String> = head.fields.iter().map(|field| lines::plain(field)).collect();
        let column = |nth: usize| headings.iter().position(|heading| heading == HEADINGS[nth]);
        let columns = List {
            code: column(0)?,
            title: column(1),
            facet: column(2)?,
            year: column(3)?,
            scenes: column(4),
            owner: column(5),
            body: column(6)?,
            notes: (0..headings.len()).filter(|index| headings[*index].starts_with(HEADINGS[7])).collect(),
            version: column(8),
            id: column(11),
            quoted,
        };
        let list: Vec<Listed> = rows[1..].iter().filter_map(|row| columns.row(row, name)).collect();
        let mut cells: HashMap<CellName, Vec<KnownEntry>> = HashMap::new();
        for listed in &list {
            if let (Some((id, version)), Ok(text)) = (listed.origin, &listed.text) {
                let entry = KnownEntry { id, version, text: text.clone(), owner: listed.owner.clone() };
                let cell = (text::normalized(&listed.code), listed.facet, listed.fiscal_year);
                cells.entry(cell).or_default().push(entry);
            }
        }
        Some(Known { cells, list, region: None })
    }

    /// What of the list stands in none of these tables, whose texts alone are read: rows that somebody has added,
    /// and those that cannot be read. Whether an entry's own row was changed is judged where the entry is known.
    pub fn not_in(&self, tables: &[Table<'_>]) -> Vec<Notice> {
        let added: Vec<&Listed> = self.list.iter().filter(|listed| listed.is_added()).collect();
        if tables.is_empty() || added.is_empty() {
            return Vec::new();
        }
        let mut shown = Shown::default();
        for table in tables {
            shown.add(table);
        }
        let notice = |listed: &Listed| match &listed.text {
            Ok(text) if shown.has(text) => None,
            Ok(text) => {
                let message = format!(
                    "取組一覧だけにある取組は取り込みません。表のシートに書いてください：「{}」",
                    beginning(&text.body)
                );
                Some(Notice::left_out(listed.place.clone(), message))
            }
            Err(reason) => {
                let message = format!("取組一覧のこの行は読みません。{reason}");
                Some(Notice::left_out(listed.place.clone(), message))
            }
        };
        added.into_iter().filter_map(notice).collect()
    }

    /// The entries of a cell's lines, and those that the cell has no more. One whose lines are as the export wrote them is
    /// that entry; of the others, those that are most alike.
    pub fn matched(&self, cell: &CellName, blocks: Vec<Block>) -> (Vec<Matched>, Vec<KnownEntry>) {
        let known = self.cells.get(cell).map_or(&[][..], Vec::as_slice);
        let printed: Vec<Vec<String>> =
            known.iter().map(|known| lines::printed(&known.text, known.owner.as_deref())).collect();
        let mut free: Vec<usize> = (0..known.len()).collect();
        let mut found: Vec<Option<usize>> = Vec::with_capacity(blocks.len());
        for block in &blocks {
            let written: Vec<String> = block.lines.iter().map(|line| lines::comparable(line)).collect();
            let same = free.iter().position(|index| printed[*index] == written);
            found.push(same.map(|place| free.remove(place)));
        }
        let exact = found.clone();
        let others: Vec<usize> = (0..blocks.len()).filter(|index| found[*index].is_none()).collect();
        let have: Vec<&EntryText> = free.iter().map(|index| &known[*index].text).collect();
        let want: Vec<EntryText> = others.iter().map(|index| blocks[*index].text.clone()).collect();
        let mut gone = Vec::new();
        let mut next = others.into_iter();
        for step in steps(&have, &want) {
            match step {
                Step::Delete { have } => gone.push(known[free[have]].clone()),
                Step::Create { .. } => drop(next.next()),
                Step::Keep { have } | Step::Update { have, .. } => {
                    if let Some(index) = next.next() {
                        found[index] = Some(free[have]);
                    }
                }
            }
        }
        let entry = |(index, block): (usize, Block)| {
            let origin = found[index].map(|nth| known[nth].clone());
            let scenes = origin.as_ref().map_or(SceneSet::EMPTY, |origin| origin.text.explicit_scenes);
            let whole = exact[index].filter(|nth| lost(&known[*nth].text)).map(|nth| known[nth].text.clone());
            let text = whole.unwrap_or(EntryText { explicit_scenes: scenes, ..block.text });
            Matched { text, owner: block.owner, origin }
        };
        (blocks.into_iter().enumerate().map(entry).collect(), gone)
    }
}

impl Listed {
    /// Whether it is no row that the export has written.
    fn is_added(&self) -> bool {
        self.origin.is_none() || self.text.is_err()
    }
}

/// The entries that tables show, by their lines.
#[derive(Default)]
struct Shown(HashSet<Vec<String>>);

impl Shown {
    fn add(&mut self, table: &Table<'_>) {
        let width = table.rows.iter().map(|row| row.fields.len()).max().unwrap_or_default();
        for column in 0..width {
            // A cell that is too tall goes on in the row beneath, maybe within a line.
            let mut cell: Vec<String> = Vec::new();
            for field in table.rows.iter().filter_map(|row| row.fields.get(column)) {
                let lines = lines::of(field);
                let Some(start) = lines.iter().position(|line| !line.is_empty()) else { continue };
                let lines = &lines[start..];
                let mark = lines[0].chars().next().and_then(Mark::of);
                let mut rest = lines;
                if mark == Some(Mark::Entry) {
                    self.entries(&std::mem::take(&mut cell));
                } else if mark.is_none() {
                    // It may be a cell of its own.
                    self.entries(lines);
                    if let Some(last) = cell.last_mut() {
                        last.push_str(&lines[0]);
                        rest = &lines[1..];
                    }
                }
                cell.extend_from_slice(rest);
            }
            self.entries(&cell);
        }
    }

    fn entries(&mut self, lines: &[String]) {
        let blocks = lines::entries(lines).unwrap_or_default();
        self.0.extend(blocks.iter().map(|block| printed(&block.text)));
    }

    fn has(&self, text: &EntryText) -> bool {
        self.0.contains(&printed(text))
    }
}

/// An entry's lines as they are compared, whoever owns it.
fn printed(text: &EntryText) -> Vec<String> {
    lines::printed(text, None)
}

/// Whether a text has characters that XML has no place for.
fn lost(text: &EntryText) -> bool {
    let texts = std::iter::once(&text.body).chain(text.notes.iter().map(|note| &note.text));
    texts.into_iter().any(|text| text.contains(['\u{fffe}', '\u{ffff}']))
}

/// Which field of a list holds what.
struct List {
    code: usize,
    title: Option<usize>,
    facet: usize,
    year: usize,
    scenes: Option<usize>,
    owner: Option<usize>,
    body: usize,
    notes: Vec<usize>,
    version: Option<usize>,
    id: Option<usize>,
    quoted: bool,
}

impl List {
    fn row(&self, row: &Row<'_>, name: &TableName) -> Option<Listed> {
        if row.is_blank() {
            return None;
        }
        let field = |index: usize| -> String {
            let text = row.fields.get(index).map(|field| lines::plain(field)).unwrap_or_default();
            match text.strip_prefix('\'') {
                Some(rest) if self.quoted && is_formula(rest.trim_start_matches('\'')) => rest.to_owned(),
                _ => text,
            }
        };
        let of = |index: Option<usize>| index.map(field).unwrap_or_default();
        let facet = field(self.facet);
        let facet = Facet::ALL.into_iter().find(|known| known.name() == facet);
        let year = FiscalYear::parse(field(self.year).trim_end_matches(".0")).ok();
        let text =
            self.text(field(self.body), &self.notes.iter().map(|index| field(*index)).collect::<Vec<_>>());
        let scenes = scenes(&of(self.scenes));
        let (facet, fiscal_year, text) = match (facet, year) {
            (Some(facet), Some(year)) => (facet, year, text.and_then(|text| with_scenes(text, scenes))),
            _ => (Facet::Status, FiscalYear(0), Err("「欄」か「年度」が読めません。".to_owned())),
        };
        let owner = Some(of(self.owner)).filter(|owner| !owner.is_empty() && owner != "共同");
        let version = of(self.version).trim_end_matches(".0").parse().ok();
        Some(Listed {
            place: Place::new(name, row.line, self.body + 1),
            code: field(self.code),
            title: of(self.title),
            facet,
            fiscal_year,
            text,
            owner,
            origin: of(self.id).parse().ok().zip(version),
        })
    }

    fn text(&self, body: String, notes: &[String]) -> Result<EntryText, String> {
        let notes: Vec<&str> = notes.iter().map(String::as_str).filter(|notes| !notes.is_empty()).collect();
        let written = format!("○{}\n{}", body.replace('\n', " "), notes.join("\n"));
        let (body, notes) = outline::parse(&written).map_err(|fault| fault.to_string())?;
        Ok(EntryText { body, notes, explicit_scenes: SceneSet::EMPTY })
    }
}

fn with_scenes(text: EntryText, scenes: Result<SceneSet, String>) -> Result<EntryText, String> {
    Ok(EntryText { explicit_scenes: scenes?, ..text })
}

fn scenes(names: &str) -> Result<SceneSet, String> {
    let names = names.split(['、', '・', ',', '，']).map(str::trim).filter(|name| !name.is_empty());
    let scene = |name: &str| {
        CareScene::from_name(name)
            .ok_or_else(|| format!("「場面（明示）」の「{name}」は場面の名前ではありません。"))
    };
    names.map(scene).collect()
}
