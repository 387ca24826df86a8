//! One thing that is asked of the server: kept until it is answered, and the rule by which what follows it goes on.

use super::{Draft, DraftKey, MergedOf};
use crate::{
    entry::mutation::{Input, Operation},
    sheet::store::CellKey,
};
use renkei_domain::{
    EntryId, EntryText, SheetId,
    merge::merge,
    outline::{self, OutlineFault},
};
use serde::{Deserialize, Serialize};

/// A mutation. Sent again it is the same to the letter, as the server may have it already.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Op {
    pub operation: Operation,
    pub input: Input,
    pub sheet: SheetId,
    /// The request of this browser's before it on the same entry. It goes first, and makes the version that this one
    /// begins from; until then that one's stands here.
    #[serde(default, alias = "follows")]
    pub depends_on: Option<String>,
    /// What stood where it was typed when that was asked for, and it goes on from; none: what was asked for.
    #[serde(default, alias = "began")]
    pub base: Option<Input>,
    /// What stands where it was typed, and what that is made of; none: what is sent.
    #[serde(default)]
    pub typed: Option<Input>,
    /// Why it was not done, for the person to see.
    #[serde(default)]
    pub trouble: Option<String>,
    /// The server has refused it: it was not done. Otherwise it may have been, and can be asked again.
    #[serde(default)]
    pub refused: bool,
    /// Of what takes a move back: the neighbours above, the nearest first. It goes below the first that is still there.
    #[serde(skip)]
    pub above: Vec<EntryId>,
    /// Of what takes an edit back: the text that goes.
    #[serde(skip)]
    pub takes_back: Option<EntryText>,
    /// What had been made of it and somebody else's text: for when it is not taken again.
    #[serde(default)]
    pub merged: Option<String>,
    #[serde(default)]
    pub merged_of: MergedOf,
}

impl Op {
    pub fn new(operation: Operation, sheet: SheetId, input: Input) -> Self {
        Self {
            operation,
            input,
            sheet,
            depends_on: None,
            base: None,
            typed: None,
            trouble: None,
            refused: false,
            above: Vec::new(),
            takes_back: None,
            merged: None,
            merged_of: MergedOf::default(),
        }
    }

    /// What saves a draft as it stands.
    pub fn save(
        request_id: String,
        sheet: SheetId,
        key: DraftKey,
        draft: Draft,
    ) -> Result<Self, OutlineFault> {
        let (text, version) = draft.made()?;
        let (operation, input) = match key {
            DraftKey::Entry(id) => {
                let input = Input { request_id, id: Some(id), version: Some(version), ..Input::default() };
                (Operation::Update, input)
            }
            DraftKey::New(cell) => {
                let (sheet_id, owner_id, after_entry_id) = (Some(sheet), draft.owner, draft.after);
                let input = Input { request_id, sheet_id, owner_id, after_entry_id, ..Input::default() };
                (Operation::Create, input.with_cell(cell))
            }
        };
        let typed = draft.text().ok().filter(|typed| *typed != text);
        let mut op = Self::new(operation, sheet, input.with_text(text));
        op.typed = typed.map(|typed| Input::known(draft.version, typed));
        (op.merged, op.merged_of) = (draft.merged, draft.merged_of);
        if draft.depends_on.is_some() {
            (op.depends_on, op.base) = (draft.depends_on, draft.base);
        }
        Ok(op)
    }

    /// The entry, or each of several, goes.
    pub fn deletes(&self) -> bool {
        matches!(self.operation, Operation::Delete | Operation::DeleteMany)
    }

    /// None: it makes a new one.
    pub fn entry(&self) -> Option<EntryId> {
        self.input.id.or(self.input.entry_id)
    }

    /// The cell of a new entry, or that an entry moves to.
    pub fn cell(&self) -> Option<CellKey> {
        self.input.cell()
    }

    /// It is about this entry, perhaps among others.
    pub fn concerns(&self, id: EntryId) -> bool {
        let among = || self.input.entries.iter().any(|one| one.id == Some(id));
        self.entry() == Some(id) || (!self.operation.is_of_suggestions() && among())
    }

    /// What it asks of this entry, as if that had been asked for alone.
    pub fn part(&self, id: EntryId) -> Option<Op> {
        if !self.operation.is_many() {
            return self.concerns(id).then(|| self.clone());
        }
        let one = self.input.entries.iter().find(|one| one.id == Some(id))?;
        let operation = match self.operation {
            Operation::MoveMany => Operation::Move,
            Operation::AssignMany => Operation::Assign,
            Operation::DeleteMany => Operation::Delete,
            _ => Operation::Restore,
        };
        let request_id = self.input.request_id.clone();
        Some(Op::new(operation, self.sheet, Input { request_id, ..one.clone() }))
    }

    /// The draft that it was made of, or would be again.
    pub fn key(&self) -> Option<DraftKey> {
        if self.operation.is_many() {
            return None;
        }
        self.entry().map(DraftKey::Entry).or_else(|| self.cell().map(DraftKey::New))
    }

    /// All that was typed for it, of each entry that it writes.
    pub fn words(&self) -> Vec<String> {
        let parts = self.input.entries.iter().filter_map(Input::text);
        let parts = parts.map(|text| outline::print(&text.body, &text.notes));
        Draft::of(self).iter().flat_map(Draft::words).chain(parts).collect()
    }

    /// The text that it writes, if it writes one.
    pub fn text(&self) -> Option<EntryText> {
        self.input.text()
    }

    /// What followed it goes on, now that it has become this on the server.
    pub fn rebase(&self, other: &mut Op, saved: &Saved) {
        other.depends_on = None;
        if let (Operation::Create, Some(made)) = (other.operation, saved.made) {
            // A new entry is made once; what was typed on is its text.
            other.operation = Operation::Update;
            let written = other.text().unwrap_or_default();
            let request_id = other.input.request_id.clone();
            other.input =
                Input { request_id, id: Some(made), version: Some(saved.version), ..Input::default() };
            other.input = other.input.clone().with_text(written);
        }
        let (Some(sent), Some(text), Some(written)) = (self.text(), saved.text.as_ref(), other.text()) else {
            let operation = Some(other.operation);
            let version = self.rebased_version(saved.version, saved.merged, other.version(), operation);
            other.input.version = Some(version);
            return;
        };
        let base = other.base.take().and_then(|base| base.text()).unwrap_or(sent);
        let together = merge(&base, text, &written);
        if together.overlaps > 0 {
            // From where it began: the server tells what is in its way.
            return;
        }
        let version = other.input.version.replace(saved.version).unwrap_or_default();
        if together.text != written {
            other.typed.get_or_insert(Input::known(version, written));
            other.input = other.input.clone().with_text(together.text);
        }
    }

    /// The version that it begins from; 0 for a new entry.
    pub fn version(&self) -> i32 {
        self.input.version.unwrap_or_default()
    }

    /// The version that what followed this goes on from, now that it has made one. `began` is where that began, and
    /// `operation` what it does.
    ///
    /// Where somebody else has been in between, it goes on from where it began, so that the server can put theirs and
    /// ours together: from the new version it would seem to take back what they did. But what has moved an entry once
    /// and moves it again is not in its own way.
    #[must_use]
    pub fn rebased_version(&self, saved: i32, merged: bool, base: i32, operation: Option<Operation>) -> i32 {
        let alone = saved == self.version() + 1;
        let again = operation == Some(self.operation)
            && matches!(self.operation, Operation::Move | Operation::Assign);
        if base == self.version() && !merged && (alone || again) { saved } else { base }
    }
}

/// What the server has made of a request.
#[derive(Clone, Debug, Default)]
pub struct Saved {
    /// None where it was deleted.
    pub made: Option<EntryId>,
    pub version: i32,
    /// Somebody else's edit is in it.
    pub merged: bool,
    /// None where nothing is left.
    pub text: Option<EntryText>,
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f3a52-0000-7000-8000-000000000001";

    fn op(operation: Operation, version: Option<i32>) -> Op {
        let id = version.map(|_| ID.parse().unwrap());
        let input = Input { request_id: ID.to_owned(), id, version, ..Input::default() };
        Op::new(operation, ID.parse().unwrap(), input)
    }

    #[test]
    fn what_follows_goes_on_from_the_new_version_unless_somebody_was_in_between() {
        let update = op(Operation::Update, Some(3));
        let next = Some(Operation::Update);
        assert_eq!(update.rebased_version(4, false, 3, next), 4);
        assert_eq!(update.rebased_version(5, false, 3, next), 3);
        assert_eq!(update.rebased_version(4, true, 3, next), 3);
        // A draft that began elsewhere is none of its.
        assert_eq!(update.rebased_version(4, false, 2, None), 2);
        let new = op(Operation::Create, None);
        assert_eq!(new.rebased_version(1, false, 0, None), 1);
        assert_eq!(new.rebased_version(2, false, 0, None), 0);
    }

    fn text(body: &str) -> EntryText {
        EntryText { body: body.to_owned(), ..EntryText::default() }
    }

    #[test]
    fn a_text_that_waits_is_put_upon_what_has_become_of_the_one_before_it() {
        let writes = |body: &str| {
            let op = op(Operation::Update, Some(3));
            Op { input: op.input.clone().with_text(text(body)), depends_on: Some(ID.to_owned()), ..op }
        };
        let first = writes("研修〔五〕");
        let saved = |version, body: &str| Saved { made: None, version, merged: true, text: Some(text(body)) };
        let mut next = writes("研修〔六五〕");
        first.rebase(&mut next, &saved(5, "新研修〔五〕"));
        assert_eq!((next.text(), next.version()), (Some(text("新研修〔六五〕")), 5));
        assert_eq!((next.typed, next.depends_on), (Some(Input::known(3, text("研修〔六五〕"))), None));
        // In the way of what somebody else did: as it was.
        let mut next = writes("研修〔六〕");
        first.rebase(&mut next, &saved(5, "研修〔七〕"));
        assert_eq!((next.text(), next.version()), (Some(text("研修〔六〕")), 3));
    }

    #[test]
    fn what_follows_a_new_entry_is_its_text() {
        let creates = |body: &str| {
            let op = op(Operation::Create, None);
            Op { input: op.input.clone().with_text(text(body)), ..op }
        };
        let mut next = creates("研修会。");
        let made = Some(ID.parse().unwrap());
        creates("研修。")
            .rebase(&mut next, &Saved { made, version: 1, merged: false, text: Some(text("研修。")) });
        assert_eq!((next.operation, next.entry(), next.version()), (Operation::Update, made, 1));
        assert_eq!((next.text(), next.cell()), (Some(text("研修会。")), None));
    }

    #[test]
    fn two_moves_of_one_are_not_in_each_others_way() {
        let moved = op(Operation::Move, Some(3));
        assert_eq!(moved.rebased_version(5, false, 3, Some(Operation::Move)), 5);
        assert_eq!(moved.rebased_version(5, false, 3, Some(Operation::Update)), 3);
        assert_eq!(moved.rebased_version(5, false, 3, Some(Operation::Delete)), 3);
    }

    #[test]
    fn what_is_kept_is_the_same_when_it_is_sent() {
        let mut op = op(Operation::Update, Some(3));
        let text = EntryText { body: "研修".to_owned(), ..EntryText::default() };
        op.input = op.input.with_text(text.clone());
        op.depends_on = Some(ID.to_owned());
        let kept = serde_json::to_string(&op).unwrap();
        let again: Op = serde_json::from_str(&kept).unwrap();
        assert_eq!((again.text(), again.key()), (Some(text), Some(DraftKey::Entry(ID.parse().unwrap()))));
        assert_eq!(again, op);
    }
}
