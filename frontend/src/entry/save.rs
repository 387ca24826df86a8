//! Saving what was typed: from the draft to the server's answer, and what that means for the page.

use super::{
    Conflict, Draft, DraftKey, Editing, Sending, act, draft,
    outbox::{self, Task, until_answered},
    wire::{self, Change, Input, Operation, Reply},
};
use crate::{
    api::{self, Failure},
    sheet::{
        focus,
        page::{Page, here},
        wire::Entry,
    },
    shell::{self, SaveState},
    text::sheet as text,
};
use renkei_domain::{AccountId, EntryId, EntryText, SheetId, outline::OutlineFault};
use std::sync::Arc;

/// Where a save stands, for the editor to show.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    Sending,
    /// The server is away.
    Waiting,
    /// In words; with the field that it is about, if it is about one.
    Refused {
        message: String,
        field: Option<String>,
    },
}

/// One draft on its way to the server.
pub struct Save {
    pub page: Page,
    pub sheet: SheetId,
    pub key: DraftKey,
    /// It was deleted meanwhile: brought back first.
    pub restore: bool,
}

/// What the footer says when nothing is under way.
pub fn drafts_left() -> SaveState {
    let Some(page) = here() else { return SaveState::Saved };
    let Some(sheet) = page.head_now().map(|head| head.id) else { return SaveState::Saved };
    let open = page.editing.get_untracked().map(|editing| editing.key);
    let left = draft::all(sheet).into_iter().filter(|key| Some(*key) != open).count();
    if left == 0 { SaveState::Saved } else { SaveState::Waiting(text::drafts_left(left)) }
}

impl Page {
    /// Begins to save a draft. Where one save of it is under way already, the rest follows when that is answered.
    pub fn save(self, key: DraftKey) -> Result<(), OutlineFault> {
        let Some(sheet) = self.head_now().map(|head| head.id) else { return Ok(()) };
        let Some(mut draft) = draft::load(sheet, key) else { return Ok(()) };
        let text = draft.text()?;
        if draft.sending.is_none() {
            let (version, outline) = (draft.version, draft.outline.clone());
            draft.sending =
                Some(Sending { request_id: api::request_id(), text, version, outline, again: false });
        } else if let Some(sending) = &mut draft.sending {
            sending.again = sending.outline != draft.outline || sending.text != text;
        }
        // Typing has put it there already; without room it is in the editor alone.
        let _ = draft::keep(sheet, key, &draft);
        self.send(sheet, key, false);
        Ok(())
    }

    /// The same for an entry that was deleted meanwhile: brought back first.
    pub fn restore_and_save(self, key: DraftKey) {
        let Some(sheet) = self.head_now().map(|head| head.id) else { return };
        let Some(mut draft) = draft::load(sheet, key) else { return };
        let Ok(text) = draft.text() else { return };
        let (version, outline) = (draft.version, draft.outline.clone());
        draft.sending = Some(Sending { request_id: api::request_id(), text, version, outline, again: false });
        let _ = draft::keep(sheet, key, &draft);
        self.send(sheet, key, true);
    }

    /// Sends what a draft says is to be sent.
    pub fn send(self, sheet: SheetId, key: DraftKey, restore: bool) {
        self.tell(key, Progress::Sending);
        outbox::enqueue(Task::Save(Save { page: self, sheet, key, restore }));
    }

    /// Shows drafts where they were typed, goes on with saves that were under way, and opens what was open.
    pub fn take_up_drafts(self) {
        let Some(sheet) = self.head_now().map(|head| head.id) else { return };
        for key in draft::all(sheet) {
            let Some(draft) = draft::load(sheet, key) else { continue };
            self.mark_draft(key, true);
            if draft.sending.is_some() {
                self.send(sheet, key, false);
            }
            if draft.open && self.cell_of(key).is_some() {
                self.editing.set(Some(Editing { key, after: draft.after }));
            }
        }
        shell::set_save_state(drafts_left());
    }

    /// Shows that a draft is there, or no longer.
    pub fn mark_draft(self, key: DraftKey, there: bool) {
        match key {
            DraftKey::Entry(id) => {
                if let Some(state) = self.state(id)
                    && state.drafted.get_untracked() != there
                {
                    state.drafted.set(there);
                }
            }
            DraftKey::New(cell) => {
                let known = self.begun.with_untracked(|begun| begun.contains(&cell));
                if known != there {
                    self.begun.update(|begun| {
                        if there { begun.push(cell) } else { begun.retain(|other| *other != cell) }
                    });
                }
            }
        }
    }

    pub fn drop_draft(self, sheet: SheetId, key: DraftKey) {
        draft::remove(sheet, key);
        self.mark_draft(key, false);
    }

    fn tell(self, key: DraftKey, progress: Progress) {
        self.progress.set(Some((key, progress)));
    }

    fn is_open(self, key: DraftKey) -> bool {
        let editing = self.editing.get_untracked();
        let conflict = self.conflict.get_untracked();
        editing.is_some_and(|editing| editing.key == key)
            || conflict.is_some_and(|conflict| conflict.key == key)
    }
}

impl Save {
    /// What a person must see to, in a few words; none: it is saved.
    pub async fn perform(self, account: AccountId) -> Option<String> {
        let Save { page, sheet, key, mut restore } = self;
        loop {
            let mut draft = draft::load(sheet, key)?;
            let mut sending = draft.sending.take()?;
            if std::mem::take(&mut restore)
                && let Err(trouble) = self.bring_back(account, &mut sending).await
            {
                return Some(self.refused(draft, trouble, None));
            }
            let request = self.request(&draft, &sending);
            let waiting = || page.tell(key, Progress::Waiting);
            let reply = until_answered(account, request, &waiting).await;
            // What was typed while it was on its way.
            let draft = draft::load(sheet, key).unwrap_or(draft);
            match reply {
                Ok(Reply::Saved { entry, change }) => {
                    self.saved(draft, entry, change);
                    return None;
                }
                Ok(Reply::Conflict { base, theirs }) => match self.conflict(draft, sending, base, theirs) {
                    Settled::Done => return None,
                    Settled::NeedsYou(trouble) => return Some(trouble),
                    Settled::Again => {}
                },
                Ok(Reply::Refused { message, field }) => return Some(self.refused(draft, message, field)),
                Ok(Reply::Deleted { .. }) => return None,
                Err(Failure::SignedOut) => {
                    return Some(self.refused(draft, text::SIGN_IN_TO_SAVE.to_owned(), None));
                }
                Err(failure) => {
                    // Whether the server has it is not known: asked again, it must be the same request.
                    page.tell(key, Progress::Refused { message: failure.message(), field: None });
                    return Some(text::NOT_SAVED.to_owned());
                }
            }
        }
    }

    fn request(&self, draft: &Draft, sending: &Sending) -> String {
        let request_id = sending.request_id.clone();
        let input = match self.key {
            DraftKey::Entry(id) => {
                Input { request_id, id: Some(id), version: Some(sending.version), ..Input::default() }
            }
            DraftKey::New(cell) => Input {
                request_id,
                sheet_id: Some(self.sheet),
                item_id: Some(cell.item),
                facet: Some(cell.facet),
                fiscal_year: Some(cell.year),
                owner_id: draft.owner,
                after_entry_id: self.neighbour(draft.after),
                ..Input::default()
            },
        };
        let operation =
            if matches!(self.key, DraftKey::New(_)) { Operation::Create } else { Operation::Update };
        wire::request(operation, &input.with_text(sending.text.clone()))
    }

    /// The entry to stand below, if it is still in the cell.
    fn neighbour(&self, after: Option<EntryId>) -> Option<EntryId> {
        let order = self.page.order(self.page.cell_of(self.key)?);
        after.filter(|after| order.contains(after))
    }

    fn saved(&self, draft: Draft, entry: Entry, change: Change) {
        act::remember_save(self.page, self.key, &entry);
        self.page.update(|store| store.put(entry.clone(), change.seq));
        self.settle(draft, entry);
    }

    /// The server has what was sent. The editor closes, unless more was typed: that goes on from the new version.
    fn settle(&self, mut draft: Draft, entry: Entry) {
        let Save { page, sheet, key, .. } = *self;
        let was_open = page.is_open(key);
        let again = draft.sending.as_ref().is_some_and(|sending| sending.again);
        let more = !draft.is_sent();
        page.drop_draft(sheet, key);
        page.progress.set(None);
        page.conflict.set(None);
        if !more {
            if was_open {
                page.editing.set(None);
                focus::entry_soon(page, entry.id);
            }
            shell::announce(if matches!(key, DraftKey::New(_)) { text::CREATED } else { text::SAVED });
            return;
        }
        draft.sending = None;
        draft.version = entry.version;
        let key = DraftKey::Entry(entry.id);
        let _ = draft::keep(sheet, key, &draft);
        page.mark_draft(key, true);
        // A new entry's editor goes on as that of the entry.
        if was_open && key != self.key {
            page.editing.set(Some(Editing { key, after: None }));
        }
        if !again || page.save(key).is_err() {
            shell::announce(text::SAVED_MEANWHILE);
        }
    }

    fn conflict(&self, mut draft: Draft, sending: Sending, base: EntryText, theirs: Entry) -> Settled {
        let Save { page, sheet, key, .. } = *self;
        let (id, place) = (theirs.id, page.place(key));
        page.update(|store| store.put(theirs.clone(), 0));
        let their_text = text_of(&theirs);
        let deleted = theirs.deleted_at.is_some();
        if !deleted && their_text == sending.text {
            // They wrote the same.
            self.settle(draft, theirs);
            return Settled::Done;
        }
        if !deleted && their_text == base {
            // Moved or given to somebody else, the text is as it was: nothing to decide.
            draft.version = theirs.version;
            draft.sending =
                Some(Sending { request_id: api::request_id(), version: theirs.version, ..sending });
            let _ = draft::keep(sheet, key, &draft);
            return Settled::Again;
        }
        draft.sending = None;
        let _ = draft::keep(sheet, key, &draft);
        page.mark_draft(key, true);
        page.progress.set(None);
        let yours = draft.text().unwrap_or(sending.text);
        let message = text::conflict_elsewhere(&place);
        let conflict = Arc::new(Conflict { key, id, place, base, theirs, yours, merged: draft.merged });
        if page.is_open(key) {
            page.editing.set(None);
            page.conflict.set(Some(conflict));
        } else {
            let look = move || {
                if let Some(page) = here() {
                    page.conflict.set(Some(conflict.clone()));
                }
            };
            shell::toast_with(message, text::LOOK, look);
        }
        Settled::NeedsYou(text::CONFLICT.to_owned())
    }

    fn refused(&self, mut draft: Draft, message: String, field: Option<String>) -> String {
        let Save { page, sheet, key, .. } = *self;
        draft.sending = None;
        let _ = draft::keep(sheet, key, &draft);
        page.mark_draft(key, true);
        if !page.is_open(key) {
            shell::toast(message.clone());
        }
        page.tell(key, Progress::Refused { message, field });
        text::NOT_SAVED.to_owned()
    }

    /// Restores the deleted entry, so that the text can be saved over it.
    async fn bring_back(&self, account: AccountId, sending: &mut Sending) -> Result<(), String> {
        let DraftKey::Entry(id) = self.key else { return Ok(()) };
        let change = wire::latest_change(id).await.map_err(|failure| failure.message())?;
        let input = Input {
            request_id: api::request_id(),
            entry_id: Some(id),
            change_id: change,
            version: Some(sending.version),
            ..Input::default()
        };
        let waiting = || self.page.tell(self.key, Progress::Waiting);
        match until_answered(account, wire::request(Operation::Restore, &input), &waiting).await {
            Ok(Reply::Saved { entry, change }) => {
                sending.version = entry.version;
                self.page.update(|store| store.put(entry, change.seq));
                Ok(())
            }
            // Somebody else was quicker; the save will tell.
            Ok(Reply::Conflict { .. } | Reply::Deleted { .. }) => Ok(()),
            Ok(Reply::Refused { message, .. }) => Err(message),
            Err(failure) => Err(failure.message()),
        }
    }
}

enum Settled {
    Done,
    Again,
    NeedsYou(String),
}

/// What a person wrote of an entry.
pub fn text_of(entry: &Entry) -> EntryText {
    EntryText { body: entry.body.clone(), notes: entry.notes.clone(), explicit_scenes: entry.explicit_scenes }
}
