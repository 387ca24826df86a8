//! How the sheet comes: from the server, or from what this browser has kept of it while the server is away.

use super::{
    later,
    page::Page,
    queries::{Sheet, SheetVariables},
    store::Store,
};
use crate::{
    api::{self, Failure, Id},
    live, session,
    storage::Kind,
    sync::draft_sync,
    ui::{SetIfNew, dom},
};
use cynic::QueryBuilder;
use leptos::{prelude::*, task::spawn_local};

#[derive(Clone, Debug, PartialEq)]
pub enum Loading {
    Waiting,
    Here,
    /// No such sheet, or none that this person may see.
    Missing,
    Failed(Failure),
}

/// Milliseconds after a change until what the browser keeps for a reload without the server has it too.
const KEEP_MS: i32 = 5_000;
/// How often a reading is repeated that is out of date when it comes, because something was done here meanwhile.
const READINGS: usize = 5;
/// How often, and after how many milliseconds each, a sheet that stands here is asked for again when the server made a
/// fault: what was told to be read anew is told once.
const FAULTS: usize = 5;
const FAULT_MS: i32 = 2_000;

/// Asks now, and when the server is back: what others do comes by itself, but not that a right has changed while the
/// server was away, nor what was typed on another machine.
pub fn load(page: Page) {
    let online = api::use_online();
    Effect::new(move |asks: Option<bool>| {
        let away = !online.get();
        if asks.unwrap_or(true) {
            spawn_local(async move {
                if again(page).await {
                    draft_sync::compare(page).await;
                }
            });
        }
        away
    });
}

/// Asks for the sheet, and takes in what differs.
pub fn reload(page: Page) {
    spawn_local(async move {
        again(page).await;
    });
}

/// [`reload`], to its end; true: the sheet is here, and this person may read it.
pub async fn again(page: Page) -> bool {
    match ask(page).await {
        Ok(()) => !is_first(page),
        Err(failure) => {
            let offline = !matches!(failure, Failure::SignedOut | Failure::Refused(_));
            if is_first(page) && !(offline && show_kept(page)) {
                page.loading.set(Loading::Failed(failure));
            }
            false
        }
    }
}

/// Asks again a while after a change, so that what the browser keeps is current.
pub fn keep_soon(page: Page) {
    if page.keeps_soon.try_get_value() == Some(false) {
        page.keeps_soon.set_value(true);
        dom::after(KEEP_MS, move || {
            page.keeps_soon.set_value(false);
            if page.head_now().is_some() && api::is_online() {
                reload(page);
            }
        });
    }
}

async fn ask(page: Page) -> Result<(), Failure> {
    let variables = SheetVariables { region_id: Id(page.region), fiscal_year: page.year.0 };
    let request = api::request(&Sheet::build(variables));
    let (mut readings, mut faults) = (0, 0);
    loop {
        let answer = api::ask(request.clone()).await;
        match answer.and_then(|answer| read(page, &answer, false).map(|taken| (taken, answer))) {
            Ok((true, answer)) => {
                keep(page, &answer);
                return Ok(());
            }
            Ok((false, _)) => {
                readings += 1;
                if readings == READINGS {
                    return Ok(());
                }
            }
            Err(Failure::SignedOut) => {
                if session::viewer().is_none() || !session::require_sign_in().await {
                    return Err(Failure::SignedOut);
                }
            }
            Err(Failure::Fault(_)) if faults < FAULTS && !is_first(page) && !page.is_left() => {
                faults += 1;
                dom::pause(FAULT_MS).await;
            }
            Err(failure) => return Err(failure),
        }
    }
}

/// Takes the server's answer in, a fresh one or one that was kept; false if more is known already.
fn read(page: Page, answer: &str, kept: bool) -> Result<bool, Failure> {
    let Sheet { viewer, sheet } = api::decode(answer)?;
    if page.is_left() {
        return Ok(true);
    }
    let Some(sheet) = sheet else {
        if viewer.is_none() {
            return Err(Failure::SignedOut);
        }
        page.loading.set_if_new(Loading::Missing);
        return Ok(true);
    };
    let first = is_first(page);
    live::hold(page);
    let taken = page.take(sheet.into());
    if first {
        if kept {
            later::recall(page);
        }
        page.loading.set(Loading::Here);
        page.take_up_drafts();
        super::headings::follow_fragment(&page.address.fragment());
    }
    Ok(taken)
}

/// Shows what this browser has kept, if it has.
fn show_kept(page: Page) -> bool {
    let kept: Option<String> =
        session::account_storage().and_then(|storage| storage.get(Kind::Sheet, &page.kept_as()));
    kept.is_some_and(|kept| read(page, &kept, true).is_ok())
}

/// For when the server is away.
fn keep(page: Page, answer: &str) {
    if let Some(storage) = session::account_storage() {
        // Without room the page only opens while the server is there.
        let _ = storage.put(Kind::Sheet, &page.kept_as(), &answer);
    }
    later::read(page, page.with(Store::heard).unwrap_or_default());
}

fn is_first(page: Page) -> bool {
    page.loading.try_with_untracked(|loading| *loading != Loading::Here).unwrap_or(true)
}
