//! What a person must see to: what the server did not take, and drafts that have no place on the sheet any more. Said
//! above the page and listed with what can be done, until it is decided.

use super::{mutation::Operation, save, sync_badge};
use crate::{
    sheet::page::{here, use_here},
    sync::{DraftKey, Op, Unsaved, draft, outbox},
    text::{self, sheet as words},
    ui::Dialog,
};
use leptos::prelude::*;
use renkei_domain::SheetId;

/// The list is open: a context of the client's root.
#[derive(Clone, Copy, Default)]
pub struct UndecidedOpen(RwSignal<bool>);

/// Says that there is something; stands once on the page.
#[component]
pub fn UndecidedNotice() -> impl IntoView {
    let (unsaved, open) = (expect_context::<Memo<Unsaved>>(), expect_context::<UndecidedOpen>());
    let said = move || {
        let count = unsaved.get().undecided;
        (count > 0).then(|| {
            view! {
                <div class="away">
                    <p>{words::left(count)}</p>
                    <button type="button" class="link-button" on:click=move |_| open.0.set(true)>
                        {words::LOOK}
                    </button>
                </div>
            }
        })
    };
    view! { <div role="status">{said}</div> }
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
    move || {
        let count = unsaved.get().undecided;
        // What it is about is told by the sheet, which may come later.
        if let Some(page) = use_here() {
            page.head.track();
        }
        untrack(|| {
            if count == 0 {
                return view! { <p>{words::NOTHING_LEFT}</p> }.into_any();
            }
            let ops = outbox::all().into_iter().filter(|(_, op)| op.trouble.is_some());
            let asked = ops.map(|(name, op)| view! { <Asked name op /> }).collect_view();
            let typed = draft::everywhere().into_iter().filter_map(|(sheet, key)| typed(sheet, key, open));
            let typed = typed.collect_view();
            view! { <ul class="left">{asked} {typed}</ul> }.into_any()
        })
    }
}

/// Something that was asked for and not done.
#[component]
fn Asked(name: String, op: Op) -> impl IntoView {
    let what = match op.operation {
        Operation::Create => words::ADD_ENTRY,
        Operation::Update => words::EDIT_ENTRY,
        Operation::Move => words::DO_MOVE,
        Operation::Assign => words::ASSIGN,
        Operation::Delete => words::DELETE,
        Operation::Restore => words::DO_RESTORE,
    };
    let about = op.text().map(|text| text.body).or_else(|| Some(here()?.entry(op.entry()?)?.body.clone()));
    let (text, why) = (about.unwrap_or_default(), op.trouble.clone());
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
        // What came after it on the same entry is no longer held up.
        outbox::go();
    };
    view! {
        <Undecided what text why>
            {again}
            <button type="button" class="button" on:click=give_up>
                {words::GIVE_UP}
            </button>
        </Undecided>
    }
}

/// A draft that could not be saved, or that the sheet has no place for.
fn typed(sheet: SheetId, key: DraftKey, open: RwSignal<bool>) -> Option<impl IntoView> {
    let draft = draft::load(sheet, key)?;
    let page = here().filter(|page| page.head_now().is_some_and(|head| head.id == sheet));
    let lost = page.is_some_and(|page| page.has_lost(sheet, key));
    if draft.trouble.is_none() && !lost {
        return None;
    }
    let text = sync_badge::words_of(&draft);
    let why = draft.trouble.unwrap_or_else(|| words::ORPHAN.to_owned());
    let save = page.map(|page| {
        let save = move |_| {
            open.set(false);
            // A text that is none is told when it is opened; here it stays listed.
            let _ = page.save(key);
        };
        view! {
            <button type="button" class="button" on:click=save>
                {words::SAVE}
            </button>
        }
    });
    let throw_away = move |_| {
        draft::remove(sheet, key);
    };
    Some(view! {
        <Undecided what=words::DRAFT text why=Some(why)>
            {save}
            <button type="button" class="button danger" on:click=throw_away>
                {words::THROW_AWAY}
            </button>
        </Undecided>
    })
}

/// What it is about, the text, why it was not taken, and what can be done.
#[component]
fn Undecided(what: &'static str, text: String, why: Option<String>, children: Children) -> impl IntoView {
    view! {
        <li>
            <strong>{what}</strong>
            <p class="left-text">
                <bdi>{text}</bdi>
            </p>
            <p class="left-why">{why}</p>
            <div class="actions">{children()}</div>
        </li>
    }
}
