//! Random schedules of one person in two tabs, a line that fails, and somebody else who edits the same entry: whatever
//! happens in whatever order, each word that somebody has typed is in the end on the server, or in this browser's hands
//! with the reason.

use super::{
    Draft, DraftKey, Op, Saved,
    sender::{Event, Sender, Todo, Waiting},
    settle::{self, Write},
};
use crate::entry::mutation::Input;
use proptest::prelude::*;
use renkei_domain::{EntryId, EntryText, SheetId, merge::merge, outline};
use std::collections::BTreeMap;

const ID: &str = "018f3a52-0000-7000-8000-000000000001";

fn sheet() -> SheetId {
    ID.parse().unwrap()
}

fn entry() -> EntryId {
    ID.parse().unwrap()
}

const fn key(id: EntryId) -> DraftKey {
    DraftKey::Entry(id)
}

/// What can happen next. Tabs are 0 and 1.
#[derive(Clone, Debug)]
enum Step {
    /// A word is typed at the text's end, or at its front.
    Type {
        at_end: bool,
    },
    Save,
    /// A tab's request arrives, if one is due; its answer is on its way.
    Arrive(usize),
    /// The answer is taken in by the tab.
    Answer(usize),
    /// The line drops before the request has arrived, or before the answer has.
    Drop {
        tab: usize,
        arrived: bool,
    },
    LineUp(usize),
    /// Somebody else writes a word at the end, or at the front.
    Other {
        at_end: bool,
    },
    /// The person combines what the server has not taken with what it has.
    Decide,
    /// Both tabs are closed; one is opened again.
    Reload,
}

fn step() -> impl Strategy<Value = Step> {
    let tab = 0..2usize;
    prop_oneof![
        4 => any::<bool>().prop_map(|at_end| Step::Type { at_end }),
        3 => Just(Step::Save),
        3 => tab.clone().prop_map(Step::Arrive),
        4 => tab.clone().prop_map(Step::Answer),
        1 => (tab.clone(), any::<bool>()).prop_map(|(tab, arrived)| Step::Drop { tab, arrived }),
        2 => tab.prop_map(Step::LineUp),
        2 => any::<bool>().prop_map(|at_end| Step::Other { at_end }),
        1 => Just(Step::Decide),
        1 => Just(Step::Reload),
    ]
}

#[derive(Clone, Debug)]
enum Reply {
    Saved(Saved),
    Conflict { theirs: EntryText, version: i32 },
}

/// The entry on the server: each version of its text, and what each request was answered.
#[derive(Default)]
struct Server {
    versions: Vec<EntryText>,
    answered: BTreeMap<String, Reply>,
}

impl Server {
    fn now(&self) -> (EntryText, i32) {
        (self.versions.last().cloned().unwrap_or_default(), self.versions.len() as i32)
    }

    /// As the server does it: merged with what others have written since, unless both have written the same place.
    fn do_once(&mut self, op: &Op) -> Reply {
        if let Some(reply) = self.answered.get(&op.input.request_id) {
            return reply.clone();
        }
        let (now, version) = self.now();
        let base = &self.versions[usize::try_from(op.version() - 1).expect("a version that there was")];
        let merged = merge(base, &now, &op.text().expect("a text"));
        let reply = if op.version() == version || merged.overlaps == 0 {
            let text = if op.version() == version { op.text().unwrap() } else { merged.text };
            self.versions.push(text.clone());
            let merged = op.version() != version;
            Reply::Saved(Saved { made: Some(entry()), version: version + 1, merged, text: Some(text) })
        } else {
            Reply::Conflict { theirs: now, version }
        };
        self.answered.insert(op.input.request_id.clone(), reply.clone());
        reply
    }
}

#[derive(Default)]
struct Tab {
    sender: Sender,
    /// What it has sent, with the name that it is kept by, and what that was answered.
    sent: Option<(String, Op, Option<Reply>)>,
}

#[derive(Default)]
struct World {
    server: Server,
    /// What the browser keeps, for both tabs.
    requests: BTreeMap<String, Op>,
    draft: Option<Draft>,
    tabs: [Tab; 2],
    /// What the server had where it did not take a text.
    theirs: Option<(EntryText, i32)>,
    clock: i64,
    /// Words typed here, and by others.
    typed: Vec<String>,
    others: Vec<String>,
}

impl World {
    fn new() -> Self {
        let mut world = Self::default();
        world
            .server
            .versions
            .push(EntryText { body: "研修会を開催する".to_owned(), ..EntryText::default() });
        world
    }

    fn next(&mut self) -> i64 {
        self.clock += 1;
        self.clock
    }

    fn requests(&self) -> Vec<(String, Op)> {
        self.requests.iter().map(|(name, op)| (name.clone(), op.clone())).collect()
    }

    fn write(&mut self, writes: Vec<Write>) {
        for write in writes {
            match write {
                Write::Request(name, Some(op)) => drop(self.requests.insert(name, op)),
                Write::Request(name, None) => drop(self.requests.remove(&name)),
                Write::Draft(_, _, draft) => self.draft = draft,
            }
        }
    }

    /// What the editor opens with: what waits to be saved, or what stands on the page.
    fn opened(&self) -> Draft {
        let waiting = self.requests.values().rev().find(|op| op.trouble.is_none());
        let (text, version, depends_on) = match waiting {
            Some(op) => (op.text().unwrap(), op.version(), Some(op.input.request_id.clone())),
            None => {
                let (text, version) = self.server.now();
                (text, version, None)
            }
        };
        let outline = outline::print(&text.body, &text.notes);
        let base = depends_on.is_some().then(|| Input::known(version, text));
        Draft { outline, version, depends_on, base, ..Draft::default() }
    }

    fn type_word(&mut self, at_end: bool) {
        let word = format!("［私{}］", self.next());
        let mut draft = self.draft.take().unwrap_or_else(|| self.opened());
        let at = if at_end { draft.outline.len() } else { '○'.len_utf8() };
        draft.outline.insert_str(at, &word);
        draft.at = self.clock;
        draft.trouble = None;
        self.draft = Some(draft);
        self.typed.push(word);
    }

    fn save(&mut self) {
        // What the server has not taken is decided first.
        if self.theirs.is_some() {
            return;
        }
        let Some(draft) = self.draft.take() else { return };
        let at = self.next();
        let op = Op::save(format!("{at}"), sheet(), key(entry()), draft).expect("an outline");
        self.requests.insert(settle::kept_as(at, &op.input.request_id), op);
        self.tell(Event::Changed);
    }

    fn waiting(&self) -> Vec<Waiting> {
        let waiting = |op: &Op| Waiting {
            request: op.input.request_id.clone(),
            depends_on: op.depends_on.clone(),
            stuck: op.trouble.is_some(),
        };
        self.requests.values().map(waiting).collect()
    }

    fn tell(&mut self, event: Event) {
        (0..2).for_each(|tab| self.tell_tab(tab, event));
    }

    fn tell_tab(&mut self, tab: usize, event: Event) {
        let waiting = self.waiting();
        if let Some(Todo::Send(request)) = self.tabs[tab].sender.on(event, &waiting) {
            let sent = self.requests.iter().find(|(_, op)| op.input.request_id == request);
            self.tabs[tab].sent = sent.map(|(name, op)| (name.clone(), op.clone(), None));
        }
    }

    fn arrive(&mut self, tab: usize) {
        if let Some((_, op, answer @ None)) = &mut self.tabs[tab].sent {
            *answer = Some(self.server.do_once(op));
        }
    }

    fn answer(&mut self, tab: usize) {
        match self.tabs[tab].sent.take() {
            Some((name, op, Some(reply))) => {
                self.settle(&name, &op, reply);
                self.tell_tab(tab, Event::Answered);
                self.tell_tab(1 - tab, Event::Changed);
            }
            sent => self.tabs[tab].sent = sent,
        }
    }

    fn settle(&mut self, name: &str, op: &Op, reply: Reply) {
        let requests = self.requests();
        match reply {
            Reply::Saved(saved) if self.requests.contains_key(name) => {
                let writes = settle::done(&requests, self.draft.clone(), name, op, &saved);
                self.write(writes);
            }
            // Taken in by the other tab.
            Reply::Saved(_) => {}
            Reply::Conflict { theirs, version } => {
                let (writes, draft) =
                    settle::not_taken(&requests, self.draft.clone(), name, op, "重なりました");
                let is_stuck = matches!(writes.as_slice(), [Write::Request(_, Some(_))]);
                self.write(writes);
                // A later text that waits stands for it.
                if draft.is_some() || is_stuck {
                    self.theirs = Some((theirs, version));
                }
            }
        }
    }

    fn drop_line(&mut self, tab: usize, arrived: bool) {
        if self.tabs[tab].sent.is_none() {
            return;
        }
        if arrived {
            self.arrive(tab);
        }
        self.tabs[tab].sent = None;
        self.tell_tab(tab, Event::LineDown);
    }

    fn other(&mut self, at_end: bool) {
        let word = format!("［他{}］", self.next());
        let (mut text, _) = self.server.now();
        let at = if at_end { text.body.len() } else { 0 };
        text.body.insert_str(at, &word);
        self.server.versions.push(text);
        self.others.push(word);
    }

    /// As in the view of a conflict: the proposal, which has both, is saved upon what the server had.
    fn decide(&mut self) {
        let Some((theirs, version)) = self.theirs.take() else { return };
        // A request that has met trouble is given back to its draft by the person's hand.
        let stuck: Vec<String> = self
            .requests
            .iter()
            .filter(|(_, op)| op.trouble.is_some())
            .map(|(name, _)| name.clone())
            .collect();
        let of_stuck = stuck.iter().filter_map(|name| Draft::of(&self.requests[name])).collect::<Vec<_>>();
        stuck.iter().for_each(|name| drop(self.requests.remove(name)));
        let mut text = theirs;
        for draft in of_stuck.into_iter().chain(self.draft.take()) {
            let yours = draft.whole().body;
            let missing =
                self.typed.iter().filter(|word| yours.contains(*word) && !text.body.contains(*word));
            let added: String = missing.cloned().collect();
            text.body += &added;
        }
        let outline = outline::print(&text.body, &text.notes);
        self.draft = Some(Draft { outline, version, at: self.clock, ..Draft::default() });
        self.save();
    }

    /// What is kept stands; what was on its way is sent again.
    fn reload(&mut self) {
        self.tabs = Default::default();
        self.tell_tab(0, Event::Changed);
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Type { at_end } => self.type_word(at_end),
            Step::Save => self.save(),
            Step::Arrive(tab) => self.arrive(tab),
            Step::Answer(tab) => self.answer(tab),
            Step::Drop { tab, arrived } => self.drop_line(tab, arrived),
            Step::LineUp(tab) => self.tell_tab(tab, Event::LineUp),
            Step::Other { at_end } => self.other(at_end),
            Step::Decide => self.decide(),
            Step::Reload => self.reload(),
        }
    }

    /// The line is up, and everybody does what is left to do.
    fn come_to_rest(&mut self) {
        for _ in 0..200 {
            (0..2).for_each(|tab| self.tell_tab(tab, Event::LineUp));
            self.tell(Event::Changed);
            (0..2).for_each(|tab| self.arrive(tab));
            (0..2).for_each(|tab| self.answer(tab));
            self.decide();
            self.save();
            if self.requests.is_empty() && self.draft.is_none() {
                return;
            }
        }
        panic!("never at rest: {:?} {:?}", self.requests, self.draft);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn no_word_is_lost_or_doubled_whatever_happens_in_whatever_order(
        steps in prop::collection::vec(step(), 1..40),
    ) {
        let mut world = World::new();
        for step in &steps {
            world.take(step);
        }
        world.come_to_rest();
        let (text, _) = world.server.now();
        for word in world.typed.iter().chain(&world.others) {
            prop_assert_eq!(text.body.matches(word).count(), 1, "{} in {}", word, text.body);
        }
    }
}
