//! Who else has the sheet open, and who edits which entry: names in the header, at the entry and in the editor. One's
//! own other tabs are nobody else.

use super::{
    Live,
    queries::{
        AccountRef, AnnouncePresence, AnnouncePresenceVariables, PageRef, Presence, PresenceChanged,
        PresenceInput, PresenceUpdated,
    },
};
use crate::{
    api::{self, Id},
    session,
    sheet::{
        focus,
        overlay::{Mounted, mounted, overlay},
        page::Page,
    },
    sync::{DraftKey, draft},
    text::{live as text, sheet::somebody},
    ui::{Menu, SetIfNew, dom, named},
};
use cynic::{MutationBuilder, Operation};
use leptos::{prelude::*, task::spawn_local};
use renkei_domain::{AccountId, EntryId, SheetId, text::beginning};
use std::collections::HashSet;

/// So many are shown by their initials; the others are a number.
const SHOWN: usize = 3;

pub fn set(live: Live, PresenceChanged { present, total }: PresenceChanged) {
    live.named.set_value(present);
    show(live, total);
}

pub fn update(live: Live, event: PresenceUpdated) {
    let total = event.total;
    live.named.update_value(|named| apply(named, event));
    show(live, total);
}

/// Makes the list that is meant of the one before.
fn apply(named: &mut Vec<Presence>, PresenceUpdated { came, left, .. }: PresenceUpdated) {
    named.retain(|one| !left.contains(&one.page()));
    for one in came {
        match named.iter_mut().find(|known| known.page() == one.page()) {
            Some(known) => *known = one,
            None => named.push(one),
        }
    }
}

fn show(live: Live, total: i32) {
    let mut named = live.named.get_value();
    live.unnamed.set_if_new(unnamed(named.len(), total));
    let viewer = session::viewer().map(|viewer| viewer.id);
    named.retain(|presence| Some(presence.account.id.0) != viewer);
    live.present.set_if_new(named);
}

/// How many pages have the sheet open that are not named.
fn unnamed(named: usize, total: i32) -> usize {
    usize::try_from(total).unwrap_or_default().saturating_sub(named)
}

impl Presence {
    fn page(&self) -> PageRef {
        PageRef { account: AccountRef { id: self.account.id }, visit_id: self.visit_id.clone() }
    }

    fn name(&self) -> String {
        somebody(&self.account.organization.short_name, &self.account.name)
    }
}

/// Those who are not named, in words; none: there are none.
fn other_pages(unnamed: usize) -> Option<String> {
    (unnamed > 0).then(|| text::other_pages(unnamed))
}

/// Who is there, each once.
fn persons(live: Live) -> Vec<Presence> {
    let mut known = HashSet::<AccountId>::new();
    let mut persons = live.present.get();
    persons.retain(|presence| known.insert(presence.account.id.0));
    persons
}

/// Who edits an entry; empty: nobody else.
fn editors_of(live: Live, id: EntryId) -> String {
    let mut names: Vec<String> = live.present.with(|present| {
        present.iter().filter(|one| one.entry_id == Some(Id(id))).map(Presence::name).collect()
    });
    names.dedup();
    names.join("、")
}

/// By what each is told from the others: the beginning of the name, with that of the organisation where two would be
/// the same.
fn initials(persons: &[Presence]) -> Vec<String> {
    let start = |text: &str, letters: usize| beginning(text, letters).to_owned();
    let own: Vec<String> = persons.iter().map(|person| start(&person.account.name, 2)).collect();
    let is_taken = |one: &String| own.iter().filter(|other| *other == one).count() > 1;
    let initials = persons.iter().zip(&own).map(|(person, own)| {
        let organization = &person.account.organization.short_name;
        if is_taken(own) { start(organization, 1) + own } else { own.clone() }
    });
    initials.collect()
}

/// In the header: initials, and all names in a list below.
#[component]
pub fn People() -> impl IntoView {
    let live = expect_context::<Live>();
    view! {
        <Menu
            class="others end"
            purpose=text::PRESENT
            label=""
            mark=move || view! { <Initials live /> }
            attr:hidden=move || live.present.with(Vec::is_empty) && live.unnamed.get() == 0
        >
            <ul class="others-names">
                {move || persons(live).iter().map(|one| view! { <li><bdi>{one.name()}</bdi></li> }).collect_view()}
                {move || other_pages(live.unnamed.get()).map(|words| view! { <li>{words}</li> })}
            </ul>
        </Menu>
    }
}

#[component]
fn Initials(live: Live) -> impl IntoView {
    let initial = |(person, initials): (&Presence, String)| {
        view! {
            <span class="person" aria-hidden="true" title=person.name()>
                {initials}
            </span>
        }
    };
    move || {
        let persons = persons(live);
        let unnamed = live.unnamed.get();
        let more = persons.len().saturating_sub(SHOWN) + unnamed;
        let more = (more > 0).then(|| {
            view! {
                <span class="person" aria-hidden="true">
                    {text::more(more)}
                </span>
            }
        });
        let names = persons.iter().map(Presence::name).chain(other_pages(unnamed));
        let names: Vec<String> = names.collect();
        view! {
            {persons.iter().zip(initials(&persons)).take(SHOWN).map(initial).collect_view()}
            {more}
            <span class="unseen">{names.join("、")}</span>
        }
    }
}

/// Shows at each entry who edits it, and tells others what is edited here.
pub fn watch(page: Page) {
    overlay(page, move || page.live.present.track(), editors);
    let edited = Memo::new(move |_| edited(page));
    Effect::new(move |before: Option<Option<EntryId>>| {
        let now = edited.get();
        if before.flatten() != now {
            announce(page, now);
        }
        now
    });
}

fn editors(page: Page) -> Vec<Mounted> {
    let ids: HashSet<EntryId> = page
        .live
        .present
        .with_untracked(|all| all.iter().filter_map(|one| one.entry_id).map(|id| id.0).collect());
    let chip = |id| {
        let names = untrack(|| editors_of(page.live, id));
        let chip = move || view! { <span class="editing-here">{named(text::edits, &names)}</span> };
        Some(mounted(focus::by_id(&focus::entry_id(id))?, chip))
    };
    ids.into_iter().filter_map(chip).collect()
}

/// The entry that is being edited or merged here.
fn edited(page: Page) -> Option<EntryId> {
    let merged = page.conflict.with(|conflict| conflict.as_ref().map(|conflict| conflict.id));
    merged.or_else(|| match page.editing.get()?.key {
        DraftKey::Entry(id) => Some(id),
        DraftKey::New(_) => None,
    })
}

/// In the editor: what others do with the same entry meanwhile.
#[component]
pub fn BesideEditor(
    page: Page,
    sheet: SheetId,
    key: DraftKey,
    /// Runs when it has another height.
    on_change: impl Fn() + Copy + 'static,
) -> impl IntoView {
    let DraftKey::Entry(id) = key else {
        return view! { <p hidden=true></p> }.into_any();
    };
    let began = page.entry(id).map(|entry| entry.version).unwrap_or_default();
    let words = Memo::new(move |_| {
        page.touched.track();
        let others = editors_of(page.live, id);
        let mut words = beneath(page, sheet, id, began).unwrap_or_default();
        if !others.is_empty() {
            words.push_str(&text::also_edits(&others));
        }
        words
    });
    Effect::new(move || {
        words.with(|_| ());
        dom::after_render(on_change);
    });
    view! { <p class="editor-live" role="status">{words}</p> }.into_any()
}

/// The entry is newer than what the text that is being typed began with.
fn beneath(page: Page, sheet: SheetId, id: EntryId, began: i32) -> Option<String> {
    // A save that is under way is about to be answered.
    if page.progress.with(|progress| progress.as_ref().is_some_and(|(key, _)| *key == DraftKey::Entry(id))) {
        return None;
    }
    let Some(entry) = page.entry(id) else { return Some(text::DELETED_BENEATH.to_owned()) };
    if entry.version <= draft::load(sheet, DraftKey::Entry(id)).map_or(began, |draft| draft.version) {
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
    let Some(sheet_id) = page.sheet_id() else { return };
    let operation = presence(page, sheet_id, entry_id, true);
    spawn_local(async move {
        // The next one tells it, if this does not get there.
        let _ = api::call(&operation).await;
    });
}

/// The page is being left.
pub fn goodbye(page: Page, sheet_id: SheetId) {
    api::tell(api::request(&presence(page, sheet_id, None, false)));
}

fn presence(
    page: Page,
    sheet_id: SheetId,
    entry_id: Option<EntryId>,
    present: bool,
) -> Operation<AnnouncePresence, AnnouncePresenceVariables> {
    let visit_id = Id(page.live.visit.get_value());
    let input = PresenceInput { sheet_id: Id(sheet_id), visit_id, entry_id: entry_id.map(Id), present };
    AnnouncePresence::build(AnnouncePresenceVariables { input })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::queries::{Author, AuthorsOrganization};

    #[test]
    fn differences_make_the_list_that_is_meant() {
        let page = |account: u128, visit: &str, entry: Option<u128>| Presence {
            account: Author {
                id: Id(AccountId(uuid::Uuid::from_u128(account))),
                name: String::new(),
                organization: AuthorsOrganization { short_name: String::new() },
            },
            entry_id: entry.map(|entry| Id(EntryId(uuid::Uuid::from_u128(entry)))),
            visit_id: Some(Id(visit.to_owned())),
        };
        let mut named = vec![page(1, "a", None), page(1, "b", None), page(2, "a", None)];
        let came = vec![page(1, "b", Some(7)), page(3, "c", None)];
        let left = vec![page(1, "a", None).page()];
        apply(&mut named, PresenceUpdated { came, left, total: 3 });
        assert_eq!(named, [page(1, "b", Some(7)), page(2, "a", None), page(3, "c", None)]);
    }

    #[test]
    fn pages_without_a_name_are_counted() {
        assert_eq!(unnamed(3, 3), 0);
        assert_eq!(unnamed(2, 80), 78);
        assert_eq!(other_pages(78).as_deref(), Some("ほか78画面"));
        assert_eq!(other_pages(0), None);
    }
}
