//! What a file would change in a sheet that is there, entry by entry: found out before anything is stored, and again when it
//! is stored.

use super::{
    plan::NewSheet,
    reader::{
        Detail, Form, KnownEntry, Notice, Place, Reading,
        difference::{self, Step, steps},
    },
};
use crate::{
    Fault,
    account::Viewer,
    entry::{CellKey, Entry},
    refusal::{Refusal, Stop},
    sheet::{self, SheetView},
    text,
};
use renkei_domain::{Act, EntryId, EntryText, FiscalYear, OrganizationId, Owner, merge::merge};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What becomes of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The file has it, the sheet has not.
    New,
    /// Both have it, and the file says something else.
    Changed,
    /// The sheet has it, and the file has not.
    Missing,
    /// The file has it as it was exported; people have changed it since.
    Newer,
}

impl Kind {
    pub fn code(self) -> &'static str {
        match self {
            Kind::New => "NEW",
            Kind::Changed => "CHANGED",
            Kind::Missing => "MISSING",
            Kind::Newer => "NEWER",
        }
    }
}

/// One entry that file and sheet do not have the same of.
#[derive(Clone, Debug)]
pub struct Difference {
    /// By which it is chosen: the same file gives the same keys.
    pub key: String,
    pub kind: Kind,
    pub cell: CellKey,
    pub code: String,
    /// The file's line that the row begins on, from 1.
    pub line: usize,
    /// As it stands in the sheet.
    pub have: Option<Arc<Entry>>,
    /// As it would stand there.
    pub want: Option<Wanted>,
    /// It is both: what the file changed, and what people changed since the export.
    pub merged: bool,
    /// Somebody has changed it since the export, or, where nobody knows when that was, at all.
    pub edited: bool,
    /// Why they may not do it.
    pub refused: Option<String>,
    /// Whether it is taken unless somebody says otherwise.
    pub taken: bool,
}

impl Difference {
    /// The version that was seen; 0 of what is not there.
    pub fn version(&self) -> i32 {
        self.have.as_ref().map_or(0, |entry| entry.version)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    pub text: EntryText,
    pub owner: Option<OrganizationId>,
}

/// A cell's entries in the file's order: those that stay, and differences by their index.
#[derive(Clone, Debug)]
pub struct CellPlan {
    pub cell: CellKey,
    pub code: String,
    pub order: Vec<Placing>,
}

#[derive(Clone, Copy, Debug)]
pub enum Placing {
    Stays(EntryId),
    Differs(usize),
}

/// A file beside the sheet that it is for.
pub struct Preview {
    pub view: SheetView,
    /// The sheet is not there, and would be made.
    pub made: Option<NewSheet>,
    pub reading: Reading,
    pub differences: Vec<Difference>,
    pub cells: Vec<CellPlan>,
    /// Entries that are the same in both.
    pub same: usize,
}

/// What a file is compared with: the sheet of its year, or what it would make.
pub struct Beside {
    pub view: SheetView,
    pub made: Option<NewSheet>,
}

/// Compares a file with the sheet of its year. Refused: whoever may not edit the sheet's joint entries, a file of another
/// year, and one with a column that the sheet has not.
pub fn compare(
    Beside { view, made }: Beside,
    mut reading: Reading,
    viewer: &Viewer,
    year: FiscalYear,
) -> Result<Preview, Stop> {
    let frame = view.frame.clone();
    sheet::may(&frame.head, viewer, Act::Edit(Owner::Joint))?;
    let columns = super::file::columns(&reading.sheet, year)?;
    if let Some(column) =
        columns.iter().find(|column| frame.columns.iter().all(|own| own.key() != column.key()))
    {
        let message = format!("{}に「{}」の欄はありません。", frame.head.title, column.heading);
        return Err(Refusal::invalid("file", message).into());
    }
    let items: HashMap<String, _> = frame.rows.iter().map(|row| (text::key(&row.code), row.item)).collect();
    let owners: HashMap<String, OrganizationId> = frame
        .region
        .organizations
        .iter()
        .map(|organization| (text::key(&organization.name), organization.id))
        .collect();
    let mut comparison = Comparison {
        view: &view,
        viewer,
        beside: reading.report.beside,
        list: reading.report.form == Form::Csv,
        beside_list: reading.report.beside && matches!(reading.report.form, Form::Xlsx | Form::Ods),
        versions: view.cells.values().flatten().map(|entry| (entry.id, entry.version)).collect(),
        owners,
        differences: Vec::new(),
        cells: Vec::new(),
        same: 0,
        notices: Vec::new(),
    };
    for (row, (details, gone)) in reading.sheet.rows.iter().zip(reading.details.iter().zip(&reading.gone)) {
        let Some(item) = items.get(&text::key(&row.code)) else {
            let message = format!(
                "事業項目（{}）は{}にありません。この行は取り込みません。",
                row.code, frame.head.title
            );
            let place = Place { line: row.line, ..Place::default() };
            comparison.notices.push(Notice::left_out(place, message));
            continue;
        };
        for (index, column) in columns.iter().enumerate() {
            let file = FileCell {
                cell: column.cell(*item),
                code: &row.code,
                line: row.line,
                texts: &row.cells[index],
                details: &details[index],
                gone: &gone[index],
            };
            comparison.cell(&file)?;
        }
    }
    let Comparison { differences, cells, same, notices, .. } = comparison;
    notices.into_iter().for_each(|notice| reading.report.note(notice));
    Ok(Preview { view, made, reading, differences, cells, same })
}

struct FileCell<'a> {
    cell: CellKey,
    code: &'a str,
    line: usize,
    texts: &'a [EntryText],
    details: &'a [Detail],
    gone: &'a [KnownEntry],
}

struct Comparison<'a> {
    view: &'a SheetView,
    viewer: &'a Viewer,
    /// Ids and versions are known of what was exported.
    beside: bool,
    /// Nothing tells what has been taken out of the file, but that it is not there.
    list: bool,
    /// What is known of the entries stands in a list beside the matrix, where people may change it.
    beside_list: bool,
    /// Of all entries of the sheet.
    versions: HashMap<EntryId, i32>,
    /// By name.
    owners: HashMap<String, OrganizationId>,
    differences: Vec<Difference>,
    cells: Vec<CellPlan>,
    same: usize,
    notices: Vec<Notice>,
}

impl Comparison<'_> {
    fn cell(&mut self, file: &FileCell<'_>) -> Result<(), Fault> {
        let have: Vec<Arc<Entry>> = self.view.cell(&file.cell).to_vec();
        let pairs = self.pairs(file, &have);
        let paired: HashSet<EntryId> = pairs.iter().flatten().map(|entry| entry.id).collect();
        if self.beside_list {
            self.tell_of_list(file, &have);
        }
        let mut order = Vec::new();
        for (nth, (entry, (text, detail))) in
            pairs.iter().zip(file.texts.iter().zip(file.details)).enumerate()
        {
            let owner = self.owner(file, detail, entry.as_deref());
            let wanted = Wanted { text: text.clone(), owner };
            let difference = match entry {
                None => Some(self.new_entry(file, nth, wanted)),
                Some(entry) => self.changed(file, entry, wanted, detail.origin.as_ref())?,
            };
            match (difference, entry) {
                (Some(difference), _) => {
                    order.push(Placing::Differs(self.differences.len()));
                    self.differences.push(difference);
                }
                (None, Some(entry)) => {
                    self.same += 1;
                    order.push(Placing::Stays(entry.id));
                }
                (None, None) => {}
            }
        }
        let with_owners = file.details.iter().any(|detail| detail.owner.is_some());
        let gone: HashSet<EntryId> = file.gone.iter().map(|gone| gone.id).collect();
        for entry in have.iter().filter(|entry| !paired.contains(&entry.id)) {
            // What was not in the file when it was exported is none that somebody has taken out of it. Of an organisation's
            // own entries nothing is known if the file has none.
            let was_there = !self.beside || self.list || gone.contains(&entry.id);
            if was_there && (entry.owner.is_none() || with_owners || gone.contains(&entry.id)) {
                let version = file.gone.iter().find(|gone| gone.id == entry.id).map(|gone| gone.version);
                order.push(Placing::Differs(self.differences.len()));
                self.differences.push(self.missing(file, entry, version));
            }
        }
        if order.iter().any(|placing| matches!(placing, Placing::Differs(_))) {
            self.cells.push(CellPlan { cell: file.cell, code: file.code.to_owned(), order });
        }
        Ok(())
    }

    /// What somebody has changed in the list beside the matrix, of whose texts the matrix's are read.
    fn tell_of_list(&mut self, file: &FileCell<'_>, have: &[Arc<Entry>]) {
        let shown = file.texts.iter().zip(file.details);
        let shown = shown.filter_map(|(text, detail)| Some((detail.origin.as_ref()?, Some(text))));
        let have: HashMap<EntryId, &Arc<Entry>> = have.iter().map(|entry| (entry.id, entry)).collect();
        for (listed, text) in shown.chain(file.gone.iter().map(|gone| (gone, None))) {
            let what = match have.get(&listed.id) {
                Some(entry) if edited_in_list(listed, entry.version, &entry.text, text) => {
                    "文は取り込みません。表のシートに書いてください"
                }
                // It has this version in another cell.
                None if self.versions.get(&listed.id) == Some(&listed.version) => {
                    "事業項目、欄、年度は取り込みません。表のシートで移してください"
                }
                _ => continue,
            };
            let message = format!("取組一覧で変えた{what}：「{}」", beginning(&listed.text.body));
            let place = Place { line: file.line, ..Place::default() };
            self.notices.push(Notice::left_out(place, message));
        }
    }

    /// For each of the file's entries the one of the sheet: by its id, or by its text.
    fn pairs(&self, file: &FileCell<'_>, have: &[Arc<Entry>]) -> Vec<Option<Arc<Entry>>> {
        let mut pairs: Vec<Option<Arc<Entry>>> = vec![None; file.texts.len()];
        let mut free: Vec<Arc<Entry>> = have.to_vec();
        for (pair, detail) in pairs.iter_mut().zip(file.details) {
            let id = detail.origin.as_ref().map(|origin| origin.id);
            if let Some(place) = id.and_then(|id| free.iter().position(|entry| entry.id == id)) {
                *pair = Some(free.remove(place));
            }
        }
        let known: HashSet<EntryId> = file.gone.iter().map(|gone| gone.id).collect();
        free.retain(|entry| !known.contains(&entry.id));
        let with_owners = file.details.iter().any(|detail| detail.owner.is_some());
        free.retain(|entry| entry.owner.is_none() || with_owners);
        let open: Vec<usize> = (0..pairs.len()).filter(|index| pairs[*index].is_none()).collect();
        let want: Vec<EntryText> = open.iter().map(|index| file.texts[*index].clone()).collect();
        let texts: Vec<&EntryText> = free.iter().map(|entry| &entry.text).collect();
        let mut next = open.into_iter();
        for step in steps(&texts, &want) {
            match step {
                Step::Delete { .. } => {}
                Step::Create { .. } => drop(next.next()),
                Step::Keep { have } => {
                    if let Some(index) = next.next() {
                        pairs[index] = Some(free[have].clone());
                    }
                }
                // Beside ids a text that is merely alike is that of another entry.
                Step::Update { have, .. } => {
                    if let Some(index) = next.next().filter(|_| !self.beside) {
                        pairs[index] = Some(free[have].clone());
                    }
                }
            }
        }
        // What stands there word for word is that entry, wherever in the cell and whatever a list says of it.
        let claimed: HashSet<EntryId> = pairs.iter().flatten().map(|entry| entry.id).collect();
        let may_be = |entry: &&Arc<Entry>| {
            let told = entry.owner.is_none() || with_owners || known.contains(&entry.id);
            told && !claimed.contains(&entry.id)
        };
        let left: Vec<&Arc<Entry>> = have.iter().filter(may_be).collect();
        let open: Vec<usize> = (0..pairs.len()).filter(|index| pairs[*index].is_none()).collect();
        let want: Vec<&EntryText> = open.iter().map(|index| &file.texts[*index]).collect();
        let texts: Vec<&EntryText> = left.iter().map(|entry| &entry.text).collect();
        for (want, have) in same_texts(&want, &texts) {
            pairs[open[want]] = Some(left[have].clone());
        }
        pairs
    }

    /// Whose the entry would be: as the file says, and as it is where the file knows nothing of that.
    fn owner(
        &mut self,
        file: &FileCell<'_>,
        detail: &Detail,
        entry: Option<&Entry>,
    ) -> Option<OrganizationId> {
        let have = entry.and_then(|entry| entry.owner);
        let shown = match &detail.owner {
            Some(name) => self.organization(file, name).or(have),
            None if detail.origin.is_some() => None,
            None => have,
        };
        // The list beside the matrix names the owner too. Whose the entry was is known as long as nobody has
        // changed it since the export.
        let origin = detail.origin.as_ref().filter(|origin| origin.owner != detail.owner);
        match (origin, entry) {
            (Some(origin), Some(entry)) if origin.version == entry.version => {
                let listed = origin.owner.as_ref();
                let listed = listed.and_then(|name| self.organization(file, name).or(have));
                changed_owner(shown, listed, have)
            }
            _ => shown,
        }
    }

    /// The region's organisation of this name. Told: there is none.
    fn organization(&mut self, file: &FileCell<'_>, name: &str) -> Option<OrganizationId> {
        let known = self.owners.get(&text::key(name)).copied();
        if known.is_none() {
            let message = format!("主体「{name}」は圏域の機関ではありません。主体は変えません。");
            let place = Place { line: file.line, ..Place::default() };
            self.notices.push(Notice::left_out(place, message));
        }
        known
    }

    fn may(&self, cell: CellKey, owners: &[Option<OrganizationId>]) -> Option<String> {
        let region = &self.view.frame.region;
        let refused = owners
            .iter()
            .find_map(|owner| sheet::may_edit(region, Some(self.viewer), cell, (*owner).into()).err());
        refused.map(|refusal| refusal.message)
    }

    fn new_entry(&self, file: &FileCell<'_>, nth: usize, wanted: Wanted) -> Difference {
        let refused = self.may(file.cell, &[wanted.owner]);
        let (facet, year) = (file.cell.facet.code(), file.cell.fiscal_year.0);
        Difference {
            key: format!("{}/{facet}/{year}/{}", file.code, nth + 1),
            kind: Kind::New,
            cell: file.cell,
            code: file.code.to_owned(),
            line: file.line,
            have: None,
            merged: false,
            edited: false,
            taken: refused.is_none(),
            want: Some(wanted),
            refused,
        }
    }

    /// What the file says otherwise of an entry; `None`: nothing.
    fn changed(
        &self,
        file: &FileCell<'_>,
        entry: &Arc<Entry>,
        mut wanted: Wanted,
        origin: Option<&KnownEntry>,
    ) -> Result<Option<Difference>, Fault> {
        if origin.is_none() {
            wanted.text.explicit_scenes = entry.text.explicit_scenes;
        }
        if (&wanted.text, wanted.owner) == (&entry.text, entry.owner) {
            return Ok(None);
        }
        let mut kind = Kind::Changed;
        let (mut merged, mut edited) = (false, entry.updated_by.is_some());
        if let Some(origin) = origin {
            edited = entry.version != origin.version;
            let base_owner =
                origin.owner.as_ref().and_then(|name| self.owners.get(&text::key(name)).copied());
            if edited && (&wanted.text, wanted.owner) == (&origin.text, base_owner) {
                kind = Kind::Newer;
            } else if edited {
                let together = merge(&origin.text, &entry.text, &wanted.text);
                if let (0, Ok(text)) = (together.overlaps, together.text.checked()) {
                    let owner = if wanted.owner == base_owner { entry.owner } else { wanted.owner };
                    wanted = Wanted { text, owner };
                    merged = true;
                }
                if (&wanted.text, wanted.owner) == (&entry.text, entry.owner) {
                    return Ok(None);
                }
            }
        }
        let refused = self.may(file.cell, &[entry.owner, wanted.owner]);
        Ok(Some(Difference {
            key: entry.id.to_string(),
            kind,
            cell: file.cell,
            code: file.code.to_owned(),
            line: file.line,
            have: Some(entry.clone()),
            want: Some(wanted),
            merged,
            edited,
            taken: refused.is_none() && kind == Kind::Changed && (!edited || merged),
            refused,
        }))
    }

    fn missing(&self, file: &FileCell<'_>, entry: &Arc<Entry>, exported: Option<i32>) -> Difference {
        let refused = self.may(file.cell, &[entry.owner]);
        Difference {
            key: entry.id.to_string(),
            kind: Kind::Missing,
            cell: file.cell,
            code: file.code.to_owned(),
            line: file.line,
            edited: exported.map_or(entry.updated_by.is_some(), |version| version != entry.version),
            have: Some(entry.clone()),
            want: None,
            merged: false,
            refused,
            taken: false,
        }
    }
}

/// Texts that are the same word for word, each taken once: their places in the file's and in the sheet's.
fn same_texts(want: &[&EntryText], have: &[&EntryText]) -> Vec<(usize, usize)> {
    let mut free: Vec<usize> = (0..have.len()).collect();
    let mut pairs = Vec::new();
    for (place, text) in want.iter().enumerate() {
        if let Some(nth) = free.iter().position(|index| difference::same(have[*index], text)) {
            pairs.push((place, free.remove(nth)));
        }
    }
    pairs
}

/// Whether somebody has changed an entry's text in the list beside the matrix, and not in the matrix too.
/// `version` and `text` are the entry's, as it was exported if nobody has changed it since; `shown` is what the
/// matrix says of it.
fn edited_in_list(listed: &KnownEntry, version: i32, text: &EntryText, shown: Option<&EntryText>) -> bool {
    let differs = |other: &EntryText| !difference::same(&listed.text, other);
    listed.version == version && differs(text) && shown.is_none_or(differs)
}

/// Whose an entry is to be, where the matrix and the list beside it do not say the same: who is not the one that
/// it was exported with has been written there since.
fn changed_owner<T: PartialEq>(shown: T, listed: T, exported: T) -> T {
    if shown == exported { listed } else { shown }
}

/// A text's beginning, for a notice.
fn beginning(text: &str) -> String {
    const CHARS: usize = 40;
    match text.char_indices().nth(CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str) -> EntryText {
        EntryText { body: body.to_owned(), ..EntryText::default() }
    }

    #[test]
    fn the_same_texts_are_paired_once_in_any_order() {
        let (want, have) = (["乙", "甲", "乙", "丙"].map(text), ["甲", "丁", "乙"].map(text));
        let (want, have): (Vec<_>, Vec<_>) = (want.iter().collect(), have.iter().collect());
        assert_eq!(same_texts(&want, &have), [(0, 2), (1, 0)]);
        assert!(same_texts(&want, &[]).is_empty() && same_texts(&[], &have).is_empty());
    }

    #[test]
    fn a_text_that_was_changed_in_the_list_alone_is_told() {
        let listed = |body: &str| KnownEntry {
            id: EntryId(uuid::Uuid::from_u128(1)),
            version: 3,
            text: text(body),
            owner: None,
        };
        let (exported, edited) = (text("甲"), text("乙"));
        // In neither, in the matrix, in the list (alike or not), in both alike, in both otherwise.
        assert!(!edited_in_list(&listed("甲"), 3, &exported, Some(&exported)));
        assert!(!edited_in_list(&listed("甲"), 3, &exported, Some(&edited)));
        assert!(edited_in_list(&listed("乙"), 3, &exported, Some(&exported)));
        assert!(edited_in_list(&listed("乙"), 3, &exported, None));
        assert!(!edited_in_list(&listed("乙"), 3, &exported, Some(&edited)));
        assert!(edited_in_list(&listed("丙"), 3, &exported, Some(&edited)));
        // Taken out of the matrix, or changed by people since the export.
        assert!(!edited_in_list(&listed("甲"), 3, &exported, None));
        assert!(!edited_in_list(&listed("甲"), 4, &edited, Some(&text("甲"))));
    }

    #[test]
    fn an_owner_is_taken_from_where_it_was_changed() {
        let (joint, city, town) = (None, Some(1), Some(2));
        assert_eq!(changed_owner(joint, city, joint), city, "in the list");
        assert_eq!(changed_owner(city, joint, joint), city, "in the matrix");
        assert_eq!(changed_owner(city, joint, city), joint, "in the list");
        assert_eq!(changed_owner(city, town, joint), city, "in both: the matrix is what is seen");
    }
}
