//! The table that is the sheet: chosen among a file's tables, read row by row, with what was made of it.

use super::forms::Opened;
use super::heading::{ColumnRole, Header, facets_in, guesses};
use super::known::{CellName, Known, KnownEntry};
use super::table::{Notice, Place, Table, TableName, beginning};
use super::{Choices, ColumnReport, Detail, ReadFault, Reading, Report, RowReport, RowRole, TableReport};
use super::{cell, fault, html, item, lines, marks};
use renkei_domain::fields::Row;
use renkei_domain::outline::Mark;
use renkei_domain::text::{digit, is_blank, normalized};
use renkei_domain::{
    ColumnReading, EntryText, Facet, FiscalYear, RowReading, SceneSet, SheetReading, era, limits,
};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::HashMap;

/// Rows at a table's top among which the head is looked for.
const ABOVE: usize = 40;

/// Reads the table that is the sheet.
pub fn read(opened: Opened<'_>, year: FiscalYear, choices: &Choices) -> Result<Reading, ReadFault> {
    let Opened { form, tables, known, around, notices } = opened;
    let mut report = Report::of(form);
    report.beside = known.is_some();
    notices.into_iter().for_each(|notice| report.note(notice));
    if tables.is_empty()
        && let Some(known) = known
    {
        return of_list(known, year, report);
    }
    let heads: Vec<Result<Head, ReadFault>> = tables.iter().map(|table| head(table, year, choices)).collect();
    let chosen = match choices.table {
        Some(nth) => nth.checked_sub(1).filter(|index| *index < tables.len()),
        None => best(&tables, &heads),
    };
    let Some(chosen) = chosen else {
        return Err(likely_fault(&tables, heads));
    };
    for (index, table) in tables.iter().enumerate() {
        let (name, rows) = (table.name.to_string(), table.rows.len());
        report.tables.push(TableReport { name, taken: index == chosen, rows });
        if index != chosen && rows > 0 {
            let first =
                table.rows[0].fields.iter().map(|field| lines::plain(field)).find(|text| !is_blank(text));
            let message =
                format!("この表は取り込みません：「{}」ほか", beginning(&first.unwrap_or_default()));
            report.note(Notice::left_out(Place::new(&table.name, 0, 0), message));
        }
    }
    let head = heads.into_iter().nth(chosen).unwrap_or_else(|| Err(no_table()))?;
    let table = tables.into_iter().nth(chosen).ok_or_else(no_table)?;
    let exported = known.is_some() || is_exported(&table, &head, &around);
    let outside = if exported { not_of_export(&around) } else { &around[..] };
    for line in outside.iter().filter(|line| !is_page_number(line)) {
        let message = format!("表の外の文は取り込みません：「{}」", beginning(line));
        report.note(Notice::left_out(Place::default(), message));
    }
    let mut matrix = Matrix { table, head, known: known.unwrap_or_default(), exported, report };
    matrix.check_around();
    matrix.rows(choices)
}

/// The table that is most like a sheet and has no head that is understood, with what each of its columns would be taken
/// for, to be said by a person. `None`: there is a head, or no table at all.
pub fn offer(opened: &Opened<'_>, year: FiscalYear, choices: &Choices) -> Option<Report> {
    let tables = &opened.tables;
    let facets = |table: &Table<'_>| table.rows.iter().take(ABOVE).map(facets_in).max().unwrap_or(0);
    let likely = |index: &usize| (facets(&tables[*index]), tables[*index].rows.len(), usize::MAX - index);
    let chosen = match choices.table {
        Some(nth) => nth.checked_sub(1).filter(|index| *index < tables.len())?,
        None if tables.iter().any(|table| head(table, year, choices).is_ok()) => return None,
        None => (0..tables.len()).max_by_key(likely)?,
    };
    let table = &tables[chosen];
    let fault = head(table, year, choices).err()?;
    // The row that is most like a head: of several fields.
    let filled = |row: &Row<'_>| row.fields.iter().filter(|field| !is_blank(field)).count();
    let of_fault = table.rows.iter().find(|row| row.line == fault.place.line && filled(row) > 1);
    let row = of_fault.or_else(|| table.rows.iter().take(ABOVE).find(|row| filled(row) > 1))?;
    let mut report = Report::of(opened.form);
    report.tables = tables
        .iter()
        .enumerate()
        .map(|(index, table)| TableReport {
            name: table.name.to_string(),
            taken: index == chosen,
            rows: table.rows.len(),
        })
        .collect();
    let columns = guesses(row, &choices.columns).into_iter().enumerate();
    report.columns = columns
        .map(|(index, (heading, role))| ColumnReport {
            column: index + 1,
            heading: beginning(&heading),
            role,
        })
        .collect();
    let rows = table.rows.iter().take(ABOVE);
    let role = |other: &Row<'_>| match other.line.cmp(&row.line) {
        Ordering::Less => RowRole::Ignored,
        Ordering::Equal => RowRole::Header,
        Ordering::Greater => RowRole::Item,
    };
    report.rows =
        rows.map(|row| RowReport { line: row.line, text: row_text(row), role: role(row) }).collect();
    Some(report)
}

fn no_table() -> ReadFault {
    fault(&TableName::File, 1, 1, "見出しの行がありません。")
}

/// A table's head, and which of its rows it is.
struct Head {
    header: Header,
    /// The head's last row.
    row: usize,
    /// The first row that it is made of.
    first: usize,
}

/// The first row, or two rows that together, are a head.
fn head(table: &Table<'_>, year: FiscalYear, choices: &Choices) -> Result<Head, ReadFault> {
    let refuse =
        |row: &Row<'_>, (field, reason): (usize, String)| fault(&table.name, row.line, field + 1, reason);
    let read = |row: &Row<'_>| Header::read(row, year, &choices.columns, table.strict);
    let said = choices.rows.iter().find(|(_, role)| **role == RowRole::Header).map(|(line, _)| *line);
    if let Some(line) = said {
        let found = table.rows.iter().position(|row| row.line == line);
        let row = found.ok_or_else(|| fault(&table.name, line, 0, "この行には何も書いてありません。"))?;
        let header = read(&table.rows[row]).map_err(|reason| refuse(&table.rows[row], reason))?;
        return Ok(Head { header, row, first: row });
    }
    let first = table.rows.first().ok_or_else(no_table)?;
    let mut likely: Option<(usize, ReadFault)> = None;
    for (index, row) in table.rows.iter().take(ABOVE).enumerate() {
        let facets = facets_in(row);
        match read(row) {
            Ok(header) => return Ok(Head { header, row: index, first: index }),
            Err(reason) => {
                if likely.as_ref().is_none_or(|(most, _)| facets > *most) {
                    likely = Some((facets, refuse(row, reason)));
                }
            }
        }
        // A title above a head that is whole is no part of it; years above its columns are.
        if let Some(below) = table.rows.get(index + 1).filter(|_| !table.strict) {
            let both = together(table, row, below);
            if facets_in(&both) > facets
                && (has_years(row) || read(below).is_err())
                && let Ok(header) = read(&both)
            {
                return Ok(Head { header, row: index + 1, first: index });
            }
        }
    }
    let (_, fault) = likely.ok_or_else(no_table)?;
    Err(if table.strict && fault.place.line != first.line {
        read(first).map_err(|reason| refuse(first, reason)).err().unwrap_or(fault)
    } else {
        fault
    })
}

/// Whether a fiscal year stands over a column behind the first one.
fn has_years(row: &Row<'_>) -> bool {
    row.fields.iter().skip(1).any(|field| !era::years_in(&lines::plain(field)).is_empty())
}

/// Two rows of a head as one: what is joined over several columns stands over each of them.
fn together<'a>(table: &Table<'_>, above: &Row<'_>, below: &Row<'_>) -> Row<'a> {
    let width = above.fields.len().max(below.fields.len());
    let over = |column: usize| {
        let joined = table.merged.iter().find(|merged| {
            let (first, last) = merged.columns;
            (merged.lines.0..=merged.lines.1).contains(&above.line) && (first..=last).contains(&column)
        });
        let column = joined.map_or(column, |merged| merged.columns.0);
        above.fields.get(column).map_or("", AsRef::as_ref)
    };
    let field = |column: usize| {
        let below = below.fields.get(column).map_or("", AsRef::as_ref);
        Cow::Owned(format!("{}\n{below}", over(column)))
    };
    Row { line: below.line, fields: (0..width).map(field).collect() }
}

/// The table with a head that has most rows; one that is shown before one that is hidden.
fn best(tables: &[Table<'_>], heads: &[Result<Head, ReadFault>]) -> Option<usize> {
    let with_head = (0..tables.len()).filter(|index| heads[*index].is_ok());
    with_head.max_by_key(|index| (!tables[*index].hidden, tables[*index].rows.len(), usize::MAX - index))
}

/// Of the table that is most like a sheet.
fn likely_fault(tables: &[Table<'_>], heads: Vec<Result<Head, ReadFault>>) -> ReadFault {
    let facets = |table: &Table<'_>| table.rows.iter().take(ABOVE).map(facets_in).max().unwrap_or(0);
    let faults = tables.iter().zip(heads).filter_map(|(table, head)| Some((facets(table), head.err()?)));
    let most = faults.reduce(|most, other| if other.0 > most.0 { other } else { most });
    most.map_or_else(no_table, |(_, fault)| fault)
}

/// Whether the export has written it: what stands above its head says of which moment it is.
fn is_exported(table: &Table<'_>, head: &Head, around: &[String]) -> bool {
    let above =
        table.rows[..head.first].iter().flat_map(|row| &row.fields).flat_map(|field| lines::of(field));
    above.chain(around.iter().cloned()).any(|line| says_moment(&line))
}

/// A line of the export that says of which moment it is.
fn says_moment(line: &str) -> bool {
    let line = line.trim();
    let moment = line.rsplit('　').next().unwrap_or_default();
    let now = moment.contains("現在（") && moment.ends_with('）');
    let snapshot = moment.starts_with("提出版「") && moment.ends_with('）');
    let change = moment.contains("時点（変更") && moment.ends_with("まで）");
    line.contains('　') && (now || snapshot || change)
}

/// 「1 / 3」 or 「- 1 -」
fn is_page_number(line: &str) -> bool {
    let is_sign = |c: char| c.is_whitespace() || "/／-－‐–—()（）".contains(c);
    line.chars().all(|c| digit(c).is_some() || is_sign(c))
}

/// What somebody has written beside the table of an export: that has its title, of which moment it is and what is left
/// out of it, above the table.
fn not_of_export(around: &[String]) -> &[String] {
    let is_remark = |line: &String| {
        ["絞り込み：", "載せていない欄：", "機関ごとの取組"]
            .iter()
            .any(|begins| line.trim().starts_with(begins))
    };
    let moment = around.iter().position(|line| says_moment(line));
    let rest = &around[moment.map_or(0, |moment| moment + 1)..];
    let remarks = rest.iter().take_while(|line| is_remark(line)).count();
    &rest[remarks..]
}

/// A row of the sheet under way.
struct Item {
    line: usize,
    code: String,
    title: String,
    scenes: SceneSet,
    /// The item's field, as it is compared.
    field: String,
    cells: Vec<Vec<Piece>>,
}

/// A field of a cell that goes on over several rows.
struct Piece {
    field: String,
    line: usize,
}

/// The table being read.
struct Matrix<'a> {
    table: Table<'a>,
    head: Head,
    known: Known,
    /// Each line begins with its mark.
    exported: bool,
    report: Report,
}

impl Matrix<'_> {
    fn fault(&self, line: usize, column: usize, reason: impl Into<String>) -> ReadFault {
        fault(&self.table.name, line, column, reason)
    }

    fn left_out(&mut self, line: usize, column: usize, message: String) {
        let notice = Notice::left_out(Place::new(&self.table.name, line, column), message);
        self.report.note(notice);
    }

    fn taken(&mut self, line: usize, column: usize, message: String) {
        let notice = Notice::taken(Place::new(&self.table.name, line, column), message);
        self.report.note(notice);
    }

    /// What stands above the head, and columns that are not taken.
    fn check_around(&mut self) {
        for notice in std::mem::take(&mut self.table.notices) {
            self.report.note(notice);
        }
        for index in 0..self.head.first {
            let row = &self.table.rows[index];
            let (line, text) = (row.line, row_text(row));
            self.report.rows.push(RowReport { line, text: text.clone(), role: RowRole::Ignored });
            if !self.exported {
                self.left_out(line, 0, format!("表の上の行は取り込みません：「{text}」"));
            }
        }
        for index in self.head.first..=self.head.row {
            let row = &self.table.rows[index];
            let report = RowReport { line: row.line, text: row_text(row), role: RowRole::Header };
            self.report.rows.push(report);
        }
        let roles = self.head.header.roles.clone();
        for (index, (heading, role)) in roles.into_iter().enumerate() {
            let below = &self.table.rows[self.head.row + 1..];
            let filled = below.iter().any(|row| row.fields.get(index).is_some_and(|field| !is_blank(field)));
            if role == ColumnRole::Ignored && (filled || !is_blank(&heading)) && !self.beside_item(index) {
                let line = self.table.rows[self.head.row].line;
                let message = format!("見出し「{}」の列は取り込みません。", beginning(&heading));
                self.left_out(line, index + 1, message);
            }
            self.report.columns.push(ColumnReport { column: index + 1, heading, role });
        }
        if self.exported && !self.report.beside {
            let message = "ファイルに付いているはずの場面と機関の控えがありません。場面は項目から継承したものとして読みました。";
            let notice = Notice::taken(Place::default(), message);
            self.report.note(notice);
        }
    }

    /// A column before the items' that has no heading of its own may hold their codes.
    fn beside_item(&self, index: usize) -> bool {
        index + 1 == self.head.header.item && !self.table.strict
    }

    fn rows(mut self, choices: &Choices) -> Result<Reading, ReadFault> {
        let mut items: Vec<Item> = Vec::new();
        let mut lines_by_code: HashMap<String, usize> = HashMap::new();
        let rows = std::mem::take(&mut self.table.rows);
        let head_row = &rows[self.head.row];
        let body = &rows[self.head.row + 1..];
        for row in body.iter().filter(|row| !row.is_blank()) {
            let said = choices.rows.get(&row.line).copied();
            self.check_width(row, head_row)?;
            // A page break repeats the head.
            if said.is_none() && self.repeats_head(row) {
                self.report.rows.push(RowReport {
                    line: row.line,
                    text: row_text(row),
                    role: RowRole::Header,
                });
                continue;
            }
            let role = self.role(row, said, &mut items, &lines_by_code)?;
            self.report.rows.push(RowReport { line: row.line, text: row_text(row), role: role.name() });
            let at = match role {
                Role::Ignored => {
                    self.left_out(row.line, 0, format!("この行は取り込みません：「{}」", row_text(row)));
                    continue;
                }
                Role::Continued(at) => at,
                Role::Item(found) => {
                    let column = self.head.header.item + 1;
                    if let Some(line) = lines_by_code.get(&normalized(&found.code)) {
                        let line = items[*line].line;
                        let reason = format!("項目「{}」は{line}行目にもあります。", found.code);
                        return Err(self.fault(row.line, column, reason));
                    }
                    if items.len() == limits::ITEMS {
                        let reason = format!("事業項目は{}行までです。", limits::ITEMS);
                        return Err(self.fault(row.line, 1, reason));
                    }
                    lines_by_code.insert(normalized(&found.code), items.len());
                    let field = self.item_field(row);
                    let cells = (0..self.head.header.columns.len()).map(|_| Vec::new()).collect();
                    let item::Item { code, title, scenes } = found;
                    items.push(Item { line: row.line, code, title, scenes, field, cells });
                    items.len() - 1
                }
            };
            for (cell, field) in items[at].cells.iter_mut().zip(&self.head.header.fields) {
                let field = row.fields.get(*field).map_or("", AsRef::as_ref);
                if !is_blank(field) {
                    cell.push(Piece { field: field.to_owned(), line: row.line });
                }
            }
        }
        self.note_merged(&rows, &items);
        if items.is_empty() {
            return Err(self.fault(head_row.line, 1, "見出しの下に事業項目の行がありません。"));
        }
        self.reading(items)
    }

    fn repeats_head(&self, row: &Row<'_>) -> bool {
        self.head.header.is_repeated_by(row)
    }

    /// The item's field; where it says no code, with the field before it, which may hold that.
    fn item_field(&self, row: &Row<'_>) -> String {
        let index = self.head.header.item;
        let field = row.fields.get(index).map_or("", AsRef::as_ref);
        let before = index.checked_sub(1).filter(|before| self.beside_item(*before));
        let before = before.filter(|before| self.head.header.roles[*before].1 == ColumnRole::Ignored);
        match before.and_then(|before| row.fields.get(before)).filter(|field| !is_blank(field)) {
            Some(code) if item::read(field).is_err() => format!("{code} {field}"),
            _ => field.to_owned(),
        }
    }

    fn role(
        &mut self,
        row: &Row<'_>,
        said: Option<RowRole>,
        items: &mut [Item],
        known: &HashMap<String, usize>,
    ) -> Result<Role, ReadFault> {
        let column = self.head.header.item + 1;
        let field = self.item_field(row);
        let last = items.len().checked_sub(1);
        let is_filled = |index: &usize| row.fields.get(*index).is_some_and(|field| !is_blank(field));
        let filled = self.head.header.fields.iter().filter(|index| is_filled(index)).count();
        match said {
            Some(RowRole::Ignored | RowRole::Header) => return Ok(Role::Ignored),
            Some(RowRole::Continued) => {
                let reason = "続きとする行の上に、事業項目の行がありません。";
                return last.map(Role::Continued).ok_or_else(|| self.fault(row.line, column, reason));
            }
            Some(RowRole::Item) | None => {}
        }
        if said.is_none() && !self.table.strict {
            if is_blank(&field)
                && let Some(last) = last
            {
                return Ok(Role::Continued(last));
            }
            if let Some(last) = last.filter(|last| items[*last].field == field) {
                return Ok(Role::Continued(last));
            }
            if let Some(at) = continued(&field).and_then(|code| known.get(&normalized(&code))) {
                return Ok(Role::Continued(*at));
            }
        }
        match item::read(&field) {
            Ok(item) => Ok(Role::Item(item)),
            Err(_) if said.is_none() && !self.table.strict && filled == 0 => Ok(Role::Ignored),
            Err(reason) => Err(self.fault(row.line, column, reason)),
        }
    }

    fn check_width(&self, row: &Row<'_>, head: &Row<'_>) -> Result<(), ReadFault> {
        let (has, needs) = (row.fields.len(), head.fields.len());
        if has == needs || !self.table.strict {
            return Ok(());
        }
        let reason = format!(
            "列の数が見出しと違います（見出しは{needs}列、この行は{has}列）。セルの中にタブや改行がないか確かめてください。"
        );
        Err(self.fault(row.line, has.min(needs) + 1, reason))
    }

    /// Cells that are joined over several of the sheet's columns or items stand in the first of them; what lies beyond the
    /// head's columns is not taken.
    fn note_merged(&mut self, rows: &[Row<'_>], items: &[Item]) {
        let below = rows[self.head.row].line;
        for merged in std::mem::take(&mut self.table.merged) {
            let (first, last) = merged.columns;
            let fields = &self.head.header.fields;
            let over = fields.iter().filter(|field| (first..=last).contains(*field)).count();
            let lines = merged.lines.0..=merged.lines.1;
            let under: Vec<&Item> = items.iter().filter(|item| lines.contains(&item.line)).collect();
            if let [first_item, _, ..] = under.as_slice()
                && over > 0
            {
                let message = format!(
                    "上下に結合されたセルです。（{}）に書いてあるものとして読みました。",
                    first_item.code
                );
                self.taken(merged.lines.0, first + 1, message);
            }
            if merged.lines.0 > below && over > 1 {
                let message =
                    "左右に結合されたセルです。左端の欄に書いてあるものとして読みました。".to_owned();
                self.taken(merged.lines.0, first + 1, message);
            }
        }
        let width = self.head.header.roles.len();
        for row in rows.iter().filter(|row| row.line > below) {
            for (index, field) in row.fields.iter().enumerate().skip(width) {
                if !is_blank(field) {
                    let text = beginning(&lines::plain(field));
                    self.left_out(row.line, index + 1, format!("見出しのない列は取り込みません：「{text}」"));
                }
            }
        }
    }

    fn reading(mut self, items: Vec<Item>) -> Result<Reading, ReadFault> {
        let columns: Vec<(Facet, FiscalYear)> =
            self.head.header.columns.iter().map(|column| (column.facet, column.fiscal_year)).collect();
        let fields = self.head.header.fields.clone();
        let (mut rows, mut details, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        for item in items {
            let (mut cells, mut details_of_row, mut gone_of_row) = (Vec::new(), Vec::new(), Vec::new());
            for ((pieces, column), field) in item.cells.into_iter().zip(&columns).zip(&fields) {
                let name = (normalized(&item.code), column.0, column.1);
                let (entries, details, gone) = self.cell(&name, pieces, item.line, field + 1)?;
                cells.push(entries);
                details_of_row.push(details);
                gone_of_row.push(gone);
            }
            let Item { line, code, title, scenes, .. } = item;
            rows.push(RowReading { code, title, scenes, cells, line });
            details.push(details_of_row);
            gone.push(gone_of_row);
        }
        let Header { item_heading, item_footnote, columns, .. } = self.head.header;
        let sheet = SheetReading { item_heading, item_footnote, columns, rows };
        Ok(Reading { sheet, details, gone, report: self.report, region: self.known.region })
    }

    /// The entries of a cell, what is known of them, and what it has no more.
    #[allow(clippy::type_complexity, reason = "three lists of one cell")]
    fn cell(
        &mut self,
        name: &CellName,
        pieces: Vec<Piece>,
        row: usize,
        column: usize,
    ) -> Result<(Vec<EntryText>, Vec<Detail>, Vec<KnownEntry>), ReadFault> {
        let line = pieces.first().map_or(row, |piece| piece.line);
        let field = joined(pieces, self.exported);
        let refuse = |matrix: &Self, reason: String| matrix.fault(line, column, reason);
        let (bits, said) = marks::canonical(html::bits(&field));
        for message in said {
            self.taken(line, column, message);
        }
        let written = lines::of_bits(bits.iter().copied());
        // A field of the sheet's own text goes on wherever its lines end.
        if let Some(unmarked) = lines::unmarked(&written, self.exported).filter(|_| !self.table.strict) {
            let message = format!("印のない行を前の行につなげました：「{}」", beginning(unmarked));
            self.taken(line, column, message);
        }
        if self.exported {
            let blocks = lines::entries(&written).map_err(|reason| refuse(self, reason))?;
            if blocks.is_empty() {
                self.note_blank(line, column, &written);
            }
            let (matched, gone) = self.known.matched(name, blocks);
            let (mut entries, mut details) = (Vec::new(), Vec::new());
            for matched in matched {
                entries.push(matched.text);
                details.push(Detail { owner: matched.owner, origin: matched.origin });
            }
            return Ok((entries, details, gone));
        }
        let entries = cell::read(bits).map_err(|reason| refuse(self, reason))?;
        if entries.is_empty() {
            self.note_blank(line, column, &written);
        }
        let details = vec![Detail::default(); entries.len()];
        Ok((entries, details, Vec::new()))
    }

    /// ○ alone may be meant as a text, as in an evaluation.
    fn note_blank(&mut self, line: usize, column: usize, written: &[String]) {
        if written.iter().any(|line| !is_blank(line)) {
            let message = "「○」だけのセルは取り込みません。評価などの文なら「○○」と書いてください。";
            self.left_out(line, column, message.to_owned());
        }
    }
}

/// What a row is, and what it belongs to.
enum Role {
    Item(item::Item),
    Continued(usize),
    Ignored,
}

impl Role {
    fn name(&self) -> RowRole {
        match self {
            Role::Item(_) => RowRole::Item,
            Role::Continued(_) => RowRole::Continued,
            Role::Ignored => RowRole::Ignored,
        }
    }
}

/// A cell that goes on in rows beneath: a line ends there, unless the export has cut one, as is seen from the missing mark
/// and from its length. What a person has written into a row of its own is a line.
fn joined(pieces: Vec<Piece>, exported: bool) -> String {
    /// No line of fewer characters is too high for a row.
    const CUT: usize = 100;
    let mut whole = String::new();
    for piece in pieces {
        let marked = lines::plain(&piece.field).chars().next().is_some_and(|c| Mark::of(c).is_some());
        let is_cut = || {
            exported && lines::plain(&whole).lines().last().is_some_and(|line| line.chars().count() >= CUT)
        };
        if !whole.is_empty() && (marked || !is_cut()) {
            whole.push('\n');
        }
        whole.push_str(&piece.field);
    }
    whole
}

/// The code in （ア）続き.
fn continued(field: &str) -> Option<String> {
    let text = lines::plain(field);
    let (code, rest) = text.strip_prefix(['（', '('])?.split_once(['）', ')'])?;
    let rest = rest.trim().trim_matches(|c| "（）()".contains(c));
    rest.starts_with("続き").then(|| code.trim().to_owned())
}

fn row_text(row: &Row<'_>) -> String {
    let texts = row.fields.iter().map(|field| lines::plain(field)).find(|text| !is_blank(text));
    beginning(&texts.unwrap_or_default())
}

/// The sheet of a list with one row an entry. Items without entries, scenes of items and headings have no place in it.
fn of_list(known: Known, year: FiscalYear, mut report: Report) -> Result<Reading, ReadFault> {
    let columns: Vec<ColumnReading> = Facet::ALL
        .map(|facet| {
            let fiscal_year = FiscalYear(year.0 + facet.year_offset());
            let heading = format!("{fiscal_year}{}", facet.name());
            ColumnReading { facet, fiscal_year, heading, as_of: None, footnote: None }
        })
        .into();
    let mut rows: Vec<RowReading> = Vec::new();
    let mut details: Vec<Vec<Vec<Detail>>> = Vec::new();
    let mut index: HashMap<String, usize> = HashMap::new();
    report.tables.push(TableReport { name: "取組一覧".to_owned(), taken: true, rows: known.list.len() });
    for listed in known.list {
        let refuse = |reason: String| ReadFault { place: listed.place.clone(), reason };
        let text = listed.text.map_err(refuse)?;
        let column = columns
            .iter()
            .position(|column| (column.facet, column.fiscal_year) == (listed.facet, listed.fiscal_year));
        let column = column.ok_or_else(|| {
            let (of, facet) = (listed.fiscal_year, listed.facet.name());
            refuse(format!("{of}の「{facet}」は{year}の表の欄ではありません。年度を確かめてください。"))
        })?;
        let at = *index.entry(normalized(&listed.code)).or_insert(rows.len());
        if at == rows.len() {
            let item = item::read(&format!("（{}）{}", listed.code, super::table::escaped(&listed.title)));
            let item = item.map_err(refuse)?;
            if rows.len() == limits::ITEMS {
                return Err(refuse(format!("事業項目は{}行までです。", limits::ITEMS)));
            }
            rows.push(RowReading {
                code: item.code,
                title: listed.title.clone(),
                scenes: SceneSet::EMPTY,
                cells: vec![Vec::new(); columns.len()],
                line: listed.place.line,
            });
            details.push(vec![Vec::new(); columns.len()]);
        }
        if rows[at].cells[column].len() == limits::ENTRIES_PER_CELL {
            return Err(refuse(format!("1つのセルの取組は{}個までです。", limits::ENTRIES_PER_CELL)));
        }
        let origin = listed.origin.map(|(id, version)| KnownEntry {
            id,
            version,
            text: text.clone(),
            owner: listed.owner.clone(),
        });
        rows[at].cells[column].push(text);
        details[at][column].push(Detail { owner: listed.owner, origin });
    }
    if rows.is_empty() {
        return Err(fault(&TableName::File, 1, 1, "見出しの下に取組の行がありません。"));
    }
    let gone = vec![vec![Vec::new(); columns.len()]; rows.len()];
    let sheet = SheetReading { item_heading: "事業項目".to_owned(), item_footnote: None, columns, rows };
    Ok(Reading { sheet, details, gone, report, region: None })
}
