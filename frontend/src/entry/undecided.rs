//! What a person must see to: what the server did not take, and drafts that have no place on the sheet any more. Said
//! above the page and listed with what can be done, until it is decided.

use super::{Editing, mutation::Operation, queries, save, sync_badge, titled};
use crate::{
    api, comment,
    routes::Route,
    session,
    sheet::page::{Page, here, use_here},
    shell,
    sync::{Draft, DraftKey, Op, Unsaved, draft, outbox},
    text::{self, sheet as words},
    ui::Dialog,
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use queries::Whereabouts;
use renkei_domain::{EntryId, SheetId};
use std::collections::HashMap;

/// The list is open: a context of the client's root.
#[derive(Clone, Copy, Default)]
pub struct UndecidedOpen(RwSignal<bool>);

/// What has become of entries that the sheet has no place for, as the server tells it; none: it was asked and has not
/// answered, or knows of none. A context of the client's root.
#[derive(Clone, Copy, Default)]
pub struct GoneEntries(RwSignal<HashMap<EntryId, Option<Whereabouts>>>);

/// What something is about: where that stands, how it begins, and what somebody else has done to it.
#[derive(Clone, Debug, Default, PartialEq)]
struct Subject {
    place: String,
    title: String,
    /// Who has changed it last, if that is somebody else.
    by: Option<String>,
    deleted: bool,
}

/// Says what there is, and leads to the list; stands once on the page.
#[component]
pub fn UndecidedNotice() -> impl IntoView {
    let (unsaved, open) = (expect_context::<Memo<Unsaved>>(), expect_context::<UndecidedOpen>());
    let GoneEntries(gone) = expect_context();
    Effect::new(move || {
        unsaved.track();
        follow_page();
        // What could not be asked is asked when the server is back.
        api::use_online().track();
        untrack(|| ask_for_gone(gone));
    });
    let said = move || {
        let count = unsaved.get().undecided;
        follow_page();
        gone.track();
        (count > 0).then(|| {
            let first = untrack(|| first(gone));
            view! {
                <div class="away">
                    <p>{words::left(count)} <bdi>{first.map(|first| words::first_left(&first, count))}</bdi></p>
                    <button type="button" class="link-button" on:click=move |_| open.0.set(true)>
                        {words::LOOK_AT_LEFT}
                    </button>
                </div>
            }
        })
    };
    view! { <div role="status">{said}</div> }
}

/// What things are about is told by the sheet, which may come later, and change.
fn follow_page() {
    if let Some(page) = use_here() {
        page.head.track();
        page.touched.track();
    }
}

/// The first of them in words.
fn first(gone: RwSignal<HashMap<EntryId, Option<Whereabouts>>>) -> Option<String> {
    let op = outbox::all().into_iter().map(|(_, op)| op).find(|op| op.trouble.is_some());
    if let Some(op) = op {
        let text = op.text().map(|text| text.body).unwrap_or_default();
        let subject = subject(op.key(), &text, gone);
        return Some(said(&subject, op.trouble.unwrap_or_default()));
    }
    draft::everywhere().into_iter().find_map(|(sheet, key)| {
        let draft = undecided(sheet, key)?;
        let subject = subject(Some(key), sync_badge::words_of(&draft).trim_start_matches('○'), gone);
        let why = why(&draft, &subject);
        Some(said(&subject, why))
    })
}

/// （ウ）・令和8年度の計画「入退院調整ルール…」：美里町 担当者が削除しました。
fn said(subject: &Subject, why: String) -> String {
    format!("{}「{}」：{why}", subject.place, titled(&subject.title))
}

/// A draft that a person must decide about.
fn undecided(sheet: SheetId, key: DraftKey) -> Option<Draft> {
    let draft = draft::load(sheet, key)?;
    let lost = here().is_some_and(|page| page.has_lost(sheet, key));
    (draft.trouble.is_some() || lost).then_some(draft)
}

/// Why a draft could not be saved, with whoever is in its way.
fn why(draft: &Draft, subject: &Subject) -> String {
    match (&draft.trouble, &subject.by) {
        (_, Some(by)) if subject.deleted => words::deleted_it(by),
        (Some(trouble), Some(by)) if trouble == words::CONFLICT => words::changed_it(by),
        (Some(trouble), _) => trouble.clone(),
        (None, _) if subject.deleted => words::DELETED_MEANWHILE.to_owned(),
        (None, Some(by)) => words::moved_it(by, &subject.place),
        (None, None) => words::ORPHAN.to_owned(),
    }
}

/// `text`: what was typed, for what has no other words.
fn subject(
    key: Option<DraftKey>,
    text: &str,
    gone: RwSignal<HashMap<EntryId, Option<Whereabouts>>>,
) -> Subject {
    let own = Subject { title: text.to_owned(), ..Subject::default() };
    let Some(key) = key else { return own };
    let place = here().map(|page| page.place(key)).unwrap_or_default();
    let DraftKey::Entry(id) = key else { return Subject { place, ..own } };
    let me = session::viewer().map(|viewer| viewer.id);
    if let Some(entry) = here().and_then(|page| page.entry(id)) {
        let by = entry.updated_by.as_ref().filter(|by| Some(by.id) != me);
        let by = by.map(|by| words::somebody(&by.organization, &by.name));
        return Subject { place, title: entry.body.clone(), by, deleted: false };
    }
    let known = gone.with_untracked(|gone| gone.get(&id).cloned().flatten());
    let Some(known) = known else { return Subject { place, ..own } };
    let by = known.updated_by.as_ref().filter(|by| Some(by.id.0) != me);
    let by = by.map(|by| words::somebody(&by.organization.short_name, &by.name));
    Subject { place: known.place(), title: known.body.clone(), by, deleted: known.deleted_at.is_some() }
}

/// Asks the server for what the sheet cannot tell; once for each, until it is back on the sheet.
fn ask_for_gone(gone: RwSignal<HashMap<EntryId, Option<Whereabouts>>>) {
    let lost = draft::everywhere().into_iter().filter_map(|(sheet, key)| {
        let DraftKey::Entry(id) = key else { return None };
        here()?.has_lost(sheet, key).then_some(id)
    });
    let lost: Vec<EntryId> = lost.collect();
    let known: Vec<EntryId> = gone.with_untracked(|gone| gone.keys().copied().collect());
    if known.iter().any(|id| !lost.contains(id)) {
        gone.update(|gone| gone.retain(|id, _| lost.contains(id)));
    }
    if !api::is_online() {
        return;
    }
    for id in lost.into_iter().filter(|id| !known.contains(id)) {
        gone.update_untracked(|gone| drop(gone.insert(id, None)));
        spawn_local(async move {
            match queries::whereabouts(id).await {
                Ok(found) => gone.update(|gone| {
                    if let Some(known) = gone.get_mut(&id) {
                        *known = found;
                    }
                }),
                // It is asked again when the line is back or something else is kept; until then, what was typed says which it is.
                Err(_) => gone.update_untracked(|gone| drop(gone.remove(&id))),
            }
        });
    }
}

/// Lists it; stands once on the page.
#[component]
pub fn UndecidedDialog() -> impl IntoView {
    let UndecidedOpen(open) = expect_context();
    let close = move || open.set(false);
    view! {
        <Dialog open title=words::LEFT on_close=move |()| close()>
            <List />
            <div class="actions after">
                <button type="button" class="button" autofocus=true on:click=move |_| close()>
                    {text::CLOSE}
                </button>
            </div>
        </Dialog>
    }
}

#[component]
fn List() -> impl IntoView {
    let (unsaved, UndecidedOpen(open)) = (expect_context::<Memo<Unsaved>>(), expect_context());
    let GoneEntries(gone) = expect_context();
    move || {
        let count = unsaved.get().undecided;
        follow_page();
        gone.track();
        untrack(|| {
            if count == 0 {
                return view! { <p>{words::NOTHING_LEFT}</p> }.into_any();
            }
            let ops = outbox::all().into_iter().filter(|(_, op)| op.trouble.is_some());
            let asked = ops.map(|(name, op)| view! { <Asked name op gone /> }).collect_view();
            let typed =
                draft::everywhere().into_iter().filter_map(|(sheet, key)| typed(sheet, key, open, gone));
            let typed = typed.collect_view();
            view! { <ul class="left">{asked} {typed}</ul> }.into_any()
        })
    }
}

/// Something that was asked for and not done.
#[component]
fn Asked(name: String, op: Op, gone: RwSignal<HashMap<EntryId, Option<Whereabouts>>>) -> impl IntoView {
    let what = match op.operation {
        Operation::Create | Operation::CreateMany => words::ADD_ENTRY,
        Operation::Update => words::EDIT_ENTRY,
        Operation::TagMany | Operation::DeclineScenes | Operation::RestoreScenes => words::DO_TAG,
        Operation::Move | Operation::MoveMany => words::DO_MOVE,
        Operation::Assign | Operation::AssignMany => words::ASSIGN,
        Operation::Delete | Operation::DeleteMany => words::DELETE,
        Operation::Restore | Operation::RestoreMany => words::DO_RESTORE,
    };
    let of_many = || op.input.entries.iter().filter_map(|one| one.body.clone()).collect::<Vec<_>>();
    let of_many = Some(of_many().join("・")).filter(|text| !text.is_empty());
    let about = op
        .text()
        .map(|text| text.body)
        .or(of_many)
        .or_else(|| Some(here()?.entry(op.entry()?)?.body.clone()));
    let text = about.unwrap_or_default();
    let subject = subject(op.key(), &text, gone);
    let why = match (&op.trouble, &subject.by) {
        (Some(why), Some(by)) => Some(format!("{why}{}", words::changed_by(by))),
        (why, _) => why.clone(),
    };
    let request = op.input.request_id.clone();
    let again = (!op.refused).then(|| {
        let (name, op) = (name.clone(), Op { trouble: None, ..op });
        let ask = move |_| {
            save::keep(&name, Some(&op));
            outbox::go();
        };
        view! {
            <button type="button" class="button" on:click=ask>
                {text::TRY_AGAIN}
            </button>
        }
    });
    let give_up = move |_| {
        save::keep(&name, None);
        if let Some(page) = here() {
            page.undo.write_value().forget_given_up(|awaited| awaited != request);
            page.go_on();
        }
        // What came after it on the same entry is no longer held up.
        outbox::go();
    };
    view! {
        <Undecided what=words::about(what, &subject.place, &titled(&subject.title)) text why>
            {again}
            <button type="button" class="button" on:click=give_up>
                {words::GIVE_UP}
            </button>
        </Undecided>
    }
}

/// A draft that could not be saved, or that the sheet has no place for.
fn typed(
    sheet: SheetId,
    key: DraftKey,
    open: RwSignal<bool>,
    gone: RwSignal<HashMap<EntryId, Option<Whereabouts>>>,
) -> Option<impl IntoView> {
    let draft = undecided(sheet, key)?;
    let page = here().filter(|page| page.sheet_id() == Some(sheet));
    let text = sync_badge::words_of(&draft);
    let subject = subject(Some(key), text.trim_start_matches('○'), gone);
    let label = match &draft.trouble {
        _ if subject.deleted => words::SAVE_RESTORED,
        Some(trouble) if trouble == words::CONFLICT => words::SAVE_COMPARED,
        _ => words::SAVE,
    };
    let save = page.map(|page| {
        let save = move |_| {
            open.set(false);
            // A text that is none is told when it is opened; here it stays listed.
            let _ = page.save(key);
        };
        view! {
            <button type="button" class="button" on:click=save>
                {label}
            </button>
        }
    });
    let give_up = if subject.deleted { words::AGREE_TO_DELETION } else { words::THROW_DRAFT_AWAY };
    let what = words::about(words::DRAFT, &subject.place, &titled(&subject.title));
    let why = why(&draft, &subject);
    Some(view! {
        <Undecided what text why=Some(why)>
            {save}
            <button type="button" class="button danger" on:click=move |_| throw_away(sheet, key)>
                {give_up}
            </button>
        </Undecided>
    })
}

/// Throws a draft away, which can be taken back for a while.
pub fn throw_away(sheet: SheetId, key: DraftKey) {
    let Some(draft) = draft::load(sheet, key) else { return };
    draft::remove(sheet, key);
    let said = words::thrown_away(&titled(sync_badge::words_of(&draft).trim_start_matches('○')));
    offer_back(sheet, key, draft, said, false);
}

/// Says that a draft was thrown away, and gives it back until another one stands in its place; into the editor, if it
/// `opens` and its sheet is still looked at.
pub fn offer_back(sheet: SheetId, key: DraftKey, thrown_away: Draft, said: String, opens: bool) {
    let take_back = move || {
        // Later than it was thrown away.
        let draft = Draft { at: draft::after(thrown_away.at), open: opens, ..thrown_away.clone() };
        // Without room it stands in this page alone, which says so.
        let _ = draft::keep(sheet, key, &draft);
        if opens && let Some(page) = here().filter(|page| page.sheet_id() == Some(sheet)) {
            page.open(Editing { key, after: draft.after });
        }
    };
    let is_over = move || draft::load(sheet, key).is_some();
    shell::toast_until(said, Some((words::UNDO, Box::new(take_back))), is_over);
}

/// Leads to a draft: of the sheet that is looked at, or of another one.
#[component]
pub fn OpenDraft() -> impl IntoView {
    let unsaved = expect_context::<Memo<Unsaved>>();
    let navigate = StoredValue::new_local(use_navigate());
    let go = move |address: String| {
        navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
    };
    let open = move |_| {
        if here().is_some_and(|page| open_draft(page) || comment::open_draft(page)) {
            return;
        }
        if let Some((sheet, _)) = draft::everywhere().into_iter().next() {
            spawn_local(async move {
                match queries::place_of_sheet(sheet).await {
                    Ok(Some((region, year))) => go(Route::Sheet(region, year).path() + DRAFT_FRAGMENT),
                    Ok(None) => shell::toast(text::NOT_FOUND),
                    Err(failure) => shell::toast(failure.message()),
                }
            });
        } else if let Some(address) = comment::first_draft() {
            go(address);
        }
    };
    let is_free = move || use_here().is_none_or(|page| page.editing.get().is_none());
    move || {
        (unsaved.get().drafts > 0 && is_free() && session::use_signed_in()).then(|| {
            view! {
                <button type="button" class="link-button" on:click=open>
                    {words::OPEN_DRAFT}
                </button>
            }
        })
    }
}

/// Of an address that leads to a sheet's draft.
pub const DRAFT_FRAGMENT: &str = "#draft";

/// Opens the first draft of a sheet, of this machine or of another one; false: there is none that has a place.
pub fn open_draft(page: Page) -> bool {
    let Some(sheet) = page.sheet_id() else { return false };
    let elsewhere = crate::sync::draft_sync::elsewhere(sheet).into_iter().map(|other| other.key);
    let has_place = |key: &DraftKey| page.cell_of(*key).is_some();
    let Some(key) = draft::all(sheet).into_iter().chain(elsewhere).find(has_place) else { return false };
    if let DraftKey::Entry(id) = key {
        page.lift_filter(id);
    }
    let after = draft::load(sheet, key).and_then(|draft| draft.after);
    page.open(Editing { key, after });
    true
}

/// What it is about, the text, why it was not taken, and what can be done.
#[component]
fn Undecided(what: String, text: String, why: Option<String>, children: Children) -> impl IntoView {
    view! {
        <li>
            <strong>
                <bdi>{what}</bdi>
            </strong>
            <p class="left-text">
                <bdi>{text}</bdi>
            </p>
            <p class="left-why">{why}</p>
            <div class="actions">{children()}</div>
        </li>
    }
}
