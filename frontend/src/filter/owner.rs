//! The choice of whose entries are shown, in the sheet's filter bar and on the page of a search.

use super::OwnerFilter;
use crate::{entry::chosen, session, text::sheet as text, ui::fresh_id};
use leptos::{ev, prelude::*};
use renkei_domain::OrganizationId;

/// All, joint, and each organisation, the viewer's own first.
#[component]
pub fn OwnerPicker(
    /// Of the region, with their names.
    organizations: Vec<(OrganizationId, String)>,
    #[prop(into)] owner: Signal<OwnerFilter>,
    on_choose: impl Fn(OwnerFilter) + 'static,
) -> impl IntoView {
    let mine = session::viewer().map(|viewer| viewer.organization.id);
    let mut choices =
        vec![(OwnerFilter::All, text::OWNER_ALL.to_owned()), (OwnerFilter::Joint, text::JOINT.to_owned())];
    for (id, name) in organizations {
        if Some(id) == mine {
            choices.insert(2, (OwnerFilter::Of(id), text::mine(&name)));
        } else {
            choices.push((OwnerFilter::Of(id), name));
        }
    }
    let options = choices.clone().into_iter().map(|(one, label)| {
        view! { <option prop:selected=move || owner.get() == one>{label}</option> }
    });
    let options = options.collect_view();
    let on_change = move |event: ev::Event| {
        if let Some((owner, _)) = chosen(&event).and_then(|at| choices.get(at)) {
            on_choose(*owner);
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
