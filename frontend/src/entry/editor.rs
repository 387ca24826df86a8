//! The editor: opens over its cell, keeps every letter, and never loses one.

use super::{
    Action, Draft, DraftKey, Editing, Progress, copies, draft,
    mutation::Input,
    outbox,
    place::{Side, place},
    save::{self, text_of},
    why::{owner_name, owners},
};
use crate::ui::SetIfNew;
use crate::{
    session,
    sheet::{focus, page::Page, store::Head},
    shell, storage,
    text::sheet as text,
    ui::{button, dom, is_composing},
    view::{Component, El, effect, el, live, live_text},
};
use leptos::prelude::*;
use renkei_domain::{CareScene, EntryId, OrganizationId, SceneSet, SheetId, era, limits, outline};
use std::{
    cell::{Cell, RefCell},
    ops::Deref,
    rc::Rc,
    sync::Arc,
};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlSelectElement, HtmlTextAreaElement, KeyboardEvent, Node};

thread_local! {
    /// The open editor.
    static DESK: RefCell<Option<Desk>> = const { RefCell::new(None) };
    static COMPOSING: Cell<bool> = const { Cell::new(false) };
}

/// The open editor, if one is.
pub fn editor(page: Page) -> Node {
    live(move || {
        let editing = page.editing.get();
        untrack(|| {
            let desk = editing.and_then(|editing| Desk::new(page, editing));
            COMPOSING.set(false);
            DESK.set(desk.clone());
            desk.map(opened)
        })
    })
}

/// A draft has changed, and not by the editor: if it is open there, the editor shows it.
pub fn follow(sheet: SheetId, key: DraftKey) {
    let desk = DESK.with_borrow(Clone::clone);
    if let Some(desk) = desk.filter(|desk| desk.head.id == sheet && desk.key == key) {
        desk.follow();
    }
}

/// Something beside the open editor's text has changed its height.
pub fn place_editor() {
    let desk = DESK.with_borrow(Clone::clone);
    if let Some(desk) = desk {
        desk.place();
    }
}

/// Nothing was typed into the open editor since it was opened, or since what was typed has been sent.
pub fn is_untouched() -> bool {
    DESK.with_borrow(|desk| desk.as_ref().is_none_or(|desk| !desk.there.get_untracked()))
}

/// One editor and what stands in it: a handle for its parts.
#[derive(Clone)]
struct Desk(Rc<Parts>);

struct Parts {
    page: Page,
    key: DraftKey,
    head: Arc<Head>,
    cell: usize,
    /// What it opened with, or what was sent since: leaving it so leaves no draft.
    fresh: RefCell<Draft>,
    scenes: ArcRwSignal<SceneSet>,
    /// As typed, told with every letter.
    outline: ArcRwSignal<String>,
    owner: ArcRwSignal<Option<OrganizationId>>,
    /// The text's fault, once saving has been tried.
    fault: ArcRwSignal<Option<String>>,
    /// What became of the draft, in words.
    state: ArcRwSignal<String>,
    there: ArcRwSignal<bool>,
}

impl Deref for Desk {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Desk {
    fn new(page: Page, editing: Editing) -> Option<Self> {
        let Editing { key, after } = editing;
        let head = page.head_now()?;
        let cell = page.cell_of(key)?;
        let fresh = fresh(page, &head, cell, key, after)?;
        let kept = draft::load(head.id, key).or_else(|| copies::take(head.id, key));
        let there = kept.is_some();
        let state = kept.as_ref().map_or_else(String::new, |kept| text::draft_of(&clock(kept.at)));
        let now = kept.unwrap_or_else(|| fresh.clone());
        Some(Self(Rc::new(Parts {
            page,
            key,
            head,
            cell,
            fresh: RefCell::new(fresh),
            scenes: ArcRwSignal::new(now.scenes),
            outline: ArcRwSignal::new(now.outline),
            owner: ArcRwSignal::new(now.owner),
            fault: ArcRwSignal::default(),
            state: ArcRwSignal::new(state),
            there: ArcRwSignal::new(there),
        })))
    }

    fn is_new(&self) -> bool {
        matches!(self.key, DraftKey::New(_))
    }

    /// Keeps what was typed or chosen, at once. What is again as it was needs no draft.
    fn typed(&self) {
        let (page, key, sheet) = (self.page, self.key, self.head.id);
        let fresh = self.fresh.borrow();
        let kept = draft::load(sheet, key);
        let begun = kept.is_some();
        let mut draft = kept.unwrap_or_else(|| fresh.clone());
        draft.outline = self.outline.get_untracked();
        draft.scenes = self.scenes.get_untracked();
        draft.owner = self.owner.get_untracked();
        draft.open = true;
        draft.trouble = None;
        draft.at = draft::after(draft.at);
        let same =
            fresh.outline == draft.outline && fresh.scenes == draft.scenes && fresh.owner == draft.owner;
        if same && draft.version == fresh.version {
            page.drop_draft(key);
            self.there.set_if_new(false);
            self.state.set(String::new());
        } else {
            let kept = draft::keep(sheet, key, &draft);
            if !begun {
                save::refresh();
            }
            self.there.set_if_new(true);
            self.state.set(match kept {
                Ok(()) => text::draft_saved(&clock(draft.at)),
                Err(trouble) => text::not_kept(trouble).to_owned(),
            });
        }
        if self.fault.with_untracked(Option::is_some) || self.too_long() {
            self.fault.set(self.fault_now());
        }
    }

    /// Shows what stands under its key now, where that was not written here.
    fn follow(&self) {
        let kept = draft::load(self.head.id, self.key);
        // An input method goes on composing in the text that it began with; its next letter stands for both.
        if COMPOSING.get() || self.progress() == Some(Progress::Sending) {
            return;
        }
        let there = kept.is_some();
        if !there && self.there.get_untracked() {
            // Saved or thrown away in another tab.
            return self.page.editing.set(None);
        }
        let Some(now) = kept else { return };
        self.there.set_if_new(true);
        self.state.set(text::draft_saved(&clock(now.at)));
        self.scenes.set_if_new(now.scenes);
        self.owner.set_if_new(now.owner);
        if self.outline.with_untracked(|outline| *outline != now.outline) {
            if let Some(area) = focus::by_id(TEXT) {
                area.unchecked_into::<HtmlTextAreaElement>().set_value(&now.outline);
            }
            self.outline.set(now.outline);
            self.grow();
        }
    }

    fn toggle(&self, scene: CareScene) {
        self.scenes.update(|scenes| *scenes = scenes.toggled(scene));
        self.typed();
    }

    fn too_long(&self) -> bool {
        self.outline.with_untracked(|outline| outline.chars().count() > limits::BODY_CHARS)
    }

    fn fault_now(&self) -> Option<String> {
        self.outline.with_untracked(|outline| outline::parse(outline).err().map(|fault| fault.to_string()))
    }

    fn save(&self) {
        let fault = self.fault_now();
        let valid = fault.is_none();
        self.fault.set(fault);
        if !valid {
            return self.focus();
        }
        if self.there.get_untracked() {
            self.send();
        } else {
            // As it was: there is nothing to save.
            self.close();
        }
    }

    /// What is typed from now on goes on from what is sent now.
    fn send(&self) {
        let Some(kept) = draft::load(self.head.id, self.key) else { return };
        self.there.set_if_new(false);
        self.state.set(String::new());
        // The outline was just found to be one.
        let _ = self.page.save(self.key);
        let (follows, began) = (Some(outbox::last_request()), kept.text().ok());
        let began = began.map(|began| Input::known(kept.version, began));
        self.fresh.replace(Draft { follows, began, onto: None, ..kept });
    }

    /// Leaves; what was typed stays as a draft.
    fn leave(&self) {
        if self.there.get_untracked() {
            put_away(self.page);
            shell::announce(text::DRAFT_KEPT);
        }
        self.close();
    }

    fn discard(&self) {
        self.page.drop_draft(self.key);
        shell::announce(text::DRAFT_DISCARDED);
        self.close();
    }

    fn delete(&self, id: EntryId) {
        self.leave();
        self.page.act(id, Action::Delete);
    }

    fn close(&self) {
        self.page.editing.set(None);
        self.page.progress.set(None);
        save::show_state();
        match (self.key, self.fresh.borrow().after) {
            (DraftKey::Entry(id), _) | (DraftKey::New(_), Some(id)) => focus::entry_soon(self.page, id),
            (DraftKey::New(_), None) => focus::cell_soon(self.page, self.cell),
        }
    }

    fn focus(&self) {
        dom::focus(focus::by_id(TEXT));
    }

    /// Over its entry, or over where the new one is to stand.
    fn place(&self) {
        let Some(popup) = focus::by_id(EDITOR) else { return };
        let entry = |id: EntryId| focus::by_id(&focus::entry_id(id)).filter(|entry| !entry.hidden());
        let (anchor, side) = match (self.key, self.fresh.borrow().after) {
            (DraftKey::Entry(id), _) => (entry(id), Side::Over),
            (DraftKey::New(_), Some(after)) => (entry(after), Side::Below),
            (DraftKey::New(_), None) => (None, Side::Over),
        };
        let (row, column) = self.head.place(self.cell);
        if let Some(anchor) = anchor.or_else(|| focus::by_id(&focus::cell_id(row, column))) {
            place(&popup, &anchor, side);
        }
    }

    /// As high as its text.
    fn grow(&self) {
        let Some(area) = focus::by_id(TEXT) else { return };
        let style = area.style();
        let _ = style.set_property("height", "auto");
        let _ = style.set_property("height", &format!("{}px", area.scroll_height() + 2));
        self.place();
    }
}

/// Notes that the open editor is left, so that a reload does not open it again.
pub fn put_away(page: Page) {
    let (Some(editing), Some(head)) = (page.editing.get_untracked(), page.head_now()) else { return };
    if let Some(mut draft) = draft::load(head.id, editing.key) {
        draft.open = false;
        // It was kept a moment ago; there is room.
        let _ = draft::keep(head.id, editing.key, &draft);
    }
}

/// What an untouched editor holds. None: the entry is not here.
fn fresh(page: Page, head: &Head, cell: usize, key: DraftKey, after: Option<EntryId>) -> Option<Draft> {
    let draft = Draft { after, open: true, ..Draft::default() };
    let DraftKey::Entry(id) = key else {
        // Joint where that may be written, else the viewer's own.
        let owner = owners(head, session::viewer().as_ref(), cell).into_iter().next().flatten();
        return Some(Draft { outline: "○".to_owned(), owner, ..draft });
    };
    let entry = page.entry(id)?;
    let sent = outbox::written(id).and_then(|op| Some((op.text()?, op.version(), Some(op.input.request_id))));
    // What waits to be sent is what stands there now.
    let (text, version, follows) = sent.unwrap_or_else(|| (text_of(&entry), entry.version, None));
    let (outline, scenes) = (outline::print(&text.body, &text.notes), text.explicit_scenes);
    let began = follows.is_some().then(|| Input::known(version, text));
    Some(Draft { outline, scenes, version, follows, began, ..draft })
}

/// 10:42, in Japan.
pub fn clock(unix_ms: i64) -> String {
    let time = era::tokyo(unix_ms);
    format!("{}:{:02}", time.hour, time.minute)
}

/// There is one editor at most, so that its parts have names.
const EDITOR: &str = "editor";
const TEXT: &str = "editor-text";

fn opened(desk: Desk) -> El {
    let grown = desk.clone();
    dom::after_render(move || {
        grown.grow();
        let Some(area) = focus::by_id(TEXT) else { return };
        let area: HtmlTextAreaElement = area.unchecked_into();
        let end = area.value().encode_utf16().count() as u32;
        // Fails for no position within the text.
        let _ = area.set_selection_range(end, end);
        dom::focus(Some(area));
    });
    // What it says below the text changes its height.
    let placed = desk.clone();
    effect(move || {
        placed.fault.track();
        placed.progress();
        let desk = placed.clone();
        dom::after_render(move || desk.place());
    });
    let title = if desk.is_new() { text::ADD_ENTRY } else { text::EDIT_ENTRY };
    let delete = match desk.key {
        DraftKey::Entry(id) => {
            let desk = desk.clone();
            Some(button("quiet", text::DELETE, move || desk.delete(id)))
        }
        DraftKey::New(_) => None,
    };
    let head = el("p")
        .class("editor-head")
        .child(el("strong").attr("id", "editor-title").child(title))
        .child(el("span").attr("id", "editor-place").child(desk.page.place(desk.key)))
        .child(delete);
    let (busy, keys) = (desk.clone(), desk.clone());
    el("div")
        .class("editor")
        .attr("id", EDITOR)
        .attr("role", "dialog")
        .attr("aria-labelledby", "editor-title")
        .attr("aria-describedby", "editor-place")
        .live_attr("aria-busy", move || (busy.progress() == Some(Progress::Sending)).then_some("true"))
        .on("keydown", move |event: KeyboardEvent| on_keydown(&keys, &event))
        .child(head)
        .child(text_area(&desk))
        .child(Component(
            view! { <crate::live::BesideEditor page=desk.page sheet=desk.head.id key=desk.key/> },
        ))
        .child(scene_toggles(&desk))
        .child(desk.is_new().then(|| owner_choice(&desk)))
        .child(foot(&desk))
}

impl Desk {
    fn progress(&self) -> Option<Progress> {
        let progress = self.page.progress.get();
        progress.filter(|(key, _)| *key == self.key).map(|(_, progress)| progress)
    }

    /// What is wrong: the text's own fault, or the server's word.
    fn trouble(&self) -> Option<String> {
        self.fault.get().or_else(|| match self.progress() {
            Some(Progress::Refused { message, .. }) => Some(message),
            _ => None,
        })
    }

    /// It is about the text, so that the field is marked.
    fn is_about_text(&self) -> bool {
        let refused = matches!(self.progress(), Some(Progress::Refused { field: Some(field), .. })
            if matches!(field.as_str(), "body" | "notes"));
        self.fault.with(Option::is_some) || refused
    }
}

fn text_area(desk: &Desk) -> Vec<Node> {
    let [typed, invalid, filled, troubled] = std::array::from_fn(|_| desk.clone());
    let on_input = move |event: Event| {
        if let Some(area) = event.target() {
            typed.outline.set(area.unchecked_into::<HtmlTextAreaElement>().value());
            typed.typed();
            typed.grow();
        }
    };
    let area = el("textarea")
        .attr("id", TEXT)
        .attr("rows", "2")
        .attr("spellcheck", "false")
        .attr("aria-label", text::ENTRY_TEXT)
        .attr("aria-describedby", "editor-hint editor-trouble")
        .live_attr("aria-invalid", move || invalid.is_about_text().then_some("true"))
        .on("input", on_input)
        .on("compositionstart", |_: Event| COMPOSING.set(true))
        .on("compositionend", |_: Event| COMPOSING.set(false))
        .on("blur", |_: Event| copies::send_now())
        .child(desk.outline.get_untracked());
    let hint = el("p").attr("id", "editor-hint").class("unseen").child(text::OUTLINE_HINT);
    let room = live(move || {
        let chars = filled.outline.with(|outline| outline.lines().next().unwrap_or_default().chars().count());
        (chars * 10 > limits::BODY_CHARS * 9)
            .then(|| el("p").class("room").child(text::room(chars.saturating_sub(1), limits::BODY_CHARS)))
    });
    vec![area.into(), hint.into(), room, trouble("editor-trouble", move || troubled.trouble()).into()]
}

/// What is wrong, told at once to who cannot see it.
pub fn trouble(id: &str, trouble: impl Fn() -> Option<String> + 'static) -> El {
    let said = live(move || trouble().map(|trouble| el("p").child(trouble)));
    el("div").class("trouble").attr("id", id).attr("role", "alert").child(said)
}

fn scene_toggles(desk: &Desk) -> [El; 2] {
    let toggles = CareScene::ALL.map(|scene| {
        let (shown, toggled) = (desk.clone(), desk.clone());
        let there = move || shown.scenes.with(|scenes| scenes.contains(scene));
        chip(scene, there, move || toggled.toggle(scene)).child(el("span").child(scene.short_name()))
    });
    // Only a person tags; the text may remind.
    let desk = desk.clone();
    let suggested = live(move || {
        let named = desk.outline.with(|outline| CareScene::named_in(outline));
        let scenes = desk.scenes.get();
        let missing = named.iter().filter(|scene| !scenes.contains(*scene));
        missing
            .map(|scene| {
                let desk = desk.clone();
                let accept = move || {
                    desk.toggle(scene);
                    desk.focus();
                };
                button("suggestion", &text::suggest(scene), accept).attr("data-scene", scene.code())
            })
            .collect::<Vec<_>>()
    });
    let legend = el("legend").child(text::SCENES);
    [
        el("fieldset").class("editor-scenes").child(legend).child(toggles),
        el("p").class("editor-hint").child(el("span").child(text::INHERIT_HINT)).child(suggested),
    ]
}

/// A box that filters or tags by a scene, in its colour.
pub fn chip(scene: CareScene, there: impl Fn() -> bool + 'static, toggle: impl Fn() + 'static) -> El {
    let input = el("input")
        .attr("type", "checkbox")
        .live_prop("checked", there)
        .on("change", move |_: Event| toggle());
    el("label").class("chip").attr("data-scene", scene.code()).child(input)
}

fn owner_choice(desk: &Desk) -> El {
    let owners = owners(&desk.head, session::viewer().as_ref(), desk.cell);
    let options = owners.iter().map(|owner| {
        let selected = *owner == desk.owner.get_untracked();
        el("option").attr("selected", selected).child(owner_name(&desk.head, *owner))
    });
    let options = options.collect::<Vec<_>>();
    let desk = desk.clone();
    let on_change = move |event: Event| {
        if let Some(owner) = chosen(&event).and_then(|at| owners.get(at)) {
            desk.owner.set(*owner);
            desk.typed();
        }
    };
    el("label")
        .class("editor-owner")
        .child(el("span").child(text::OWNER))
        .child(el("select").on("change", on_change).child(options))
}

/// Which option was chosen.
pub fn chosen(event: &Event) -> Option<usize> {
    let select: HtmlSelectElement = event.target()?.dyn_into().ok()?;
    usize::try_from(select.selected_index()).ok()
}

fn foot(desk: &Desk) -> El {
    let [told, there, saved, left] = std::array::from_fn(|_| desk.clone());
    let state = live_text(move || match (storage::trouble().get(), told.progress()) {
        (Some(trouble), _) => text::not_kept(trouble).to_owned(),
        (None, Some(Progress::Sending)) => text::SAVING.to_owned(),
        (None, _) => told.state.get(),
    });
    let discard = live(move || {
        let desk = there.clone();
        there.there.get().then(|| button("quiet", text::DISCARD, move || desk.discard()))
    });
    let key = |key: &str| el("kbd").child(key);
    el("div")
        .class("editor-foot")
        .child(button("button main", text::SAVE, move || saved.save()).child(key(text::SAVE_KEY)))
        .child(button("button", text::LEAVE, move || left.leave()).child(key(text::LEAVE_KEY)))
        .child(el("span").class("editor-state").attr("role", "status").child(state))
        .child(discard)
}

/// An input method's keys are its own: while it composes, nothing saves or closes.
fn on_keydown(desk: &Desk, event: &KeyboardEvent) {
    if is_composing(event) {
        return;
    }
    match event.key().as_str() {
        "Enter" if event.ctrl_key() || event.meta_key() => desk.save(),
        "Escape" => desk.leave(),
        "Tab" => {
            if !turn(event.shift_key()) {
                return;
            }
        }
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

/// Tab stays in the editor: from its last control to its first and back. False: within, as the browser does it.
fn turn(backwards: bool) -> bool {
    let Some(popup) = focus::by_id(EDITOR) else { return false };
    let Ok(controls) = popup.query_selector_all("textarea, input, select, button") else { return false };
    let last = controls.length().saturating_sub(1);
    let (edge, other) = if backwards { (0, last) } else { (last, 0) };
    let at = |at: u32| controls.item(at).and_then(|control| control.dyn_into::<HtmlElement>().ok());
    let active = dom::document().active_element();
    let leaves = active.is_some_and(|active| at(edge).is_some_and(|edge| *edge == active));
    if leaves {
        dom::focus(at(other));
    }
    leaves
}

impl Page {
    /// （ウ）・令和8年度の計画・共同
    pub fn place(self, key: DraftKey) -> String {
        let (Some(head), Some(cell)) = (self.head_now(), self.cell_of(key)) else { return String::new() };
        let (row, column) = head.place(cell);
        let column = &head.columns[column];
        let facet = text::without_year(&column.heading, column.fiscal_year);
        let place = text::place(&head.items[row].code, column.fiscal_year, facet);
        match key {
            DraftKey::New(_) => place,
            DraftKey::Entry(id) => {
                let owner = self.entry(id).and_then(|entry| entry.owner);
                format!("{place}・{}", owner_name(&head, owner))
            }
        }
    }
}
