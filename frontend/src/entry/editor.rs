//! The editor: opens over its entry, keeps every letter, and never loses one.

use super::{
    Action, Editing, Progress,
    edited::EditedText,
    line_kind::{self, Caret, LineKind},
    merging::printed,
    mutation::Input,
    place::{Side, place},
    save::text_of,
    why::{owner_name, owners},
};
use crate::{
    clipboard, live, session,
    sheet::{
        focus,
        page::{Page, here},
    },
    shell, storage,
    sync::{Draft, DraftKey, draft, draft_sync, outbox},
    text::sheet as text,
    ui::{SetIfNew, dom, is_composing, on_layout},
};
use leptos::{
    ev,
    html::{Div, Textarea},
    prelude::*,
};
use renkei_domain::{CareScene, EntryId, SceneSet, SheetId, era};
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, Element, Event, HtmlElement, HtmlSelectElement, HtmlTextAreaElement, KeyboardEvent,
};

/// Shows while something is to be written. Its elements stay the same as long as it is open, whatever is written in it:
/// an input method goes on composing in the field that it began with, also when a new entry has become one of the sheet.
///
/// It stands in the page with the focus in it before the browser takes the next key, so that no letter is lost that is
/// typed at once: effects run when the key's handler has ended, and nothing waits for a frame.
#[component]
pub fn Editor(page: Page) -> impl IntoView {
    let state = EditorState::new(page);
    Effect::new(move |_| {
        let editing = page.editing.get();
        untrack(|| state.open(editing));
    });
    Effect::new(move |_| {
        storage::changes().track();
        untrack(|| state.follow());
    });
    view! {
        <Show when=move || state.key.get().is_some()>
            <Popup state />
        </Show>
    }
}

/// Nothing was typed into the open editor since it was opened, or since what was typed has been sent.
pub fn is_untouched() -> bool {
    let draft = here().and_then(|page| {
        let editing = page.editing.get_untracked()?;
        draft::load(page.head_now()?.id, editing.key)
    });
    draft.is_none()
}

/// What stands in the editor, and what it began with.
#[derive(Clone, Copy)]
struct EditorState {
    page: Page,
    /// What is written. None: the editor is closed.
    key: RwSignal<Option<DraftKey>>,
    /// What it opened with, or what was sent since: leaving it so leaves no draft.
    base: StoredValue<Draft>,
    edited: RwSignal<EditedText>,
    has_draft: RwSignal<bool>,
    /// The text's fault, once saving has been tried.
    fault: RwSignal<Option<String>>,
    /// What became of the draft, in words.
    note: RwSignal<String>,
    /// An input method composes in the text.
    composing: RwSignal<bool>,
    caret: Caret,
}

impl EditorState {
    fn new(page: Page) -> Self {
        Self {
            page,
            key: RwSignal::default(),
            base: StoredValue::default(),
            edited: RwSignal::default(),
            has_draft: RwSignal::default(),
            fault: RwSignal::default(),
            note: RwSignal::default(),
            composing: RwSignal::default(),
            caret: Caret::new(),
        }
    }

    /// Fills it with what is to be written. Closes it where that is nothing, or an entry that is not here.
    fn open(self, editing: Option<Editing>) {
        let base = editing.and_then(|editing| base(self.page, editing));
        let (Some(Editing { key, .. }), Some((sheet, base))) = (editing, base) else {
            self.composing.set(false);
            return self.key.set(None);
        };
        let kept = draft::load(sheet, key).or_else(|| draft_sync::take(sheet, key));
        self.note.set(kept.as_ref().map_or_else(String::new, |kept| text::draft_of(&clock(kept.at))));
        self.has_draft.set(kept.is_some());
        self.fault.set(None);
        self.edited.set(EditedText::of(kept.as_ref().unwrap_or(&base)));
        self.base.set_value(base);
        self.key.set(Some(key));
    }

    /// The draft that is written, by its sheet and place.
    fn draft(self) -> Option<(SheetId, DraftKey)> {
        Some((self.page.head_now()?.id, self.key.get_untracked()?))
    }

    fn entry(self) -> Option<EntryId> {
        match self.key.get()? {
            DraftKey::Entry(id) => Some(id),
            DraftKey::New(_) => None,
        }
    }

    fn is_new(self) -> bool {
        matches!(self.key.get(), Some(DraftKey::New(_)))
    }

    fn progress(self) -> Option<Progress> {
        let key = self.key.get();
        self.page.progress.get().filter(|(of, _)| Some(*of) == key).map(|(_, progress)| progress)
    }

    fn is_sending(self) -> bool {
        self.progress() == Some(Progress::Sending)
    }

    /// What is wrong: the text's own fault, or the server's word.
    fn trouble(self) -> Option<String> {
        self.fault.get().or_else(|| match self.progress() {
            Some(Progress::Refused { message, .. }) => Some(message),
            _ => None,
        })
    }

    /// It is about the text, so that the field is marked.
    fn is_about_text(self) -> bool {
        let refused = matches!(self.progress(), Some(Progress::Refused { field: Some(field), .. })
            if matches!(field.as_str(), "body" | "notes"));
        self.fault.with(Option::is_some) || refused
    }

    /// Keeps what is typed or chosen, at once. What is again as it was needs no draft.
    fn change(self, change: impl FnOnce(&mut EditedText)) {
        self.edited.update(change);
        let edited = self.edited.get_untracked();
        let Some((sheet, key)) = self.draft() else { return };
        let (base, kept) = (self.base.get_value(), draft::load(sheet, key));
        let draft = kept.unwrap_or_else(|| base.clone());
        if edited == EditedText::of(&base) && draft.version == base.version {
            self.page.drop_draft(key);
            self.has_draft.set_if_new(false);
            self.note.set(String::new());
        } else {
            let at = draft::after(draft.at);
            let draft = Draft { open: true, trouble: None, at, ..edited.clone().put_into(draft) };
            let kept = draft::keep(sheet, key, &draft);
            self.has_draft.set_if_new(true);
            self.note.set(match kept {
                Ok(()) => text::draft_saved(&clock(at)),
                Err(trouble) => text::not_kept(trouble).to_owned(),
            });
        }
        if self.fault.with_untracked(Option::is_some) || edited.is_too_long() {
            self.fault.set(edited.fault());
        }
    }

    /// Shows what stands in its place now, where that was not written here.
    fn follow(self) {
        let Some((sheet, key)) = self.draft() else { return };
        // An input method goes on composing in the text that it began with; its next letter stands for both.
        if self.composing.get() || self.is_sending() {
            return;
        }
        let Some(now) = draft::load(sheet, key) else {
            if self.has_draft.get() {
                // Saved or thrown away in another tab.
                self.page.editing.set(None);
            }
            return;
        };
        self.has_draft.set_if_new(true);
        self.note.set(text::draft_saved(&clock(now.at)));
        self.edited.set_if_new(EditedText::of(&now));
    }

    fn toggle(self, scene: CareScene) {
        self.change(|edited| edited.scenes = edited.scenes.toggled(scene));
    }

    fn save(self) {
        let fault = self.edited.with_untracked(EditedText::fault);
        let valid = fault.is_none();
        self.fault.set(fault);
        if !valid {
            focus_text();
        } else if self.has_draft.get_untracked() {
            self.send();
        } else {
            // As it was: there is nothing to save.
            self.close();
        }
    }

    /// What is typed from now on goes on from what is sent now.
    fn send(self) {
        let Some((sheet, key)) = self.draft() else { return };
        let Some(kept) = draft::load(sheet, key) else { return };
        self.has_draft.set_if_new(false);
        self.note.set(String::new());
        // The outline was just found to be one.
        let _ = self.page.save(key);
        let (depends_on, base) = (Some(outbox::last_request()), kept.text().ok());
        let base = base.map(|base| Input::known(kept.version, base));
        self.base.set_value(Draft { depends_on, base, server_base: None, ..kept });
    }

    /// Leaves; what was typed stays as a draft.
    fn leave(self) {
        if self.has_draft.get_untracked() {
            put_away(self.page);
            shell::announce(text::DRAFT_KEPT);
        }
        self.close();
    }

    fn discard(self) {
        if let Some((_, key)) = self.draft() {
            self.page.drop_draft(key);
        }
        shell::announce(text::DRAFT_DISCARDED);
        self.close();
    }

    fn delete(self, id: EntryId) {
        self.leave();
        self.page.act(id, Action::Delete);
    }

    /// The focus goes back at once, so that the next key finds it there.
    fn close(self) {
        let (page, key) = (self.page, self.key.get_untracked());
        match (key, self.base.with_value(|base| base.after)) {
            (Some(DraftKey::Entry(id)), _) | (Some(DraftKey::New(_)), Some(id)) => focus::entry(page, id),
            (Some(key), None) => {
                if let Some(cell) = page.cell_of(key) {
                    focus::cell(page, cell);
                }
            }
            (None, _) => {}
        }
        page.editing.set(None);
        page.progress.set(None);
    }

    /// Over its entry, or over where the new one is to stand.
    fn place(self, popup: &HtmlElement) {
        let (Some(key), Some(head)) = (self.key.get_untracked(), self.page.head_now()) else { return };
        let entry = |id: EntryId| focus::by_id(&focus::entry_id(id)).filter(|entry| !entry.hidden());
        let (anchor, side) = match (key, self.base.with_value(|base| base.after)) {
            (DraftKey::Entry(id), _) => (entry(id), Side::Over),
            (DraftKey::New(_), Some(after)) => (entry(after), Side::Below),
            (DraftKey::New(_), None) => (None, Side::Over),
        };
        let cell = || {
            let (row, column) = head.place(self.page.cell_of(key)?);
            focus::by_id(&focus::cell_id(row, column))
        };
        if let Some(anchor) = anchor.or_else(cell) {
            place(popup, &anchor, side);
        }
    }

    /// An input method's keys are its own: while it composes, nothing saves or closes.
    fn on_keydown(self, event: &KeyboardEvent) {
        if is_composing(event) {
            return;
        }
        match event.key().as_str() {
            "Enter" if event.ctrl_key() || event.meta_key() => self.save(),
            "Escape" => self.leave(),
            "Tab" => {
                if !turn(event) {
                    return;
                }
            }
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }
}

/// Tab stays in the editor: from its last control to its first and back. False: within, as the browser does it.
fn turn(event: &KeyboardEvent) -> bool {
    let popup = event.current_target().and_then(|popup| popup.dyn_into::<HtmlElement>().ok());
    let controls = popup.and_then(|popup| popup.query_selector_all("textarea, input, select, button").ok());
    let Some(controls) = controls else { return false };
    let last = controls.length().saturating_sub(1);
    let (edge, other) = if event.shift_key() { (0, last) } else { (last, 0) };
    let at = |at: u32| controls.item(at).and_then(|control| control.dyn_into::<HtmlElement>().ok());
    let active = dom::document().active_element();
    let leaves = active.is_some_and(|active| at(edge).is_some_and(|edge| *edge == active));
    if leaves {
        dom::focus(at(other));
    }
    leaves
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

/// What an untouched editor holds, on which sheet. None: the entry is not here.
fn base(page: Page, Editing { key, after }: Editing) -> Option<(SheetId, Draft)> {
    let (head, cell) = (page.head_now()?, page.cell_of(key)?);
    let draft = Draft { after, open: true, ..Draft::default() };
    let DraftKey::Entry(id) = key else {
        // Joint where that may be written, else the viewer's own.
        let owner = owners(&head, session::viewer().as_ref(), cell).into_iter().next().flatten();
        return Some((head.id, Draft { outline: "○".to_owned(), owner, ..draft }));
    };
    let entry = page.entry(id)?;
    let sent = outbox::written(id).and_then(|op| Some((op.text()?, op.version(), Some(op.input.request_id))));
    // What waits to be sent is what stands there now.
    let (text, version, depends_on) = sent.unwrap_or_else(|| (text_of(&entry), entry.version, None));
    let (outline, scenes) = (printed(&text), text.explicit_scenes);
    let base = depends_on.is_some().then(|| Input::known(version, text));
    Some((head.id, Draft { outline, scenes, version, depends_on, base, ..draft }))
}

/// 10:42, in Japan.
pub fn clock(unix_ms: i64) -> String {
    let time = era::tokyo(unix_ms);
    format!("{}:{:02}", time.hour, time.minute)
}

/// There is one editor at most, so that its field has a name.
const TEXT: &str = "editor-text";

fn focus_text() {
    dom::focus(focus::by_id(TEXT));
}

#[component]
fn Popup(state: EditorState) -> impl IntoView {
    let EditorState { page, key, edited, .. } = state;
    let (popup, area) = (NodeRef::<Div>::new(), NodeRef::<Textarea>::new());
    Effect::new(move |_| {
        if let (Some(popup), Some(area)) = (popup.get(), area.get()) {
            edited.with(|edited| show_text(&area, &edited.outline));
            grow(&area);
            state.place(&popup);
        }
    });
    // Unless somebody is typing in it already.
    Effect::new(move |_| {
        key.track();
        let Some(area) = area.get() else { return };
        let field: &Element = area.as_ref();
        if dom::document().active_element().as_ref() != Some(field) {
            let end = area.value().encode_utf16().count() as u32;
            // Fails for no position within the text.
            let _ = area.set_selection_range(end, end);
            dom::focus(Some(area));
        }
    });
    let follow_caret = move || {
        if let Some(area) = area.get_untracked() {
            state.caret.follow(&area);
        }
    };
    let place = move || {
        if let Some(popup) = popup.try_get_untracked().flatten() {
            state.place(&popup);
        }
    };
    // What it says round the text changes its height.
    Effect::new(move |_| {
        edited.track();
        state.trouble();
        dom::after_render(place);
    });
    let resized = window_event_listener(ev::resize, move |_| {
        if let Some(area) = area.get_untracked() {
            grow(&area);
        }
    });
    on_cleanup(move || resized.remove());
    on_layout(place);
    let on_input = move |event: Event| {
        state.change(|edited| edited.outline = event_target_value(&event));
        follow_caret();
    };
    let on_paste = move |event: ClipboardEvent| {
        let (Some(area), Some(key)) = (area.get_untracked(), key.get_untracked()) else { return };
        if clipboard::paste_into_editor(page, key, &area, &event) {
            event.prevent_default();
        }
    };
    let on_area_keydown = move |event: KeyboardEvent| {
        if let Some(area) = area.get_untracked().filter(|_| !is_composing(&event))
            && line_kind::on_key(&event, &area)
        {
            event.prevent_default();
        }
    };
    let delete = move |id| {
        view! {
            <button type="button" class="quiet" on:click=move |_| state.delete(id)>
                {text::DELETE}
            </button>
        }
    };
    view! {
        <div
            node_ref=popup
            class="editor"
            id="editor"
            role="dialog"
            aria-labelledby="editor-title"
            aria-describedby="editor-place"
            aria-busy=move || state.is_sending().then_some("true")
            on:keydown=move |event| state.on_keydown(&event)
        >
            <p class="editor-head">
                <strong id="editor-title">
                    {move || if state.is_new() { text::ADD_ENTRY } else { text::EDIT_ENTRY }}
                </strong>
                <span id="editor-place">{move || key.get().map(|key| page.place(key))}</span>
                {move || state.entry().map(delete)}
            </p>
            <textarea
                node_ref=area
                id=TEXT
                rows="2"
                spellcheck="false"
                aria-label=text::ENTRY_TEXT
                aria-describedby="editor-hint editor-trouble"
                aria-invalid=move || state.is_about_text().then_some("true")
                on:input=on_input
                on:paste=on_paste
                on:keydown=on_area_keydown
                on:keyup=move |_| follow_caret()
                on:pointerup=move |_| follow_caret()
                on:focus=move |_| follow_caret()
                on:compositionstart=move |_| state.composing.set(true)
                on:compositionend=move |_| state.composing.set(false)
                on:blur=|_| draft_sync::send_now()
            ></textarea>
            <LineKind area caret=state.caret outline=Signal::derive(move || edited.with(|edited| edited.outline.clone())) />
            <p id="editor-hint" class="outline-hint">{text::OUTLINE_HINT}</p>
            {move || edited.with(EditedText::room).map(|room| view! { <p class="room">{room}</p> })}
            <Trouble id="editor-trouble" trouble=Signal::derive(move || state.trouble()) />
            {move || {
                let key = key.get()?;
                let sheet = page.head_now()?.id;
                Some(view! { <live::BesideEditor page sheet key on_change=place /> })
            }}
            <SceneChoice state />
            <Show when=move || state.is_new()>
                <OwnerChoice state />
            </Show>
            <Foot state />
        </div>
    }
}

/// Shows a text in a field, unless it stands there: an input method goes on in what it began with.
pub fn show_text(area: &HtmlTextAreaElement, text: &str) {
    if area.value() != text {
        area.set_value(text);
    }
}

/// As high as its text.
fn grow(area: &HtmlElement) {
    let style = area.style();
    let _ = style.set_property("height", "auto");
    let _ = style.set_property("height", &format!("{}px", area.scroll_height() + 2));
}

/// What is wrong, told at once to who cannot see it.
#[component]
pub fn Trouble(id: &'static str, trouble: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div class="trouble" id=id role="alert">
            {move || trouble.get().map(|trouble| view! { <p>{trouble}</p> })}
        </div>
    }
}

#[component]
fn SceneChoice(state: EditorState) -> impl IntoView {
    let edited = state.edited;
    // What the text names, and for a new entry what the sheet is filtered by.
    let suggested = Memo::new(move |_| {
        let named = edited.with(EditedText::suggested);
        let filtered =
            if state.is_new() { state.page.filter.with(|filter| filter.scenes) } else { SceneSet::EMPTY };
        let chosen = edited.with(|edited| edited.scenes);
        let offered = filtered.iter().filter(|scene| !chosen.contains(*scene) && !named.contains(scene));
        let offered: Vec<_> = offered.map(|scene| (scene, text::offer(scene))).collect();
        named.iter().map(|scene| (*scene, text::suggest(*scene))).chain(offered).collect::<Vec<_>>()
    });
    let chips = CareScene::ALL.map(|scene| {
        let checked = Signal::derive(move || edited.with(|edited| edited.scenes.contains(scene)));
        view! {
            <Chip scene checked on_toggle=move || state.toggle(scene)>
                <span>{scene.short_name()}</span>
            </Chip>
        }
    });
    let suggestion = move |(scene, words): (CareScene, String)| {
        let accept = move |_| {
            state.toggle(scene);
            focus_text();
        };
        view! {
            <button type="button" class="suggestion" data-scene=scene.code() on:click=accept>
                {words}
            </button>
        }
    };
    view! {
        <fieldset class="editor-scenes">
            <legend>{text::SCENES}</legend>
            {chips}
        </fieldset>
        <p class="editor-hint">
            <span>{text::INHERIT_HINT}</span>
            <For each=move || suggested.get() key=|(scene, _)| scene.code() children=suggestion />
        </p>
    }
}

/// A box that filters or tags by a scene, in its colour.
#[component]
pub fn Chip(
    scene: CareScene,
    #[prop(into)] checked: Signal<bool>,
    on_toggle: impl Fn() + 'static,
    children: Children,
) -> impl IntoView {
    view! {
        <label class="chip" data-scene=scene.code()>
            <input type="checkbox" prop:checked=move || checked.get() on:change=move |_| on_toggle() />
            {children()}
        </label>
    }
}

#[component]
fn OwnerChoice(state: EditorState) -> impl IntoView {
    let page = state.page;
    let owners = StoredValue::new(page.head_now().zip(state.key.get_untracked()).and_then(|(head, key)| {
        let owners = owners(&head, session::viewer().as_ref(), page.cell_of(key)?);
        let named = |owner| (owner, owner_name(&head, owner).to_owned());
        Some(owners.into_iter().map(named).collect::<Vec<_>>())
    }));
    let options = owners.get_value().into_iter().flatten().map(|(owner, name)| {
        let selected = move || state.edited.with(|edited| edited.owner == owner);
        view! { <option prop:selected=selected>{name}</option> }
    });
    let options = options.collect_view();
    let on_change = move |event: Event| {
        let chosen =
            chosen(&event).and_then(|at| owners.with_value(|owners| Some(owners.as_ref()?.get(at)?.0)));
        if let Some(owner) = chosen {
            state.change(|edited| edited.owner = owner);
        }
    };
    view! {
        <label class="editor-owner">
            <span>{text::OWNER}</span>
            <select on:change=on_change>{options}</select>
        </label>
    }
}

/// Which option was chosen.
pub fn chosen(event: &Event) -> Option<usize> {
    let select: HtmlSelectElement = event.target()?.dyn_into().ok()?;
    usize::try_from(select.selected_index()).ok()
}

#[component]
fn Foot(state: EditorState) -> impl IntoView {
    let told = move || match (storage::trouble().get(), state.progress()) {
        (Some(trouble), _) => text::not_kept(trouble).to_owned(),
        (None, Some(Progress::Sending)) => text::SAVING.to_owned(),
        (None, _) => state.note.get(),
    };
    view! {
        <div class="editor-foot">
            <button type="button" class="button main" on:click=move |_| state.save()>
                {text::SAVE}
                <kbd>{text::SAVE_KEY}</kbd>
            </button>
            <button type="button" class="button" on:click=move |_| state.leave()>
                {text::LEAVE}
                <kbd>{text::LEAVE_KEY}</kbd>
            </button>
            <span class="editor-state" role="status">
                {told}
            </span>
            <Show when=move || state.has_draft.get()>
                <button type="button" class="quiet" on:click=move |_| state.discard()>
                    {text::DISCARD}
                </button>
            </Show>
        </div>
    }
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
