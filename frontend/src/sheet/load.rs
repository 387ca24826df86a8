//! How the sheet comes: from the server, or from what this browser has kept of it while the server is away.

use super::{page::Page, wire::Answer};
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
use std::{cell::Cell, rc::Rc};

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
/// Milliseconds of rest after what was done here.
const AFTER_MS: i32 = 1_500;

/// Asks now, when the server is back, and when somebody turns to the page again after a while.
pub fn load(page: Page) {
    let asked = Rc::new(Cell::new(0.0));
    let last = asked.clone();
    let ask_now = move || {
        last.set(js_sys::Date::now());
        reload(page);
    };
    let online = api::use_online();
    let asks = Cell::new(true);
    let again = ask_now.clone();
    effect(move || {
        let away = !online.get();
        if asks.replace(away) {
            ask_now();
        }
    });
    let seen = window_event_listener(ev::visibilitychange, move |_| {
        if !dom::document().hidden() && js_sys::Date::now() - asked.get() > STALE_MS {
            again();
        }
    });
    on_cleanup(move || seen.remove());
}

/// Asks for the sheet, and takes in what differs.
pub fn reload(page: Page) {
    spawn_local(ask(page));
}

/// Asks again a moment after what was done here: what the browser keeps is then current, and so is what others did.
pub fn reload_soon(page: Page) {
    thread_local! {
        static TIMER: Cell<i32> = const { Cell::new(0) };
    }
    dom::forget_timer(TIMER.get());
    TIMER.set(dom::after(AFTER_MS, move || {
        if page.head_now().is_some() {
            reload(page);
        }
    }));
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Variables {
    region_id: RegionId,
    fiscal_year: FiscalYear,
}

async fn ask(page: Page) {
    let variables = Variables { region_id: page.region, fiscal_year: page.year };
    let request = api::request(include_str!("sheet.graphql"), &variables);
    loop {
        match api::ask(request.clone()).await {
            Ok(answer) => match read(page, &answer) {
                Err(Failure::SignedOut) => {}
                Err(failure) => return fail(page, failure),
                Ok(()) => return keep(page, &answer),
            },
            Err(Failure::SignedOut) => {}
            Err(failure) => {
                if !is_first(page) || !show_kept(page) {
                    fail(page, failure);
                }
                return;
            }
        }
        if !session::require_sign_in().await {
            return fail(page, Failure::SignedOut);
        }
    }
}

/// Takes the server's answer in, a fresh one or one that was kept.
fn read(page: Page, answer: &str) -> Result<(), Failure> {
    let Answer { viewer, sheet } = api::decode(answer)?;
    let Some(sheet) = sheet else {
        if viewer.is_none() {
            return Err(Failure::SignedOut);
        }
        page.loading.set_if_new(Loading::Missing);
        return Ok(());
    };
    let first = is_first(page);
    page.take(sheet);
    if first {
        page.loading.set(Loading::Here);
        page.take_up_drafts();
        super::headings::follow_fragment(&route::use_fragment().get_untracked());
    }
    Ok(())
}

/// Shows what this browser has kept, if it has.
fn show_kept(page: Page) -> bool {
    let kept: Option<String> = session::shelf().and_then(|shelf| shelf.get(Kind::Sheet, &page.kept_as()));
    kept.is_some_and(|kept| read(page, &kept).is_ok())
}

/// For when the server is away.
fn keep(page: Page, answer: &str) {
    if let Some(shelf) = session::shelf() {
        // Without room the page only opens while the server is there.
        let _ = shelf.put(Kind::Sheet, &page.kept_as(), &answer);
    }
}

fn is_first(page: Page) -> bool {
    page.loading.with_untracked(|loading| *loading != Loading::Here)
}

/// A page that shows something goes on showing it.
fn fail(page: Page, failure: Failure) {
    if is_first(page) {
        page.loading.set(Loading::Failed(failure));
    }
}
