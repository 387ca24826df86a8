//! The page of an import, from the choice of a file to its undoing.

use super::{
    choose::ChooseFile,
    differences::Differences,
    model::{Choices, Done, Preview, Report, Undone},
    queries::{ImportPlace, ImportPlaceVariables, Region, Sheet},
    reading::{AsRead, HowRead, Notices, Roles},
    send::{self, Source, Unread},
};
use crate::{
    api::{self, Failure, Id},
    cached_query::use_cached_query,
    routes::Route,
    session,
    sheet::queries::Year,
    shell::{self, Place},
    text::{self, import as words},
    ui::{Failed, NotFound, Skeleton},
};
use cynic::QueryBuilder;
use leptos::{prelude::*, task::spawn_local};
use renkei_domain::{Act, Actor, FiscalYear, OrganizationKind, Phase, RegionId, permission};
use std::{collections::BTreeSet, sync::Arc};
use web_sys::AbortController;

#[component]
pub fn ImportPage(region: RegionId, year: FiscalYear) -> impl IntoView {
    shell::set_title(&words::title(year));
    let operation = ImportPlace::build(ImportPlaceVariables { region_id: Id(region) });
    let place = use_cached_query::<ImportPlace>(api::request(&operation), format!("import:{region}"));
    let page = move |answer| match answer {
        Err(failure) => view! { <Failed failure on_retry=move || place.refetch() /> }.into_any(),
        Ok(ImportPlace { region: None, .. }) => view! { <NotFound /> }.into_any(),
        Ok(ImportPlace { region: Some(Region { name, sheets }), .. }) => {
            introduce(region, name, year, &sheets);
            let is_there = sheets.iter().any(|sheet| sheet.fiscal_year == year.0);
            // Newest first.
            let newest = sheets.first().map(|sheet| FiscalYear(sheet.fiscal_year));
            let next = newest.filter(|newest| *newest == year && may_begin(region));
            let next = next.map(|newest| FiscalYear(newest.0 + 1));
            if is_there || may_begin(region) {
                view! { <Import region year next /> }.into_any()
            } else {
                view! { <NoSheet region year newest /> }.into_any()
            }
        }
    };
    view! { <Transition fallback=Skeleton>{move || place.get().map(page)}</Transition> }
}

/// Whether the table of rights lets the viewer begin a year's sheet, of which the hub is the secretariat.
fn may_begin(region: RegionId) -> bool {
    session::viewer().is_some_and(|viewer| {
        let secretariat = viewer.organization.kind == Some(OrganizationKind::Hub);
        let actor = Actor { organization: viewer.organization.id, role: viewer.role_in(region), secretariat };
        permission::check(&actor, Act::OpenYear, Phase::Draft).is_ok()
    })
}

/// Tells the header which sheet this is; where the year has none, the newest.
fn introduce(region: RegionId, region_name: String, year: FiscalYear, sheets: &[Sheet]) {
    let own = sheets.iter().find(|sheet| sheet.fiscal_year == year.0).or(sheets.first());
    let years =
        sheets.iter().map(|sheet| Year { fiscal_year: sheet.fiscal_year, title: sheet.title.clone() });
    shell::set_place(own.map(|sheet| Place {
        region,
        region_name,
        year: FiscalYear(sheet.fiscal_year),
        title: sheet.title.clone(),
        phase: sheet.phase.0.unwrap_or(Phase::Fixed),
        years: years.collect(),
    }));
}

/// The year has none, and it is not for the viewer to begin it.
#[component]
fn NoSheet(region: RegionId, year: FiscalYear, newest: Option<FiscalYear>) -> impl IntoView {
    view! {
        <div class="page">
            <h1>{words::title(year)}</h1>
            <p class="notice warn">{words::no_sheet(year)}{words::NO_SHEET_WHY}</p>
            <p class="actions after">
                {newest.map(|newest| view! {
                    <a class="button" href=Route::Sheet(region, newest).path()>{words::TO_SHEET}</a>
                })}
            </p>
        </div>
    }
}

/// Where the import is.
#[derive(Clone)]
enum Step {
    Choosing,
    Reading,
    /// What the columns are has to be said.
    Unread(Report),
    Read(Arc<Preview>),
    Importing(Arc<Preview>),
    Imported(Done),
    Undone(Undone),
}

/// What the page's pieces share.
#[derive(Clone, Copy)]
struct State {
    sheet: (RegionId, FiscalYear),
    step: RwSignal<Step>,
    failure: RwSignal<Option<String>>,
    choices: RwSignal<Choices>,
    chosen: RwSignal<BTreeSet<String>>,
    source: StoredValue<Option<Source>, LocalStorage>,
    /// Ends the reading that is under way.
    abort: StoredValue<Option<AbortController>, LocalStorage>,
    /// The id of the import's request, by which it is taken back; kept while its outcome is not known.
    request: StoredValue<Option<String>>,
    /// The id of the request that takes it back, likewise.
    undo: StoredValue<Option<String>>,
}

impl State {
    fn choose(self, source: Source) {
        self.source.set_value(Some(source));
        self.choices.set(Choices::default());
        self.look();
    }

    /// Reads the file, as it was said to be read.
    fn look(self) {
        let (Some(source), Ok(abort)) = (self.source.get_value(), AbortController::new()) else { return };
        self.give_up();
        let signal = abort.signal();
        self.abort.set_value(Some(abort));
        self.request.set_value(None);
        self.undo.set_value(None);
        self.failure.set(None);
        self.step.set(Step::Reading);
        let choices = self.choices.get_untracked();
        spawn_local(async move {
            let read = send::look(self.sheet, &source, &choices, &signal).await;
            if signal.aborted() || self.step.is_disposed() {
                return;
            }
            match read {
                Ok(preview) => {
                    shell::announce(words::read_as(&preview.report.form_name, &source.name));
                    self.chosen.set(preview.proposed());
                    self.step.set(Step::Read(Arc::new(preview)));
                }
                Err(Unread { failure, report }) => {
                    self.fail(report.map_or(Step::Choosing, Step::Unread), &failure);
                }
            }
        });
    }

    fn give_up(self) {
        if let Some(abort) = self.abort.try_update_value(Option::take).flatten() {
            abort.abort();
        }
        if matches!(self.step.get_untracked(), Step::Reading) {
            self.step.set(Step::Choosing);
        }
    }

    fn import(self, preview: Arc<Preview>) {
        let Some(source) = self.source.get_value() else { return };
        let take = preview.take(&self.chosen.get_untracked());
        if take.is_empty() {
            self.failure.set(Some(words::NOTHING_CHOSEN.to_owned()));
            return;
        }
        let known = self.request.get_value();
        let request = known.unwrap_or_else(api::request_id);
        self.request.set_value(Some(request.clone()));
        self.failure.set(None);
        self.step.set(Step::Importing(preview.clone()));
        let choices = self.choices.get_untracked();
        spawn_local(async move {
            let done = send::import(self.sheet, &source, &choices, &take, &request).await;
            if self.step.is_disposed() {
                return;
            }
            match done {
                Ok(done) => {
                    shell::announce(words::done(done.created, done.updated, done.deleted));
                    self.step.set(Step::Imported(done));
                }
                Err(failure) => {
                    // What was refused is another request when it is sent again.
                    if matches!(failure, Failure::Refused(_)) {
                        self.request.set_value(None);
                    }
                    self.fail(Step::Read(preview), &failure);
                }
            }
        });
    }

    fn undo(self) {
        let Some(import) = self.request.get_value() else { return };
        let request = self.undo.get_value().unwrap_or_else(api::request_id);
        self.undo.set_value(Some(request.clone()));
        self.failure.set(None);
        spawn_local(async move {
            let undone = send::undo(self.sheet, &import, &request).await;
            if self.step.is_disposed() {
                return;
            }
            match undone {
                Ok(undone) => {
                    shell::announce(words::undone(undone.undone, undone.left));
                    self.step.set(Step::Undone(undone));
                }
                Err(failure) => {
                    if matches!(failure, Failure::Refused(_)) {
                        self.undo.set_value(None);
                    }
                    self.failure.set(Some(failure.message()));
                }
            }
        });
    }

    fn fail(self, step: Step, failure: &Failure) {
        self.failure.set(Some(failure.message()));
        self.step.set(step);
    }
}

#[component]
fn Import(region: RegionId, year: FiscalYear, next: Option<FiscalYear>) -> impl IntoView {
    let state = State {
        sheet: (region, year),
        step: RwSignal::new(Step::Choosing),
        failure: RwSignal::new(None),
        choices: RwSignal::default(),
        chosen: RwSignal::default(),
        source: StoredValue::new_local(None),
        abort: StoredValue::new_local(None),
        request: StoredValue::new(None),
        undo: StoredValue::new(None),
    };
    let to_sheet = Route::Sheet(region, year).path();
    let step = move || match state.step.get() {
        Step::Choosing => view! {
            <ChooseFile on_choose=move |source| state.choose(source) />
            {next.map(|next| view! {
                <p class="actions after">
                    <a href=Route::Import(region, next).path()>{words::next_year(next)}</a>
                </p>
            })}
        }
        .into_any(),
        Step::Unread(report) => view! {
            <section class="import-unread">
                <h2>{words::UNREAD}</h2>
                <p>{words::UNREAD_HINT}</p>
                <Roles report choices=state.choices on_change=Callback::new(|()| ()) />
                <div class="actions after">
                    <button type="button" class="button main" on:click=move |_| state.look()>
                        {words::READ_AGAIN}
                    </button>
                    <button type="button" class="button" on:click=move |_| state.step.set(Step::Choosing)>
                        {words::OTHER_FILE}
                    </button>
                </div>
            </section>
        }
        .into_any(),
        Step::Reading => view! {
            <p role="status">{words::READING}</p>
            <button type="button" class="button" on:click=move |_| state.give_up()>
                {words::GIVE_UP}
            </button>
        }
        .into_any(),
        Step::Read(preview) => view! { <Read state preview pending=false /> }.into_any(),
        Step::Importing(preview) => view! { <Read state preview pending=true /> }.into_any(),
        Step::Imported(done) => view! {
            <p class="notice good">{words::done(done.created, done.updated, done.deleted)}</p>
            <div class="actions">
                <a class="button main" href=to_sheet.clone()>{words::TO_SHEET}</a>
                <button type="button" class="button" on:click=move |_| state.undo()>
                    {words::UNDO}
                </button>
            </div>
        }
        .into_any(),
        Step::Undone(undone) => view! {
            <p class="notice good">{words::undone(undone.undone, undone.left)}</p>
            <div class="actions">
                <a class="button main" href=to_sheet.clone()>{words::TO_SHEET}</a>
                <button type="button" class="button" on:click=move |_| state.step.set(Step::Choosing)>
                    {words::OTHER_FILE}
                </button>
            </div>
        }
        .into_any(),
    };
    view! {
        <div class="page import">
            <h1>{words::title(year)}</h1>
            <p class="lead">{words::LEAD}</p>
            <div role="alert">
                {move || state.failure.get().map(|failure| view! { <p class="notice bad">{failure}</p> })}
            </div>
            {step}
        </div>
    }
}

/// A file that has been read.
#[component]
fn Read(state: State, preview: Arc<Preview>, pending: bool) -> impl IntoView {
    let name = state.source.with_value(|source| source.as_ref().map(|source| source.name.clone()));
    let read_as = words::read_as(&preview.report.form_name, &name.unwrap_or_default());
    let [new, changed, missing, newer] =
        ["NEW", "CHANGED", "MISSING", "NEWER"].map(|kind| preview.count(kind));
    let counts = words::counts(preview.same, new, changed, missing, newer);
    let (is_same, new_sheet) = (preview.differences.is_empty(), preview.new_sheet);
    let (chosen, choices) = (state.chosen, state.choices);
    let on_change = Callback::new(move |()| state.look());
    let to_import = preview.clone();
    let label = move || {
        let count = chosen.with(BTreeSet::len);
        match (pending, new_sheet) {
            (true, _) => words::IMPORTING.to_owned(),
            (false, true) => words::make(count),
            (false, false) => words::import(count),
        }
    };
    view! {
        <p>{read_as}" "{counts}</p>
        {new_sheet.then(|| view! { <p class="notice">{words::new_sheet(state.sheet.1)}</p> })}
        <Notices report=preview.report.clone() />
        <HowRead report=preview.report.clone() choices on_change />
        <AsRead preview=preview.clone() />
        {if is_same {
            view! { <p class="notice good">{words::NO_DIFFERENCE}</p> }.into_any()
        } else {
            view! { <Differences preview chosen /> }.into_any()
        }}
        <div class="actions after">
            {(!is_same)
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="button main"
                            aria-disabled=pending.then_some("true")
                            on:click=move |_| {
                                if !pending {
                                    state.import(to_import.clone());
                                }
                            }
                        >
                            {label}
                        </button>
                    }
                })}
            <button type="button" class="button" on:click=move |_| state.step.set(Step::Choosing)>
                {if is_same { words::OTHER_FILE } else { text::CANCEL }}
            </button>
        </div>
    }
}
