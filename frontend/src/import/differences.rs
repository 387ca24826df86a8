//! What file and sheet do not have the same of: each to be taken or left.

use super::model::{Difference, Preview};
use crate::text::import as words;
use leptos::prelude::*;
use std::collections::BTreeSet;
use std::sync::Arc;

#[component]
pub fn Differences(preview: Arc<Preview>, chosen: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let allowed = preview.allowed();
    let lines = preview.differences.iter().cloned();
    let lines = lines.map(|difference| view! { <Line difference chosen /> }).collect_view();
    view! {
        <section aria-labelledby="import-differences">
            <h2 id="import-differences">{words::DIFFERENCES}</h2>
            <p class="actions">
                <button type="button" class="link-button" on:click=move |_| chosen.set(allowed.clone())>
                    {words::ALL}
                </button>
                <button type="button" class="link-button" on:click=move |_| chosen.set(BTreeSet::new())>
                    {words::NONE}
                </button>
            </p>
            <ul class="import-differences">{lines}</ul>
        </section>
    }
}

#[component]
fn Line(difference: Difference, chosen: RwSignal<BTreeSet<String>>) -> impl IntoView {
    let place = difference.place();
    let Difference { key, kind, have, want, merged, edited, refused, .. } = difference;
    let is_refused = refused.is_some();
    let own = key.clone();
    let is_chosen = move || chosen.with(|chosen| chosen.contains(&own));
    let on_change = move |event| {
        chosen.update(|chosen| {
            if event_target_checked(&event) {
                chosen.insert(key.clone());
            } else {
                chosen.remove(&key);
            }
        });
    };
    let side = |name: &'static str, text: Option<super::model::Text>| {
        text.map(|text| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{text.printed()}</dd>
                </div>
            }
        })
    };
    let edited = edited.map(|edited| {
        words::edited(edited.by.as_deref(), edited.organization.as_deref(), edited.at.as_deref())
    });
    let name = words::kind(&kind);
    view! {
        <li data-kind=kind>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=is_chosen
                    disabled=is_refused
                    on:change=on_change
                />
                <strong>{name}</strong>
                <span>{place}</span>
            </label>
            <dl>{side(words::HAVE, have)}{side(words::WANT, want)}</dl>
            {merged.then(|| view! { <p class="hint">{words::MERGED}</p> })}
            {edited.map(|edited| view! { <p class="hint">{edited}</p> })}
            {refused.map(|refused| view! { <p class="notice warn">{refused}</p> })}
        </li>
    }
}
