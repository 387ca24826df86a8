//! What stands in the open editor, what it began with, and what becomes of it.

use super::{
    Action, Editing, Progress,
    edited::EditedText,
    line_kind::Caret,
    merging::printed,
    mutation::Input,
    place::{Side, place},
    save::text_of,
    undecided::offer_back,
    why::owners,
};
use crate::{
    session,
    sheet::{
        focus,
        page::{Page, here},
    },
    shell,
    sync::{Draft, DraftKey, draft, draft_sync, outbox},
    text::sheet as text,
    ui::{SetIfNew, dom, is_composing},
};
use leptos::prelude::*;
use renkei_domain::{CareScene, EntryId, SheetId};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

/// There is one editor at most, so that its field has a name.
pub const TEXT: &str = "editor-text";

/// What stands in the editor, and what it began with.
#[derive(Clone, Copy)]
pub struct EditorState {
    pub page: Page,
    /// What is written. None: the editor is closed.
    pub key: RwSignal<Option<DraftKey>>,
    /// What it opened with, or what was sent since: leaving it so leaves no draft.
    base: StoredValue<Draft>,
    pub edited: RwSignal<EditedText>,
    pub has_draft: RwSignal<bool>,
    /// The text's fault, once saving has been tried.
    fault: RwSignal<Option<String>>,
    /// What became of the draft, in words.
    pub note: RwSignal<String>,
    /// An input method composes in the text.
    pub composing: RwSignal<bool>,
    pub caret: Caret,
}

impl EditorState {
    pub fn new(page: Page) -> Self {
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
    pub fn open(self, editing: Option<Editing>) {
        let base = editing.and_then(|editing| base(self.page, editing));
        let (Some(Editing { key, .. }), Some((sheet, base))) = (editing, base) else {
            self.composing.set(false);
            return self.key.set(None);
        };
        let kept = draft::load(sheet, key).or_else(|| draft_sync::take(sheet, key));
        self.note.set(kept.as_ref().map_or_else(String::new, |kept| text::draft_of(kept.at)));
        self.has_draft.set(kept.is_some());
        self.fault.set(None);
        self.edited.set(EditedText::of(kept.as_ref().unwrap_or(&base)));
        self.base.set_value(base);
        self.key.set(Some(key));
    }

    /// The draft that is written, by its sheet and place.
    fn draft(self) -> Option<(SheetId, DraftKey)> {
        Some((self.page.sheet_id()?, self.key.get_untracked()?))
    }

    pub fn entry(self) -> Option<EntryId> {
        match self.key.get()? {
            DraftKey::Entry(id) => Some(id),
            DraftKey::New(_) => None,
        }
    }

    pub fn is_new(self) -> bool {
        matches!(self.key.get(), Some(DraftKey::New(_)))
    }

    pub fn progress(self) -> Option<Progress> {
        let key = self.key.get();
        self.page.progress.get().filter(|(of, _)| Some(*of) == key).map(|(_, progress)| progress)
    }

    pub fn is_sending(self) -> bool {
        self.progress() == Some(Progress::Sending)
    }

    /// What is wrong: the text's own fault, or the server's word.
    pub fn trouble(self) -> Option<String> {
        self.fault.get().or_else(|| match self.progress() {
            Some(Progress::Refused { message, .. }) => Some(message),
            _ => None,
        })
    }

    /// It is about the text, so that the field is marked.
    pub fn is_about_text(self) -> bool {
        let refused = matches!(self.progress(), Some(Progress::Refused { field: Some(field), .. })
            if matches!(field.as_str(), "body" | "notes"));
        self.fault.with(Option::is_some) || refused
    }

    /// Keeps what is typed or chosen, at once. What is again as it was needs no draft.
    pub fn change(self, change: impl FnOnce(&mut EditedText)) {
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
                Ok(()) => text::draft_saved(at),
                Err(trouble) => text::not_kept(trouble).to_owned(),
            });
        }
        if self.fault.with_untracked(Option::is_some) || edited.is_too_long() {
            self.fault.set(edited.fault());
        }
    }

    /// Shows what stands in its place now, where that was not written here.
    pub fn follow(self) {
        let Some((sheet, key)) = self.draft() else { return };
        // An input method goes on composing in the text that it began with; its next letter stands for both.
        if self.composing.get() || self.is_sending() {
            return;
        }
        let Some(now) = draft::load(sheet, key) else {
            if self.has_draft.get() && !self.moves_on(key) {
                // Saved or thrown away in another tab.
                self.page.editing.set(None);
            }
            return;
        };
        self.has_draft.set_if_new(true);
        self.note.set(text::draft_saved(now.at));
        self.edited.set_if_new(EditedText::of(&now));
    }

    /// What was a new entry's draft is that of the entry from its answer on, and the editor goes there with it.
    fn moves_on(self, key: DraftKey) -> bool {
        self.page.editing.get_untracked().is_none_or(|editing| editing.key != key)
            || matches!(key, DraftKey::New(_))
                && self.base.with_value(|base| base.depends_on.as_deref().is_some_and(outbox::is_awaited))
    }

    pub fn toggle(self, scene: CareScene) {
        self.change(|edited| edited.scenes = edited.scenes.toggled(scene));
    }

    pub fn save(self) {
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
    pub fn leave(self) {
        if let Some(key) = self.key.get_untracked().filter(|_| self.has_draft.get_untracked()) {
            self.page.put_away(key);
            shell::announce(text::DRAFT_KEPT);
        }
        self.close();
    }

    pub fn discard(self) {
        if let Some((sheet, key)) = self.draft() {
            let discarded = draft::load(sheet, key);
            self.page.drop_draft(key);
            if let Some(discarded) = discarded {
                offer_back(sheet, key, discarded, text::DRAFT_DISCARDED.to_owned(), true);
            }
        }
        self.close();
    }

    pub fn delete(self, id: EntryId) {
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
    pub fn place(self, popup: &HtmlElement) {
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
    pub fn on_keydown(self, event: &KeyboardEvent) {
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

/// Nothing was typed into the open editor since it was opened, or since what was typed has been sent.
pub fn is_untouched() -> bool {
    here().and_then(|page| page.draft(page.editing.get_untracked()?.key)).is_none()
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

pub fn focus_text() {
    dom::focus(focus::by_id(TEXT));
}
