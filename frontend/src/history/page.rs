//! The section 変更履歴 of a sheet: its whole log, by day.

use super::{
    line::{change, moment, place},
    log::{Listed, Words, log},
    of_sheet,
    queries::{Change, SheetChanges, SheetHistory, SheetHistoryVariables},
};
use crate::{
    api::{self, EnumValue, Failure, Id},
    cached_query,
    routes::Route,
    shell::{self, Place, YearLink},
    text::history as words,
    ui::{link, not_found},
    view::{El, el, live},
};
use cynic::QueryBuilder;
use leptos::prelude::*;
use renkei_domain::{Facet, FiscalYear, Phase, RegionId};
use std::cell::RefCell;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlSelectElement, Node};

pub fn page(region: RegionId, year: FiscalYear) -> Node {
    shell::set_title(words::TITLE);
    // There is no such sheet, or none that this person may see.
    let missing = ArcRwSignal::new(false);
    let cell = ArcRwSignal::new(String::new());
    live(move || if missing.get() { not_found() } else { untrack(|| log_of(region, year, &missing, &cell)) })
}

fn log_of(region: RegionId, year: FiscalYear, missing: &ArcRwSignal<bool>, cell: &ArcRwSignal<String>) -> El {
    let (chosen, missing) = (cell.clone(), missing.clone());
    let select = el("select").attr("aria-label", words::CELL).child(option("", words::ALL_CELLS));
    let (options, cell) = (select.clone(), cell.clone());
    let select = select.on("change", move |event: Event| {
        let select = event.target().map(JsCast::unchecked_into::<HtmlSelectElement>);
        chosen.set(select.map(|select| select.value()).unwrap_or_default());
    });
    let changes = live(move || {
        let variables = of_cell(region, year, &cell.get());
        let (options, missing) = (options.clone(), missing.clone());
        let ask = move |after| {
            let (options, missing) = (options.clone(), missing.clone());
            let request =
                api::request(&SheetHistory::build(SheetHistoryVariables { after, ..variables.clone() }));
            async move {
                let data = cached_query::fetch::<SheetHistory>(request, String::new()).await?;
                Ok::<_, Failure>(match data.sheet {
                    Some(sheet) => {
                        tell(&sheet, region, year, &options);
                        sheet.changes.into()
                    }
                    None => {
                        missing.set(true);
                        Listed { nodes: Vec::new(), next: None }
                    }
                })
            }
        };
        let words = Words { empty: words::EMPTY, more: words::OLDER, offline: words::OFFLINE };
        log(words, ask, by_day(region, year)).to_vec()
    });
    el("div")
        .class("page")
        .child(el("h1").child(words::TITLE))
        .child(el("p").class("lead").child(words::LEAD))
        .child(el("p").class("narrowing").child(select))
        .child(changes)
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

/// A heading before each day's first change.
fn by_day(region: RegionId, year: FiscalYear) -> impl Fn(&Change) -> Vec<El> {
    let last = RefCell::new(String::new());
    move |node| {
        let line = change(node, true).child(way(region, year, node));
        let moment = moment(&node.at);
        let day = moment.split(' ').next().unwrap_or_default();
        if *last.borrow() == day {
            return vec![line];
        }
        day.clone_into(&mut last.borrow_mut());
        vec![el("li").class("day").child(el("h2").child(day)), line]
    }
}

/// Leads to the entry in the sheet, beside which any of its versions can be restored.
fn way(region: RegionId, year: FiscalYear, change: &Change) -> Option<El> {
    change.entry.as_ref().map(|entry| {
        let path = Route::Sheet(region, year).path() + &format!("#history-{}", entry.entry_id.0);
        link("", &path, words::SHOW_IN_SHEET)
    })
}

/// Tells the header which sheet this is, and fills the choice of cells, when the first answer comes.
fn tell(sheet: &SheetChanges, region: RegionId, year: FiscalYear, cells: &El) {
    if cells.element().child_element_count() > 1 {
        return;
    }
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
    for row in &sheet.rows {
        for column in &sheet.columns {
            let (item, Some(facet)) = (&row.item, column.facet.0) else { continue };
            let value = format!("{} {} {}", item.id.0, facet.code(), column.fiscal_year);
            let label = place(&item.code, column.facet, column.fiscal_year);
            let _ = cells.clone().child(option(&value, &label));
        }
    }
}

fn option(value: &str, label: &str) -> El {
    el("option").attr("value", value).child(label)
}
