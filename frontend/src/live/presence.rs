//! Who else has the sheet open, and who edits which entry: names in the header, at the entry and in the editor. One's
//! own other tabs are nobody else.

use super::{
    line::{followed, visit},
    queries::{AnnouncePresence, AnnouncePresenceVariables, Presence, PresenceInput},
};
use crate::ui::SetIfNew;
use crate::{
    api::{self, Id},
    entry::{DraftKey, kept_version, place_editor},
    session,
    sheet::{focus, page::Page},
    text::{live as text, sheet::somebody},
    ui::{dom, menu},
    view::{El, effect, el, live},
};
use cynic::{MutationBuilder, Operation};
use leptos::prelude::*;
use leptos::task::spawn_local;
use renkei_domain::{AccountId, EntryId, SheetId};
use std::cell::Cell;
use web_sys::Element;

/// So many are shown by their initials; the others are a number.
const SHOWN: usize = 3;

thread_local! {
    static PRESENT: ArcRwSignal<Vec<Presence>> = ArcRwSignal::new(Vec::new());
}

fn present() -> ArcRwSignal<Vec<Presence>> {
    PRESENT.with(Clone::clone)
}

pub fn set(mut everybody: Vec<Presence>) {
    let viewer = session::viewer().map(|viewer| viewer.id);
    everybody.retain(|presence| Some(presence.account.id.0) != viewer);
    present().set_if_new(everybody);
}

impl Presence {
    fn name(&self) -> String {
        somebody(&self.account.organization.short_name, &self.account.name)
    }
}

/// Who is there, each once.
fn persons() -> Vec<Presence> {
    let mut known: Vec<AccountId> = Vec::new();
    let mut persons = present().get();
    persons.retain(|presence| {
        let id = presence.account.id.0;
        let new = !known.contains(&id);
        known.push(id);
        new
    });
    persons
}

/// Who edits an entry; empty: nobody else.
fn editors_of(id: EntryId) -> String {
    let mut names: Vec<String> = present().with(|present| {
        present.iter().filter(|one| one.entry_id == Some(Id(id))).map(Presence::name).collect()
    });
    names.dedup();
    names.join("、")
}

/// In the header: initials, and all names in a list below.
pub fn people() -> El {
    let names = || {
        let names =
            |persons: Vec<Presence>| persons.iter().map(|one| el("li").child(one.name())).collect::<Vec<_>>();
        el("ul").class("others-names").child(live(move || names(persons())))
    };
    let chips = live(|| {
        let persons = persons();
        let mut chips: Vec<El> = persons.iter().take(SHOWN).map(initial).collect();
        if persons.len() > SHOWN {
            chips.push(
                el("span")
                    .class("person")
                    .attr("aria-hidden", "true")
                    .child(text::more(persons.len() - SHOWN)),
            );
        }
        let names: Vec<String> = persons.iter().map(Presence::name).collect();
        chips.push(el("span").class("unseen").child(names.join("、")));
        chips
    });
    let people =
        menu("others end", text::PRESENT, "", names).live_attr("hidden", || present().with(Vec::is_empty));
    if let Some(button) = people.element().first_element_child() {
        let _ = button.append_child(&chips);
    }
    people
}

fn initial(person: &Presence) -> El {
    let name = &person.account.organization.short_name;
    let initial = name.chars().next().map(String::from).unwrap_or_default();
    el("span").class("person").attr("aria-hidden", "true").attr("title", person.name()).child(initial)
}

/// Shows at each entry who edits it, and tells others what is edited here.
pub fn watch(page: Page) {
    effect(move || {
        page.touched.track();
        page.head.track();
        present().track();
        // Once the entries stand where they belong.
        dom::after(0, show_editors);
    });
    let before = Cell::new(None);
    effect(move || {
        let now = edited(page);
        if before.replace(now) != now {
            announce(page, now);
        }
    });
}

/// The entry that is being edited or merged here.
fn edited(page: Page) -> Option<EntryId> {
    let merged = page.conflict.with(|conflict| conflict.as_ref().map(|conflict| conflict.id));
    merged.or_else(|| match page.editing.get()?.key {
        DraftKey::Entry(id) => Some(id),
        DraftKey::New(_) => None,
    })
}

const CHIP: &str = "editing-here";

/// On the entries' elements, as thousands need no effect for what few of them can be.
fn show_editors() {
    let document = dom::document();
    let old = document.get_elements_by_class_name(CHIP);
    let old: Vec<Element> = (0..old.length()).filter_map(|at| old.item(at)).collect();
    let ids: Vec<EntryId> = present()
        .with_untracked(|present| present.iter().filter_map(|one| one.entry_id.map(|id| id.0)).collect());
    let mut shown = Vec::new();
    for id in ids {
        let Some(entry) = focus::by_id(&focus::entry_id(id)).filter(|_| !shown.contains(&id)) else {
            continue;
        };
        shown.push(id);
        let _ = entry.append_child(el("span").class(CHIP).child(text::edits(&editors_of(id))).element());
    }
    for chip in old {
        chip.remove();
    }
}

/// In the editor: what others do with the same entry meanwhile.
pub fn beside_editor(page: Page, sheet: SheetId, key: DraftKey) -> El {
    let DraftKey::Entry(id) = key else { return el("p").attr("hidden", true) };
    let began = page.entry(id).map(|entry| entry.version).unwrap_or_default();
    let words = move || {
        page.touched.track();
        let others = editors_of(id);
        let mut words = beneath(page, sheet, id, began).unwrap_or_default();
        if !others.is_empty() {
            words.push_str(&text::also_edits(&others));
        }
        words
    };
    let said = el("p").class("editor-live").attr("role", "status");
    let element = said.element().clone();
    effect(move || {
        let words = words();
        if element.text_content().as_deref() != Some(&words) {
            element.set_text_content(Some(&words));
            // It has another height now.
            dom::after_render(place_editor);
        }
    });
    said
}

/// The entry is newer than what the text that is being typed began with.
fn beneath(page: Page, sheet: SheetId, id: EntryId, began: i32) -> Option<String> {
    // A save that is under way is about to be answered.
    if page.progress.with(|progress| progress.as_ref().is_some_and(|(key, _)| *key == DraftKey::Entry(id))) {
        return None;
    }
    let Some(entry) = page.entry(id) else { return Some(text::DELETED_BENEATH.to_owned()) };
    if entry.version <= kept_version(sheet, DraftKey::Entry(id)).unwrap_or(began) {
        return None;
    }
    let viewer = session::viewer().map(|viewer| viewer.id);
    Some(match &entry.updated_by {
        Some(author) if Some(author.id) == viewer => text::CHANGED_ELSEWHERE.to_owned(),
        Some(author) => text::changed_beneath(&somebody(&author.organization, &author.name)),
        None => text::changed_beneath(crate::text::sheet::SOMEBODY),
    })
}

/// After the line was away, the server does not know it any more.
pub fn announce_again(page: Page) {
    if let Some(id) = untrack(|| edited(page)) {
        announce(page, Some(id));
    }
}

fn announce(page: Page, entry_id: Option<EntryId>) {
    let Some(sheet_id) = page.head_now().map(|head| head.id) else { return };
    let operation = presence(sheet_id, entry_id, true);
    spawn_local(async move {
        // The next one tells it, if this does not get there.
        let _ = api::call(&operation).await;
    });
}

/// The page is being left.
pub fn goodbye() {
    if let Some(sheet_id) = followed() {
        api::tell(api::request(&presence(sheet_id, None, false)));
    }
}

fn presence(
    sheet_id: SheetId,
    entry_id: Option<EntryId>,
    present: bool,
) -> Operation<AnnouncePresence, AnnouncePresenceVariables> {
    let (sheet_id, visit_id, entry_id) = (Id(sheet_id), Id(visit()), entry_id.map(Id));
    let input = PresenceInput { sheet_id, visit_id, entry_id, present };
    AnnouncePresence::build(AnnouncePresenceVariables { input })
}
