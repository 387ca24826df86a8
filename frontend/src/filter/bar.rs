//! The filter bar. What it is set to stands in the address alone, so that every change is a step there.

use super::{FilterState, Lens};
use crate::{
    history::SinceMenu,
    routes::Step,
    session,
    sheet::{columns::Widths, model::Column, page::Page, store::Head},
    text::sheet as text,
    ui::{Menu, dom, fresh_id},
};
use leptos::{ev, prelude::*};
use renkei_domain::{CareScene, SceneMatch, limits};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;

/// The bar above a sheet.
#[component]
pub fn FilterBar(page: Page, head: Arc<Head>) -> impl IntoView {
    view! {
        <search class="filter" aria-label=text::FILTER>
            <Scenes page/>
            <MatchOfScenes page/>
            <Check
                label=text::EXPLICIT_ONLY.to_owned()
                checked=move || page.filter.with(|filter| filter.explicit_only)
                toggle=move || change(page, |filter| filter.explicit_only = !filter.explicit_only)
            />
            <Owners page head=head.clone()/>
            <Columns page head/>
            <SinceMenu page/>
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
        let checked = move || page.filter.with(|filter| filter.scenes.contains(scene));
        let toggle = move |_| change(page, |filter| filter.scenes = filter.scenes.toggled(scene));
        view! {
            <label class="chip" data-scene=scene.code()>
                <input type="checkbox" prop:checked=checked on:change=toggle/>
                <span>{scene.name()}</span>
                " "
                <span class="count">{move || page.tally.with(|tally| tally.scenes[scene as usize])}</span>
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

/// Whether an entry needs one of the scenes or all of them.
#[component]
fn MatchOfScenes(page: Page) -> impl IntoView {
    let choice = move |value: SceneMatch, label: &'static str| {
        view! {
            <label>
                <input
                    class="unseen"
                    type="radio"
                    name="scene-match"
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
            {choice(SceneMatch::Any, text::ANY)}
            {choice(SceneMatch::All, text::ALL)}
        </fieldset>
    }
}

#[component]
fn Check(
    label: String,
    checked: impl Fn() -> bool + Send + 'static,
    toggle: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=checked on:change=move |_| toggle()/>
            {label}
        </label>
    }
}

/// All, joint, and each organisation, the viewer's own first.
#[component]
fn Owners(page: Page, head: Arc<Head>) -> impl IntoView {
    let mine = session::viewer().map(|viewer| viewer.organization.id);
    let mut lenses = vec![(Lens::All, text::OWNER_ALL.to_owned()), (Lens::Joint, text::JOINT.to_owned())];
    for organization in &head.region.organizations {
        let lens = Lens::Of(organization.id);
        if Some(organization.id) == mine {
            lenses.insert(2, (lens, text::mine(&organization.name)));
        } else {
            lenses.push((lens, organization.name.clone()));
        }
    }
    let options = lenses.clone().into_iter().map(|(lens, label)| {
        view! {
            <option prop:selected=move || page.filter.with(|filter| filter.lens == lens)>{label}</option>
        }
    });
    let options = options.collect_view();
    let on_change = move |event: ev::Event| {
        let select: HtmlSelectElement = event_target(&event);
        let chosen = usize::try_from(select.selected_index()).ok().and_then(|chosen| lenses.get(chosen));
        if let Some((lens, _)) = chosen {
            change(page, |filter| filter.lens = *lens);
        }
    };
    let id = fresh_id("owner");
    view! {
        <div class="picker">
            <label for=id.clone()>{text::OWNER}</label>
            <span aria-hidden="true">"："</span>
            <select id=id on:change=on_change>
                {options}
            </select>
        </div>
    }
}

/// Which columns are shown; their widths too go back to the paper's from here.
#[component]
fn Columns(page: Page, head: Arc<Head>) -> impl IntoView {
    let toggle = move |column: &Column| {
        let facet = column.facet;
        view! {
            <Check
                label=column.heading.clone()
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
        </span>
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
        let since = page.filter.with_untracked(|filter| filter.since.clone());
        page.address.set_query(&FilterState { since, ..FilterState::default() }.query(), Step::Push);
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
