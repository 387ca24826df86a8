//! The filter bar. What it is set to stands in the address alone, so that every change is a step there.

use super::{FilterState, legend::Legend, owner::OwnerPicker};
use crate::{
    entry::Chip,
    history::SinceMenu,
    routes::{Route, Step},
    sheet::{columns::Widths, model::Column, page::Page, store::Head},
    text::{search, sheet as text},
    ui::{Menu, dom},
};
use leptos::{ev, prelude::*};
use renkei_domain::{CareScene, FiscalYear, RegionId, SceneMatch, limits};
use std::sync::Arc;
use wasm_bindgen::JsCast;

/// The bar above a sheet.
#[component]
pub fn FilterBar(page: Page, head: Arc<Head>) -> impl IntoView {
    view! {
        <search class="filter" aria-label=text::FILTER>
            // On a phone one line of its own, scrolled sideways.
            <div class="filter-parts">
                <Scenes page/>
                <MatchOfScenes page/>
                <Check
                    label=text::EXPLICIT_ONLY.to_owned()
                    tip=text::EXPLICIT_WHY
                    checked=move || page.filter.with(|filter| filter.explicit_only)
                    toggle=move || change(page, |filter| filter.explicit_only = !filter.explicit_only)
                />
                <Legend page/>
                <Owners page head=head.clone()/>
                <Columns page head/>
                {page.snapshot.is_none().then(|| view! { <SinceMenu page/> })}
            </div>
            <Search page/>
            <Count page/>
        </search>
    }
}

/// One step in the history.
fn change(page: Page, change: impl FnOnce(&mut FilterState)) {
    let mut state = page.filter.get_untracked();
    change(&mut state);
    page.address.set_query(&state.query(), Step::Push);
}

#[component]
fn Scenes(page: Page) -> impl IntoView {
    let chip = |scene: CareScene| {
        let checked = Signal::derive(move || page.filter.with(|filter| filter.scenes.contains(scene)));
        let toggle = move || change(page, |filter| filter.scenes = filter.scenes.toggled(scene));
        view! {
            <Chip scene checked on_toggle=toggle>
                <span>{scene.name()}</span>
                " "
                <span class="count">{move || page.tally.with(|tally| tally.scenes[scene as usize])}</span>
            </Chip>
        }
    };
    view! {
        // No fieldset: engines differ about where a legend stands in a line.
        <div class="scene-chips" role="group" aria-label=text::SCENES>
            <strong aria-hidden="true">{text::SCENES}</strong>
            {CareScene::ALL.map(chip).collect_view()}
        </div>
    }
}

/// Whether an entry needs one of the scenes or all of them.
#[component]
fn MatchOfScenes(page: Page) -> impl IntoView {
    let choice = move |value: SceneMatch, label: &'static str, why: &'static str| {
        view! {
            <label data-tip=why>
                <input
                    class="unseen"
                    type="radio"
                    name="scene-match"
                    aria-description=why
                    prop:checked=move || page.filter.with(|filter| filter.scene_match == value)
                    on:change=move |_| change(page, |filter| filter.scene_match = value)
                />
                <span>{label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="segments">
            <legend class="unseen">{text::SCENE_MATCH}</legend>
            {choice(SceneMatch::Any, text::ANY, text::ANY_WHY)}
            {choice(SceneMatch::All, text::ALL, text::ALL_WHY)}
        </fieldset>
    }
}

#[component]
fn Check(
    label: String,
    checked: impl Fn() -> bool + Send + 'static,
    toggle: impl Fn() + 'static,
    #[prop(optional)] disabled: Signal<bool>,
    #[prop(optional)] tip: Option<&'static str>,
) -> impl IntoView {
    view! {
        <label class="check" data-tip=tip>
            <input
                type="checkbox"
                aria-description=tip
                prop:checked=checked
                disabled=move || disabled.get()
                on:change=move |_| toggle()
            />
            {label}
        </label>
    }
}

#[component]
fn Owners(page: Page, head: Arc<Head>) -> impl IntoView {
    let organizations = head.region.organizations.iter().map(|one| (one.id, one.name.clone())).collect();
    let owner = Signal::derive(move || page.filter.with(|filter| filter.owner));
    view! { <OwnerPicker organizations owner on_choose=move |owner| change(page, |filter| filter.owner = owner) /> }
}

/// Which columns are shown; their widths too go back to the paper's from here.
#[component]
fn Columns(page: Page, head: Arc<Head>) -> impl IntoView {
    let toggle = move |column: &Column| {
        let facet = column.facet;
        view! {
            <Check
                label=column.heading.clone()
                disabled=Signal::derive(move || page.filter.with(|filter| filter.is_last(facet)))
                checked=move || page.filter.with(|filter| filter.shows(facet))
                toggle=move || change(page, |filter| *filter = filter.clone().with_facet_toggled(facet))
            />
        }
    };
    view! {
        <Menu
            class="columns end"
            label=text::COLUMNS
            stays_open=true
            class:some=move || page.filter.with(|filter| !filter.hidden.is_empty())
        >
            <fieldset>
                <legend>{text::SHOWN_COLUMNS}</legend>
                {head.columns.iter().map(toggle).collect_view()}
            </fieldset>
            <button
                type="button"
                class="link-button"
                disabled=move || page.widths.with(Widths::untouched)
                on:click=move |_| page.widths.set(Widths::default())
            >
                {text::RESET_WIDTHS}
            </button>
        </Menu>
    }
}

/// Typing takes the place of the address before, so that Back does not go letter by letter. What an input method is
/// still composing is not searched.
#[component]
fn Search(page: Page) -> impl IntoView {
    let take = move |typed: String| {
        let mut state = page.filter.get_untracked();
        if state.text != typed {
            state.text = typed;
            page.address.set_query(&state.query(), Step::Replace);
        }
    };
    let on_input = move |event: ev::Event| {
        let composing = event.dyn_ref::<ev::InputEvent>().is_some_and(ev::InputEvent::is_composing);
        if !composing {
            take(event_target_value(&event));
        }
    };
    view! {
        <span class="search">
            <input
                type="search"
                aria-label=text::SEARCH
                placeholder=text::SEARCH
                maxlength=limits::SEARCH_CHARS.to_string()
                prop:value=move || page.filter.with(|filter| filter.text.clone())
                on:input=on_input
                on:compositionend=move |event| take(event_target_value(&event))
            />
            {move || page.filter.with(over_years(page.region, page.year))}
        </span>
    }
}

/// The way to the same words in all years, while there are some.
pub fn over_years(region: RegionId, year: FiscalYear) -> impl Fn(&FilterState) -> Option<AnyView> {
    let path = Route::Search(region, year).path();
    move |state| {
        let href = format!("{path}?{}", state.clone().over_years().query());
        let is_searched = !state.text.trim().is_empty();
        is_searched.then(|| view! { <a class="over-years" href=href>{search::TITLE}</a> }.into_any())
    }
}

/// How many entries are shown, and the way back to all of them.
#[component]
fn Count(page: Page) -> impl IntoView {
    let narrows = Memo::new(move |_| page.filter.with(FilterState::narrows));
    let count = move || {
        let tally = page.tally.get();
        if narrows.get() {
            view! {
                {text::total(tally.total)}
                <strong>{tally.shown}</strong>
                {text::PIECES}
            }
            .into_any()
        } else {
            text::count(tally.total).into_any()
        }
    };
    let clear = move |_| {
        page.address.set_query(&page.filter.with_untracked(FilterState::cleared).query(), Step::Push);
        // The button leaves; the focus must not fall off the page.
        dom::focus(dom::find(".filter input"));
    };
    view! {
        <p class="result">
            <span>{count}</span>
            {move || narrows.get().then(|| view! {
                <button type="button" class="link-button" on:click=clear>
                    {text::CLEAR}
                </button>
            })}
        </p>
    }
}
