//! The section 変更履歴 of a sheet: its whole log, by day.

use super::{
    line::{change, moment, place},
    log::{Source, log},
    variables,
};
use crate::{
    json::Json,
    route::Route,
    shell::{self, Place, YearLink},
    text::history as words,
    ui::{link, not_found},
    view::{El, el, live},
    watched::Watched,
};
use leptos::prelude::untrack;
use renkei_domain::{FiscalYear, Phase, RegionId};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlSelectElement, Node};

pub fn page(region: RegionId, year: FiscalYear) -> Node {
    shell::set_title(words::TITLE);
    // None: no such sheet, or none that this person may see.
    let sheet = Rc::new(Watched::new(Some(Json::Null)));
    let cell = Rc::new(Watched::new(String::new()));
    live(move || {
        let missing = sheet.with(Option::is_none);
        if missing { not_found() } else { untrack(|| log_of(region, year, &sheet, &cell)) }
    })
}

fn log_of(
    region: RegionId,
    year: FiscalYear,
    sheet: &Rc<Watched<Option<Json>>>,
    cell: &Rc<Watched<String>>,
) -> El {
    let (chosen, sheet) = (cell.clone(), sheet.clone());
    let select = el("select").attr("aria-label", words::CELL).child(option("", words::ALL_CELLS));
    let (options, cell) = (select.clone(), cell.clone());
    let select = select.on("change", move |event: Event| {
        let select = event.target().map(JsCast::unchecked_into::<HtmlSelectElement>);
        chosen.set(select.map(|select| select.value()).unwrap_or_default());
    });
    let changes = live(move || {
        let cell = cell.get();
        let (options, sheet) = (options.clone(), sheet.clone());
        let told = move |data: &Json| match data.get("sheet") {
            Json::Null => sheet.set(None),
            told => tell(told, region, year, &options),
        };
        log(source(region, year, &cell), told, by_day(region, year)).to_vec()
    });
    el("div")
        .class("page")
        .child(el("h1").child(words::TITLE))
        .child(el("p").class("lead").child(words::LEAD))
        .child(el("p").class("narrowing").child(select))
        .child(changes)
}

/// `cell`: item, facet and year as in the choice; empty for the whole sheet.
fn source(region: RegionId, year: FiscalYear, cell: &str) -> Source {
    let mut variables = variables(region, year);
    let mut parts = cell.split(' ');
    if let (Some(item), Some(facet), Some(Ok(year))) =
        (parts.next(), parts.next(), parts.next().map(str::parse::<i64>))
    {
        for (name, value) in [("itemId", item.into()), ("facet", facet.into()), ("year", Json::Int(year))] {
            variables.push((name.to_owned(), value));
        }
    }
    Source {
        document: super::OF_SHEET,
        variables,
        find: |data| data.get("sheet").get("changes"),
        empty: words::EMPTY,
        more: words::OLDER,
        offline: words::OFFLINE,
    }
}

/// A heading before each day's first change.
fn by_day(region: RegionId, year: FiscalYear) -> impl Fn(&Json) -> Vec<El> {
    let last = RefCell::new(String::new());
    move |node| {
        let line = change(node, true).child(way(region, year, node));
        let moment = moment(node.text("at"));
        let day = moment.split(' ').next().unwrap_or_default();
        if *last.borrow() == day {
            return vec![line];
        }
        day.clone_into(&mut last.borrow_mut());
        vec![el("li").class("day").child(el("h2").child(day)), line]
    }
}

/// Leads to the entry in the sheet, beside which any of its versions can be restored.
fn way(region: RegionId, year: FiscalYear, change: &Json) -> Option<El> {
    let id = change.get("entry").text("entryId");
    (!id.is_empty()).then(|| {
        let path = Route::Sheet(region, year).path() + "#history-" + id;
        link("", &path, words::SHOW_IN_SHEET)
    })
}

/// Tells the header which sheet this is, and fills the choice of cells, when the first answer comes.
fn tell(sheet: &Json, region: RegionId, year: FiscalYear, cells: &El) {
    if cells.element().child_element_count() > 1 {
        return;
    }
    let years = sheet.get("region").list("sheets").iter();
    shell::set_place(Some(Place {
        region,
        region_name: sheet.get("region").text("name").to_owned(),
        year,
        title: sheet.text("title").to_owned(),
        phase: Phase::from_code(sheet.text("phase")).unwrap_or(Phase::Draft),
        years: years
            .map(|sheet| YearLink { year: super::year(sheet), title: sheet.text("title").to_owned() })
            .collect(),
    }));
    for row in sheet.list("rows") {
        for column in sheet.list("columns") {
            let item = row.get("item");
            let about = Json::of([
                ("item", item.clone()),
                ("facet", column.get("facet").clone()),
                ("fiscalYear", column.get("fiscalYear").clone()),
            ]);
            let year = super::year(column).0.to_string();
            let value = [item.text("id"), column.text("facet"), &year].join(" ");
            let _ = cells.clone().child(option(&value, &place(&about)));
        }
    }
}

fn option(value: &str, label: &str) -> El {
    el("option").attr("value", value).child(label)
}
