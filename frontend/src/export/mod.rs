//! The ways out of a sheet: a page to be printed, and files. The server writes them, with what is shown here.

use crate::{
    routes::{Route, use_route},
    text::{export as words, import},
    ui::{Menu, dom, is_composing},
};
use leptos::{ev, prelude::*};
use leptos_router::hooks::use_location;
use renkei_domain::{FiscalYear, RegionId};

/// What the browser prints itself would be this page with its bars. So its key leads to the page to be printed.
const PRINT_KEY: &str = "p";

/// The menu of them, in the header of a sheet's pages.
#[component]
pub fn ExportMenu(region: RegionId, year: FiscalYear) -> impl IntoView {
    let (route, search) = (use_route(), use_location().search);
    let with_own = RwSignal::new(false);
    let address = Callback::new(move |form: &'static str| {
        // What is shown goes out; of other pages, the whole sheet.
        let (filter, state) = match route.get() {
            Route::Sheet(..) => (search.get(), String::new()),
            Route::Snapshot(_, _, snapshot) => (search.get(), format!("snapshot={snapshot}")),
            _ => (String::new(), String::new()),
        };
        address(region, year, form, [&filter, &state], with_own.get())
    });
    let on_keydown = window_event_listener(ev::keydown, move |event| {
        let plain = !event.shift_key() && !event.alt_key() && (event.ctrl_key() || event.meta_key());
        if plain && event.key().eq_ignore_ascii_case(PRINT_KEY) && !is_composing(&event) {
            event.prevent_default();
            // A browser that opens no second page has the menu's link.
            let _ = dom::window().open_with_url(&untrack(|| address.run(words::PRINT.0)));
        }
    });
    on_cleanup(move || on_keydown.remove());
    let way = move |(form, name): (&'static str, &'static str)| {
        view! { <li><a href=move || address.run(form) target="_blank" rel="external">{name}</a></li> }
    };
    view! {
        <Menu class="export end" label=words::TITLE stays_open=true>
            <ul>
                <li>
                    <a href=move || address.run(words::PRINT.0) target="_blank" rel="external">
                        {words::PRINT.1}
                        <kbd aria-hidden="true">{words::PRINT_KEYS}</kbd>
                    </a>
                </li>
                {words::FILES.map(way).collect_view()}
            </ul>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || with_own.get()
                    on:change=move |event| with_own.set(event_target_checked(&event))
                />
                {words::WITH_OWN}
            </label>
            <ul>
                <li><a href=Route::Import(region, year).path()>{import::NAME}</a></li>
            </ul>
        </Menu>
    }
}

/// Where the server writes it; `shown` are the query of the sheet's own address and which state of it is meant.
fn address(region: RegionId, year: FiscalYear, form: &str, shown: [&str; 2], with_own: bool) -> String {
    let path = format!("/export/{region}/{}/{form}", year.0);
    let own = if with_own { "organizations=true" } else { "" };
    let query: Vec<&str> = shown.into_iter().chain([own]).filter(|part| !part.is_empty()).collect();
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::address;
    use renkei_domain::FiscalYear;

    #[test]
    fn what_is_shown_goes_out() {
        let region = "018f3a52-0000-7000-8000-000000000001".parse().unwrap();
        let address = |filter, with_own| address(region, FiscalYear(2026), "xlsx", [filter, ""], with_own);
        let path = "/export/018f3a52-0000-7000-8000-000000000001/2026/xlsx";
        assert_eq!(address("", false), path);
        assert_eq!(address("scenes=END_OF_LIFE", false), format!("{path}?scenes=END_OF_LIFE"));
        assert_eq!(address("joint=true", true), format!("{path}?joint=true&organizations=true"));
    }
}
