//! A list that comes page by page, newest first: changes, or comments that wait.

use crate::{
    api::Failure,
    text,
    ui::{button, dom},
    view::{El, Piece, el, live},
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::{pin::Pin, rc::Rc};
use web_sys::Node;

/// What is told when there is nothing, on the button for more, and while the server is away.
#[derive(Clone, Copy)]
pub struct Words {
    pub empty: &'static str,
    pub more: &'static str,
    pub offline: &'static str,
}

/// One page of what is listed.
pub struct Listed<N> {
    pub nodes: Vec<N>,
    /// Where the next page begins; none: this is the last one.
    pub next: Option<String>,
}

type Lines<N> = Box<dyn Fn(&N) -> Vec<El>>;
type Asked<N> = Pin<Box<dyn Future<Output = Result<Listed<N>, Failure>>>>;

struct Log<N> {
    words: Words,
    list: El,
    foot: ArcRwSignal<Foot>,
    /// Asks for the page after a cursor.
    ask: Box<dyn Fn(Option<String>) -> Asked<N>>,
    /// Makes the lines of one node.
    lines: Lines<N>,
}

#[derive(Clone)]
enum Foot {
    Loading,
    More(String),
    End,
    Empty,
    /// Why, and from where on.
    Failed(Failure, Option<String>),
}

/// The list and what stands at its foot. It begins to load when it is made.
pub fn log<N: 'static, F: Future<Output = Result<Listed<N>, Failure>> + 'static>(
    words: Words,
    ask: impl Fn(Option<String>) -> F + 'static,
    lines: impl Fn(&N) -> Vec<El> + 'static,
) -> [Node; 2] {
    let list = el("ul").class("log");
    let foot = ArcRwSignal::new(Foot::Loading);
    let ask = Box::new(move |after| -> Asked<N> { Box::pin(ask(after)) });
    let log = Rc::new(Log { words, list: list.clone(), foot, ask, lines: Box::new(lines) });
    spawn_local(log.clone().load(None));
    [list.into(), live(move || foot_of(&log))]
}

fn foot_of<N: 'static>(log: &Rc<Log<N>>) -> Option<El> {
    let again = |label: &str, after: Option<String>| {
        let log = log.clone();
        button("button", label, move || {
            log.foot.set(Foot::Loading);
            spawn_local(log.clone().load(after.clone()));
        })
    };
    let told = |sentence: &str| el("p").class("log-foot").attr("role", "status").child(sentence);
    match log.foot.get() {
        Foot::Loading => Some(told(text::LOADING)),
        Foot::More(after) => Some(again(log.words.more, Some(after)).class("button log-foot")),
        Foot::End => None,
        Foot::Empty => Some(told(log.words.empty)),
        Foot::Failed(failure, after) => {
            let why = match failure {
                Failure::Offline => log.words.offline.to_owned(),
                other => other.message(),
            };
            let why = el("p").child(why);
            Some(
                el("div").class("log-foot").attr("role", "alert").child([why, again(text::TRY_AGAIN, after)]),
            )
        }
    }
}

impl<N> Log<N> {
    async fn load(self: Rc<Self>, after: Option<String>) {
        match (self.ask)(after.clone()).await {
            Ok(listed) => self.show(listed, after.is_none()),
            Err(failure) => self.foot.set(Foot::Failed(failure, after)),
        }
    }

    fn show(&self, listed: Listed<N>, first: bool) {
        let lines = listed.nodes.iter().flat_map(|node| (self.lines)(node)).collect::<Vec<_>>();
        let top = lines.first().cloned();
        lines.add_to(self.list.element());
        self.foot.set(match listed.next {
            Some(next) => Foot::More(next),
            None if first && listed.nodes.is_empty() => Foot::Empty,
            None => Foot::End,
        });
        if let Some(top) = top.filter(|_| !first) {
            // The button that was pressed has gone.
            let top = top.attr("tabindex", "-1");
            dom::focus(Some(top.as_a::<web_sys::HtmlElement>()));
        }
    }
}
