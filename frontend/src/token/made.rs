//! A token that was just made: its secret, this once; or that the answer with the secret was lost.

use super::{Made, desk};
use crate::{
    text::{self, token as words},
    ui::{button, dom},
    view::{El, el, live_text},
};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlInputElement};

pub const NOTICE: &str = "#token-made";
const SECRET: &str = "token-secret";

pub fn notice(made: Made) -> El {
    if made.secret.is_empty() { lost(&made) } else { shown(&made) }
}

fn close() {
    desk().made.set(None);
    dom::focus(dom::find("main"));
}

fn titled(made: &Made, class: &str) -> El {
    let title = words::made(&made.name);
    el("div")
        .class(class)
        .attr("id", &NOTICE[1..])
        .attr("tabindex", "-1")
        .attr("role", "group")
        .attr("aria-label", &*title)
        .child(el("h2").child(title.as_str()))
}

fn lost(made: &Made) -> El {
    let again = made.again.clone();
    titled(made, "notice bad made").child(el("p").child(words::LOST)).child(
        el("div").class("actions").child([
            button("button main", words::AGAIN, move || again()),
            button("button", text::CLOSE, close),
        ]),
    )
}

fn shown(made: &Made) -> El {
    let outcome = ArcRwSignal::new("");
    let told = outcome.clone();
    let input = el("input")
        .attr("id", SECRET)
        .class("input")
        .attr("readonly", true)
        .attr("spellcheck", "false")
        .attr("value", made.secret.as_str());
    let field = input.as_a::<HtmlInputElement>().clone();
    let copy = button("button main", words::COPY, move || {
        told.set(if copied(&field) { words::COPIED } else { words::NOT_COPIED });
    });
    let done = button("button", words::STORED, close);
    titled(made, "notice good made")
        .child(el("p").child(words::ONCE))
        .child(el("label").attr("for", SECRET).child(words::SECRET))
        .child(input)
        .child(el("div").class("actions").child([
            copy,
            done,
            el("span").attr("role", "status").child(live_text(move || outcome.get())),
        ]))
        .child(el("p").class("hint").child(words::USE))
}

/// By the way that also works where the page came over plain HTTP.
fn copied(field: &HtmlInputElement) -> bool {
    field.select();
    dom::document().unchecked_into::<HtmlDocument>().exec_command("copy").unwrap_or_default()
}
