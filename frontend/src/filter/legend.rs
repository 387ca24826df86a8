//! What the words and marks of the filter mean: for keyboard, touch and pointer alike.

use crate::{sheet::page::Page, text::sheet as text, ui::Menu};
use leptos::prelude::*;

#[component]
pub fn Legend(page: Page) -> impl IntoView {
    let mark = |class: &'static str, words: &'static str| {
        view! {
            <dt>
                <i class=class aria-hidden="true"></i>
            </dt>
            <dd>{words}</dd>
        }
    };
    view! {
        <Menu class="legend" purpose=text::LEGEND label="？" stays_open=true>
            <dl>
                <dt>{text::ANY}</dt>
                <dd>{text::ANY_WHY}</dd>
                <dt>{text::ALL}</dt>
                <dd>{text::ALL_WHY}</dd>
                <dt>{text::EXPLICIT_ONLY}</dt>
                <dd>{text::EXPLICIT_WHY}</dd>
                {mark("mark4 x4", text::MARK_EXPLICIT)}
                {mark("mark4 i1 i2 i3 i4", text::MARK_INHERITED)}
            </dl>
            <p>{text::MARK_PLACES}</p>
            {page.snapshot.is_none().then(|| view! {
                <button type="button" class="button" on:click=move |_| page.suggesting.set(true)>
                    {text::SEE_SUGGESTIONS}
                </button>
            })}
        </Menu>
    }
}
