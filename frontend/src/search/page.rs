//! The page of a search. What is looked for stands in the address alone, as the sheet's filter does.

use super::{
    excerpt::{Piece, excerpt},
    queries::{
        Entry, EntryEdge, FilterInput, Region, Search, SearchPlace, SearchPlaceVariables, SearchVariables,
        Sheet,
    },
};
use crate::{
    api::{self, Failure, Id, scene_set},
    cached_query::{self, use_cached_query},
    filter::{FilterState, OwnerPicker},
    history::{Listed, Log, Words, place},
    routes::{self, PageAddress, Route, Step},
    session,
    shell::{self, Place},
    text::{search as words, sheet as text},
    ui::{Failed, NotFound, Skeleton, dom, fresh_id},
};
use cynic::QueryBuilder;
use leptos::{ev, prelude::*};
use renkei_domain::{
    CareScene, EntryFilter, FiscalYear, Note, Phase, RegionId, SearchTerms, limits, outline,
};
use std::time::Duration;
use wasm_bindgen::JsCast;

/// Nobody types for so long: what stands there is looked for.
const REST: Duration = Duration::from_millis(400);

#[component]
pub fn SearchPage(region: RegionId, year: FiscalYear) -> impl IntoView {
    shell::set_title(words::TITLE);
    let operation = SearchPlace::build(SearchPlaceVariables { region_id: Id(region), fiscal_year: year.0 });
    let name = format!("search:{region}:{}", year.0);
    let sheet = use_cached_query::<SearchPlace>(api::request(&operation), name);
    let page = move |answer| match answer {
        Err(failure) => view! { <Failed failure on_retry=move || sheet.refetch() /> }.into_any(),
        Ok(SearchPlace { sheet: None, .. }) => view! { <NotFound /> }.into_any(),
        Ok(SearchPlace { sheet: Some(sheet), .. }) => {
            let Sheet { title, phase, region: Region { name: region_name, organizations, sheets: years } } =
                sheet;
            let phase = phase.0.unwrap_or(Phase::Fixed);
            shell::set_place(Some(Place { region, region_name, year, title, phase, years }));
            view! { <SearchOver region organizations /> }.into_any()
        }
    };
    view! { <Transition fallback=Skeleton>{move || sheet.get().map(page)}</Transition> }
}

#[component]
fn SearchOver(region: RegionId, organizations: Vec<session::queries::Organization>) -> impl IntoView {
    let query = routes::use_query();
    let state = Memo::new(move |_| query.with(|query| FilterState::parse(query)));
    let wanted = Wanted {
        state,
        typed: RwSignal::new(state.with_untracked(|state| state.text.clone())),
        carried: StoredValue::new(state.with_untracked(|state| state.text.clone())),
        address: routes::use_page_address(),
    };
    let total = RwSignal::new(None::<i32>);
    let found = move || {
        let filter = state.with(FilterState::filter);
        total.set(None);
        if filter.text.is_empty() {
            return view! { <p class="log-foot" role="status">{words::TYPE_WORDS}</p> }.into_any();
        }
        let typed = state.with(|state| state.text.clone());
        view! { <Found region typed filter total /> }.into_any()
    };
    view! {
        <div class="page found-over-years">
            <h1>{words::TITLE}</h1>
            <p class="lead">{words::LEAD}</p>
            <search aria-label=words::FILTER>
                <TypedWords wanted />
                <div class="search-narrowing">
                    <Scenes wanted />
                    <Owners organizations wanted />
                </div>
            </search>
            <p class="total" role="status">{move || total.get().map(words::found)}</p>
            {found}
        </div>
    }
}

/// What is looked for, in the address, and the words as they stand in their box.
#[derive(Clone, Copy)]
struct Wanted {
    state: Memo<FilterState>,
    typed: RwSignal<String>,
    /// The words that were last written into the address, or read from it.
    carried: StoredValue<String>,
    address: PageAddress,
}

impl Wanted {
    /// Writes a change into the address, with the words that are typed: they may not stand there yet.
    fn change(self, step: Step, change: impl FnOnce(&mut FilterState)) {
        let before = self.state.get_untracked();
        let mut wanted = FilterState { text: self.typed.get_untracked(), ..before.clone() };
        change(&mut wanted);
        if wanted != before {
            self.carried.set_value(wanted.text.clone());
            self.address.set_query(&wanted.query(), step);
        }
    }

    /// Back, and a link with other words. What was written from here is shown already, and perhaps typed on.
    fn follow(self) {
        let text = self.state.with(|state| state.text.clone());
        if self.carried.get_value() != text {
            self.carried.set_value(text.clone());
            self.typed.set(text);
        }
    }
}

/// What is typed is looked for when typing rests, and at once with the button; never while an input method composes.
#[component]
fn TypedWords(wanted: Wanted) -> impl IntoView {
    let typed = wanted.typed;
    let take = move |step| wanted.change(step, |_| ());
    let rested = StoredValue::new_local(debounce(REST, move |()| take(Step::Replace)));
    let on_typed = move |text: String| {
        typed.set(text);
        rested.update_value(|rested| rested(()));
    };
    Effect::new(move || wanted.follow());
    dom::after_render(|| dom::focus(dom::find(".search-words input")));
    let id = fresh_id("words");
    view! {
        <form
            class="search-words"
            on:submit=move |event: ev::SubmitEvent| {
                event.prevent_default();
                take(Step::Push);
            }
        >
            <label class="unseen" for=id.clone()>{words::WORDS}</label>
            <input
                id=id
                class="input"
                type="search"
                placeholder=words::WORDS
                maxlength=limits::SEARCH_CHARS.to_string()
                prop:value=move || typed.get()
                on:input=move |event: ev::Event| {
                    if !event.dyn_ref::<ev::InputEvent>().is_some_and(ev::InputEvent::is_composing) {
                        on_typed(event_target_value(&event));
                    }
                }
                on:compositionend=move |event| on_typed(event_target_value(&event))
            />
            <button class="button main">{words::SEARCH}</button>
        </form>
    }
}

#[component]
fn Scenes(wanted: Wanted) -> impl IntoView {
    let chip = |scene: CareScene| {
        let toggle = move |_| wanted.change(Step::Push, |state| state.scenes = state.scenes.toggled(scene));
        view! {
            <label class="chip" data-scene=scene.code()>
                <input
                    type="checkbox"
                    prop:checked=move || wanted.state.with(|state| state.scenes.contains(scene))
                    on:change=toggle
                />
                <span>{scene.name()}</span>
            </label>
        }
    };
    view! {
        <fieldset class="scene-chips">
            <legend>{text::SCENES}</legend>
            {CareScene::ALL.map(chip).collect_view()}
        </fieldset>
    }
}

#[component]
fn Owners(organizations: Vec<session::queries::Organization>, wanted: Wanted) -> impl IntoView {
    let organizations = organizations.into_iter().map(|one| (one.id.0, one.name)).collect();
    let owner = Signal::derive(move || wanted.state.with(|state| state.owner));
    let on_choose = move |owner| wanted.change(Step::Push, |state| state.owner = owner);
    view! { <OwnerPicker organizations owner on_choose /> }
}

#[component]
fn Found(
    region: RegionId,
    typed: String,
    filter: EntryFilter,
    total: RwSignal<Option<i32>>,
) -> impl IntoView {
    let terms = filter.text.clone();
    let filter = FilterInput::from(filter);
    let ask = move |after| {
        let variables = SearchVariables {
            region_id: Id(region),
            text: typed.clone(),
            filter: Some(filter.clone()),
            after,
        };
        let request = api::request(&Search::build(variables));
        async move {
            let Search { search, .. } = cached_query::fetch::<Search>(request, String::new()).await?;
            total.try_set(Some(search.total_count));
            Ok::<_, Failure>(Listed { nodes: search.edges, next: search.page_info.next() })
        }
    };
    let line = move |edges: &[EntryEdge], number: usize| {
        let (edge, terms) = (edges[number].clone(), terms.clone());
        view! { <Hit region edge terms /> }
    };
    let told = Words { empty: words::NONE, more: words::MORE, offline: words::OFFLINE };
    view! { <Log words=told ask line /> }
}

/// Where, whose, and what was found round what.
#[component]
fn Hit(region: RegionId, edge: EntryEdge, terms: SearchTerms) -> impl IntoView {
    let EntryEdge {
        snapshot,
        node: Entry { id, item, facet, fiscal_year, body, notes, explicit_scenes, owner },
    } = edge;
    let year = facet.0.map_or(FiscalYear(fiscal_year), |facet| facet.governing_year(FiscalYear(fiscal_year)));
    let sheet = match &snapshot {
        None => Route::Sheet(region, year),
        Some(snapshot) => Route::Snapshot(region, year, snapshot.id.0),
    };
    let href = format!("{}#entry-{}", sheet.path(), id.0);
    let label = format!("{}・{}", words::sheet(year), place(&item.code, facet, fiscal_year));
    let way = snapshot.as_ref().map_or(String::new(), |_| format!("（{}）", words::SHOW_SNAPSHOT));
    let notes: Vec<Note> = notes.into_iter().map(Note::from).collect();
    let notes = outline::marked(&notes).filter(|(_, note)| !terms.find_all(&note.text).is_empty());
    let note = |(mark, note): (String, &Note)| {
        view! {
            <li class="note">
                <span class="note-mark">{mark}</span>
                <bdi>{pieces(excerpt(&note.text, &terms))}</bdi>
            </li>
        }
    };
    let notes = notes.map(note).collect_view();
    view! {
        <li class="change found">
            <p class="place">
                <a href=href>{label}{way}</a>
                " "
                <small><bdi>{item.title}</bdi></small>
            </p>
            {snapshot.map(|snapshot| view! { <p class="of-snapshot">{words::snapshot(&snapshot.label)}</p> })}
            <p class="text">
                {owner.map(|owner| view! { <bdi class="owner">{owner.name}</bdi> })}
                <bdi>{pieces(excerpt(&body, &terms))}</bdi>
                {scene_set(&explicit_scenes)
                    .iter()
                    .map(|scene| view! { " "<b class="scene-word" data-scene=scene.code()>{scene.short_name()}</b> })
                    .collect_view()}
            </p>
            <ul class="notes">{notes}</ul>
        </li>
    }
}

fn pieces(pieces: Vec<Piece>) -> impl IntoView {
    let piece = |Piece { text, hit }| match hit {
        true => view! { <mark>{text}</mark> }.into_any(),
        false => text.into_any(),
    };
    pieces.into_iter().map(piece).collect_view()
}
