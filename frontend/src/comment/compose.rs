//! Writing a comment: a text with line breaks, and for whom it is meant.

use super::draft::{Draft, name, send};
use crate::{
    json::Json,
    sheet::page::Page,
    shell,
    text::{self, comment as words},
    ui::{button, dom, fresh_id},
    view::{El, el, live, live_text},
    watched::Watched,
};
use leptos::{prelude::untrack, task::spawn_local};
use renkei_domain::limits;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};

/// What is written, and where it goes.
pub struct Goal {
    pub document: &'static str,
    /// The input's fields that say where.
    pub input: Vec<(String, Json)>,
    /// The draft's name within the sheet.
    pub place: String,
    pub label: &'static str,
}

struct Desk {
    page: Page,
    goal: Goal,
    name: String,
    area: HtmlTextAreaElement,
    draft: Watched<Draft>,
    state: Watched<State>,
    sent: Box<dyn Fn()>,
}

#[derive(Clone, PartialEq)]
enum State {
    Writing,
    Sending,
    Waiting,
    Trouble(String),
}

/// Whether something was begun there.
pub fn is_begun(page: Page, place: &str) -> bool {
    Draft::load(&name(page, place)) != Draft::default()
}

/// The box. `sent` is told when the comment stands.
pub fn compose(page: Page, goal: Goal, sent: impl Fn() + 'static) -> El {
    let id = fresh_id("comment");
    let state_id = fresh_id("comment-state");
    let area =
        el("textarea").attr("id", id.as_str()).attr("rows", "3").attr("aria-describedby", state_id.as_str());
    let name = name(page, &goal.place);
    let draft = Draft::load(&name);
    let label = goal.label;
    let desk = Rc::new(Desk {
        page,
        goal,
        name,
        area: area.as_a::<HtmlTextAreaElement>().clone(),
        state: Watched::new(State::Writing),
        draft: Watched::new(draft.clone()),
        sent: Box::new(sent),
    });
    desk.area.set_value(&draft.text);
    if !draft.request.is_empty() {
        desk.clone().go();
    }
    let (typed, pressed, state, busy, press) =
        (desk.clone(), desk.clone(), desk.clone(), desk.clone(), desk.clone());
    let area = area
        .live_attr("readonly", move || busy.is_busy())
        .on("input", move |_: Event| typed.change(|draft| draft.text = typed.area.value()))
        .on("keydown", move |event: KeyboardEvent| {
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !event.is_composing() {
                event.prevent_default();
                pressed.clone().send();
            }
        });
    let send = button("button main small", words::SEND, move || press.clone().send());
    let idle = desk.clone();
    el("div")
        .class("compose")
        .child(el("label").attr("for", id).child(label))
        .child(area)
        .child(mentions(&desk))
        .child(
            el("div").class("compose-foot").child(send.live_attr("disabled", move || idle.is_busy())).child(
                el("span")
                    .attr("id", state_id)
                    .attr("role", "status")
                    .child(live_text(move || state.sentence())),
            ),
        )
}

impl Desk {
    fn is_busy(&self) -> bool {
        self.state.with(|state| matches!(state, State::Sending | State::Waiting))
    }

    fn sentence(&self) -> String {
        self.state.with(|state| {
            match state {
                State::Writing => {
                    if self.draft.with(|draft| draft.text.is_empty()) {
                        ""
                    } else {
                        words::DRAFT
                    }
                }
                State::Sending => words::SENDING,
                State::Waiting => words::WAITING_TO_SEND,
                State::Trouble(why) => why,
            }
            .to_owned()
        })
    }

    /// Keeps what was typed or chosen, at once. What is changed is no longer what was sent.
    fn change(&self, change: impl FnOnce(&mut Draft)) {
        let mut draft = self.draft.get_untracked();
        change(&mut draft);
        draft.request.clear();
        let kept = draft.keep(&self.name);
        self.state.set_if_new(match kept {
            Ok(()) => State::Writing,
            Err(_) => State::Trouble(words::NO_ROOM.to_owned()),
        });
        self.draft.set(draft);
    }

    fn send(self: Rc<Self>) {
        if untrack(|| self.is_busy()) {
            return;
        }
        let mut draft = self.draft.get_untracked();
        let trouble = if draft.text.trim().is_empty() {
            words::NOTHING.to_owned()
        } else if draft.text.chars().count() > limits::COMMENT_CHARS {
            words::too_long(limits::COMMENT_CHARS)
        } else {
            draft.request = draft.request(self.goal.document, &self.goal.input);
            // Without room it is sent all the same, and not again after a reload.
            let _ = draft.keep(&self.name);
            self.draft.set(draft);
            return self.go();
        };
        self.state.set(State::Trouble(trouble));
        dom::focus(Some(&self.area));
    }

    fn go(self: Rc<Self>) {
        self.state.set(State::Sending);
        spawn_local(async move {
            let request = self.draft.with_untracked(|draft| draft.request.clone());
            let waiting = || self.state.set(State::Waiting);
            match send(self.page, &self.name, &request, &waiting).await {
                Ok(()) => {
                    self.draft.set(Draft::default());
                    self.area.set_value("");
                    self.state.set(State::Writing);
                    shell::announce(words::SENT);
                    (self.sent)();
                }
                Err(failure) => self.state.set(State::Trouble(failure.message())),
            }
        });
    }
}

/// For whom: organisations and people of the region, chosen from a list that a few letters narrow.
fn mentions(desk: &Rc<Desk>) -> El {
    let sought = Rc::new(Watched::new(String::new()));
    let (listed, typed) = (desk.clone(), sought.clone());
    let filter = el("input")
        .attr("type", "search")
        .attr("aria-label", words::MENTION_FILTER)
        .attr("placeholder", words::MENTION_FILTER);
    let filter = filter.on("input", move |event: Event| {
        if let Some(input) = event.target() {
            typed.set(renkei_domain::text::fold(&input.unchecked_into::<HtmlInputElement>().value()));
        }
    });
    let list = live(move || {
        let needle = sought.get();
        let found: Vec<El> = people(listed.page)
            .into_iter()
            .filter(|(_, name)| renkei_domain::text::fold(name).contains(&needle))
            .map(|one| candidate(&listed, one))
            .collect();
        let nobody = found.is_empty().then(|| el("p").child(words::NOBODY));
        (found, nobody)
    });
    let chosen = desk.clone();
    let chips = live(move || {
        let to = chosen.draft.with(|draft| draft.to.clone());
        (!to.is_empty()).then(|| {
            let chips = to.into_iter().map(|(id, name)| {
                let desk = chosen.clone();
                let gone = move || desk.change(|draft| draft.to.retain(|(known, _)| *known != id));
                button("chosen", "", gone).attr("aria-label", words::remove(&name)).child(name).child(" ×")
            });
            el("p").class("mentions").child(words::MENTIONED).child(chips.collect::<Vec<_>>())
        })
    });
    let picker = el("details")
        .class("picker-of-people")
        .child(el("summary").child("＠ ").child(words::MENTION))
        .child(filter)
        .child(
            el("div").class("people").attr("role", "group").attr("aria-label", words::MENTION).child(list),
        );
    el("div").child(chips).child(picker)
}

fn candidate(desk: &Rc<Desk>, (id, name): (String, String)) -> El {
    let (there, toggled) = (desk.clone(), desk.clone());
    let (known, label) = (id.clone(), name.clone());
    let input = el("input")
        .attr("type", "checkbox")
        .live_prop("checked", move || there.draft.with(|draft| draft.to.iter().any(|(one, _)| *one == known)))
        .on("change", move |_: Event| {
            toggled.change(|draft| {
                let before = draft.to.len();
                draft.to.retain(|(one, _)| *one != id);
                if draft.to.len() == before {
                    draft.to.push((id.clone(), name.clone()));
                }
            });
        });
    el("label").class("check").child(input).child(label)
}

/// Organisations first, then people with theirs.
fn people(page: Page) -> Vec<(String, String)> {
    let Some(told) = page.beside.told.get() else { return Vec::new() };
    let region = told.get("region");
    let organizations = region.list("organizations").iter().map(|one| one.text("name").to_owned());
    let accounts = region.list("accounts").iter();
    let accounts = accounts
        .map(|one| text::sheet::somebody(one.get("organization").text("shortName"), one.text("name")));
    let ids = region.list("organizations").iter().chain(region.list("accounts"));
    ids.map(|one| one.text("id").to_owned()).zip(organizations.chain(accounts)).collect()
}
