//! A list that comes page by page, newest first: changes, or comments that wait.

use crate::{
    api::Failure,
    text,
    ui::{FailedPart, dom},
};
use leptos::{html::Ul, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

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
///
/// `ask` asks for the page after a cursor; `line` shows one of the nodes that are there so far, by its number.
#[component]
pub fn Log<N, A, F, L, V>(words: Words, ask: A, line: L) -> impl IntoView
where
    N: Send + Sync + 'static,
    A: Fn(Option<String>) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Result<Listed<N>, Failure>> + 'static,
    L: Fn(&[N], usize) -> V + Clone + Send + 'static,
    V: IntoView + 'static,
{
    let nodes = RwSignal::new(Vec::<N>::new());
    let foot = RwSignal::new(Foot::Loading);
    let list = NodeRef::<Ul>::new();
    let load = move |after: Option<String>| {
        foot.set(Foot::Loading);
        let answer = ask(after.clone());
        spawn_local(async move {
            let answer = answer.await;
            if nodes.is_disposed() {
                return;
            }
            match answer {
                Ok(Listed { nodes: more, next }) => {
                    if after.is_some() {
                        focus_next_line(list);
                    }
                    nodes.update(|nodes| nodes.extend(more));
                    foot.set(match next {
                        Some(next) => Foot::More(next),
                        None if nodes.with_untracked(Vec::is_empty) => Foot::Empty,
                        None => Foot::End,
                    });
                }
                Err(failure) => foot.set(Foot::Failed(failure, after)),
            }
        });
    };
    load(None);
    view! {
        <ul class="log" node_ref=list>
            <For
                each=move || 0..nodes.with(Vec::len)
                key=|number| *number
                children=move |number| nodes.with_untracked(|nodes| line(nodes, number))
            />
        </ul>
        {move || {
            let load = load.clone();
            match foot.get() {
                Foot::Loading => told(text::LOADING).into_any(),
                Foot::Empty => told(words.empty).into_any(),
                Foot::End => ().into_any(),
                Foot::More(after) => view! {
                    <button type="button" class="button log-foot" on:click=move |_| load(Some(after.clone()))>
                        {words.more}
                    </button>
                }
                .into_any(),
                Foot::Failed(failure, after) => {
                    let on_retry = move || load(after.clone());
                    view! { <FailedPart failure offline=words.offline on_retry attr:class="log-foot" /> }
                        .into_any()
                }
            }
        }}
    }
}

fn told(sentence: &'static str) -> impl IntoView {
    view! {
        <p class="log-foot" role="status">
            {sentence}
        </p>
    }
}

/// The button that was pressed goes: the focus goes to the first of the lines that come in its place.
fn focus_next_line(list: NodeRef<Ul>) {
    let Some(list) = list.get_untracked() else { return };
    let before = list.child_element_count();
    dom::after(0, move || {
        let line = list.children().item(before).and_then(|line| line.dyn_into::<HtmlElement>().ok());
        if let Some(line) = &line {
            line.set_tab_index(-1);
        }
        dom::focus(line);
    });
}
