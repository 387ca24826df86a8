//! The filter bar. What it is set to stands in the address alone, so that every change is a step there.

use super::{FilterState, Lens};
use crate::{
    route::{self, Step},
    session,
    sheet::{columns::Widths, page::Page, store::Head},
    text::sheet as text,
    ui::{dom, fresh_id},
};
use leptos::{html, prelude::*};
use renkei_domain::{CareScene, OrganizationId, SceneMatch};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement, KeyboardEvent};

/// The bar above a sheet.
pub fn filter_bar(page: Page, head: &Arc<Head>, widths: RwSignal<Widths>) -> AnyView {
    view! {
        <search class="filter" aria-label=text::FILTER>
            {scenes(page)}
            {scene_match(page)}
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || page.filter.with(|filter| filter.explicit_only)
                    on:change=move |_| change(page, |filter| filter.explicit_only = !filter.explicit_only)
                />
                {text::EXPLICIT_ONLY}
            </label>
            {owners(page, head)}
            {columns(page, head, widths)}
            {search(page)}
            {result(page)}
        </search>
    }
    .into_any()
}

/// One step in the history.
fn change(page: Page, change: impl FnOnce(&mut FilterState)) {
    let mut state = page.filter.get_untracked();
    change(&mut state);
    route::set_query(&state.query(), Step::Push);
}

fn scenes(page: Page) -> AnyView {
    let chips = CareScene::ALL.map(|scene| {
        view! {
            <label class="chip" data-scene=scene.code()>
                <input
                    type="checkbox"
                    prop:checked=move || page.filter.with(|filter| filter.scenes.contains(scene))
                    on:change=move |_| change(page, |filter| filter.scenes = filter.scenes.toggled(scene))
                />
                <span>{scene.name()}</span>
                " "
                <span class="count">{move || page.tally.with(|tally| tally.scenes[scene as usize])}</span>
            </label>
        }
    });
    view! {
        <fieldset class="scene-chips">
            <legend>{text::SCENES}</legend>
            {chips.into_iter().collect_view()}
        </fieldset>
    }
    .into_any()
}

fn scene_match(page: Page) -> AnyView {
    let choice = |value: SceneMatch, label: &'static str| {
        view! {
            <label>
                <input
                    type="radio"
                    name="scene-match"
                    class="unseen"
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
    .into_any()
}

/// All, joint, and each organisation, the viewer's own first.
fn owners(page: Page, head: &Arc<Head>) -> AnyView {
    let mine = session::viewer().map(|viewer| viewer.organization.id);
    let mut organizations: Vec<(OrganizationId, String)> =
        head.region.organizations.iter().map(|known| (known.id, known.name.clone())).collect();
    organizations.sort_by_key(|(id, _)| Some(*id) != mine);
    let mut lenses = vec![(Lens::All, text::OWNER_ALL.to_owned()), (Lens::Joint, text::JOINT.to_owned())];
    lenses.extend(organizations.into_iter().map(|(id, name)| {
        let label = if Some(id) == mine { text::mine(&name) } else { name };
        (Lens::Of(id), label)
    }));
    let chosen: Vec<Lens> = lenses.iter().map(|(lens, _)| *lens).collect();
    let options = lenses.into_iter().map(|(lens, label)| {
        let selected = move || page.filter.with(|filter| filter.lens == lens);
        view! { <option prop:selected=selected>{label}</option> }
    });
    let options = options.collect_view();
    let on_change = move |event: Event| {
        let select: Option<HtmlSelectElement> = event.target().and_then(|select| select.dyn_into().ok());
        let at = select.map_or(0, |select| select.selected_index().max(0).unsigned_abs() as usize);
        if let Some(lens) = chosen.get(at) {
            change(page, |filter| filter.lens = *lens);
        }
    };
    let name = fresh_id("owner");
    view! {
        <div class="picker">
            <label for=name.clone()>{text::OWNER}</label>
            <span aria-hidden="true">"："</span>
            <select id=name on:change=on_change>
                {options}
            </select>
        </div>
    }
    .into_any()
}

/// Which columns are shown, from a button; their widths too go back to the paper's from here.
fn columns(page: Page, head: &Arc<Head>, widths: RwSignal<Widths>) -> AnyView {
    let open = RwSignal::new(false);
    let whole = NodeRef::<html::Div>::new();
    let button = NodeRef::<html::Button>::new();
    let list = fresh_id("columns");
    let toggles = head.columns.iter().map(|column| {
        let facet = column.facet;
        let heading = column.heading.clone();
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || page.filter.with(|filter| filter.shows(facet))
                    on:change=move |_| change(page, |filter| *filter = filter.clone().with_facet_toggled(facet))
                />
                {heading}
            </label>
        }
    });
    let toggles = toggles.collect_view();
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            dom::focus(button.get_untracked());
        }
    };
    let on_focusout = move |event: web_sys::FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<web_sys::Node>().ok());
        if !whole.get_untracked().is_some_and(|whole| whole.contains(to.as_ref())) {
            open.set(false);
        }
    };
    let hidden = move || page.filter.with(|filter| !filter.hidden.is_empty());
    view! {
        // Can be focused so that pressing between two boxes does not count as leaving.
        <div class="columns-menu" node_ref=whole tabindex="-1" on:keydown=on_keydown on:focusout=on_focusout>
            <button
                node_ref=button
                type="button"
                class:some=hidden
                aria-expanded=move || if open.get() { "true" } else { "false" }
                aria-controls=list.clone()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {text::COLUMNS}
            </button>
            <div id=list class="columns-list" hidden=move || !open.get()>
                <fieldset>
                    <legend>{text::SHOWN_COLUMNS}</legend>
                    {toggles}
                </fieldset>
                <button
                    type="button"
                    class="link-button"
                    disabled=move || widths.with(Widths::untouched)
                    on:click=move |_| widths.set(Widths::default())
                >
                    {text::RESET_WIDTHS}
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// Typing takes the place of the address before, so that Back does not go letter by letter. What an input method is
/// still composing is not searched.
fn search(page: Page) -> AnyView {
    let take = move |event: &Event| {
        let input: Option<HtmlInputElement> = event.target().and_then(|input| input.dyn_into().ok());
        let Some(input) = input else { return };
        let mut state = page.filter.get_untracked();
        if state.text != input.value() {
            state.text = input.value();
            route::set_query(&state.query(), Step::Replace);
        }
    };
    let on_input = move |event: Event| {
        let composing = event.dyn_ref::<web_sys::InputEvent>().is_some_and(web_sys::InputEvent::is_composing);
        if !composing {
            take(&event);
        }
    };
    view! {
        <input
            type="search"
            class="search"
            aria-label=text::SEARCH
            placeholder=text::SEARCH
            maxlength=renkei_domain::limits::SEARCH_CHARS
            prop:value=move || page.filter.with(|filter| filter.text.clone())
            on:input=on_input
            on:compositionend=move |event| take(&event)
        />
    }
    .into_any()
}

fn result(page: Page) -> AnyView {
    let narrows = Memo::new(move |_| page.filter.with(FilterState::narrows));
    let count = move || {
        let tally = page.tally.get();
        if narrows.get() {
            view! {
                <span>
                    {text::total(tally.total)} " " <strong>{tally.shown}</strong> {text::PIECES}
                </span>
            }
            .into_any()
        } else {
            view! { <span>{text::count(tally.total)}</span> }.into_any()
        }
    };
    let clear = move |_| {
        route::set_query("", Step::Push);
        // The button leaves; the focus must not fall off the page.
        dom::focus(dom::find(".filter input"));
    };
    let clear = move || {
        narrows.get().then(|| {
            view! {
                <button type="button" class="link-button" on:click=clear>
                    {text::CLEAR}
                </button>
            }
        })
    };
    view! { <p class="result">{count} {clear}</p> }.into_any()
}
