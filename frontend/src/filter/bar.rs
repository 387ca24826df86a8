//! The filter bar. What it is set to stands in the address alone, so that every change is a step there.

use super::{FilterState, Lens};
use crate::{
    entry::{chip, chosen},
    history,
    routes::{self, Step},
    session,
    sheet::{columns::Widths, page::Page, store::Head},
    text::sheet as text,
    ui::{button, dom, fresh_id},
    view::{El, el, live, live_text},
};
use leptos::prelude::*;
use renkei_domain::{CareScene, SceneMatch, limits};
use wasm_bindgen::JsCast;
use web_sys::{Event, FocusEvent, HtmlElement, HtmlInputElement, InputEvent, KeyboardEvent, Node};

/// The bar above a sheet.
pub fn filter_bar(page: Page, head: &Head) -> El {
    let explicit_only = check(
        text::EXPLICIT_ONLY,
        move || page.filter.with(|filter| filter.explicit_only),
        move || change(page, |filter| filter.explicit_only = !filter.explicit_only),
    );
    el("search")
        .class("filter")
        .attr("aria-label", text::FILTER)
        .child(scenes(page))
        .child(scene_match(page))
        .child(explicit_only)
        .child(owners(page, head))
        .child(columns(page, head))
        .child(history::since_menu(page))
        .child(search(page))
        .child(result(page))
}

/// One step in the history.
fn change(page: Page, change: impl FnOnce(&mut FilterState)) {
    let mut state = page.filter.get_untracked();
    change(&mut state);
    routes::set_query(&state.query(), Step::Push);
}

fn scenes(page: Page) -> El {
    let chips = CareScene::ALL.map(|scene| {
        let there = move || page.filter.with(|filter| filter.scenes.contains(scene));
        let toggle = move || change(page, |filter| filter.scenes = filter.scenes.toggled(scene));
        let count = live_text(move || page.tally.with(|tally| tally.scenes[scene as usize].to_string()));
        chip(scene, there, toggle)
            .child(el("span").child(scene.name()))
            .child(" ")
            .child(el("span").class("count").child(count))
    });
    el("fieldset").class("scene-chips").child(el("legend").child(text::SCENES)).child(chips)
}

fn scene_match(page: Page) -> El {
    let choice = |value: SceneMatch, label: &str| {
        let input = el("input")
            .class("unseen")
            .attr("type", "radio")
            .attr("name", "scene-match")
            .live_prop("checked", move || page.filter.with(|filter| filter.scene_match == value))
            .on("change", move |_: Event| change(page, |filter| filter.scene_match = value));
        el("label").child(input).child(el("span").child(label))
    };
    el("fieldset")
        .class("segments")
        .child(el("legend").class("unseen").child(text::SCENE_MATCH))
        .child([choice(SceneMatch::Any, text::ANY), choice(SceneMatch::All, text::ALL)])
}

fn check(label: &str, there: impl Fn() -> bool + 'static, toggle: impl Fn() + 'static) -> El {
    let input = el("input")
        .attr("type", "checkbox")
        .live_prop("checked", there)
        .on("change", move |_: Event| toggle());
    el("label").class("check").child(input).child(label)
}

/// All, joint, and each organisation, the viewer's own first.
fn owners(page: Page, head: &Head) -> El {
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
    let options = lenses.iter().map(|(lens, label)| {
        let lens = *lens;
        let selected = move || page.filter.with(|filter| filter.lens == lens);
        el("option").live_prop("selected", selected).child(label.as_str())
    });
    let options = options.collect::<Vec<_>>();
    let on_change = move |event: Event| {
        if let Some((lens, _)) = chosen(&event).and_then(|at| lenses.get(at)) {
            change(page, |filter| filter.lens = *lens);
        }
    };
    let id = fresh_id("owner");
    el("div")
        .class("picker")
        .child(el("label").attr("for", id.as_str()).child(text::OWNER))
        .child(el("span").attr("aria-hidden", "true").child("："))
        .child(el("select").attr("id", id).on("change", on_change).child(options))
}

/// Which columns are shown, from a button; their widths too go back to the paper's from here.
fn columns(page: Page, head: &Head) -> El {
    let open = ArcRwSignal::new(false);
    let [toggled, expanded, shown, left] = std::array::from_fn(|_| open.clone());
    let id = fresh_id("columns");
    let opener = button("", text::COLUMNS, move || toggled.update(|open| *open = !*open))
        .live_class("some", move || page.filter.with(|filter| !filter.hidden.is_empty()))
        .live_attr("aria-expanded", move || if expanded.get() { "true" } else { "false" })
        .attr("aria-controls", id.as_str());
    let toggles = head.columns.iter().map(|column| {
        let facet = column.facet;
        check(
            &column.heading,
            move || page.filter.with(|filter| filter.shows(facet)),
            move || change(page, |filter| *filter = filter.clone().with_facet_toggled(facet)),
        )
    });
    let toggles =
        el("fieldset").child(el("legend").child(text::SHOWN_COLUMNS)).child(toggles.collect::<Vec<_>>());
    let reset = button("link-button", text::RESET_WIDTHS, move || page.widths.set(Widths::default()))
        .live_attr("disabled", move || page.widths.with(Widths::untouched));
    let list = el("div")
        .class("columns-list")
        .attr("id", id)
        .live_attr("hidden", move || !shown.get())
        .child([toggles, reset]);
    let whole = el("div").class("columns-menu");
    let (button, place) = (opener.as_a::<HtmlElement>().clone(), whole.element().clone());
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" && open.get_untracked() {
            event.stop_propagation();
            open.set(false);
            dom::focus(Some(&button));
        }
    };
    let on_focusout = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        if !place.contains(to.as_ref()) {
            left.set(false);
        }
    };
    // Can be focused so that pressing between two boxes does not count as leaving.
    whole.attr("tabindex", "-1").on("keydown", on_keydown).on("focusout", on_focusout).child([opener, list])
}

/// Typing takes the place of the address before, so that Back does not go letter by letter. What an input method is
/// still composing is not searched.
fn search(page: Page) -> El {
    let take = move |event: &Event| {
        let input: Option<HtmlInputElement> = event.target().and_then(|input| input.dyn_into().ok());
        let Some(input) = input else { return };
        let mut state = page.filter.get_untracked();
        if state.text != input.value() {
            state.text = input.value();
            routes::set_query(&state.query(), Step::Replace);
        }
    };
    let input = el("input")
        .attr("type", "search")
        .attr("aria-label", text::SEARCH)
        .attr("placeholder", text::SEARCH)
        .attr("maxlength", limits::SEARCH_CHARS)
        .live_prop("value", move || page.filter.with(|filter| filter.text.clone()))
        .on("input", move |event: InputEvent| {
            if !event.is_composing() {
                take(&event);
            }
        })
        .on("compositionend", move |event: Event| take(&event));
    el("span").class("search").child(input)
}

fn result(page: Page) -> El {
    let narrows = move || page.filter.with(FilterState::narrows);
    let count = live(move || {
        let tally = page.tally.get();
        let count = el("span");
        if narrows() {
            let shown = el("strong").child(tally.shown.to_string());
            count.child(text::total(tally.total)).child(shown).child(text::PIECES)
        } else {
            count.child(text::count(tally.total))
        }
    });
    let clear = live(move || {
        narrows().then(|| {
            button("link-button", text::CLEAR, move || {
                let since = page.filter.with_untracked(|filter| filter.since.clone());
                routes::set_query(&FilterState { since, ..FilterState::default() }.query(), Step::Push);
                // The button leaves; the focus must not fall off the page.
                dom::focus(dom::find(".filter input"));
            })
        })
    });
    el("p").class("result").child([count, clear])
}
