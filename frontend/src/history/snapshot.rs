//! The sheet frozen as it is laid before a council: made by the secretariat, with a name.

use super::queries::{CreateSnapshot, CreateSnapshotInput, CreateSnapshotPayload, CreateSnapshotVariables};
use crate::{
    api::{self, Id, deliver},
    routes::Route,
    session,
    sheet::page::Page,
    shell,
    text::{self, history as words},
    ui::Dialog,
};
use cynic::MutationBuilder;
use leptos::{ev, prelude::*, task::spawn_local};
use renkei_domain::{Role, limits, text::is_blank};

/// Whether the table of rights lets the viewer.
pub fn may_make(page: Page) -> bool {
    let (Some(head), Some(viewer)) = (page.head_now(), session::viewer()) else { return false };
    viewer.organization.id == head.secretariat
        && viewer.role_in(head.region.id).is_some_and(|role| role >= Role::Approver)
}

/// Asks for the name.
#[component]
pub fn SnapshotDialog(page: Page) -> impl IntoView {
    let open = page.panel.snapshot;
    view! {
        <Dialog open title=words::SNAPSHOT on_close=move |()| open.set(false)>
            <SnapshotForm page />
        </Dialog>
    }
}

#[component]
fn SnapshotForm(page: Page) -> impl IntoView {
    let label = RwSignal::new(String::new());
    let fault = RwSignal::new(String::new());
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let label = label.get_untracked();
        if is_blank(&label) {
            return fault.set(words::SNAPSHOT_NAMELESS.to_owned());
        }
        spawn_local(make(page, label, fault));
    };
    view! {
        <form class="form" novalidate=true on:submit=on_submit>
            <p>{words::SNAPSHOT_WHY}</p>
            <div class="field">
                <label for="snapshot-label">{words::SNAPSHOT_LABEL}</label>
                <p class="hint" id="snapshot-hint">{words::SNAPSHOT_EXAMPLE}</p>
                <input
                    id="snapshot-label"
                    class="input"
                    maxlength=limits::NAME_CHARS.to_string()
                    required=true
                    autofocus=true
                    aria-describedby="snapshot-hint snapshot-fault"
                    aria-invalid=move || (!fault.with(String::is_empty)).then_some("true")
                    on:input=move |event| label.set(event_target_value(&event))
                />
                <p class="trouble" id="snapshot-fault" role="alert">
                    {fault}
                </p>
            </div>
            <div class="actions">
                <button class="button main">{words::MAKE}</button>
                <button type="button" class="button" on:click=move |_| page.panel.snapshot.set(false)>
                    {text::CANCEL}
                </button>
            </div>
        </form>
    }
}

async fn make(page: Page, label: String, fault: RwSignal<String>) {
    let Some(head) = page.head_now() else { return };
    let (request_id, sheet_id) = (Id(api::request_id()), Id(head.id));
    let input = CreateSnapshotInput { request_id, sheet_id, label: label.clone() };
    let request = api::request(&CreateSnapshot::build(CreateSnapshotVariables { input }));
    match deliver::<CreateSnapshotPayload>(&request, &|| {}).await {
        Ok(made) => {
            page.panel.snapshot.set(false);
            page.threads_changed.set(());
            let path = Route::Snapshot(page.region, page.year, made.snapshot.id.0).path();
            let look: Box<dyn Fn()> = Box::new(move || page.address.go(&path));
            // It stays a snapshot, whatever is done next.
            shell::toast_until(words::snapshot_made(&label), Some((text::sheet::LOOK, look)), || false);
        }
        Err(failure) => fault.set(failure.message()),
    }
}
