//! A list that comes page by page, newest first: changes, or comments that wait.

use crate::{
    api::Failure,
    json::Json,
    remembered, text,
    ui::{button, dom},
    view::{El, Piece, el, live},
    watched::Watched,
};
use leptos::task::spawn_local;
use std::rc::Rc;
use web_sys::Node;

/// What is listed.
pub struct Source {
    pub document: &'static str,
    /// All but `after`.
    pub variables: Vec<(String, Json)>,
    /// The connection in the answer's data.
    pub find: fn(&Json) -> &Json,
    /// Told when there is nothing, on the button for more, and while the server is away.
    pub empty: &'static str,
    pub more: &'static str,
    pub offline: &'static str,
}

type Lines = Box<dyn Fn(&Json) -> Vec<El>>;

struct Log {
    source: Source,
    list: El,
    foot: Watched<Foot>,
    /// Told of every answer.
    told: Box<dyn Fn(&Json)>,
    /// Makes the lines of one node.
    lines: Lines,
}

#[derive(Clone)]
enum Foot {
    Loading,
    More(Json),
    End,
    Empty,
    /// Why, and from where on.
    Failed(Failure, Json),
}

/// The list and what stands at its foot. It begins to load when it is made.
pub fn log(
    source: Source,
    told: impl Fn(&Json) + 'static,
    lines: impl Fn(&Json) -> Vec<El> + 'static,
) -> [Node; 2] {
    let list = el("ul").class("log");
    let foot = Watched::new(Foot::Loading);
    let log = Rc::new(Log { source, list: list.clone(), foot, told: Box::new(told), lines: Box::new(lines) });
    spawn_local(log.clone().load(Json::Null));
    [list.into(), live(move || foot_of(&log))]
}

fn foot_of(log: &Rc<Log>) -> Option<El> {
    let again = |label: &str, after: Json| {
        let log = log.clone();
        button("button", label, move || {
            log.foot.set(Foot::Loading);
            spawn_local(log.clone().load(after.clone()));
        })
    };
    let told = |sentence: &str| el("p").class("log-foot").attr("role", "status").child(sentence);
    match log.foot.get() {
        Foot::Loading => Some(told(text::LOADING)),
        Foot::More(after) => Some(again(log.source.more, after).class("button log-foot")),
        Foot::End => None,
        Foot::Empty => Some(told(log.source.empty)),
        Foot::Failed(failure, after) => {
            let why = match failure {
                Failure::Offline => log.source.offline.to_owned(),
                other => other.message(),
            };
            let why = el("p").child(why);
            Some(
                el("div").class("log-foot").attr("role", "alert").child([why, again(text::TRY_AGAIN, after)]),
            )
        }
    }
}

impl Log {
    async fn load(self: Rc<Self>, after: Json) {
        let first = after.is_null();
        let mut variables = self.source.variables.clone();
        variables.push(("after".to_owned(), after.clone()));
        let answer = remembered::answer(self.source.document, &Json::Map(variables), String::new()).await;
        match answer {
            Ok(data) => self.show(&data, first),
            Err(failure) => self.foot.set(Foot::Failed(failure, after)),
        }
    }

    fn show(&self, data: &Json, first: bool) {
        (self.told)(data);
        let connection = (self.source.find)(data);
        let edges = connection.list("edges");
        let lines = edges.iter().flat_map(|edge| (self.lines)(edge.get("node"))).collect::<Vec<_>>();
        let next = lines.first().cloned();
        lines.add_to(self.list.element());
        let info = connection.get("pageInfo");
        let end = info.text("endCursor");
        self.foot.set(match info.is("hasNextPage") {
            true => Foot::More(end.into()),
            false if first && edges.is_empty() => Foot::Empty,
            false => Foot::End,
        });
        if let Some(next) = next.filter(|_| !first) {
            // The button that was pressed has gone.
            let next = next.attr("tabindex", "-1");
            dom::focus(Some(next.as_a::<web_sys::HtmlElement>()));
        }
    }
}
