//! The choice of whose entries are shown, in the sheet's filter bar and on the page of a search.

use super::Lens;
use crate::{session, text::sheet as text, ui::fresh_id};
use leptos::{ev, prelude::*};
use renkei_domain::OrganizationId;
use web_sys::HtmlSelectElement;

/// All, joint, and each organisation, the viewer's own first.
#[component]
pub fn OwnerPicker(
    /// Of the region, with their names.
    organizations: Vec<(OrganizationId, String)>,
    #[prop(into)] lens: Signal<Lens>,
    on_choose: impl Fn(Lens) + 'static,
) -> impl IntoView {
    let mine = session::viewer().map(|viewer| viewer.organization.id);
    let mut lenses = vec![(Lens::All, text::OWNER_ALL.to_owned()), (Lens::Joint, text::JOINT.to_owned())];
    for (id, name) in organizations {
        if Some(id) == mine {
            lenses.insert(2, (Lens::Of(id), text::mine(&name)));
        } else {
            lenses.push((Lens::Of(id), name));
        }
    }
    let options = lenses.clone().into_iter().map(|(one, label)| {
        view! { <option prop:selected=move || lens.get() == one>{label}</option> }
    });
    let options = options.collect_view();
    let on_change = move |event: ev::Event| {
        let select: HtmlSelectElement = event_target(&event);
        let chosen = usize::try_from(select.selected_index()).ok().and_then(|chosen| lenses.get(chosen));
        if let Some((lens, _)) = chosen {
            on_choose(*lens);
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
