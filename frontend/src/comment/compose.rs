//! Writing a comment: a text with line breaks, and for whom it is meant. The box shows what is kept under its name.

use super::draft::{Draft, Mentioned, kept, name};
use crate::{
    api,
    history::Topic,
    sheet::page::Page,
    storage,
    sync::outbox,
    text::{self, comment as words},
    ui::{button, dom, fresh_id},
    view::{El, effect, el, live, live_text},
};
use leptos::prelude::*;
use renkei_domain::{SheetId, ThreadId, limits, text::is_blank};
use std::{array, cell::Cell, rc::Rc};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement, HtmlTextAreaElement, KeyboardEvent};

/// What is written, and where it goes.
pub struct Goal {
    pub target: Target,
    /// The draft's name within the sheet.
    pub place: String,
    pub label: &'static str,
}

/// What a comment is written to.
pub enum Target {
    /// A thread that is there.
    Thread(ThreadId),
    /// A new thread, at an entry or in a cell.
    New(SheetId, Topic),
}

struct Desk {
    page: Page,
    goal: Goal,
    name: String,
    area: HtmlTextAreaElement,
    draft: ArcRwSignal<Draft>,
    composing: Cell<bool>,
    sent: Box<dyn Fn()>,
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
    let label = goal.label;
    let desk = Rc::new(Desk {
        page,
        goal,
        name,
        area: area.as_a::<HtmlTextAreaElement>().clone(),
        draft: ArcRwSignal::default(),
        composing: Cell::new(false),
        sent: Box::new(sent),
    });
    let [shown, typed, begun, ended, pressed, state, busy, press, idle] = array::from_fn(|_| desk.clone());
    effect(move || {
        kept().track();
        untrack(|| shown.follow());
    });
    let area = area
        .live_attr("readonly", move || busy.is_busy())
        .on("input", move |_: Event| typed.change(|draft| draft.text = typed.area.value()))
        .on("compositionstart", move |_: Event| begun.composing.set(true))
        .on("compositionend", move |_: Event| {
            ended.composing.set(false);
            // In some browsers its last letters are told after its end.
            let desk = ended.clone();
            dom::after(0, move || desk.follow());
        })
        .on("keydown", move |event: KeyboardEvent| {
            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !event.is_composing() {
                event.prevent_default();
                pressed.send();
            }
        });
    let send = button("button main small", words::SEND, move || press.send());
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
        self.draft.with(Draft::is_under_way)
    }

    fn sentence(&self) -> String {
        let (busy, draft) = (self.is_busy(), self.draft.get());
        if !draft.trouble.is_empty() {
            return draft.trouble;
        }
        let said = if busy {
            if api::use_online().get() { words::SENDING } else { words::WAITING_TO_SEND }
        } else if !draft.request.is_empty() {
            text::SIGNED_OUT
        } else if draft.text.is_empty() {
            ""
        } else if storage::trouble().get().is_some() {
            words::NO_ROOM
        } else {
            words::DRAFT
        };
        said.to_owned()
    }

    /// Shows what is kept now, whoever has written it: also another tab, or the answer to what was sent.
    fn follow(&self) {
        // An input method goes on composing in the text that it began with; its next letter stands for both.
        if self.composing.get() {
            return;
        }
        let (before, now) = (self.draft.get_untracked(), Draft::load(&self.name));
        if now == before {
            return;
        }
        if self.area.value() != now.text {
            self.area.set_value(&now.text);
        }
        let sent = !before.request.is_empty() && now == Draft::default();
        self.draft.set(now);
        if sent {
            (self.sent)();
        }
    }

    /// Keeps what was typed or chosen, at once. What is changed is no longer what was sent.
    fn change(&self, change: impl FnOnce(&mut Draft)) {
        let mut draft = self.draft.get_untracked();
        change(&mut draft);
        draft.request.clear();
        draft.trouble.clear();
        draft.keep(&self.name);
        self.draft.set(draft);
    }

    fn send(&self) {
        if untrack(|| self.is_busy()) {
            return;
        }
        let mut draft = self.draft.get_untracked();
        let trouble = if is_blank(&draft.text) {
            words::NOTHING.to_owned()
        } else if draft.text.chars().count() > limits::COMMENT_CHARS {
            words::too_long(limits::COMMENT_CHARS)
        } else {
            // What has one is that comment, in whichever tab it is sent.
            if draft.request.is_empty() {
                draft.request = draft.request(&self.goal.target);
            }
            draft.trouble.clear();
            draft.keep(&self.name);
            self.draft.set(draft);
            return outbox::go();
        };
        self.draft.set(Draft { trouble, ..draft });
        dom::focus(Some(&self.area));
    }
}

/// For whom: organisations and people of the region, chosen from a list that a few letters narrow.
fn mentions(desk: &Rc<Desk>) -> El {
    let sought = ArcRwSignal::new(String::new());
    let (listed, typed, busy) = (desk.clone(), sought.clone(), desk.clone());
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
            .filter(|one| renkei_domain::text::fold(&one.name).contains(&needle))
            .map(|one| candidate(&listed, one))
            .collect();
        let nobody = found.is_empty().then(|| el("p").child(words::NOBODY));
        (found, nobody)
    });
    let chosen = desk.clone();
    let chips = live(move || {
        let to = chosen.draft.with(|draft| draft.to.clone());
        (!to.is_empty()).then(|| {
            let chips = to.into_iter().map(|Mentioned { id, name }| {
                let desk = chosen.clone();
                let gone = move || desk.change(|draft| draft.to.retain(|one| one.id != id));
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
    el("div").live_attr("inert", move || busy.is_busy()).child(chips).child(picker)
}

fn candidate(desk: &Rc<Desk>, Mentioned { id, name }: Mentioned) -> El {
    let (there, toggled) = (desk.clone(), desk.clone());
    let (known, label) = (id.clone(), name.clone());
    let input = el("input")
        .attr("type", "checkbox")
        .live_prop("checked", move || there.draft.with(|draft| draft.to.iter().any(|one| one.id == known)))
        .on("change", move |_: Event| {
            toggled.change(|draft| {
                let before = draft.to.len();
                draft.to.retain(|one| one.id != id);
                if draft.to.len() == before {
                    draft.to.push(Mentioned { id: id.clone(), name: name.clone() });
                }
            });
        });
    el("label").class("check").child(input).child(label)
}

/// Organisations first, then people with theirs.
fn people(page: Page) -> Vec<Mentioned> {
    let Some(told) = page.beside.told.get() else { return Vec::new() };
    let region = &told.region;
    let organizations = region.organizations.iter();
    let organizations =
        organizations.map(|one| Mentioned { id: one.id.0.to_string(), name: one.name.clone() });
    let accounts = region.accounts.iter().map(|one| Mentioned {
        id: one.id.0.to_string(),
        name: text::sheet::somebody(&one.organization.short_name, &one.name),
    });
    organizations.chain(accounts).collect()
}
