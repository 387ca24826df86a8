//! Writing a comment: a text with line breaks, and for whom it is meant. The box shows what is kept under its name.

use super::draft::{Draft, Mentioned, name};
use crate::{
    api,
    history::PanelTarget,
    sheet::page::Page,
    storage,
    sync::outbox,
    text::{self, comment as words},
    ui::{dom, fresh_id, is_composing, named},
};
use leptos::{ev, html::Textarea, prelude::*};
use renkei_domain::{
    SheetId, ThreadId, limits,
    text::{fold, is_blank},
};

/// What a comment is written to.
#[derive(Clone, Copy)]
pub enum Destination {
    /// A thread that is there.
    Thread(ThreadId),
    /// A new thread, at an entry or in a cell.
    New(SheetId, PanelTarget),
}

/// A box in use.
#[derive(Clone, Copy)]
struct Composer {
    page: Page,
    destination: Destination,
    /// Under which the draft is kept.
    name: StoredValue<String>,
    area: NodeRef<Textarea>,
    draft: RwSignal<Draft>,
    composing: StoredValue<bool>,
    on_sent: Callback<()>,
}

/// Whether something was begun there.
pub fn is_begun(page: Page, place: &str) -> bool {
    Draft::load(&name(page, place)) != Draft::default()
}

/// The box. `place` is the draft's name within the sheet; `on_sent` is told when the comment stands.
#[component]
pub fn Compose(
    page: Page,
    destination: Destination,
    place: String,
    label: &'static str,
    #[prop(into)] on_sent: Callback<()>,
) -> impl IntoView {
    let name = name(page, &place);
    let draft = Draft::load(&name);
    let begun_with = draft.text.clone();
    let composer = Composer {
        page,
        destination,
        name: StoredValue::new(name),
        area: NodeRef::new(),
        draft: RwSignal::new(draft),
        composing: StoredValue::new(false),
        on_sent,
    };
    Effect::new(move || {
        storage::changes().track();
        untrack(|| composer.follow());
    });
    let on_compositionend = move |_| {
        composer.composing.set_value(false);
        // In some browsers its last letters are told after its end.
        dom::after(0, move || composer.follow());
    };
    let on_keydown = move |event: ev::KeyboardEvent| {
        let sends = event.key() == "Enter" && (event.ctrl_key() || event.meta_key());
        if sends && !is_composing(&event) {
            event.prevent_default();
            composer.send();
        }
    };
    let (id, state_id) = (fresh_id("comment"), fresh_id("comment-state"));
    view! {
        <div class="compose">
            <label for=id.clone()>{label}</label>
            <textarea
                id=id
                rows="3"
                aria-describedby=state_id.clone()
                node_ref=composer.area
                prop:value=begun_with
                readonly=move || composer.is_busy()
                on:input=move |event| composer.change(|draft| draft.text = event_target_value(&event))
                on:compositionstart=move |_| composer.composing.set_value(true)
                on:compositionend=on_compositionend
                on:keydown=on_keydown
            ></textarea>
            <Mentions composer/>
            <div class="compose-foot">
                <button
                    type="button"
                    class="button main small"
                    disabled=move || composer.is_busy()
                    on:click=move |_| composer.send()
                >
                    {words::SEND}
                </button>
                <span id=state_id role="status">
                    {move || composer.state()}
                </span>
            </div>
        </div>
    }
}

impl Composer {
    fn is_busy(self) -> bool {
        self.draft.with(Draft::is_under_way)
    }

    /// What has become of it, in words.
    fn state(self) -> String {
        let (busy, draft) = (self.is_busy(), self.draft.get());
        if !draft.trouble.is_empty() {
            return draft.trouble;
        }
        let state = if busy {
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
        state.to_owned()
    }

    /// Shows what is kept now, whoever has written it: also another tab, or the answer to what was sent.
    fn follow(self) {
        // An input method goes on composing in the text that it began with; its next letter stands for both.
        if self.draft.is_disposed() || self.composing.get_value() {
            return;
        }
        let (before, now) = (self.draft.get_untracked(), self.name.with_value(|name| Draft::load(name)));
        if now == before {
            return;
        }
        if let Some(area) = self.area.get_untracked().filter(|area| area.value() != now.text) {
            area.set_value(&now.text);
        }
        let sent = !before.request.is_empty() && now == Draft::default();
        self.draft.set(now);
        if sent {
            self.on_sent.run(());
        }
    }

    /// Keeps what was typed or chosen, at once. What is changed is no longer what was sent.
    fn change(self, change: impl FnOnce(&mut Draft)) {
        let mut draft = self.draft.get_untracked();
        change(&mut draft);
        draft.request.clear();
        draft.trouble.clear();
        self.name.with_value(|name| draft.keep(name));
        self.draft.set(draft);
    }

    fn send(self) {
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
                draft.request = draft.request(&self.destination);
            }
            draft.trouble.clear();
            let name = self.name.get_value();
            draft.keep(&name);
            self.draft.set(draft);
            return outbox::go();
        };
        self.draft.set(Draft { trouble, ..draft });
        dom::focus(self.area.get_untracked());
    }

    /// Whether it is meant for them.
    fn is_for(self, id: &str) -> bool {
        self.draft.with(|draft| draft.to.iter().any(|one| one.id == id))
    }

    fn toggle(self, mentioned: &Mentioned) {
        self.change(|draft| {
            let before = draft.to.len();
            draft.to.retain(|one| one.id != mentioned.id);
            if draft.to.len() == before {
                draft.to.push(mentioned.clone());
            }
        });
    }
}

/// For whom: organisations and people of the region, chosen from a list that a few letters narrow.
#[component]
fn Mentions(composer: Composer) -> impl IntoView {
    let needle = RwSignal::new(String::new());
    let found = Memo::new(move |_| {
        let needle = needle.get();
        let mut found = people(composer.page);
        found.retain(|one| fold(&one.name).contains(&needle));
        found
    });
    let chosen = Memo::new(move |_| composer.draft.with(|draft| draft.to.clone()));
    let chip = move |one: Mentioned| {
        let (label, name) = (words::remove(&one.name), one.name.clone());
        view! {
            <button type="button" class="chosen" aria-label=label on:click=move |_| composer.toggle(&one)>
                {named(|name| format!("{name} ×"), &name)}
            </button>
        }
    };
    let candidate = move |one: Mentioned| {
        let (id, name) = (one.id.clone(), one.name.clone());
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || composer.is_for(&id)
                    on:change=move |_| composer.toggle(&one)
                />
                <bdi>{name}</bdi>
            </label>
        }
    };
    view! {
        <div inert=move || composer.is_busy()>
            {move || {
                let chosen = chosen.get();
                (!chosen.is_empty()).then(|| view! {
                    <p class="mentions">
                        {words::MENTIONED}
                        {chosen.into_iter().map(chip).collect_view()}
                    </p>
                })
            }}
            <details class="picker-of-people">
                <summary>"＠ " {words::MENTION}</summary>
                <input
                    type="search"
                    aria-label=words::MENTION_FILTER
                    placeholder=words::MENTION_FILTER
                    on:input=move |event| needle.set(fold(&event_target_value(&event)))
                />
                <div class="people" role="group" aria-label=words::MENTION>
                    <For each=move || found.get() key=|one| one.id.clone() children=candidate/>
                    {move || found.with(Vec::is_empty).then(|| view! { <p>{words::NOBODY}</p> })}
                </div>
            </details>
        </div>
    }
}

/// Organisations first, then people with theirs.
fn people(page: Page) -> Vec<Mentioned> {
    let Some(told) = page.panel.told.get() else { return Vec::new() };
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
