//! The section 変更履歴 of a sheet: its whole log, by day.

use super::{
    changes,
    line::{ChangeLine, moment, place},
    log::{Listed, Log, Words},
    panel::PanelTarget,
    queries::{Change, SheetChanges},
};
use crate::{
    api::Failure,
    routes::Route,
    shell::{self, Place},
    text::history as words,
    ui::NotFound,
};
use leptos::prelude::*;
use renkei_domain::{FiscalYear, Phase, RegionId};

/// The page of a sheet's log.
#[component]
pub fn HistoryPage(region: RegionId, year: FiscalYear) -> impl IntoView {
    shell::set_title(words::TITLE);
    // There is no such sheet, or none that this person may see.
    let missing = RwSignal::new(false);
    move || {
        if missing.get() {
            view! { <NotFound /> }.into_any()
        } else {
            view! { <SheetLog region year missing/> }.into_any()
        }
    }
}

/// The choice of a cell, and the changes of that cell or of the whole sheet.
#[component]
fn SheetLog(region: RegionId, year: FiscalYear, missing: RwSignal<bool>) -> impl IntoView {
    // As an address names it; empty: the whole sheet.
    let cell = RwSignal::new(String::new());
    let cells = RwSignal::new(Vec::<(String, String)>::new());
    let log = move || {
        let cell = PanelTarget::parse_cell(&cell.get());
        let ask = move |after| async move {
            let sheet = changes(region, year, cell, after).await?;
            match &sheet {
                Some(sheet) => {
                    introduce(region, year, sheet);
                    cells.set(options(sheet));
                }
                None => missing.set(true),
            }
            Ok::<_, Failure>(Listed::from(sheet.map(|sheet| sheet.changes)))
        };
        let words = Words { empty: words::EMPTY, more: words::OLDER, offline: words::OFFLINE };
        view! { <Log words ask line=move |changes: &[Change], number| by_day(region, year, changes, number)/> }
    };
    view! {
        <div class="page">
            <h1>{words::TITLE}</h1>
            <p class="lead">{words::LEAD}</p>
            <p class="narrowing">
                <select aria-label=words::CELL on:change=move |event| cell.set(event_target_value(&event))>
                    <option value="">{words::ALL_CELLS}</option>
                    <For
                        each=move || cells.get()
                        key=|(value, _)| value.clone()
                        children=|(value, label)| view! { <option value=value>{label}</option> }
                    />
                </select>
            </p>
            {log}
        </div>
    }
}

/// A change's line, which leads to the entry in the sheet, beside which any of its versions can be restored; before
/// each day's first change a heading.
fn by_day(region: RegionId, year: FiscalYear, changes: &[Change], number: usize) -> impl IntoView + use<> {
    let day = |change: &Change| moment(&change.at).split(' ').next().unwrap_or_default().to_owned();
    let change = changes[number].clone();
    let today = day(&change);
    let is_first = number == 0 || day(&changes[number - 1]) != today;
    let way = change.entry.as_ref().map(|entry| {
        let path = Route::Sheet(region, year).path() + &format!("#history-{}", entry.entry_id.0);
        view! { <a href=path>{words::SHOW_IN_SHEET}</a> }
    });
    view! {
        {is_first.then(|| view! {
            <li class="day">
                <h2>{today}</h2>
            </li>
        })}
        <ChangeLine change with_place=true>
            {way}
        </ChangeLine>
    }
}

/// Tells the header which sheet this is.
fn introduce(region: RegionId, year: FiscalYear, sheet: &SheetChanges) {
    let SheetChanges { title, phase, region: names, .. } = sheet;
    shell::set_place(Some(Place {
        region,
        region_name: names.name.clone(),
        year,
        title: title.clone(),
        phase: phase.0.unwrap_or(Phase::Fixed),
        years: names.sheets.clone(),
    }));
}

/// The sheet's cells: how an address names each, and what a person reads.
fn options(sheet: &SheetChanges) -> Vec<(String, String)> {
    let cells = sheet.rows.iter().flat_map(|row| sheet.columns.iter().map(move |column| (&row.item, column)));
    cells
        .filter_map(|(item, column)| {
            let value = format!("{}/{}/{}", item.id.0, column.facet.0?.code(), column.fiscal_year);
            Some((value, place(&item.code, column.facet, column.fiscal_year)))
        })
        .collect()
}
