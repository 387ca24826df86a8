//! Scenes that are proposed for entries, to be accepted or declined, each or all of a scene at once.

pub mod queries;

use crate::{
    api,
    entry::{
        ActionOfMany,
        mutation::{Input, Operation},
    },
    sheet::{
        page::Page,
        store::{Head, Known},
    },
    shell,
    sync::{Op, outbox},
    text::{self, suggestion as words},
    ui::{Dialog, dom},
};
use leptos::{either::Either, prelude::*, task::spawn_local};
use renkei_domain::{CareScene, EntryId, SceneSet, SheetId, suggestion::find_words};
use std::sync::Arc;

/// A scene that an entry names and does not have.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    pub entry: EntryId,
    pub scene: CareScene,
    pub words: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Listed {
    Waiting,
    Failed(String),
    Here(Lists),
}

/// What is proposed, and what was declined.
#[derive(Clone, Debug, Default, PartialEq)]
struct Lists {
    open: Vec<Suggestion>,
    declined: Vec<Suggestion>,
}

impl Lists {
    /// What was declined, or is proposed again.
    fn turn(&mut self, some: &[Suggestion], declines: bool) {
        let (from, to) = match declines {
            true => (&mut self.open, &mut self.declined),
            false => (&mut self.declined, &mut self.open),
        };
        let turned: Vec<Suggestion> = from.extract_if(.., |one| some.contains(one)).collect();
        to.extend(turned);
        let at = |one: &Suggestion| CareScene::ALL.iter().position(|scene| *scene == one.scene);
        to.sort_by_key(at);
    }

    /// What was asked for and has not been answered.
    fn take_in_waiting(&mut self, sheet: SheetId) {
        for (_, op) in outbox::all() {
            let declines = op.operation == Operation::DeclineScenes;
            if op.sheet != sheet || op.trouble.is_some() || !op.operation.is_of_suggestions() {
                continue;
            }
            let asked = |one: &Suggestion| {
                let scenes = op.input.entries.iter().filter(|part| part.id == Some(one.entry));
                scenes.filter_map(|part| part.explicit_scenes).any(|scenes| scenes.contains(one.scene))
            };
            let all = self.open.iter().chain(&self.declined);
            let some: Vec<Suggestion> = all.filter(|one| asked(one)).cloned().collect();
            self.turn(&some, declines);
        }
    }
}

#[component]
pub fn SuggestionsDialog(page: Page) -> impl IntoView {
    let open = page.suggesting;
    view! {
        <Dialog open title=words::TITLE class="wide" on_close=move |()| open.set(false)>
            <List page />
            <div class="actions after">
                <button type="button" class="button" on:click=move |_| open.set(false)>
                    {text::CLOSE}
                </button>
            </div>
        </Dialog>
    }
}

#[component]
fn List(page: Page) -> impl IntoView {
    let listed = RwSignal::new(Listed::Waiting);
    spawn_local(async move {
        let read = queries::read(page.region, page.year).await.map(|[open, declined]| {
            let mut lists = Lists { open, declined };
            if let Some(head) = page.head_now() {
                lists.take_in_waiting(head.id);
            }
            lists
        });
        // The dialog may have been closed meanwhile.
        listed.try_set(read.map_or_else(|failure| Listed::Failed(failure.message()), Listed::Here));
    });
    move || match listed.get() {
        Listed::Waiting => view! { <p>{words::READING}</p> }.into_any(),
        Listed::Failed(message) => view! { <p class="trouble" role="alert">{message}</p> }.into_any(),
        Listed::Here(Lists { open, declined }) => {
            let groups = CareScene::ALL.into_iter().filter_map(|scene| {
                let own: Vec<Suggestion> = open.iter().filter(|one| one.scene == scene).cloned().collect();
                (!own.is_empty()).then(|| view! { <Group page listed scene own /> })
            });
            let groups = groups.collect_view();
            let told = match open.is_empty() {
                true => view! { <p role="status">{words::NONE}</p> }.into_any(),
                false => view! { <p>{words::WHY}</p> }.into_any(),
            };
            view! {
                {told}
                {groups}
                <Declined page listed declined />
            }
            .into_any()
        }
    }
}

/// What somebody has declined, to be proposed again.
#[component]
fn Declined(page: Page, listed: RwSignal<Listed>, declined: Vec<Suggestion>) -> impl IntoView {
    let count = declined.len();
    let line = |one: Suggestion| {
        let again = one.clone();
        line(page, &one, move || {
            view! {
                <span class="scene-word" data-scene=one.scene.code()>{one.scene.short_name()}</span>
                <button
                    type="button"
                    class="button small"
                    on:click=move |_| turn(page, listed, vec![again.clone()], false)
                >
                    {words::RESTORE}
                </button>
            }
        })
    };
    let lines = declined.into_iter().filter_map(line).collect_view();
    (count > 0).then(|| {
        view! {
            <details class="suggestions declined">
                <summary>{words::declined_list(count)}</summary>
                <ul>{lines}</ul>
            </details>
        }
    })
}

#[component]
fn Group(page: Page, listed: RwSignal<Listed>, scene: CareScene, own: Vec<Suggestion>) -> impl IntoView {
    let count = own.len();
    let all = StoredValue::new(own.clone());
    let choices = move |one: Suggestion| {
        let (accepted, declined) = (one.clone(), one.clone());
        line(page, &one, move || {
            view! {
                <button
                    type="button"
                    class="button small"
                    on:click=move |_| accept(page, listed, vec![accepted.clone()])
                >
                    {words::ACCEPT}
                </button>
                <button
                    type="button"
                    class="button small"
                    on:click=move |_| turn(page, listed, vec![declined.clone()], true)
                >
                    {words::DECLINE}
                </button>
            }
        })
    };
    let lines = own.into_iter().filter_map(choices).collect_view();
    view! {
        <section class="suggestions" data-scene=scene.code()>
            <h3>{words::group(scene, count)}</h3>
            <p class="actions">
                <button type="button" class="button main" on:click=move |_| accept(page, listed, all.get_value())>
                    {words::accept_all(scene, count)}
                </button>
                <button type="button" class="button" on:click=move |_| turn(page, listed, all.get_value(), true)>
                    {words::decline_all(count)}
                </button>
            </p>
            <ul>{lines}</ul>
        </section>
    }
}

/// One of them: where the entry stands, its text with the words marked, and what can be done.
fn line<V: IntoView + 'static>(page: Page, one: &Suggestion, choices: impl FnOnce() -> V) -> Option<AnyView> {
    let (head, known) = (page.head_now()?, page.entry(one.entry)?);
    let cell = page.state(one.entry)?.cell.get_value();
    let (row, column) = head.place(cell);
    let place = text::sheet::place(
        &head.items[row].code,
        head.columns[column].fiscal_year,
        head.columns[column].facet.name(),
    );
    let in_title = title_alone(&known, &head, row, &one.words);
    let texts = std::iter::once(known.body.clone()).chain(known.notes.iter().map(|note| note.text.clone()));
    let texts = texts.map(|text| view! { <p>{marked(&text, &one.words)}</p> }).collect_view();
    let line = view! {
        <li>
            <div class="text">
                <p class="place">{place} {in_title}</p>
                <bdi>{texts}</bdi>
            </div>
            <p class="actions">{choices()}</p>
        </li>
    };
    Some(line.into_any())
}

/// Where the word stands in the item's title alone, that is said.
fn title_alone(known: &Known, head: &Arc<Head>, row: usize, found: &[String]) -> Option<String> {
    let texts = std::iter::once(&known.body).chain(known.notes.iter().map(|note| &note.text));
    let marked = texts.into_iter().any(|text| !find_words(text, found).is_empty());
    (!marked).then(|| words::in_title(&head.items[row].title))
}

fn marked(text: &str, found: &[String]) -> Vec<impl IntoView + use<>> {
    let mut shown = Vec::new();
    let mut at = 0;
    for hit in find_words(text, found) {
        shown.push(Either::Left(text[at..hit.start].to_owned()));
        shown.push(Either::Right(view! { <mark>{text[hit.clone()].to_owned()}</mark> }));
        at = hit.end;
    }
    shown.push(Either::Left(text[at..].to_owned()));
    shown
}

/// Tags them, in one request, which can be taken back.
fn accept(page: Page, listed: RwSignal<Listed>, some: Vec<Suggestion>) {
    let Some(scene) = some.first().map(|one| one.scene) else { return };
    let ids: Vec<EntryId> = some.iter().map(|one| one.entry).collect();
    page.act_on_many(&ids, ActionOfMany::Tag { add: SceneSet::EMPTY.with(scene), remove: SceneSet::EMPTY });
    drop_from(listed, &some);
    shell::announce(words::accepted(scene, some.len()));
}

/// They are proposed to nobody any more, or are again. It waits where the server is away, as an edit does.
fn turn(page: Page, listed: RwSignal<Listed>, some: Vec<Suggestion>, declines: bool) {
    let Some(sheet) = page.sheet_id() else { return };
    let one = |one: &Suggestion| Input {
        id: Some(one.entry),
        explicit_scenes: Some(SceneSet::EMPTY.with(one.scene)),
        ..Input::default()
    };
    let entries = some.iter().map(one).collect();
    let input = Input { request_id: api::request_id(), sheet_id: Some(sheet), entries, ..Input::default() };
    let operation = if declines { Operation::DeclineScenes } else { Operation::RestoreScenes };
    page.begin(&Op::new(operation, sheet, input), None);
    let _ = listed.try_update(|listed| {
        if let Listed::Here(lists) = listed {
            lists.turn(&some, declines);
        }
    });
    focus_first();
    let count = some.len();
    shell::announce(if declines { words::declined(count) } else { words::restored(count) });
}

fn drop_from(listed: RwSignal<Listed>, some: &[Suggestion]) {
    let _ = listed.try_update(|listed| {
        if let Listed::Here(lists) = listed {
            lists.open.retain(|one| !some.contains(one));
        }
    });
    focus_first();
}

/// What was pressed has gone.
fn focus_first() {
    dom::after_render(|| dom::focus(dom::find("dialog[open] button")));
}
