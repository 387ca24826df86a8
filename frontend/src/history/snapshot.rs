//! The sheet frozen as it is laid before a council: made by the secretariat, with a name.

use super::queries::{CreateSnapshot, CreateSnapshotInput, CreateSnapshotPayload, CreateSnapshotVariables};
use crate::{
    api::{self, Id, deliver},
    session,
    sheet::page::Page,
    shell,
    text::{self, history as words},
    ui::{button, dialog},
    view::{El, el, live_text},
};
use cynic::MutationBuilder;
use leptos::prelude::*;
use leptos::task::spawn_local;
use renkei_domain::{Role, limits, text::is_blank};
use web_sys::{Event, HtmlInputElement};

/// Whether the table of rights lets the viewer.
pub fn may_make(page: Page) -> bool {
    let (Some(head), Some(viewer)) = (page.head_now(), session::viewer()) else { return false };
    viewer.organization.id == head.secretariat
        && viewer.role_in(head.region.id).is_some_and(|role| role >= Role::Approver)
}

/// Asks for the name.
pub fn snapshot_dialog(page: Page) -> El {
    dialog(
        move || page.beside.snapshot.get(),
        || words::SNAPSHOT,
        move || page.beside.snapshot.set(false),
        move || form(page),
    )
}

fn form(page: Page) -> El {
    const LABEL: &str = "snapshot-label";
    let fault = ArcRwSignal::new(String::new());
    let (shown, told) = (fault.clone(), fault);
    let input = el("input")
        .attr("id", LABEL)
        .attr("maxlength", limits::NAME_CHARS)
        .attr("required", true)
        .attr("aria-describedby", "snapshot-fault");
    let typed: HtmlInputElement = input.as_a::<HtmlInputElement>().clone();
    let on_submit = move |event: Event| {
        event.prevent_default();
        let label = typed.value();
        if is_blank(&label) {
            return told.set(words::SNAPSHOT_NAMELESS.to_owned());
        }
        spawn_local(make(page, label, told.clone()));
    };
    el("form")
        .class("form")
        .attr("novalidate", true)
        .on("submit", on_submit)
        .child(el("p").child(words::SNAPSHOT_WHY))
        .child(el("label").attr("for", LABEL).child(words::SNAPSHOT_LABEL))
        .child(input)
        .child(
            el("p")
                .class("trouble")
                .attr("id", "snapshot-fault")
                .attr("role", "alert")
                .child(live_text(move || shown.get())),
        )
        .child(el("div").class("actions").child([
            el("button").class("button main").child(words::MAKE),
            button("button", text::CANCEL, move || page.beside.snapshot.set(false)),
        ]))
}

async fn make(page: Page, label: String, fault: ArcRwSignal<String>) {
    let Some(head) = page.head_now() else { return };
    let (request_id, sheet_id) = (Id(api::request_id()), Id(head.id));
    let input = CreateSnapshotInput { request_id, sheet_id, label: label.clone() };
    let request = api::request(&CreateSnapshot::build(CreateSnapshotVariables { input }));
    match deliver::<CreateSnapshotPayload>(&request, &|| {}).await {
        Ok(_) => {
            page.beside.snapshot.set(false);
            page.threads_changed.set(());
            shell::toast(words::snapshot_made(&label));
        }
        Err(failure) => fault.set(failure.message()),
    }
}
