//! What a person must see to: what the server did not take, and drafts that have no place on the sheet any more. Said
//! above the page and listed with what can be done, until it is decided.

use super::{Draft, DraftKey, draft, mutation::Operation, outbox, remark, save};
use crate::ui::SetIfNew;
use crate::{
    sheet::page::here,
    sync::Op,
    text::{self, sheet as words},
    ui::{button, dialog},
    view::{El, el, live},
};
use leptos::prelude::*;
use renkei_domain::SheetId;
use web_sys::Node;

thread_local! {
    static COUNT: ArcRwSignal<usize> = ArcRwSignal::new(0);
    static OPEN: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

/// So much is to be decided.
pub fn count(count: usize) {
    COUNT.with(|known| known.set_if_new(count));
}

/// Says that there is something; stands once on the page.
pub fn left() -> El {
    let said = live(|| {
        let count = COUNT.with(|count| count.get());
        (count > 0).then(|| {
            el("div").class("away").child(el("p").child(words::left(count))).child(button(
                "link-button",
                words::LOOK,
                || OPEN.with(|open| open.set(true)),
            ))
        })
    });
    el("div").attr("role", "status").child(said)
}

/// Lists it; stands once on the page.
pub fn left_dialog() -> El {
    dialog(|| OPEN.with(|open| open.get()), || words::LEFT, close, contents)
}

fn close() {
    OPEN.with(|open| open.set(false));
}

fn contents() -> (Node, El) {
    let list = live(|| {
        let count = COUNT.with(|count| count.get());
        // What it is about is told by the sheet, which may come later.
        if let Some(page) = here() {
            page.head.track();
        }
        untrack(|| {
            if count == 0 {
                return vec![el("p").child(words::NOTHING_LEFT)];
            }
            let ops = outbox::all().into_iter().filter(|(_, op)| op.trouble.is_some());
            let mut items: Vec<El> = ops.map(|(name, op)| asked(name, op)).collect();
            items.extend(draft::everywhere().into_iter().filter_map(|(sheet, key)| typed(sheet, key)));
            vec![el("ul").class("left").child(items)]
        })
    });
    let close = button("button", text::CLOSE, close).attr("autofocus", true);
    (list, el("div").class("actions after").child(close))
}

/// Something that was asked for and not done.
fn asked(name: String, op: Op) -> El {
    let what = match op.operation {
        Operation::Create => words::ADD_ENTRY,
        Operation::Update => words::EDIT_ENTRY,
        Operation::Move => words::DO_MOVE,
        Operation::Assign => words::ASSIGN,
        Operation::Delete => words::DELETE,
        Operation::Restore => words::DO_RESTORE,
    };
    let about = op.text().map(|text| text.body).or_else(|| Some(here()?.entry(op.entry()?)?.body.clone()));
    let (again, drop) = (name.clone(), name);
    let ways = el("div").class("actions").child((!op.refused).then(|| {
        let op = Op { trouble: None, ..op.clone() };
        button("button", text::TRY_AGAIN, move || {
            save::keep(&again, Some(&op));
            outbox::go();
        })
    }));
    let given_up = button("button", words::GIVE_UP, move || {
        save::keep(&drop, None);
        save::refresh();
        // What came after it on the same entry is no longer held up.
        outbox::go();
    });
    item(what, about.as_deref().unwrap_or_default(), op.trouble.as_deref(), ways.child(given_up))
}

/// A draft that could not be saved, or that the sheet has no place for.
fn typed(sheet: SheetId, key: DraftKey) -> Option<El> {
    let Draft { trouble, .. } = draft::load(sheet, key)?;
    let page = here().filter(|page| page.head_now().is_some_and(|head| head.id == sheet));
    let lost = page.is_some_and(|page| page.has_lost(sheet, key));
    if trouble.is_none() && !lost {
        return None;
    }
    let text = draft::load(sheet, key).map(|draft| remark::words_of(&draft)).unwrap_or_default();
    let ways = el("div").class("actions").child(page.map(|page| {
        button("button", words::SAVE, move || {
            close();
            // A text that is none is told when it is opened; here it stays listed.
            let _ = page.save(key);
        })
    }));
    let thrown = button("button danger", words::THROW_AWAY, move || {
        draft::remove(sheet, key);
        save::refresh();
    });
    let why = trouble.unwrap_or_else(|| words::ORPHAN.to_owned());
    Some(item(words::DRAFT, &text, Some(&why), ways.child(thrown)))
}

fn item(what: &str, text: &str, why: Option<&str>, ways: El) -> El {
    el("li")
        .child(el("strong").child(what))
        .child(el("p").class("left-text").child(text))
        .child(el("p").class("left-why").child(why))
        .child(ways)
}
