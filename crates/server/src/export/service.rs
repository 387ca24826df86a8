//! Reads the document that is wanted: the sheet as it is now, or a snapshot of it.

use super::{
    Comparison, Document, Parameters,
    document::{Entry, LeftOut, Owner, Row, SnapshotLabel},
    parameters::{State, States},
};
use crate::{
    Db, Fault,
    account::{self, Viewer},
    change::{
        self,
        since::{self, Lists},
    },
    clock, entry,
    refusal::{Refusal, Stop},
    region::{self, RegionView},
    session,
    sheet::{self, Column, SheetView},
    snapshot::{self, Snapshot},
};
use renkei_domain::{
    AccountId, EntryFacts, EntryId, FiscalYear, RegionId, SceneSet, SnapshotId, filter::folded, limits,
};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::Arc,
};

/// For somebody who asks over HTTP, with their rights. An operator's look is noted.
pub async fn read(
    db: &Db,
    viewer: &Viewer,
    address: IpAddr,
    region: RegionId,
    year: FiscalYear,
    parameters: &Parameters,
) -> Result<Document, Stop> {
    document(db, &looked_at(db, viewer, address, region, year).await?, parameters).await
}

/// The sheet as it is now, for somebody who may read it.
async fn looked_at(
    db: &Db,
    viewer: &Viewer,
    address: IpAddr,
    region: RegionId,
    year: FiscalYear,
) -> Result<SheetView, Stop> {
    let not_found = || Refusal::not_found("計画・評価表");
    if !viewer.reads(region) {
        return Err(not_found().into());
    }
    let now = sheet::service::view(db, region, year).await?.ok_or_else(not_found)?;
    if viewer.account.operator {
        session::service::note_look(db, viewer, address, region, Some(now.frame.head.id)).await?;
    }
    Ok(now)
}

/// Two states of a sheet, for somebody who asks over HTTP.
pub async fn compare(
    db: &Db,
    viewer: &Viewer,
    address: IpAddr,
    (region, year): (RegionId, FiscalYear),
    states: &States,
    parameters: &Parameters,
) -> Result<Comparison, Stop> {
    let of = |state| Parameters { state, ..parameters.clone() };
    let now = looked_at(db, viewer, address, region, year).await?;
    let old = document(db, &now, &of(states.from)).await?;
    let new = document(db, &now, &of(states.to)).await?;
    Ok(Comparison { new, old, unchanged: states.unchanged })
}

/// The regions that somebody reads, with their sheets.
pub async fn regions(db: &Db, viewer: &Viewer) -> Result<Vec<RegionView>, Fault> {
    region::service::read_by(db, viewer).await
}

/// For the command line: the sheet of a region of this name; `snapshot` is the name or the id of one.
pub async fn read_named(
    db: &Db,
    region: &str,
    year: FiscalYear,
    snapshot: Option<&str>,
    parameters: Parameters,
) -> Result<Document, Stop> {
    let region = region::service::named(&db.read().await?, region).await?;
    let view = sheet::service::view(db, region.region.id, year).await?;
    let now = view.ok_or_else(|| {
        let message = format!("圏域「{}」に{year}の計画・評価表がありません。", region.region.name);
        Refusal::invalid("fiscalYear", message)
    })?;
    let state = match snapshot {
        Some(name) => {
            State::Snapshot(named(&snapshot::of_sheet(db.direct(), now.frame.head.id).await?, name)?)
        }
        None => State::Now,
    };
    document(db, &now, &Parameters { state, ..parameters }).await
}

/// The snapshot of this name or id.
fn named(snapshots: &[Snapshot], name: &str) -> Result<SnapshotId, Refusal> {
    let name = name.trim();
    let meant: Vec<&Snapshot> = snapshots
        .iter()
        .filter(|snapshot| snapshot.label == name || snapshot.id.to_string() == name)
        .collect();
    match meant[..] {
        [one] => Ok(one.id),
        [] => {
            let labels: Vec<&str> = snapshots.iter().map(|snapshot| snapshot.label.as_str()).collect();
            let known = if labels.is_empty() {
                "（提出版はありません）".to_owned()
            } else {
                labels.join("、")
            };
            Err(Refusal::invalid("snapshot", format!("提出版「{name}」がありません。あるもの：{known}")))
        }
        _ => {
            let ids: Vec<String> = meant.iter().map(|snapshot| snapshot.id.to_string()).collect();
            let message =
                format!("「{name}」という提出版が2つ以上あります。IDで指定してください：{}", ids.join("、"));
            Err(Refusal::invalid("snapshot", message))
        }
    }
}

async fn document(db: &Db, now: &SheetView, parameters: &Parameters) -> Result<Document, Stop> {
    let (then, moment) = match parameters.state {
        State::Now => (None, Moment { as_of: clock::now(), snapshot: None, change: None }),
        State::Snapshot(id) => {
            let snapshots = snapshot::of_sheet(db.direct(), now.frame.head.id).await?;
            let snapshot = snapshots.into_iter().find(|snapshot| snapshot.id == id);
            let snapshot = snapshot.ok_or_else(|| Refusal::not_found("提出版"))?;
            let view = snapshot::service::view(db, &snapshot).await?;
            let label = SnapshotLabel { id, label: snapshot.label };
            (Some(view), Moment { as_of: snapshot.taken_at, snapshot: Some(label), change: None })
        }
        State::Change(seq) => {
            let (view, as_of) = after_change(db, now, seq).await?;
            (Some(view), Moment { as_of, snapshot: None, change: Some(seq) })
        }
    };
    let view = then.as_ref().unwrap_or(now);
    // Who has edited the sheet as it is now was read with it.
    let changed_by = view.cells.values().flatten().filter_map(|entry| entry.updated_by);
    let others: HashSet<AccountId> = changed_by.filter(|id| !now.people.contains_key(id)).collect();
    let others = account::viewers(db.direct(), others).await?;
    let known = now.people.iter().map(|(id, viewer)| (*id, viewer.account.name.clone()));
    let names = known.chain(others.into_iter().map(|(id, viewer)| (id, viewer.account.name))).collect();
    Ok(assembled(view, moment, parameters, &names))
}

/// Which moment a document is of, as it says.
struct Moment {
    as_of: i64,
    snapshot: Option<SnapshotLabel>,
    change: Option<i64>,
}

/// The sheet's entries as they stood right after a change of its region, and when that was: today's, with what came
/// later taken back.
async fn after_change(db: &Db, now: &SheetView, seq: i64) -> Result<(SheetView, i64), Stop> {
    let region = &now.frame.region.region;
    let found = change::after(db.direct(), region.id, seq.saturating_sub(1), 1).await?.pop();
    let Some(last) = found.filter(|row| row.change.seq == seq && seq <= region.seq) else {
        return Err(Refusal::not_found(&format!("変更{seq}")).into());
    };
    let (columns, most) = (now.frame.columns.iter().map(Column::key), limits::CHANGES_SINCE);
    let changes = change::telling_between(db.direct(), region.id, columns, seq, region.seq, most + 1).await?;
    if changes.len() > most {
        let message = format!(
            "変更{seq}のあとの変更が{most}件を超えています。もっと新しい変更か、提出版を選んでください。"
        );
        return Err(Refusal::invalid("from", message).into());
    }
    let mut lists: Lists = now.frame.cells().map(|cell| (cell, Vec::new())).collect();
    for (cell, entries) in &now.cells {
        lists.insert(*cell, entries.iter().map(|entry| entry.id).collect());
    }
    let mut entries: HashMap<EntryId, Arc<entry::Entry>> =
        now.cells.values().flatten().map(|entry| (entry.id, entry.clone())).collect();
    let nets = since::net(&changes, &lists);
    let before = nets.iter().filter_map(|net| net.before);
    entries.extend(before.map(|before| (before.entry.id, Arc::new(before.entry.clone()))));
    let then = since::back(&changes, &lists).into_iter().map(|(cell, ids)| {
        let stood = ids.iter().filter_map(|id| entries.get(id).cloned());
        (cell, stood.collect())
    });
    let cells = then.collect();
    Ok((SheetView { frame: now.frame.clone(), cells, people: HashMap::new() }, last.change.at))
}

/// What is shown of a sheet, by the domain's filter.
fn assembled(
    view: &SheetView,
    moment: Moment,
    parameters: &Parameters,
    names: &HashMap<AccountId, String>,
) -> Document {
    let frame = &view.frame;
    let organization = |id| {
        let known = frame.region.organization(id);
        known.map_or_else(|| "不明な機関".to_owned(), |organization| organization.name.clone())
    };
    let (shown, hidden): (Vec<_>, Vec<_>) =
        frame.columns.iter().partition(|column| !parameters.hidden.contains(&column.facet));
    let mut left_out = LeftOut {
        filter: parameters.filter_in_words(organization),
        columns: hidden.iter().map(|column| column.heading.clone()).collect(),
        ..LeftOut::default()
    };
    let mut cell = |key: entry::CellKey, scenes: SceneSet| -> Vec<Entry> {
        let mut entries = Vec::new();
        for entry in view.cell(&key) {
            if entry.owner.is_some() && !parameters.with_own() {
                left_out.own += 1;
            } else if !admits(parameters, entry, scenes) {
                left_out.filtered += 1;
            } else {
                let owner = entry.owner.map(|id| Owner { id, name: organization(id) });
                let updated_by = entry.updated_by.and_then(|id| names.get(&id).cloned());
                let (id, text) = (entry.id, entry.text.clone());
                let (version, updated_at) = (entry.version, entry.updated_at);
                entries.push(Entry { id, text, owner, version, updated_at, updated_by });
            }
        }
        entries
    };
    let rows = frame.rows.iter().map(|row| Row {
        item: row.item,
        code: row.code.clone(),
        title: row.title.clone(),
        scenes: row.scenes,
        cells: shown.iter().map(|column| cell(column.cell(row.item), row.scenes)).collect(),
    });
    let rows = rows.collect();
    let head = &frame.head;
    Document {
        region: head.region,
        region_name: frame.region.region.name.clone(),
        fiscal_year: head.fiscal_year,
        title: head.title.clone(),
        phase: head.phase,
        as_of: moment.as_of,
        snapshot: moment.snapshot,
        change: moment.change,
        item_heading: head.item_heading.clone(),
        item_footnote: head.item_footnote.clone(),
        columns: shown.into_iter().cloned().collect(),
        rows,
        left_out,
    }
}

fn admits(parameters: &Parameters, entry: &entry::Entry, item_scenes: SceneSet) -> bool {
    let filter = &parameters.filter;
    let notes = entry.text.notes.iter().map(|note| note.text.as_str());
    let text = if filter.text.is_empty() { String::new() } else { folded(&entry.text.body, notes) };
    filter.admits(&EntryFacts {
        explicit_scenes: entry.text.explicit_scenes,
        item_scenes,
        owner: entry.owner,
        folded: &text,
    })
}
