//! The start page: regions and the years of their sheets, where there are many a page of them and a search.

pub mod queries;

use crate::{
    api,
    cached_query::use_cached_query,
    entry::DRAFT_FRAGMENT,
    history::moment,
    routes::Route,
    shell,
    text::{region as text, search},
    ui::{Failed, Field, SetIfNew, Skeleton, dom},
};
use cynic::QueryBuilder;
use leptos::{ev::SubmitEvent, html, prelude::*};
use queries::{Region, Sheet, SheetNews, Start, StartVariables};
use renkei_domain::{FiscalYear, RegionId, limits};

#[component]
pub fn StartPage() -> impl IntoView {
    shell::set_title(text::TITLE);
    let words = RwSignal::new(String::new());
    // More than a page, so that there is something to search.
    let many = RwSignal::new(false);
    view! {
        <div class="page">
            <h1>{text::TITLE}</h1>
            <p class="lead">{text::LEAD}</p>
            {move || many.get().then(|| view! { <Search words /> })}
            <div class="cards">{move || view! { <Found words=words.get() after=None many /> }}</div>
        </div>
    }
}

#[component]
fn Search(words: RwSignal<String>) -> impl IntoView {
    let typed = NodeRef::<html::Input>::new();
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        words.set_if_new(typed.get_untracked().map(|input| input.value()).unwrap_or_default());
    };
    view! {
        <search>
            <form class="form" on:submit=on_submit>
                <Field id="region-words" label=text::SEARCH>
                    <input
                        id="region-words"
                        type="search"
                        maxlength=limits::SEARCH_CHARS.to_string()
                        node_ref=typed
                    />
                </Field>
                <button class="button">{text::FIND}</button>
            </form>
        </search>
    }
}

/// A page of the regions in whose names the words are found, and those after it that were asked for.
#[component]
fn Found(words: String, after: Option<String>, many: RwSignal<bool>) -> impl IntoView {
    let text = Some(words.clone()).filter(|words| !words.is_empty());
    // The first page is kept for when the server is away.
    let name = if text.is_none() && after.is_none() { "start" } else { "" };
    let is_first = after.is_none();
    let request = api::request(&Start::build(StartVariables { text, after }));
    let start = use_cached_query::<Start>(request, name.to_owned());
    let page = move |answer| match answer {
        Err(failure) => view! { <Failed failure on_retry=move || start.refetch() /> }.into_any(),
        Ok(Start { region_page, .. }) if region_page.edges.is_empty() => {
            view! { <p role="status">{text::none(&words)}</p> }.into_any()
        }
        Ok(Start { region_page, .. }) => {
            let regions = region_page.edges.into_iter().map(|edge| edge.node);
            let next = region_page.page_info.next();
            if next.is_some() {
                many.set_if_new(true);
            }
            let next = next.map(|next| view! { <Next words=words.clone() after=next many /> });
            view! {
                <Regions regions=regions.collect() focused=!is_first />
                {next}
            }
            .into_any()
        }
    };
    view! { <Transition fallback=Skeleton>{move || start.get().map(page.clone())}</Transition> }.into_any()
}

/// The way to the next page, and that page once it was asked for.
#[component]
fn Next(words: String, after: String, many: RwSignal<bool>) -> impl IntoView {
    let asked = RwSignal::new(false);
    move || match asked.get() {
        true => view! { <Found words=words.clone() after=Some(after.clone()) many /> }.into_any(),
        false => view! {
            <button type="button" class="button" on:click=move |_| asked.set(true)>
                {text::MORE}
            </button>
        }
        .into_any(),
    }
}

/// `focused`: they come in the place of the button that had the focus.
#[component]
fn Regions(regions: Vec<Region>, focused: bool) -> impl IntoView {
    let cards = NodeRef::<html::Div>::new();
    if focused {
        dom::after_render(move || dom::focus(cards.get_untracked()));
    }
    view! {
        <div class="cards" tabindex=focused.then_some("-1") node_ref=cards>
            {regions.into_iter().map(|region| view! { <RegionCard region /> }).collect_view()}
        </div>
    }
}

#[component]
fn RegionCard(region: Region) -> impl IntoView {
    let Region { id, name, organizations, sheets } = region;
    let names: Vec<&str> = organizations.iter().map(|organization| organization.name.as_str()).collect();
    let organizations = text::organizations(&names);
    let newest = sheets.iter().map(|sheet| FiscalYear(sheet.fiscal_year)).max();
    let search = newest.map(|year| {
        let path = Route::Search(id.0, year).path();
        view! { <p class="over-years"><a href=path>{search::TITLE}</a></p> }
    });
    let none = sheets.is_empty().then(|| view! { <p>{text::NO_SHEET}</p> });
    let years = (!sheets.is_empty()).then(|| {
        let years = sheets.into_iter().map(|sheet| view! { <li><YearLink region=id.0 sheet /></li> });
        view! { <ul class="years">{years.collect_view()}</ul> }
    });
    view! {
        <section class="card">
            <h2><bdi>{name}</bdi>" "<small>{text::REGION}</small></h2>
            <p><bdi>{organizations}</bdi></p>
            {none}
            {years}
            {search}
        </section>
    }
}

#[component]
fn YearLink(region: RegionId, sheet: Sheet) -> impl IntoView {
    // Of a phase that is newer than this page there is nothing to say.
    let phase = sheet.phase.0.map(|phase| {
        view! { <span class="phase" data-phase=phase.code()>{phase.name()}</span> }
    });
    let path = Route::Sheet(region, FiscalYear(sheet.fiscal_year)).path();
    view! {
        <a class="year" href=path.clone()>
            <strong>{sheet.title}</strong>
            {phase}
        </a>
        <News news=sheet.news path />
    }
}

/// Since one was here: what waits, and what has changed, each with the way to it.
#[component]
fn News(news: SheetNews, path: String) -> impl IntoView {
    let SheetNews { last_visit, drafts, notices, changes } = news;
    let way = |count: i32, words: String, address: String| {
        (count > 0).then(|| view! { <li><a href=address>{words}</a></li> })
    };
    let since = last_visit.map(|visit| text::since(&moment(&visit.at)));
    let nothing = drafts + notices + changes == 0;
    match (since, changes) {
        (Some(since), 0) if nothing => {
            Some(view! { <p class="news">{text::nothing_new(&since)}</p> }.into_any())
        }
        (None, _) if nothing => None,
        (since, _) => Some(
            view! {
                <ul class="news">
                    {way(drafts, text::drafts(drafts), path.clone() + DRAFT_FRAGMENT)}
                    {way(notices, text::notices(notices), Route::Notices.path())}
                    {way(changes, text::changes(&since.unwrap_or_default(), changes), path + "?since=visit")}
                </ul>
            }
            .into_any(),
        ),
    }
}
