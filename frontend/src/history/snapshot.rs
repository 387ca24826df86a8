//! The sheet frozen as it is laid before a council: made by the secretariat, with a name.

use super::queries::{CreateSnapshot, CreateSnapshotInput, CreateSnapshotPayload, CreateSnapshotVariables};
use crate::{
    api::{self, Failure, Id, deliver},
    routes::Route,
    session,
    sheet::page::Page,
    shell,
    text::{self, history as words},
    ui::{Dialog, SetIfNew, SubmitButton},
};
use cynic::MutationBuilder;
use leptos::{ev, prelude::*};
use renkei_domain::{Role, SheetId, SnapshotId, limits, text::is_blank};

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

/// For so long the same name, asked for again, is the same snapshot, whatever became of the first request.
const SAME_FOR_MS: f64 = 600_000.0;

/// What is to be made of a sheet, and the id of the request for it.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    label: String,
    /// When, in milliseconds.
    at: f64,
    request_id: String,
}

impl Attempt {
    /// `before`: what was asked for with an outcome that is not known. The same is the same request, which makes one
    /// snapshot however often it is sent.
    fn new(before: Option<Self>, label: String, at: f64, fresh: impl FnOnce() -> String) -> Self {
        let same = before.filter(|before| before.label == label && at - before.at < SAME_FOR_MS);
        same.unwrap_or_else(|| Self { label, at, request_id: fresh() })
    }
}

/// What the form knows.
#[derive(Clone, Copy)]
struct Form {
    page: Page,
    /// Why there is no snapshot, or not yet.
    told: RwSignal<String>,
    /// The server has not answered so far.
    waiting: StoredValue<bool>,
}

#[component]
fn SnapshotForm(page: Page) -> impl IntoView {
    let form = Form { page, told: RwSignal::default(), waiting: StoredValue::default() };
    let (label, told) = (RwSignal::new(String::new()), form.told);
    let make =
        Action::new_local(move |(sheet, attempt): &(SheetId, Attempt)| form.make(*sheet, attempt.clone()));
    let under_way = StoredValue::new(None);
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let (Some(sheet), false) = (page.sheet_id(), make.pending().get_untracked()) else { return };
        let label = label.get_untracked();
        if is_blank(&label) {
            return told.set(words::SNAPSHOT_NAMELESS.to_owned());
        }
        let attempt =
            Attempt::new(page.panel.attempt.get_value(), label, js_sys::Date::now(), api::request_id);
        page.panel.attempt.set_value(Some(attempt.clone()));
        under_way.set_value(Some(make.dispatch_local((sheet, attempt))));
    };
    // Whoever leaves while the server is away gets none when it is back.
    on_cleanup(move || {
        let under_way = under_way.try_update_value(Option::take).flatten();
        if let Some(under_way) =
            under_way.filter(|_| form.waiting.try_get_value() == Some(true) && !api::is_online())
        {
            under_way.abort();
        }
    });
    let is_invalid = move || !told.with(String::is_empty) && !make.pending().get();
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
                    readonly=move || make.pending().get()
                    aria-describedby="snapshot-hint snapshot-fault"
                    aria-invalid=move || is_invalid().then_some("true")
                    on:input=move |event| label.set(event_target_value(&event))
                />
                <p class="trouble" id="snapshot-fault" role="alert">
                    {told}
                </p>
            </div>
            <div class="actions">
                <SubmitButton pending=make.pending() label=words::MAKE pending_label=words::MAKING />
                <button type="button" class="button" on:click=move |_| page.panel.snapshot.set(false)>
                    {text::CANCEL}
                </button>
            </div>
        </form>
    }
}

impl Form {
    async fn make(self, sheet: SheetId, Attempt { label, request_id, .. }: Attempt) {
        self.told.set(String::new());
        let input =
            CreateSnapshotInput { request_id: Id(request_id), sheet_id: Id(sheet), label: label.clone() };
        let request = api::request(&CreateSnapshot::build(CreateSnapshotVariables { input }));
        let waiting = || {
            let _ = self.waiting.try_set_value(true);
            self.told.set_if_new(words::SNAPSHOT_WAITING.to_owned());
        };
        let answer = deliver::<CreateSnapshotPayload>(&request, &waiting).await;
        let _ = self.waiting.try_set_value(false);
        // What has failed otherwise may have been made all the same.
        if matches!(answer, Ok(_) | Err(Failure::Refused(_))) {
            self.page.panel.attempt.try_set_value(None);
        }
        match answer {
            Ok(made) => self.made(&label, made.snapshot.id.0),
            Err(failure) => drop(self.told.try_set(failure.message())),
        }
    }

    fn made(self, label: &str, id: SnapshotId) {
        let page = self.page;
        // Otherwise the dialog was left meanwhile, and may be open for another one.
        if !self.told.is_disposed() {
            page.panel.snapshot.set(false);
        }
        page.threads_changed.set(());
        let path = Route::Snapshot(page.region, page.year, id).path();
        let look: Box<dyn Fn()> = Box::new(move || page.address.go(&path));
        // It stays a snapshot, whatever is done next.
        shell::toast_until(words::snapshot_made(label), Some((text::sheet::LOOK, look)), || false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_snapshot_is_asked_for_by_the_same_request() {
        let first = Attempt::new(None, "第1回協議会".to_owned(), 0.0, || "1".to_owned());
        assert_eq!(first.request_id, "1");
        let then =
            |label: &str, at| Attempt::new(Some(first.clone()), label.to_owned(), at, || "2".to_owned());
        let next = |label: &str| then(label, 60_000.0);
        // By now something else is to be frozen.
        assert_eq!(then("第1回協議会", SAME_FOR_MS).request_id, "2");
        assert_eq!(next("第1回協議会"), first);
        assert_eq!(next("第2回協議会").request_id, "2");
    }
}
