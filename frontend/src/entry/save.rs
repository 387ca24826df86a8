//! Saving what was typed: from the draft to the outbox, and what the server's answer means for the page.

use super::{
    Conflict, Editing, act, editor_state, many,
    mutation::{Change, Input, Operation, Reply},
    queries, titled,
};
use crate::{
    api::{self, Failure},
    comment,
    sheet::{
        focus, later, load,
        model::Entry,
        page::{Page, here},
    },
    shell,
    sync::{
        Draft, DraftKey, Op, Saved, draft, draft_sync, outbox,
        settle::{self, Write},
    },
    text::sheet as text,
    ui::{dom, until},
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use renkei_domain::{EntryId, EntryText, SheetId, outline::OutlineFault};
use std::sync::Arc;

/// Where a save stands, for the editor to show.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    Sending,
    /// In words; with the field that it is about, if it is about one.
    Refused {
        message: String,
        field: Option<String>,
    },
}

impl Page {
    /// Sends a draft as it stands. What is typed afterwards is a draft again, which goes on from this.
    pub fn save(self, key: DraftKey) -> Result<(), OutlineFault> {
        let Some(sheet) = self.sheet_id() else { return Ok(()) };
        let Some(draft) = draft::load(sheet, key).map(|draft| self.caught_up(key, draft)) else {
            return Ok(());
        };
        let after = self.neighbour(key, draft.after);
        let op = Op::save(api::request_id(), sheet, key, Draft { after, ..draft })?;
        self.begin(&op, Some(key));
        Ok(())
    }

    /// The same for an entry that was deleted meanwhile: brought back first.
    pub fn restore_and_save(self, key: DraftKey) {
        let (DraftKey::Entry(id), Some(sheet)) = (key, self.sheet_id()) else { return };
        self.progress.set(Some((key, Progress::Sending)));
        spawn_local(async move {
            let change = queries::latest_change(id).await;
            let Some(draft) = draft::load(sheet, key) else { return };
            match change {
                Ok(change_id) => {
                    let request_id = api::request_id();
                    let (entry_id, version) = (Some(id), Some(draft.version));
                    let input = Input { request_id, entry_id, change_id, version, ..Input::default() };
                    let depends_on = Some(input.request_id.clone());
                    // Taken back with the text that comes after it.
                    outbox::add(&Op::new(Operation::Restore, sheet, input), None);
                    // It is in the browser's database already; there is room.
                    let _ = draft::keep(sheet, key, &Draft { depends_on, ..draft });
                    let _ = self.save(key);
                }
                Err(failure) => {
                    let message = failure.message();
                    self.progress.set(Some((key, Progress::Refused { message, field: None })));
                }
            }
        });
    }

    /// Puts it into the outbox, with what takes it back onto the page.
    pub fn begin(self, op: &Op, instead: Option<DraftKey>) {
        self.undo.write_value().did(op, act::inverse(self, op), act::stood(self, op));
        if let Some(key) = instead {
            self.progress.set(Some((key, Progress::Sending)));
        }
        outbox::add(op, instead);
        if outbox::held().get_untracked() {
            held_up();
        }
    }

    /// Shows drafts where they were typed, and opens what was open.
    pub fn take_up_drafts(self) {
        let Some(sheet) = self.sheet_id() else { return };
        for key in draft::all(sheet) {
            let Some(draft) = draft::load(sheet, key) else { continue };
            if draft.open && self.cell_of(key).is_some() {
                self.editing.set(Some(Editing { key, after: draft.after }));
            }
        }
    }

    /// What is typed there and not asked for.
    pub fn draft(self, key: DraftKey) -> Option<Draft> {
        draft::load(self.sheet_id()?, key)
    }

    /// Changes a draft, if there is one.
    pub fn change_draft(self, key: DraftKey, change: impl FnOnce(&mut Draft)) {
        if let (Some(sheet), Some(mut draft)) = (self.sheet_id(), self.draft(key)) {
            change(&mut draft);
            // It was kept a moment ago; there is room.
            let _ = draft::keep(sheet, key, &draft);
        }
    }

    /// Takes a draft away; there is nothing left to save.
    pub fn drop_draft(self, key: DraftKey) {
        if let Some(sheet) = self.sheet_id() {
            draft::remove(sheet, key);
        }
    }

    /// Notes that a draft is left, so that a reload does not open it again.
    pub fn put_away(self, key: DraftKey) {
        self.change_draft(key, |draft| draft.open = false);
    }

    /// What it follows was answered in another tab, and stands on the page as it was sent.
    fn caught_up(self, key: DraftKey, draft: Draft) -> Draft {
        let DraftKey::Entry(id) = key else { return draft };
        let arrived = draft.depends_on.as_ref().is_some_and(|request| !outbox::has(request));
        let base = draft.base_text().filter(|_| arrived);
        match self.entry(id).filter(|entry| base == Some(text_of(entry))) {
            Some(entry) => Draft { version: entry.version, depends_on: None, base: None, ..draft },
            None => draft,
        }
    }

    fn is_open(self, key: DraftKey) -> bool {
        let editing = self.editing.get_untracked();
        let conflict = self.conflict.get_untracked();
        editing.is_some_and(|editing| editing.key == key)
            || conflict.is_some_and(|conflict| conflict.key == key)
    }

    /// The entry to stand below, if it is still in the cell.
    pub fn neighbour(self, key: DraftKey, after: Option<EntryId>) -> Option<EntryId> {
        let order = self.order(self.cell_of(key)?);
        after.filter(|after| order.contains(after))
    }
}

/// What could not be sent.
#[derive(Clone)]
pub struct Unsent {
    pub requests: usize,
    pub drafts: usize,
    /// All of it in words, to be kept elsewhere.
    pub text: String,
}

impl Unsent {
    fn of(requests: &[Op], drafts: &[Draft], comments: &[String]) -> Self {
        let mut words: Vec<String> = requests.iter().flat_map(Op::words).collect();
        words.extend(drafts.iter().flat_map(Draft::words));
        words.extend_from_slice(comments);
        let text = words.join("\n\n");
        Self { requests: requests.len(), drafts: drafts.len() + comments.len(), text }
    }

    pub fn is_empty(&self) -> bool {
        self.requests + self.drafts == 0
    }
}

/// Sends what waits, and drafts to be kept by the server, for so long as somebody who is leaving waits.
pub async fn send_everything() -> Unsent {
    outbox::go();
    settled(|| !outbox::busy().get() || outbox::held().get()).await;
    let drafts = draft::everywhere();
    let kept = drafts.is_empty() || draft_sync::send_whole().await;
    let left = drafts.iter().filter(|_| !kept).filter_map(|(sheet, key)| draft::load(*sheet, *key));
    let asked: Vec<Op> = outbox::all().into_iter().map(|(_, op)| op).collect();
    Unsent::of(&asked, &left.collect::<Vec<_>>(), &comment::unsent())
}

/// Waits until it is so, as signals tell, for as long as somebody who is leaving waits.
pub async fn settled(is_so: impl Fn() -> bool + 'static) {
    const PATIENCE_MS: i32 = 8_000;
    // What is not so by then is not waited for.
    let _ = dom::within(PATIENCE_MS, until(is_so)).await;
}

/// The outbox can send nothing for now: what was asked for stands on the page as waiting, and the editor is free.
pub fn held_up() {
    let Some(page) = here() else { return };
    page.stop_waiting();
    if let Some((key, Progress::Sending)) = page.progress.get_untracked() {
        page.progress.set(None);
        if page.editing.get_untracked().is_some_and(|editing| editing.key == key)
            && editor_state::is_untouched()
        {
            page.editing.set(None);
            focus::soon(page, key);
        }
        shell::announce(text::WAITING);
    }
}

/// Asks for it once.
pub async fn ask(op: &Op) -> Result<Reply, Failure> {
    let incomplete = || Failure::Fault(crate::text::INCOMPLETE_REQUEST.to_owned());
    let request = queries::request(op.operation, &op.input).ok_or_else(incomplete)?;
    api::ask(request).await.and_then(|answer| queries::read(&answer))
}

/// What an answer means: for the outbox, for what follows, and for the page if it shows this sheet.
pub fn settle(name: &str, op: Op, reply: Reply) {
    let page = here().filter(|page| page.head_now().is_some_and(|head| head.id == op.sheet));
    match reply {
        Reply::Saved { entry, change, merged } => {
            let (made, text) = (Some(entry.id), Some(text_of(&entry)));
            done(name, &op, &Saved { made, version: entry.version, merged, text });
            if let Some(page) = page {
                saved(page, &op, entry, change, merged);
            }
        }
        Reply::Deleted { id, version, change } => {
            done(name, &op, &Saved { version, ..Saved::default() });
            if let Some(page) = page {
                act::deleted(page, &op, id, version, change);
            }
        }
        Reply::Many(results) => many::settle(name, &op, page, results),
        Reply::Done => done(name, &op, &Saved::default()),
        Reply::Conflict { base, theirs } => conflict(name, &op, page, base, theirs),
        Reply::Refused { field: Some(field), .. }
            if field == "afterEntryId" && matches!(op.operation, Operation::Create | Operation::Move) =>
        {
            let (writes, again) = settle::without_neighbour(&outbox::all(), typed(&op), name, &op);
            if let Some(page) = page {
                page.undo.write_value().renamed(&op.input.request_id, &again.input.request_id);
            }
            outbox::asked_again(name, &again);
            // What goes needs no room, and what stays has some.
            let _ = draft::write(writes);
        }
        Reply::Refused { message, field } => refused(name, op, page, message, field),
    }
    if let Some(page) = page {
        page.go_on();
        load::keep_soon(page);
    }
}

/// The draft that stands where this was typed.
fn typed(op: &Op) -> Option<Draft> {
    draft::load(op.sheet, op.key()?)
}

/// It cannot be done for now: the person is told, until they have decided.
pub fn trouble(name: &str, op: &Op) {
    if !outbox::has(&op.input.request_id) {
        // It was decided about in another tab.
        if let Some(page) = here() {
            page.undo.write_value().failed(op);
            op.key().into_iter().for_each(|key| end_progress(page, key));
        }
        return;
    }
    keep(name, Some(op));
    let message = op.trouble.clone().unwrap_or_default();
    if let Some(page) = here() {
        page.progress
            .set(op.key().map(|key| (key, Progress::Refused { message: message.clone(), field: None })));
    }
    let name = name.to_owned();
    let is_over = move || !outbox::all().iter().any(|(kept, op)| *kept == name && op.trouble.is_some());
    shell::toast_until(of_entry(op, &message), None, is_over);
}

/// Keeps one anew, under the name that it has, or takes it out of the outbox.
pub fn keep(name: &str, op: Option<&Op>) {
    // It stands there already; there is room.
    let _ = draft::write(vec![Write::Request(name.to_owned(), op.cloned())]);
}

/// Takes it out of the outbox; what follows it goes on from what it has become.
fn done(name: &str, op: &Op, saved: &Saved) {
    // What goes needs no room, and what stays has some.
    let _ = draft::write(settle::done(&outbox::all(), typed(op), name, op, saved));
}

fn saved(page: Page, op: &Op, entry: Entry, change: Change, merged: bool) {
    let (id, text) = (entry.id, text_of(&entry));
    page.undo.write_value().done(op, id, entry.version, &text, change.id);
    let is_others = merged && op.text().is_some_and(|sent| sent != text);
    let free = focus::is_free() && outbox::is_fresh(op);
    later::saved(page, &entry, change.seq);
    page.keep_in_sight(id);
    page.update(|store| store.put(entry, change.seq));
    let taken_back = page.undo.write_value().said(op);
    if let Some(key) = op.key().filter(|_| op.text().is_some()) {
        let was_open = page.is_open(key);
        end_progress(page, key);
        if page
            .conflict
            .with_untracked(|conflict| conflict.as_ref().is_some_and(|conflict| conflict.key == key))
        {
            page.conflict.set(None);
        }
        if was_open {
            close(page, key, id);
        }
    } else if free {
        focus::entry_soon(page, id);
    }
    shell::announce(match (taken_back, op.operation) {
        _ if is_others => text::MERGED_IN,
        (Some(said), _) => said,
        (None, Operation::Create) => text::CREATED,
        (None, Operation::Move) => text::MOVED,
        (None, Operation::Assign) => text::ASSIGNED,
        (None, Operation::Restore) => text::RESTORED,
        (None, _) => text::SAVED,
    });
}

/// The server has what was sent. The editor closes, unless more was typed: that goes on from the new version.
fn close(page: Page, key: DraftKey, id: EntryId) {
    let now = DraftKey::Entry(id);
    let more = page.draft(now).is_some();
    if more && key != now {
        // A new entry's editor goes on as that of the entry.
        page.editing.set(Some(Editing { key: now, after: None }));
    } else if !more && page.editing.get_untracked().is_some_and(|editing| editing.key == key) {
        page.editing.set(None);
        focus::entry_soon(page, id);
    }
}

fn end_progress(page: Page, key: DraftKey) {
    if page.progress.with_untracked(|progress| progress.as_ref().is_some_and(|(of, _)| *of == key)) {
        page.progress.set(None);
    }
}

/// Somebody else has changed the same. A text is a draft again, for the person to put together with theirs.
fn conflict(name: &str, op: &Op, page: Option<Page>, base: EntryText, theirs: Entry) {
    let way = page.and_then(|page| page.undo.write_value().failed(op));
    if let Some(page) = page {
        page.update(|store| store.put(theirs.clone(), 0));
    }
    let Some(key) = op.key().filter(|_| op.text().is_some()) else {
        if let (Some(page), Some(key)) = (page, op.key()) {
            end_progress(page, key);
        }
        let message = match way {
            Some(_) => text::CANNOT_UNDO,
            None if theirs.deleted_at.is_some() => text::DELETED_MEANWHILE,
            None => text::CHANGED_MEANWHILE,
        };
        if way.is_some() {
            keep(name, None);
            return shell::toast(of_entry(op, message));
        }
        return trouble(name, &Op { trouble: Some(message.to_owned()), refused: true, ..op.clone() });
    };
    let Some(draft) = back_to_draft(name, op, text::CONFLICT) else { return };
    let Some(page) = page else { return };
    end_progress(page, key);
    let (id, now) = (theirs.id, page.place(key));
    // A deleted one stands nowhere; where it stood tells which it is.
    let before = theirs.cell().filter(|_| now.is_empty()).map(|cell| page.place(DraftKey::New(cell)));
    let place = before.unwrap_or(now);
    let yours = draft.whole();
    let Draft { merged, merged_of, .. } = draft;
    let conflict = Arc::new(Conflict { key, id, place, base, theirs, yours, merged, merged_of });
    let message = if way.is_some() {
        of_entry(op, text::UNDO_CONFLICT)
    } else {
        let title = titled(&conflict.base.body);
        text::conflict_elsewhere(&conflict.place, &title, &conflict.their_name())
    };
    let looked_for = way.is_some() || outbox::is_fresh(op);
    let free = page.editing.get_untracked().is_none() && page.conflict.get_untracked().is_none();
    if page.is_open(key) || (looked_for && free) {
        if way.is_some() {
            shell::toast(message);
        }
        page.editing.set(None);
        page.conflict.set(Some(conflict));
    } else {
        let look = move || {
            if let Some(page) = here() {
                page.conflict.set(Some(conflict.clone()));
            }
        };
        shell::toast_until(message, Some((text::COMPARE, Box::new(look))), is_settled(op.sheet, key));
    }
}

/// What the server did not take is a draft again, with the reason. None: a later text of the same stands for it.
fn back_to_draft(name: &str, op: &Op, why: &str) -> Option<Draft> {
    let (writes, draft) = settle::not_taken(&outbox::all(), typed(op), name, op, why);
    if let [Write::Request(_, Some(stuck))] = writes.as_slice() {
        trouble(name, stuck);
    } else {
        // What goes makes room for what comes.
        let _ = draft::write(writes);
    }
    draft
}

fn refused(name: &str, op: Op, page: Option<Page>, message: String, field: Option<String>) {
    let way = page.and_then(|page| page.undo.write_value().failed(&op));
    let Some(key) = op.key().filter(|_| op.text().is_some()) else {
        if way.is_some() {
            keep(name, None);
            return shell::toast(of_entry(&op, &message));
        }
        return trouble(name, &Op { trouble: Some(message), refused: true, ..op });
    };
    if back_to_draft(name, &op, &message).is_none() {
        return;
    }
    let Some(page) = page else { return };
    if !page.is_open(key) {
        shell::toast_until(of_entry(&op, &message), None, is_settled(op.sheet, key));
    }
    page.progress.set(Some((key, Progress::Refused { message, field })));
}

/// What is said of an entry, by which a person knows it.
fn of_entry(op: &Op, message: &str) -> String {
    let page = here().filter(|page| page.sheet_id() == Some(op.sheet));
    let known = op.entry().and_then(|id| page?.entry(id)).map(|entry| entry.body.clone());
    let title = known.or_else(|| op.text().map(|text| text.body)).unwrap_or_default();
    let place = op.key().and_then(|key| Some(page?.place(key))).unwrap_or_default();
    text::of_entry(&place, &titled(&title), message)
}

/// A draft is being decided about, or was; or it can be saved again.
fn is_settled(sheet: SheetId, key: DraftKey) -> impl Fn() -> bool {
    move || {
        let decides = here().is_some_and(|page| {
            page.conflict.with_untracked(|conflict| conflict.as_ref().is_some_and(|open| open.key == key))
        });
        decides || draft::load(sheet, key).is_none_or(|draft| draft.trouble.is_none())
    }
}

/// What a person wrote of an entry.
pub fn text_of(entry: &Entry) -> EntryText {
    EntryText { body: entry.body.clone(), notes: entry.notes.clone(), explicit_scenes: entry.explicit_scenes }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f3a52-0000-7000-8000-000000000001";

    fn text(body: &str) -> EntryText {
        EntryText { body: body.to_owned(), ..EntryText::default() }
    }

    fn op(operation: Operation, input: Input) -> Op {
        Op::new(operation, ID.parse().unwrap(), input)
    }

    #[test]
    fn what_is_kept_in_a_file_is_all_that_was_typed() {
        let draft = Draft { outline: "○年4回。".to_owned(), ..Draft::default() };
        let combined = Draft { merged: Some("○年5回。".to_owned()), ..draft.clone() };
        let unsent = Unsent::of(&[], &[draft, combined.clone()], &["確認しました。".to_owned()]);
        assert_eq!((unsent.requests, unsent.drafts), (0, 3));
        assert_eq!(unsent.text, "○年4回。\n\n○年4回。\n\n○年5回。\n\n確認しました。");

        let id = ID.parse().ok();
        let update = op(Operation::Update, Input { id, ..Input::known(1, text("年4回。")) });
        let requests = [
            Op { merged: combined.merged, ..update },
            op(Operation::Delete, Input { id, ..Input::default() }),
            op(
                Operation::CreateMany,
                Input {
                    entries: vec![Input::known(0, text("一つ目。")), Input::known(0, text("二つ目。"))],
                    ..Input::default()
                },
            ),
        ];
        let unsent = Unsent::of(&requests, &[], &[]);
        assert_eq!((unsent.requests, unsent.drafts), (3, 0));
        assert_eq!(unsent.text, "○年4回。\n\n○年5回。\n\n○一つ目。\n\n○二つ目。");
    }
}
