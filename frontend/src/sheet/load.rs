//! How the sheet comes: from the server, or from what this browser has kept of it while the server is away.

use super::{
    page::Page,
    wire::{Answer, Sheet},
};
use crate::{
    api::{self, Failure},
    route, session,
    storage::Kind,
    ui::dom,
    view::effect,
};
use leptos::{ev, prelude::*, task::spawn_local};
use renkei_domain::{FiscalYear, RegionId};
use serde::Serialize;
use std::cell::Cell;

#[derive(Clone, Debug, PartialEq)]
pub enum Loading {
    Waiting,
    Here,
    /// No such sheet, or none that this person may see.
    Missing,
    Failed(Failure),
}

/// Milliseconds after which a page that comes back into sight asks again.
const STALE_MS: f64 = 30_000.0;

/// Asks now, when the server is back, and when somebody turns to the page again after a while.
pub fn load(page: Page) -> (RwSignal<Loading>, Callback<()>) {
    let loading = RwSignal::new(Loading::Waiting);
    let asked = StoredValue::new(0.0);
    let reload = Callback::new(move |()| {
        asked.set_value(js_sys::Date::now());
        spawn_local(ask(page, loading));
    });
    let online = api::use_online();
    let asks = Cell::new(true);
    effect(move || {
        let away = !online.get();
        if asks.replace(away) {
            reload.run(());
        }
    });
    let seen = window_event_listener(ev::visibilitychange, move |_| {
        if !dom::document().hidden() && js_sys::Date::now() - asked.get_value() > STALE_MS {
            reload.run(());
        }
    });
    on_cleanup(move || seen.remove());
    (loading, reload)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Variables {
    region_id: RegionId,
    fiscal_year: FiscalYear,
}

async fn ask(page: Page, loading: RwSignal<Loading>) {
    loop {
        let variables = Variables { region_id: page.region, fiscal_year: page.year };
        let first = loading.try_get_untracked() != Some(Loading::Here);
        match api::call(include_str!("sheet.graphql"), variables).await {
            Ok(Answer { sheet: Some(sheet), .. }) => {
                show(page, loading, sheet, first);
                page.keep();
                return;
            }
            Ok(Answer { viewer: None, .. }) | Err(Failure::SignedOut) => {
                if !session::require_sign_in().await {
                    return fail(loading, first, Failure::SignedOut);
                }
            }
            Ok(Answer { sheet: None, .. }) => {
                loading.try_set(Loading::Missing);
                return;
            }
            Err(failure) => {
                let kept = session::shelf().and_then(|shelf| shelf.get(Kind::Sheet, &page.kept_as()));
                return match kept {
                    Some(sheet) if first => show(page, loading, sheet, first),
                    _ => fail(loading, first, failure),
                };
            }
        }
    }
}

fn show(page: Page, loading: RwSignal<Loading>, sheet: Sheet, first: bool) {
    page.take(sheet);
    if first && loading.try_set(Loading::Here).is_none() {
        page.take_up_drafts();
        super::headings::follow_fragment(&route::use_fragment().get_untracked());
    }
}

/// A page that shows something goes on showing it.
fn fail(loading: RwSignal<Loading>, first: bool, failure: Failure) {
    if first {
        loading.try_set(Loading::Failed(failure));
    }
}
