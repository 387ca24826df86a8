//! What concerns the viewer (自分あて): how much of it is unread, in the header, and a page of it.

mod page;
pub mod queries;

pub use page::NoticesPage;

use crate::{
    api::{self, Failure, Id},
    routes::{self, Route},
    session,
    text::notice as words,
    ui::{SetIfNew, dom},
};
use cynic::{MutationBuilder, QueryBuilder};
use leptos::{prelude::*, task::spawn_local};
use queries::{ReadNoticesInput, ReadNoticesVariables};
use renkei_domain::ThreadId;
use std::time::Duration;

/// So often it is asked for where no sheet is open, which tells of it at once.
const EVERY: Duration = Duration::from_secs(30);

/// How many are unread: a context of the client's root.
#[derive(Clone, Copy, Default)]
pub struct NoticeCount(RwSignal<i32>);

impl NoticeCount {
    pub fn get(self) -> i32 {
        self.0.get()
    }

    pub fn set(self, count: i32) {
        self.0.set_if_new(count);
    }

    async fn ask(self) {
        // What could not be asked is asked with the next page.
        if let Ok(data) = api::call(&queries::NoticeCount::build(())).await {
            self.set(data.notices.unread_count);
        }
    }

    /// Marks some as read, and takes in how many are left.
    async fn read(self, input: ReadNoticesInput) -> Result<(), Failure> {
        let request = api::request(&queries::ReadNotices::build(ReadNoticesVariables { input }));
        let read = api::attempt::<queries::ReadNoticesPayload>(&request).await?;
        self.set(read.unread_count);
        Ok(())
    }
}

/// In the header, with the number of what is unread.
#[component]
pub fn NoticeLink() -> impl IntoView {
    let count = expect_context::<NoticeCount>();
    follow(count);
    let number =
        move || Some(count.get()).filter(|count| *count > 0).map(|count| view! { " " <b>{count}</b> });
    move || {
        session::use_signed_in().then(|| {
            view! {
                <a class="waiting" class:none=move || count.get() == 0 href=Route::Notices.path()>
                    {words::TITLE}
                    {number}
                </a>
            }
        })
    }
}

/// Asks again with every page, when somebody turns to this one, and now and then where nothing tells of it.
fn follow(count: NoticeCount) {
    let route = routes::use_route();
    let ask = move || {
        if session::viewer().is_some() && api::is_online() && !dom::document().hidden() {
            spawn_local(count.ask());
        }
    };
    Effect::new(move || {
        route.track();
        if session::use_signed_in() {
            spawn_local(count.ask());
        } else {
            count.set(0);
        }
    });
    let visible = window_event_listener_untyped("visibilitychange", move |_| ask());
    let is_sheet = move || matches!(route.get_untracked(), Route::Sheet(..));
    let now_and_then = set_interval_with_handle(
        move || {
            if !is_sheet() {
                ask();
            }
        },
        EVERY,
    )
    .ok();
    on_cleanup(move || {
        visible.remove();
        now_and_then.into_iter().for_each(|timer| timer.clear());
    });
}

/// What was said in these threads is before somebody's eyes: what was told of it is read.
pub fn read_threads(threads: Signal<Vec<ThreadId>>) {
    let count = expect_context::<NoticeCount>();
    let read = StoredValue::new(None::<(Vec<ThreadId>, i32)>);
    Effect::new(move || {
        let (threads, unread) = (threads.get(), count.get());
        let seen = unread > 0 && !threads.is_empty() && !dom::document().hidden();
        let known = read.with_value(|read| {
            read.as_ref().is_some_and(|(known, left)| *known == threads && *left == unread)
        });
        if !seen || known {
            return;
        }
        spawn_local(async move {
            let thread_ids = threads.iter().copied().map(Id).collect();
            // What was not marked is shown as unread once more.
            let _ = count.read(ReadNoticesInput { thread_ids, ..ReadNoticesInput::default() }).await;
            // Those that are left are about something else.
            let left = count.0.get_untracked();
            let _ = read.try_set_value(Some((threads, left)));
        });
    });
}
