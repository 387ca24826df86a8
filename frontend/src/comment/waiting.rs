//! Those that wait for the viewer: how many, in the header, and a page of them.

use super::{
    queries::{self, Region, Thread, Waiting, WaitingVariables},
    threads::{About, Said},
};
use crate::{
    api::{self, Failure},
    cached_query,
    history::{Listed, Log, Words, place},
    routes::Route,
    session, shell,
    text::comment as words,
    ui::SetIfNew,
};
use cynic::QueryBuilder;
use leptos::{prelude::*, task::spawn_local};
use renkei_domain::FiscalYear;

/// How many wait: a context of the client's root.
#[derive(Clone, Copy, Default)]
pub struct WaitingCount(RwSignal<i32>);

impl WaitingCount {
    pub fn set(self, count: i32) {
        self.0.set_if_new(count);
    }

    async fn ask(self) {
        if let Ok(data) = api::call(&queries::WaitingCount::build(())).await {
            self.set(data.waiting_threads.total_count);
        }
    }
}

/// In the header; nothing while nothing waits.
#[component]
pub fn WaitingLink() -> impl IntoView {
    let count = expect_context::<WaitingCount>();
    Effect::new(move || {
        if session::use_signed_in() {
            spawn_local(count.ask());
        } else {
            count.set(0);
        }
    });
    move || {
        let count = count.0.get();
        (count > 0 && session::use_signed_in()).then(|| {
            view! {
                <a class="waiting" href=Route::Waiting.path()>
                    {words::WAITING}
                    " "
                    <b>{count}</b>
                </a>
            }
        })
    }
}

/// The page of all that wait.
#[component]
pub fn WaitingPage() -> impl IntoView {
    shell::set_title(words::WAITING_TITLE);
    let count = expect_context::<WaitingCount>();
    let regions = RwSignal::new(Vec::<Region>::new());
    let ask = move |after| {
        let request = api::request(&Waiting::build(WaitingVariables { after }));
        async move {
            let data = cached_query::fetch::<Waiting>(request, String::new()).await?;
            count.set(data.waiting_threads.total_count);
            regions.set(data.regions);
            let nodes = data.waiting_threads.edges.into_iter().map(|edge| edge.node).collect();
            Ok::<_, Failure>(Listed { nodes, next: data.waiting_threads.page_info.next() })
        }
    };
    let words = Words { empty: words::NOTHING_WAITS, more: words::MORE, offline: words::OFFLINE };
    let line = move |threads: &[Thread], number: usize| {
        let thread = threads[number].clone();
        let address = regions.with_untracked(|regions| address(regions, &thread));
        view! { <Line thread address/> }
    };
    view! {
        <div class="page">
            <h1>{words::WAITING_TITLE}</h1>
            <p class="lead">{words::WAITING_LEAD}</p>
            <Log words ask line/>
        </div>
    }
}

/// Where, its last words, and the way there.
#[component]
fn Line(thread: Thread, address: Option<String>) -> impl IntoView {
    let mut comments = thread.comments;
    view! {
        <li class="change">
            <p class="place">{place(&thread.item.code, thread.facet, thread.fiscal_year)}</p>
            {thread.entry.map(|entry| view! { <About body=entry.body/> })}
            {comments.pop().map(|comment| view! {
                <div class="comment">
                    <Said comment/>
                </div>
            })}
            {address.map(|address| view! { <a href=address>{words::ANSWER}</a> })}
        </li>
    }
}

/// The thread beside its sheet.
fn address(regions: &[Region], thread: &Thread) -> Option<String> {
    regions.iter().find_map(|region| {
        let sheet = region.sheets.iter().find(|sheet| sheet.id == thread.sheet_id)?;
        let path = Route::Sheet(region.id.0, FiscalYear(sheet.fiscal_year)).path();
        Some(match &thread.entry {
            Some(entry) => format!("{path}#comments-{}", entry.id.0),
            None => {
                let (item, facet) = (thread.item.id.0, thread.facet.0?.code());
                format!("{path}#cell-{item}/{facet}/{}", thread.fiscal_year)
            }
        })
    })
}
