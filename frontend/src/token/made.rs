//! A token that was just made: its secret, this once.

use super::desk;
use crate::{
    text::token as words,
    ui::{button, dom},
    view::{El, el, live_text},
    watched::Watched,
};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlInputElement};

pub const NOTICE: &str = "#token-made";
const SECRET: &str = "token-secret";

pub fn notice(name: &str, secret: &str) -> El {
    let outcome = Rc::new(Watched::new(""));
    let told = outcome.clone();
    let input = el("input")
        .attr("id", SECRET)
        .class("input")
        .attr("readonly", true)
        .attr("spellcheck", "false")
        .attr("value", secret);
    let field = input.as_a::<HtmlInputElement>().clone();
    let copy = button("button main", words::COPY, move || {
        told.set(if copied(&field) { words::COPIED } else { words::NOT_COPIED });
    });
    let done = button("button", words::STORED, || {
        desk().made.set(None);
        dom::focus(dom::find("main"));
    });
    el("div")
        .class("notice good made")
        .attr("id", &NOTICE[1..])
        .attr("tabindex", "-1")
        .attr("role", "group")
        .attr("aria-label", words::made(name))
        .child(el("h2").child(words::made(name)))
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
