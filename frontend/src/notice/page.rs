//! The page of all that concerns the viewer, the newest first, read and unread.

use super::{
    NoticeCount,
    queries::{Notice, Notices, NoticesVariables, ReadNoticesInput, Region, Sheet, Thread},
};
use crate::{
    api::{self, Failure, Id},
    cached_query,
    comment::About,
    history::{Listed, Log, PanelTarget, Who, Words, cell_key, place},
    routes::Route,
    sheet::queries::Year,
    shell::{self, Place},
    text::notice as words,
};
use cynic::QueryBuilder;
use leptos::{prelude::*, task::spawn_local};
use renkei_domain::{FiscalYear, NoticeId, Phase};

/// What the page knows.
#[derive(Clone, Copy)]
struct State {
    count: NoticeCount,
    /// How many were unread when the list was asked for, or fewer since.
    listed: RwSignal<i32>,
    /// The newest one of the list.
    newest: RwSignal<Option<NoticeId>>,
    all_read: RwSignal<bool>,
    /// The list is asked for anew with each.
    asked: RwSignal<u32>,
}

#[component]
pub fn NoticesPage() -> impl IntoView {
    shell::set_title(words::TITLE);
    let count = expect_context::<NoticeCount>();
    let state = State {
        count,
        listed: RwSignal::new(i32::MAX),
        newest: RwSignal::new(None),
        all_read: RwSignal::new(false),
        asked: RwSignal::new(0),
    };
    Effect::new(move || state.listed.update(|listed| *listed = (*listed).min(count.get())));
    let read_all = Action::new_local(move |()| state.read_all());
    let on_read_all = move |_| {
        if !read_all.pending().get_untracked() {
            read_all.dispatch_local(());
        }
    };
    // Without a list it is not known up to which one.
    let is_nothing = move || count.get() == 0 || state.newest.get().is_none();
    let is_new = move || count.get() > state.listed.get();
    let show_new = move |_| {
        state.all_read.set(false);
        state.asked.update(|asked| *asked += 1);
    };
    view! {
        <div class="page">
            <h1>{words::TITLE}</h1>
            <p class="lead">{words::LEAD}</p>
            <div class="actions notices-head">
                <button
                    type="button"
                    class="button small"
                    disabled=is_nothing
                    aria-disabled=move || read_all.pending().get().then_some("true")
                    on:click=on_read_all
                >
                    {words::ALL_READ}
                </button>
                <span role="status">
                    {move || is_new().then(|| view! {
                        <button type="button" class="link-button" on:click=show_new>
                            {words::SHOW_NEW}
                        </button>
                    })}
                </span>
            </div>
            {move || {
                state.asked.track();
                view! { <List state/> }
            }}
        </div>
    }
}

impl State {
    /// Marks all that are listed, and those before them.
    async fn read_all(self) {
        let until_id = self.newest.get_untracked().map(Id);
        let asked = self.asked.get_untracked();
        match self.count.read(ReadNoticesInput { until_id, ..ReadNoticesInput::default() }).await {
            Ok(()) => {
                // Not where newer ones are listed by now.
                if self.asked.try_get_untracked() == Some(asked) {
                    self.all_read.set(true);
                }
                shell::announce(words::ALL_READ_NOW);
            }
            Err(Failure::Offline) => shell::toast(words::NOT_READ_OFFLINE),
            Err(failure) => shell::toast(failure.message()),
        }
    }
}

#[component]
fn List(state: State) -> impl IntoView {
    let ask = move |after: Option<String>| {
        let is_first = after.is_none();
        let request = api::request(&Notices::build(NoticesVariables { after }));
        async move {
            let Notices { notices, region_page, .. } =
                cached_query::fetch::<Notices>(request, String::new()).await?;
            state.listed.set(notices.unread_count);
            state.count.set(notices.unread_count);
            let next = notices.page_info.next();
            let nodes: Vec<Notice> = notices.edges.into_iter().map(|edge| edge.node).collect();
            if is_first {
                state.newest.set(nodes.first().map(|notice| notice.id.0));
                let first = nodes.first().map(|notice| (notice.region.clone(), Some(notice.sheet.clone())));
                let known = region_page.edges.into_iter().next().map(|edge| (edge.node, None));
                introduce(first.or(known));
            }
            Ok::<_, Failure>(Listed { nodes, next })
        }
    };
    let words = Words { empty: words::EMPTY, more: words::MORE, offline: words::OFFLINE };
    let line = move |notices: &[Notice], number: usize| {
        let notice = notices[number].clone();
        view! { <Line state notice/> }
    };
    view! { <Log words ask line/> }
}

/// Somebody who came from a sheet keeps its navigation; else there is that of the newest notice, or of the first region.
fn introduce(found: Option<(Region, Option<Sheet>)>) {
    if shell::use_place().with_untracked(Option::is_some) {
        return;
    }
    let Some((region, sheet)) = found else { return };
    let Some(sheet) = sheet.or_else(|| region.sheets.first().cloned()) else { return };
    let year = |sheet: Sheet| Year { fiscal_year: sheet.fiscal_year, title: sheet.title };
    shell::set_place(Some(Place {
        region: region.id.0,
        region_name: region.name,
        year: FiscalYear(sheet.fiscal_year),
        title: sheet.title,
        phase: sheet.phase.0.unwrap_or(Phase::Fixed),
        years: region.sheets.into_iter().map(year).collect(),
    }));
}

/// Who, when, why one is told, where, what was said, and the way there, by which it is read.
#[component]
fn Line(state: State, notice: Notice) -> impl IntoView {
    let address = address(&notice);
    let Notice { id, kind, read_at, change, sheet, thread, comment, snapshot, .. } = notice;
    let unread = move || read_at.is_none() && !state.all_read.get();
    let open = move |_| {
        spawn_local(async move {
            // What was not marked is shown as unread once more.
            let _ = state.count.read(ReadNoticesInput { ids: vec![id], ..ReadNoticesInput::default() }).await;
        });
    };
    let way = match &thread {
        Some(thread) if thread.viewer_can_comment && comment.is_some() => words::ANSWER,
        _ => words::LOOK,
    };
    let where_ = thread.as_ref().map(|thread| place(&thread.item.code, thread.facet, thread.fiscal_year));
    let entry = thread.and_then(|thread| thread.entry);
    let said = comment.map(|comment| match comment.body.is_empty() {
        true => view! { <p class="none">{crate::text::comment::WITHDRAWN}</p> }.into_any(),
        false => view! { <p class="said">{comment.body}</p> }.into_any(),
    });
    let snapshot = snapshot.map(|snapshot| view! { <p>{words::snapshot(&snapshot.label)}</p> });
    let mark = {
        let unread = unread.clone();
        move || unread().then(|| view! { <b class="unread">{words::UNREAD}</b> })
    };
    view! {
        <li class="change notice" class:new=unread>
            {mark}
            <Who
                organization=change.by_organization
                name=change.by_name
                at=change.at
                did=words::kind(kind)
            />
            <p class="place">
                <bdi>{sheet.title}</bdi>
                {where_.map(|place| format!(" {place}"))}
            </p>
            {entry.map(|entry| view! { <About body=entry.body/> })}
            {said}
            {snapshot}
            <a href=address on:click=open>{way}</a>
        </li>
    }
}

/// The thread beside its sheet, or the sheet with what has changed since it was frozen.
fn address(notice: &Notice) -> String {
    let path = Route::Sheet(notice.region.id.0, FiscalYear(notice.sheet.fiscal_year)).path();
    match (&notice.thread, &notice.snapshot) {
        (Some(thread), _) => path + &target(thread).map(PanelTarget::comments_fragment).unwrap_or_default(),
        (None, Some(snapshot)) => format!("{path}?since={}", snapshot.seq),
        (None, None) => path,
    }
}

fn target(thread: &Thread) -> Option<PanelTarget> {
    let cell = cell_key(thread.item.id.0, thread.facet, thread.fiscal_year);
    PanelTarget::about(thread.entry.as_ref().map(|entry| entry.id.0), cell)
}

#[cfg(test)]
mod tests {
    use crate::{notice::queries::NoticeKind, text::notice as words};

    #[test]
    fn every_kind_has_words() {
        let kinds = [
            NoticeKind::Mention,
            NoticeKind::Reply,
            NoticeKind::Comment,
            NoticeKind::Resolved,
            NoticeKind::Reopened,
            NoticeKind::Snapshot,
            NoticeKind::Unknown,
        ];
        let words: std::collections::HashSet<_> = kinds.into_iter().map(words::kind).collect();
        assert_eq!(words.len(), kinds.len());
    }
}
