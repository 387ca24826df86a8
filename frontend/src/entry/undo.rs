//! What this person did on this visit, and how it is taken back: by new changes, so that what others did since stays.

use super::mutation::{Input, Operation};
use crate::{sheet::page::here, sync::Op, text::sheet as text, ui::is_composing};
use leptos::{ev, prelude::window_event_listener};
use renkei_domain::{ChangeId, EntryId, EntryText, merge::merge};
use std::collections::HashMap;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// Where keys take back what was typed, or nothing at all: in a text box, and where a question is open.
const NOT_IN: &str = "textarea, select, input:not([type=checkbox]), dialog:not(.beside), .editor";

/// From now on the keys for it work wherever nothing is typed. Once, at the start.
pub fn listen() {
    // For as long as the page lives.
    let _ = window_event_listener(ev::keydown, |event| on_keydown(&event));
}

fn on_keydown(event: &KeyboardEvent) {
    let Some(page) = here().filter(|page| page.head_now().is_some()) else { return };
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let typing = target.is_some_and(|target| target.closest(NOT_IN).ok().flatten().is_some());
    if typing || is_composing(event) || event.alt_key() || !(event.ctrl_key() || event.meta_key()) {
        return;
    }
    match (event.key().as_str(), event.shift_key()) {
        ("z" | "Z", false) => page.undo(),
        ("z" | "Z", true) | ("y" | "Y", false) => page.redo(),
        _ => return,
    }
    event.prevent_default();
}

/// Steps that can be taken back.
const STEPS: usize = 100;

/// Done here, and how to take it back.
#[derive(Clone, Debug)]
pub struct Step {
    /// Of what was done.
    request: String,
    /// What takes it back. Without a version until it is known which one was made, as only that can be gone back from.
    back: Op,
    /// The text that was written.
    written: Option<EntryText>,
    /// The version that it was made from.
    from: i32,
    /// The same of each of many.
    from_many: Vec<(EntryId, i32)>,
    /// Of a deletion: how the entry stood when that was asked for.
    stood: Option<Stood>,
    answered: bool,
}

/// What an event may have taken from the page before the answer tells that it was deleted.
#[derive(Clone, Debug)]
pub struct Stood {
    pub title: String,
    /// Its cell's place in the store.
    pub cell: usize,
    /// Where the focus goes when it leaves.
    pub neighbour: Option<EntryId>,
}

/// What takes a step back, or does it again, and has not been answered.
#[derive(Debug)]
struct UnderWay {
    request: String,
    way: Way,
    /// The step's request, and the version that it was made from.
    step: String,
    from: i32,
    from_many: Vec<(EntryId, i32)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Undo,
    Redo,
}

impl Way {
    /// What is said when it is done.
    const fn said(self) -> &'static str {
        match self {
            Self::Undo => text::UNDONE,
            Self::Redo => text::REDONE,
        }
    }
}

impl Step {
    /// Whether all is known that takes it back: a new entry has no name before the answer, and a deletion no change to go
    /// back to.
    fn is_known(&self) -> bool {
        let operation = self.back.operation;
        let needs_answer = matches!(operation, Operation::Restore | Operation::Delete) || operation.is_many();
        self.answered || !needs_answer && self.back.entry().is_some()
    }
}

/// What can be taken back, and what was; the last thing last.
#[derive(Debug, Default)]
pub struct Steps {
    undo: Vec<Step>,
    redo: Vec<Step>,
    /// What is being taken back, or done again.
    under_way: Vec<UnderWay>,
    /// What was asked to be taken back, or done again, before it was answered, by its request; the first one first.
    waiting: Vec<(Way, String)>,
    /// By an entry and its version: a later one as which it stands in the same place.
    in_place: HashMap<(EntryId, i32), i32>,
}

impl Steps {
    /// Something was asked for; `back` takes it back, as far as that is known before it is done.
    pub fn did(&mut self, op: &Op, back: Option<Op>, stood: Option<Stood>) {
        let way = self.way_of(&op.input.request_id);
        let Some(back) = back else { return };
        let (request, written, from) = (op.input.request_id.clone(), op.text(), op.version());
        let from_many = versions(op);
        let step = Step { request, back, written, from, from_many, stood, answered: false };
        let steps = match way {
            Some(Way::Undo) => &mut self.redo,
            Some(Way::Redo) => &mut self.undo,
            None => {
                // Done anew, there is nothing to be done again.
                self.redo.clear();
                &mut self.undo
            }
        };
        if steps.len() == STEPS {
            steps.remove(0);
        }
        steps.push(step);
    }

    /// It is done: from now on it can be taken back.
    pub fn done(&mut self, op: &Op, id: EntryId, version: i32, text: &EntryText, change: ChangeId) {
        let request = &op.input.request_id;
        let back = self.under_way.iter().find(|back| back.request == *request);
        if let Some(from) = back.map(|back| back.from) {
            // It stands where it stood, and not only because there was nothing to do.
            if op.operation == Operation::Move && version > from {
                self.in_place.insert((id, from), version);
            }
            // What others did in between would be gone back from unseen.
            if version == op.version() + 1 {
                self.stands_again(id, from, version, |back| back == Operation::Restore);
            }
        }
        // Nobody else was in between.
        if version == op.version() + 1 && matches!(op.operation, Operation::Update | Operation::Assign) {
            self.stayed(id, version);
        }
        for back in self.under_way.iter_mut().filter(|back| back.step == *request) {
            back.from = op.version();
        }
        let Some(step) = self.find(op) else { return };
        step.answered = true;
        step.from = op.version();
        // A new entry's name is only known now.
        if step.back.operation.is_many() {
            step.back.input.entries = vec![Made { id, version, change }.back()];
            return;
        }
        step.back.input.id = Some(id);
        step.back.input.version = Some(version);
        // Somebody else's edit has come in with it. That stays when ours is taken back.
        if let (Some(before), Some(written)) = (step.back.text(), &step.written)
            && written != text
        {
            let kept = merge(written, text, &before).text;
            step.back.input = std::mem::take(&mut step.back.input).with_text(kept);
        }
    }

    /// What made this version of an entry, here or elsewhere, has moved nothing.
    pub fn stayed(&mut self, id: EntryId, version: i32) {
        if self.undo.iter().chain(&self.redo).any(|step| step.back.entry() == Some(id)) {
            self.in_place.insert((id, version - 1), version);
        }
    }

    /// An entry stands again as it stood as `from`: what goes back from there goes back from this version on, for many, and
    /// for this entry alone by one of these operations.
    fn stands_again(&mut self, id: EntryId, from: i32, now: i32, alone: impl Fn(Operation) -> bool) {
        for step in self.undo.iter_mut().chain(&mut self.redo) {
            let is_it = step.answered && step.back.entry() == Some(id) && alone(step.back.operation);
            let input = &mut step.back.input;
            let among_many =
                input.entries.iter_mut().filter(|one| one.id == Some(id)).map(|one| &mut one.version);
            let alone = is_it.then_some(&mut input.version);
            for version in among_many.chain(alone).filter(|version| **version == Some(from)) {
                *version = Some(now);
            }
        }
    }

    /// A step for many is done, with what takes each of them back; false if there is nothing to take back.
    pub fn done_many(&mut self, op: &Op, made: &[Made]) {
        let request = &op.input.request_id;
        let back = self.under_way.iter().find(|back| back.request == *request);
        // A step for one alone may be taken back as one among many.
        let from = back.map(|back| match &back.from_many[..] {
            [] => made.iter().map(|made| (made.id, back.from)).collect(),
            many => many.to_vec(),
        });
        for (id, from) in from.into_iter().flatten() {
            if let Some(made) = made.iter().find(|made| made.id == id) {
                self.stands_again(id, from, made.version, |_| true);
            }
        }
        let Some(step) = self.find(op) else { return };
        step.answered = true;
        let deletes = step.back.operation == Operation::DeleteMany;
        let one = |made: &Made| {
            let back = made.back();
            if deletes { Input { change_id: None, ..back } } else { back }
        };
        step.back.input.entries = made.iter().map(one).collect();
        if step.back.input.entries.is_empty() {
            let request = op.input.request_id.clone();
            self.undo.retain(|step| step.request != request);
            self.redo.retain(|step| step.request != request);
        }
    }

    /// It was deleted by a change: that is what a restoration goes back to. Tells how it stood.
    pub fn deleted(&mut self, op: &Op, version: i32, change: ChangeId) -> Option<Stood> {
        let back = self.under_way.iter().find(|back| back.request == op.input.request_id);
        if let (Some(from), Some(id)) = (back.map(|back| back.from), op.entry()) {
            self.stands_again(id, from, version, |back| back == Operation::Restore);
        }
        let step = self.find(op)?;
        step.answered = true;
        step.back.input.version = Some(version);
        step.back.input.change_id = Some(change);
        step.stood.take()
    }

    /// It is asked for once more, in another form.
    pub fn renamed(&mut self, request: &str, now: &str) {
        let steps = self.undo.iter_mut().chain(&mut self.redo).map(|step| &mut step.request);
        let under_way = self.under_way.iter_mut().flat_map(|back| [&mut back.request, &mut back.step]);
        let waiting = self.waiting.iter_mut().map(|(_, request)| request);
        for name in steps.chain(under_way).chain(waiting) {
            if name == request {
                now.clone_into(name);
            }
        }
    }

    /// It was not done. Tells whether it was to take something back, or to do it again.
    pub fn failed(&mut self, op: &Op) -> Option<Way> {
        let way = self.way_of(&op.input.request_id);
        let request = &op.input.request_id;
        self.undo.retain(|step| step.request != *request);
        self.redo.retain(|step| step.request != *request);
        self.under_way.retain(|back| back.request != *request);
        way
    }

    /// Forgets what waits for an answer that cannot come any more: a person has given it up, in whichever tab.
    pub fn forget_given_up(&mut self, is_awaited: impl Fn(&str) -> bool) {
        let is_there = |step: &Step| step.answered || is_awaited(&step.request);
        self.undo.retain(is_there);
        self.redo.retain(is_there);
    }

    /// Nothing is taken back later any more; false if nothing was to be.
    pub fn stop_waiting(&mut self) -> bool {
        !std::mem::take(&mut self.waiting).is_empty()
    }

    /// What takes the last thing back, or does it again; of one request alone, if it is told which. `Err`: why not now.
    pub fn next(&mut self, way: Way, only: Option<&str>, request_id: String) -> Result<Op, &'static str> {
        if only.is_none()
            && let Some((waits, _)) = self.waiting.last()
            && *waits != way
        {
            // What has not begun is not begun.
            self.waiting.pop();
            return Err(way.said());
        }
        let (steps, none) = match way {
            Way::Undo => (&self.undo, text::NOTHING_TO_UNDO),
            Way::Redo => (&self.redo, text::NOTHING_TO_REDO),
        };
        let waits = |step: &&Step| self.waiting.iter().any(|(_, request)| *request == step.request);
        let step = match only {
            Some(request) => steps.iter().find(|step| step.request == request),
            None => steps.iter().rev().find(|step| !waits(step)),
        };
        let step = step.ok_or(none)?;
        if self.waiting.is_empty() && step.is_known() {
            let request = step.request.clone();
            return self.take(way, &request, request_id).ok_or(none);
        }
        if !waits(&step) {
            let request = step.request.clone();
            self.waiting.push((way, request));
        }
        Err(match way {
            Way::Undo => text::UNDO_WAITS,
            Way::Redo => text::REDO_WAITS,
        })
    }

    /// The same for what was asked for before it could be done, as soon as it can.
    pub fn due(&mut self, request_id: String) -> Option<Op> {
        let Self { undo, redo, waiting, .. } = self;
        let step = |way: Way, request: &str| {
            let steps = if way == Way::Undo { &undo } else { &redo };
            steps.iter().find(|step| step.request == request)
        };
        // What was not done is not taken back.
        waiting.retain(|(way, request)| step(*way, request).is_some());
        let (way, request) = waiting.first()?;
        if !step(*way, request)?.is_known() {
            return None;
        }
        let (way, request) = waiting.remove(0);
        self.take(way, &request, request_id)
    }

    fn take(&mut self, way: Way, request: &str, request_id: String) -> Option<Op> {
        let steps = if way == Way::Undo { &mut self.undo } else { &mut self.redo };
        let at = steps.iter().position(|step| step.request == request)?;
        let Step { request: step, mut back, written, from, from_many, answered, .. } = steps.remove(at);
        back.takes_back = written;
        if !answered {
            back.depends_on = Some(step.clone());
        } else if let (Operation::Move, Some(id)) = (back.operation, back.entry()) {
            // From the last version as which it stands where this step has put it: the server would find moves that
            // were taken back since in its way.
            while let Some(later) = self.in_place.get(&(id, back.version())) {
                back.input.version = Some(*later);
            }
        }
        self.under_way.push(UnderWay { request: request_id.clone(), way, step, from, from_many });
        back.input.request_id = request_id;
        Some(back)
    }

    /// What is said when it is done.
    pub fn said(&mut self, op: &Op) -> Option<&'static str> {
        let way = self.way_of(&op.input.request_id)?;
        self.under_way.retain(|back| back.request != op.input.request_id);
        Some(way.said())
    }

    /// It was done on this page, and can be taken back.
    pub fn knows(&self, op: &Op) -> bool {
        self.undo.iter().any(|step| step.request == op.input.request_id)
    }

    fn way_of(&self, request: &str) -> Option<Way> {
        self.under_way.iter().find(|back| back.request == request).map(|back| back.way)
    }

    fn find(&mut self, op: &Op) -> Option<&mut Step> {
        self.undo.iter_mut().chain(&mut self.redo).find(|step| step.request == op.input.request_id)
    }
}

/// What has become of one of many.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    pub id: EntryId,
    pub version: i32,
    /// To what it was right before this, it is to go back.
    pub change: ChangeId,
}

impl Made {
    /// What takes it back, among others.
    fn back(self) -> Input {
        let (id, version, change_id) = (Some(self.id), Some(self.version), Some(self.change));
        Input { id, version, change_id, ..Input::default() }
    }
}

/// The versions that a request for many begins from.
fn versions(op: &Op) -> Vec<(EntryId, i32)> {
    op.input.entries.iter().filter_map(|one| Some((one.id?, one.version?))).collect()
}

/// What takes an edit back that is about to be asked for.
pub fn back(op: &Op, operation: Operation, input: Input) -> Op {
    // Until it is known which version it makes.
    let version = Some(op.version());
    Op::new(operation, op.sheet, Input { version, ..input })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f3a52-0000-7000-8000-000000000001";

    fn text(body: &str) -> EntryText {
        EntryText { body: body.to_owned(), ..EntryText::default() }
    }

    fn edit(request: &str, version: i32, body: &str) -> Op {
        let (id, version) = (Some(ID.parse().unwrap()), Some(version));
        let input = Input { request_id: request.to_owned(), id, version, ..Input::default() };
        Op::new(Operation::Update, ID.parse().unwrap(), input.with_text(text(body)))
    }

    fn did(steps: &mut Steps, op: &Op, before: &str) {
        let input = Input { id: op.input.id, ..Input::default() };
        let back = back(op, Operation::Update, input.with_text(text(before)));
        steps.did(op, Some(back), None);
    }

    fn done(steps: &mut Steps, op: &Op, version: i32, body: &str) {
        steps.done(op, ID.parse().unwrap(), version, &text(body), ID.parse().unwrap());
    }

    #[test]
    fn an_edit_is_taken_back_from_the_version_that_it_made() {
        let mut steps = Steps::default();
        let op = edit("a", 1, "研修会");
        did(&mut steps, &op, "研修");
        done(&mut steps, &op, 2, "研修会");
        let undo = steps.next(Way::Undo, None, "b".to_owned()).unwrap();
        assert_eq!((undo.version(), undo.text(), undo.depends_on.clone()), (2, Some(text("研修")), None));
        // And done again.
        did(&mut steps, &undo, "研修会");
        assert_eq!(steps.said(&undo), Some(text::UNDONE));
        done(&mut steps, &undo, 3, "研修");
        let redo = steps.next(Way::Redo, None, "c".to_owned()).unwrap();
        assert_eq!((redo.version(), redo.text()), (3, Some(text("研修会"))));
        did(&mut steps, &redo, "研修");
        done(&mut steps, &redo, 4, "研修会");
        assert_eq!(steps.next(Way::Redo, None, "d".to_owned()), Err(text::NOTHING_TO_REDO));
        assert_eq!(steps.next(Way::Undo, None, "d".to_owned()).unwrap().version(), 4);
    }

    #[test]
    fn what_somebody_else_wrote_into_a_merged_save_stays_when_it_is_taken_back() {
        let mut steps = Steps::default();
        let op = edit("a", 1, "夜間に研修を行った。");
        did(&mut steps, &op, "研修を行った。");
        done(&mut steps, &op, 3, "夜間に研修を二回行った。");
        let undo = steps.next(Way::Undo, None, "b".to_owned()).unwrap();
        assert_eq!((undo.version(), undo.text()), (3, Some(text("研修を二回行った。"))));
    }

    #[test]
    fn what_waits_is_taken_back_after_it() {
        let mut steps = Steps::default();
        let op = edit("a", 1, "研修会");
        did(&mut steps, &op, "研修");
        let undo = steps.next(Way::Undo, None, "b".to_owned()).unwrap();
        assert_eq!((undo.version(), undo.depends_on.as_deref()), (1, Some("a")));
    }

    /// A step that is done at once, from the version before it.
    fn step(steps: &mut Steps, op: &Op, back_to: Operation) {
        let input = Input { id: op.input.id, ..Input::default() };
        steps.did(op, Some(back(op, back_to, input)), None);
        done(steps, op, op.version() + 1, "研修会");
        steps.said(op);
    }

    fn moved(request: &str, version: i32) -> Op {
        let op = edit(request, version, "");
        Op::new(Operation::Move, op.sheet, Input { body: None, notes: None, ..op.input })
    }

    #[test]
    fn moves_are_taken_back_one_after_the_other_also_with_an_edit_between_them() {
        let mut steps = Steps::default();
        step(&mut steps, &moved("a", 1), Operation::Move);
        step(&mut steps, &moved("b", 2), Operation::Move);
        step(&mut steps, &edit("c", 3, "研修会"), Operation::Update);
        step(&mut steps, &moved("d", 4), Operation::Move);
        let mut take_back = |way: Way, request: &str, newest: i32| {
            let op = steps.next(way, None, request.to_owned()).unwrap();
            let from = op.version();
            let answered = Op { input: Input { version: Some(newest), ..op.input.clone() }, ..op };
            step(&mut steps, &answered, answered.operation);
            (answered.operation, from)
        };
        assert_eq!(take_back(Way::Undo, "e", 5), (Operation::Move, 5));
        assert_eq!(take_back(Way::Undo, "f", 6), (Operation::Update, 4));
        assert_eq!(
            take_back(Way::Undo, "g", 7),
            (Operation::Move, 7),
            "not from 3, where others' moves would be"
        );
        assert_eq!(take_back(Way::Undo, "h", 8), (Operation::Move, 8));
        assert_eq!(take_back(Way::Redo, "i", 9), (Operation::Move, 9));
        assert_eq!(take_back(Way::Redo, "j", 10), (Operation::Move, 10));
    }

    #[test]
    fn moves_are_taken_back_one_after_the_other_also_with_somebody_elses_edit_between_them() {
        let id = ID.parse().unwrap();
        let mut steps = Steps::default();
        step(&mut steps, &moved("a", 1), Operation::Move);
        steps.stayed(id, 3);
        step(&mut steps, &moved("b", 3), Operation::Move);
        let mut take_back = |way: Way, request: &str, newest: i32| {
            let op = steps.next(way, None, request.to_owned()).unwrap();
            let from = op.version();
            step(
                &mut steps,
                &Op { input: Input { version: Some(newest), ..op.input.clone() }, ..op },
                Operation::Move,
            );
            from
        };
        assert_eq!(take_back(Way::Undo, "c", 4), 4);
        assert_eq!(take_back(Way::Undo, "d", 5), 5);
        assert_eq!(take_back(Way::Redo, "e", 6), 6);
        assert_eq!(take_back(Way::Redo, "f", 7), 7);
    }

    #[test]
    fn a_move_of_somebody_elses_between_stays_in_the_way() {
        let mut steps = Steps::default();
        step(&mut steps, &moved("a", 1), Operation::Move);
        step(&mut steps, &moved("b", 3), Operation::Move);
        let undo = steps.next(Way::Undo, None, "c".to_owned()).unwrap();
        step(
            &mut steps,
            &Op { input: Input { version: Some(4), ..undo.input.clone() }, ..undo },
            Operation::Move,
        );
        assert_eq!(steps.next(Way::Undo, None, "d".to_owned()).unwrap().version(), 2);
    }

    #[test]
    fn what_waits_is_moved_on_from_when_it_is_answered_after_it_was_taken_back() {
        let mut steps = Steps::default();
        step(&mut steps, &moved("a", 1), Operation::Move);
        let waiting = moved("b", 1);
        steps.did(&waiting, Some(back(&waiting, Operation::Move, waiting.input.clone())), None);
        let undo = steps.next(Way::Undo, None, "c".to_owned()).unwrap();
        done(&mut steps, &moved("b", 2), 3, "");
        let undo = Op { input: Input { version: Some(3), ..undo.input.clone() }, ..undo };
        done(&mut steps, &undo, 4, "");
        assert_eq!(steps.next(Way::Undo, None, "d".to_owned()).unwrap().version(), 4);
    }

    /// A new entry or a deletion that has not been answered.
    fn asked(steps: &mut Steps, request: &str, operation: Operation, back_to: Operation) -> Op {
        let op = Op::new(operation, ID.parse().unwrap(), edit(request, 1, "").input);
        steps.did(&op, Some(back(&op, back_to, Input { id: op.input.id, ..Input::default() })), None);
        op
    }

    #[test]
    fn what_is_asked_for_before_the_answer_is_taken_back_after_it_in_order() {
        let mut steps = Steps::default();
        step(&mut steps, &edit("a", 1, "研修会"), Operation::Update);
        let deletion = asked(&mut steps, "b", Operation::Delete, Operation::Restore);
        assert_eq!(steps.next(Way::Undo, None, "c".to_owned()), Err(text::UNDO_WAITS));
        assert_eq!(steps.next(Way::Undo, None, "c".to_owned()), Err(text::UNDO_WAITS), "the edit after it");
        assert_eq!(steps.next(Way::Undo, None, "c".to_owned()), Err(text::NOTHING_TO_UNDO));
        assert_eq!(steps.due("c".to_owned()), None, "not before the answer");
        steps.deleted(&deletion, 2, ID.parse().unwrap());
        let first = steps.due("c".to_owned()).unwrap();
        assert_eq!((first.operation, first.version()), (Operation::Restore, 2));
        assert_eq!(steps.due("d".to_owned()).unwrap().operation, Operation::Update);
        assert_eq!(steps.due("e".to_owned()), None, "each once");
    }

    #[test]
    fn what_waits_to_be_taken_back_is_left_when_it_is_done_again_or_was_not_done() {
        let mut steps = Steps::default();
        let first = asked(&mut steps, "a", Operation::Delete, Operation::Restore);
        assert_eq!(steps.next(Way::Undo, None, "b".to_owned()), Err(text::UNDO_WAITS));
        assert_eq!(steps.next(Way::Redo, None, "b".to_owned()), Err(text::REDONE));
        steps.deleted(&first, 2, ID.parse().unwrap());
        assert_eq!(steps.due("b".to_owned()), None);
        let second = asked(&mut steps, "c", Operation::Delete, Operation::Restore);
        assert_eq!(steps.next(Way::Undo, None, "d".to_owned()), Err(text::UNDO_WAITS));
        steps.failed(&second);
        assert_eq!(steps.due("d".to_owned()), None);
        assert_eq!(steps.next(Way::Undo, None, "d".to_owned()).unwrap().operation, Operation::Restore);
    }

    #[test]
    fn what_was_given_up_holds_nothing_up() {
        let mut steps = Steps::default();
        step(&mut steps, &edit("a", 1, "研修会"), Operation::Update);
        asked(&mut steps, "b", Operation::Delete, Operation::Restore);
        assert_eq!(steps.next(Way::Undo, None, "c".to_owned()), Err(text::UNDO_WAITS));
        steps.forget_given_up(|request| request == "b");
        assert_eq!(steps.due("c".to_owned()), None);
        steps.forget_given_up(|_| false);
        assert_eq!(steps.due("c".to_owned()), None);
        assert_eq!(steps.next(Way::Undo, None, "c".to_owned()).unwrap().operation, Operation::Update);
    }

    #[test]
    fn an_older_version_that_was_brought_back_is_taken_back_as_a_whole() {
        let mut steps = Steps::default();
        let restore = asked(&mut steps, "a", Operation::Restore, Operation::RestoreMany);
        done(&mut steps, &restore, 5, "研修");
        let undo = steps.next(Way::Undo, None, "b".to_owned()).unwrap();
        let [one] = &undo.input.entries[..] else { panic!("one entry") };
        assert_eq!((undo.operation, one.version), (Operation::RestoreMany, Some(5)));
        assert!(one.change_id.is_some());
    }

    #[test]
    fn restorations_are_taken_back_one_after_the_other_and_done_again() {
        let mut steps = Steps::default();
        for (request, version) in [("a", 4), ("b", 5), ("c", 6)] {
            let restore = Op::new(Operation::Restore, ID.parse().unwrap(), edit(request, version, "").input);
            steps.did(&restore, Some(back(&restore, Operation::RestoreMany, Input::default())), None);
            done(&mut steps, &restore, version + 1, "研修");
        }
        for (newest, way) in (7..).zip([Way::Undo, Way::Undo, Way::Undo, Way::Redo, Way::Redo, Way::Undo]) {
            let op = steps.next(way, None, format!("{newest}")).unwrap();
            assert_eq!(op.input.entries[0].version, Some(newest), "{way:?}");
            many(&mut steps, &op);
        }
    }

    #[test]
    fn a_deletion_and_its_restoration_are_taken_back_one_after_the_other() {
        let mut steps = Steps::default();
        let op = |request: &str, operation: Operation, version: i32| {
            Op::new(operation, ID.parse().unwrap(), edit(request, version, "").input)
        };
        let asked = |steps: &mut Steps, op: &Op, operation: Operation| {
            steps.did(op, Some(back(op, operation, Input { id: op.input.id, ..Input::default() })), None);
        };
        let deletion = op("a", Operation::Delete, 1);
        asked(&mut steps, &deletion, Operation::Restore);
        steps.deleted(&deletion, 2, ID.parse().unwrap());
        let restoration = op("b", Operation::Restore, 2);
        asked(&mut steps, &restoration, Operation::Delete);
        done(&mut steps, &restoration, 3, "");
        let ways = [
            (Way::Undo, Operation::Delete),
            (Way::Undo, Operation::Restore),
            (Way::Redo, Operation::Delete),
            (Way::Redo, Operation::Restore),
        ];
        for (newest, (way, operation)) in (3..).zip(ways) {
            let op = steps.next(way, None, format!("{newest}")).unwrap();
            assert_eq!((op.operation, op.version()), (operation, newest), "{way:?}");
            let deletes = operation == Operation::Delete;
            asked(&mut steps, &op, if deletes { Operation::Restore } else { Operation::Delete });
            if deletes {
                steps.deleted(&op, newest + 1, ID.parse().unwrap());
            } else {
                done(&mut steps, &op, newest + 1, "");
            }
            steps.said(&op);
        }
    }

    #[test]
    fn what_somebody_else_did_in_between_stays_in_the_way_of_a_restoration() {
        let mut steps = Steps::default();
        let restore = asked(&mut steps, "a", Operation::Restore, Operation::RestoreMany);
        done(&mut steps, &restore, 2, "研修");
        let edited = edit("b", 2, "研修会");
        did(&mut steps, &edited, "研修");
        done(&mut steps, &edited, 3, "研修会");
        // Theirs is version 4.
        let undo = steps.next(Way::Undo, None, "c".to_owned()).unwrap();
        did(&mut steps, &undo, "研修会");
        done(&mut steps, &undo, 5, "研修と協議");
        steps.said(&undo);
        let undo = steps.next(Way::Undo, None, "d".to_owned()).unwrap();
        assert_eq!(undo.input.entries[0].version, Some(2));
    }

    #[test]
    fn what_is_written_on_in_a_new_entry_waits_for_its_name() {
        let mut steps = Steps::default();
        let unnamed = |request: &str| Input { request_id: request.to_owned(), ..Input::default() };
        let op = Op::new(Operation::Create, ID.parse().unwrap(), unnamed("a").with_text(text("研修会")));
        let input = Input::default().with_text(text("研修"));
        steps.did(&op, Some(back(&op, Operation::Update, input)), None);
        assert_eq!(steps.next(Way::Undo, None, "b".to_owned()), Err(crate::text::sheet::UNDO_WAITS));
        done(&mut steps, &op, 2, "研修会");
        let undo = steps.due("b".to_owned()).unwrap();
        assert_eq!((undo.operation, undo.entry(), undo.version()), (Operation::Update, ID.parse().ok(), 2));
        assert_eq!(undo.takes_back.as_ref().map(|text| text.body.as_str()), Some("研修会"));
    }

    #[test]
    fn what_is_done_anew_stays_when_something_before_it_waits_to_be_taken_back() {
        let mut steps = Steps::default();
        let deletion = asked(&mut steps, "a", Operation::Delete, Operation::Restore);
        assert_eq!(steps.next(Way::Undo, None, "b".to_owned()), Err(text::UNDO_WAITS));
        step(&mut steps, &edit("c", 5, "研修会"), Operation::Update);
        steps.deleted(&deletion, 2, ID.parse().unwrap());
        assert_eq!(steps.due("b".to_owned()).unwrap().operation, Operation::Restore);
        assert_eq!(steps.due("d".to_owned()), None);
    }

    #[test]
    fn something_new_leaves_nothing_to_be_done_again() {
        let mut steps = Steps::default();
        let op = edit("a", 1, "研修会");
        did(&mut steps, &op, "研修");
        done(&mut steps, &op, 2, "研修会");
        let undo = steps.next(Way::Undo, None, "b".to_owned()).unwrap();
        did(&mut steps, &undo, "研修会");
        did(&mut steps, &edit("c", 3, "会"), "研修");
        assert_eq!(steps.next(Way::Redo, None, "d".to_owned()), Err(text::NOTHING_TO_REDO));
    }

    /// Tags an entry among others, from one version to the next.
    fn tagged(steps: &mut Steps, request: &str, version: i32) {
        let one = Input { id: Some(ID.parse().unwrap()), version: Some(version), ..Input::default() };
        let input = Input { request_id: request.to_owned(), entries: vec![one], ..Input::default() };
        many(steps, &Op::new(Operation::TagMany, ID.parse().unwrap(), input));
    }

    fn many(steps: &mut Steps, op: &Op) {
        steps.did(op, Some(back(op, Operation::RestoreMany, Input::default())), None);
        let version = op.input.entries[0].version.unwrap() + 1;
        let made = Made { id: ID.parse().unwrap(), version, change: ID.parse().unwrap() };
        steps.done_many(op, &[made]);
        steps.said(op);
    }

    #[test]
    fn steps_for_many_and_for_one_are_taken_back_in_any_mixture() {
        let mut steps = Steps::default();
        step(&mut steps, &edit("a", 1, "研修会"), Operation::Update);
        tagged(&mut steps, "b", 2);
        tagged(&mut steps, "c", 3);
        step(&mut steps, &edit("d", 4, "研修会。"), Operation::Update);
        let from = |op: &Op| op.input.entries.first().map_or(op.version(), |one| one.version.unwrap());
        let ways = [
            (Way::Undo, Operation::Update),
            (Way::Undo, Operation::RestoreMany),
            (Way::Undo, Operation::RestoreMany),
            (Way::Undo, Operation::Update),
            (Way::Redo, Operation::Update),
            (Way::Redo, Operation::RestoreMany),
        ];
        for (newest, (way, operation)) in (5..).zip(ways) {
            let op = steps.next(way, None, format!("{newest}")).unwrap();
            assert_eq!((op.operation, from(&op)), (operation, newest), "{way:?} of version {newest}");
            if op.operation.is_many() {
                many(&mut steps, &op);
            } else {
                step(&mut steps, &op, op.operation);
            }
        }
    }

    #[test]
    fn what_failed_cannot_be_taken_back() {
        let mut steps = Steps::default();
        let op = edit("a", 1, "研修会");
        did(&mut steps, &op, "研修");
        assert_eq!(steps.failed(&op), None);
        assert_eq!(steps.next(Way::Undo, None, "b".to_owned()), Err(text::NOTHING_TO_UNDO));
    }
}
