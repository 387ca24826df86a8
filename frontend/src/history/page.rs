//! The section 変更履歴 of a sheet: its whole log, by day.

use super::{
    line::{ChangeLine, moment, place},
    log::{Listed, Log, Words},
    of_sheet,
    queries::{Change, SheetChanges, SheetHistory, SheetHistoryVariables},
};
use crate::{
    api::{self, EnumValue, Failure, Id},
    cached_query,
    routes::Route,
    shell::{self, Place, YearLink},
    text::history as words,
    ui::NotFound,
};
use cynic::QueryBuilder;
use leptos::prelude::*;
use renkei_domain::{Facet, FiscalYear, Phase, RegionId};

/// A cell that can be chosen: how it is sent, and what a person reads.
#[derive(Clone, PartialEq)]
struct CellOption {
    value: String,
    label: String,
}

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
    let cell = RwSignal::new(String::new());
    let cells = RwSignal::new(Vec::<CellOption>::new());
    let changes = move || {
        let variables = of_cell(region, year, &cell.get());
        let ask = move |after| {
            let request =
                api::request(&SheetHistory::build(SheetHistoryVariables { after, ..variables.clone() }));
            async move {
                let data = cached_query::fetch::<SheetHistory>(request, String::new()).await?;
                Ok::<_, Failure>(match data.sheet {
                    Some(sheet) => {
                        introduce(region, year, &sheet);
                        cells.set(options(&sheet));
                        Listed::from(sheet.changes)
                    }
                    None => {
                        missing.set(true);
                        Listed { nodes: Vec::new(), next: None }
                    }
                })
            }
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
                        key=|cell| cell.value.clone()
                        children=|CellOption { value, label }| view! { <option value=value>{label}</option> }
                    />
                </select>
            </p>
            {changes}
        </div>
    }
}

/// `cell`: item, facet and year as in the choice; empty for the whole sheet.
fn of_cell(region: RegionId, year: FiscalYear, cell: &str) -> SheetHistoryVariables {
    let mut variables = of_sheet(region, year);
    let mut parts = cell.split(' ');
    if let (Some(item), Some(facet), Some(Ok(year))) =
        (parts.next(), parts.next(), parts.next().map(str::parse::<i32>))
    {
        variables.item_id = item.parse().ok().map(Id);
        variables.facet = Some(EnumValue(Facet::from_code(facet)));
        variables.year = Some(year);
    }
    variables
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
    let years = sheet.region.sheets.iter();
    shell::set_place(Some(Place {
        region,
        region_name: sheet.region.name.clone(),
        year,
        title: sheet.title.clone(),
        phase: sheet.phase.0.unwrap_or(Phase::Fixed),
        years: years
            .map(|sheet| YearLink { year: FiscalYear(sheet.fiscal_year), title: sheet.title.clone() })
            .collect(),
    }));
}

fn options(sheet: &SheetChanges) -> Vec<CellOption> {
    let cells = sheet.rows.iter().flat_map(|row| sheet.columns.iter().map(move |column| (&row.item, column)));
    cells
        .filter_map(|(item, column)| {
            let facet = column.facet.0?;
            let value = format!("{} {} {}", item.id.0, facet.code(), column.fiscal_year);
            Some(CellOption { value, label: place(&item.code, column.facet, column.fiscal_year) })
        })
        .collect()
}
