//! What an answer, or another tab's word, makes of what this browser keeps.
//!
//! Several tabs may take in the same answer: each comes to the same, and to nothing where it was taken in before.

use super::{Draft, DraftKey, Op, Saved};
use crate::entry::mutation::Input;
use renkei_domain::{EntryId, SheetId};
use uuid::Uuid;

/// One thing that is to stand, or to go.
#[derive(Clone, Debug, PartialEq)]
#[allow(clippy::large_enum_variant, reason = "a few of them stand for a moment")]
pub enum Write {
    /// By the name that it is kept by.
    Request(String, Option<Op>),
    Draft(SheetId, DraftKey, Option<Draft>),
}

/// By the names that they are kept by, in the order in which they were asked for.
pub type Requests = [(String, Op)];

/// It is done: what follows it goes on from what it has become.
pub fn done(requests: &Requests, typed: Option<Draft>, name: &str, op: &Op, saved: &Saved) -> Vec<Write> {
    let mut writes = done_alone(requests, typed, name, op, saved);
    let parts = op.entry().map(|id| (id, op.clone(), saved));
    writes.extend(rebase_many(requests, name, parts.as_slice()));
    writes
}

/// What is asked for many later goes on from what each of these entries has become.
fn rebase_many(requests: &Requests, name: &str, parts: &[(EntryId, Op, &Saved)]) -> Vec<Write> {
    let later = requests.iter().filter(|(other, op)| other.as_str() > name && op.operation.is_many());
    let rebased = later.filter_map(|(name, other)| {
        let mut next = other.clone();
        for (id, op, saved) in parts {
            let operation = other.part(*id).map(|part| part.operation);
            for one in next.input.entries.iter_mut().filter(|one| one.id == Some(*id)) {
                let base = one.version.unwrap_or_default();
                one.version = Some(op.rebased_version(saved.version, saved.merged, base, operation));
            }
        }
        (next != *other).then(|| Write::Request(name.clone(), Some(next)))
    });
    rebased.collect()
}

fn done_alone(requests: &Requests, typed: Option<Draft>, name: &str, op: &Op, saved: &Saved) -> Vec<Write> {
    let request = Some(&op.input.request_id);
    let mut writes = vec![Write::Request(name.to_owned(), None)];
    // What follows directly, and what follows that.
    let mut chain = vec![&op.input.request_id];
    for (name, other) in requests {
        if !other.depends_on.as_ref().is_some_and(|depends_on| chain.contains(&depends_on)) {
            continue;
        }
        chain.push(&other.input.request_id);
        let mut next = other.clone();
        if other.depends_on.as_ref() == request {
            op.rebase(&mut next, saved);
        } else if other.text().is_none() {
            let version =
                op.rebased_version(saved.version, saved.merged, other.version(), Some(other.operation));
            next.input.version = Some(version);
        }
        if next != *other {
            writes.push(Write::Request(name.clone(), Some(next)));
        }
    }
    let typed = typed.filter(|draft| draft.depends_on.as_ref() == request);
    let (Some(key), Some(draft)) = (op.key(), typed) else { return writes };
    let draft = match (op.text(), &saved.text) {
        (sent @ Some(_), Some(text)) => draft.rebase(sent, saved.version, text.clone()),
        _ => {
            let version = op.rebased_version(saved.version, saved.merged, draft.version, None);
            Draft { version, depends_on: None, ..draft }
        }
    };
    // What was typed on after a new entry was sent is that entry's from now on.
    let now = saved.made.map_or(key, DraftKey::Entry);
    if now != key {
        writes.push(Write::Draft(op.sheet, key, None));
    }
    writes.push(Write::Draft(op.sheet, now, Some(draft)));
    writes
}

/// The same of a request for many, of which each has become something of its own.
pub fn done_many(requests: &Requests, name: &str, op: &Op, saved: &[(EntryId, Saved)]) -> Vec<Write> {
    let parts = saved.iter().filter_map(|(id, saved)| Some((*id, op.part(*id)?, saved)));
    let parts: Vec<(EntryId, Op, &Saved)> = parts.collect();
    let mut writes = vec![Write::Request(name.to_owned(), None)];
    for (id, part, saved) in &parts {
        let of_entry = |(_, other): &&(String, Op)| other.entry() == Some(*id);
        let requests: Vec<_> = requests.iter().filter(of_entry).cloned().collect();
        writes.extend(done_alone(&requests, None, name, part, saved).into_iter().skip(1));
    }
    writes.extend(rebase_many(requests, name, &parts));
    writes
}

/// A text that was not taken is a draft again, with the reason; none: a later text of the same stands for it.
pub fn not_taken(
    requests: &Requests,
    typed: Option<Draft>,
    name: &str,
    op: &Op,
    why: &str,
) -> (Vec<Write>, Option<Draft>) {
    let request = Some(&op.input.request_id);
    let gone = Write::Request(name.to_owned(), None);
    let Some(key) = op.key() else { return (vec![gone], None) };
    if !requests.iter().any(|(other, _)| other == name) {
        // Taken in by another tab, which has told what became of it.
        return (Vec::new(), typed.filter(|draft| draft.trouble.as_deref() == Some(why)));
    }
    if requests.iter().any(|(_, other)| other.depends_on.as_ref() == request && other.text().is_some()) {
        return (vec![gone], None);
    }
    let draft = match typed {
        // Typed on since, from what was sent.
        Some(draft) if draft.depends_on.as_ref() == request => {
            draft.rebase(None, op.version(), op.text().unwrap_or_default())
        }
        // Something else was begun here since; it stays, and what was sent stays where it is.
        Some(_) => {
            let op = Op { trouble: Some(why.to_owned()), refused: true, ..op.clone() };
            return (vec![Write::Request(name.to_owned(), Some(op))], None);
        }
        // What another tab has typed since it was asked for is later.
        None => match Draft::of(op) {
            Some(draft) => Draft { depends_on: None, at: asked_at(name), ..draft },
            None => return (vec![gone], None),
        },
    };
    let draft = Draft { trouble: Some(why.to_owned()), ..draft };
    (vec![Write::Draft(op.sheet, key, Some(draft.clone())), gone], Some(draft))
}

/// The entry to stand below has gone: a new one is asked for at the end, and a move to the front, in the same turn.
pub fn without_neighbour(requests: &Requests, typed: Option<Draft>, name: &str, op: &Op) -> (Vec<Write>, Op) {
    let (before, request_id) = (&op.input.request_id, successor(&op.input.request_id));
    let input = Input { request_id: request_id.clone(), after_entry_id: None, ..op.input.clone() };
    let op = Op { input, ..op.clone() };
    if !requests.iter().any(|(other, _)| other == name) {
        // Taken in by another tab.
        return (Vec::new(), op);
    }
    let mut writes = vec![
        Write::Request(name.to_owned(), None),
        Write::Request(kept_as(asked_at(name), &request_id), Some(op.clone())),
    ];
    let depends_on = Some(request_id);
    for (name, other) in requests.iter().filter(|(_, other)| other.depends_on.as_ref() == Some(before)) {
        writes
            .push(Write::Request(name.clone(), Some(Op { depends_on: depends_on.clone(), ..other.clone() })));
    }
    if let (Some(key), Some(draft)) =
        (op.key(), typed.filter(|draft| draft.depends_on.as_ref() == Some(before)))
    {
        writes.push(Write::Draft(op.sheet, key, Some(Draft { depends_on, ..draft })));
    }
    (writes, op)
}

/// The id of the request that is asked instead of this one: the same in every tab.
fn successor(request: &str) -> String {
    let next = |id: Uuid| Uuid::from_u128(id.as_u128().wrapping_add(1)).to_string();
    Uuid::parse_str(request).map_or_else(|_| request.to_owned() + "+", next)
}

/// What stands here after another tab's word of a draft; none: what the other tab says. `ours` was typed in this tab or
/// heard before, `taken` is when that was typed which was taken away last, `sent` what was asked for of it.
pub fn heard(ours: Option<Draft>, theirs: Option<&Draft>, taken: i64, sent: Option<&Op>) -> Option<Draft> {
    let ours = ours?;
    match theirs {
        Some(theirs) => ours.stands_before(theirs).then(|| {
            // What both were typed on from has become something that the other tab has heard of.
            let heard = theirs.server_base.is_some() && theirs.base_text() == ours.base_text();
            if heard {
                Draft { depends_on: None, server_base: theirs.server_base.clone(), ..ours }
            } else {
                ours
            }
        }),
        // It goes on from what was sent of it.
        None => (ours.at > taken).then(|| match sent {
            Some(op) => Draft {
                base: Some(op.typed.clone().unwrap_or_else(|| op.input.clone())),
                depends_on: Some(op.input.request_id.clone()),
                ..ours
            },
            None => ours,
        }),
    }
}

/// The name by which a request is kept: in the order of these.
pub fn kept_as(at: i64, request: &str) -> String {
    format!("{at:015}-{request}")
}

/// When it was asked for, by the name it is kept by.
pub fn asked_at(name: &str) -> i64 {
    name.split_once('-').and_then(|(at, _)| at.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::mutation::Operation;

    const ID: &str = "018f3a52-0000-7000-8000-000000000001";

    fn moved(at: i64, request: &str, depends_on: Option<&str>) -> (String, Op) {
        let (id, version) = (Some(ID.parse().unwrap()), Some(1));
        let input = Input { request_id: request.to_owned(), id, version, ..Input::default() };
        let op = Op::new(Operation::Move, ID.parse().unwrap(), input);
        (kept_as(at, request), Op { depends_on: depends_on.map(str::to_owned), ..op })
    }

    fn applied(requests: &mut Vec<(String, Op)>, writes: Vec<Write>) {
        for write in writes {
            let Write::Request(name, op) = write else { continue };
            requests.retain(|(other, _)| *other != name);
            requests.extend(op.map(|op| (name, op)));
        }
        requests.sort_by(|(one, _), (other, _)| one.cmp(other));
    }

    #[test]
    fn each_of_several_moves_that_wait_goes_on_from_the_one_before_it() {
        let mut requests = vec![moved(1, "a", None), moved(2, "b", Some("a")), moved(3, "c", Some("b"))];
        for version in 2..=4 {
            let (name, op) = requests[0].clone();
            assert_eq!((op.version(), op.depends_on.clone()), (version - 1, None));
            let saved = Saved { version, ..Saved::default() };
            let writes = done(&requests, None, &name, &op, &saved);
            applied(&mut requests, writes);
        }
        assert!(requests.is_empty());
    }

    #[test]
    fn what_follows_a_request_for_many_goes_on_from_what_its_own_entry_has_become() {
        let (id, other) = (ID.parse().unwrap(), "018f3a52-0000-7000-8000-000000000002".parse().unwrap());
        let part = |id| Input { id: Some(id), version: Some(1), ..Input::default() };
        let input = Input { request_id: "a".to_owned(), ..Input::default() };
        let input = Input { entries: vec![part(other), part(id)], ..input };
        let tags = Op::new(Operation::TagMany, ID.parse().unwrap(), input);
        let requests = vec![(kept_as(1, "a"), tags.clone()), moved(2, "b", Some("a"))];
        let version = |version| Saved { version, ..Saved::default() };
        let writes = done_many(&requests, "1", &tags, &[(other, version(7)), (id, version(2))]);
        let mut after = requests.clone();
        applied(&mut after, writes);
        assert_eq!(after.last().map(|(_, op)| (op.version(), op.depends_on.clone())), Some((2, None)));
    }

    fn tagged(at: i64, request: &str, versions: [i32; 2]) -> (String, Op) {
        let ids = [ID, "018f3a52-0000-7000-8000-000000000002"];
        let part = |(id, version): (&str, i32)| Input {
            id: Some(id.parse().unwrap()),
            version: Some(version),
            ..Input::default()
        };
        let entries = ids.into_iter().zip(versions).map(part).collect();
        let input = Input { request_id: request.to_owned(), entries, ..Input::default() };
        (kept_as(at, request), Op::new(Operation::TagMany, ID.parse().unwrap(), input))
    }

    #[test]
    fn a_request_for_many_goes_on_from_what_was_asked_for_each_before() {
        let id = |nth: usize| tagged(0, "", [0, 0]).1.input.entries[nth].id.unwrap();
        let version = |version| Saved { version, ..Saved::default() };
        let versions = |op: &Op| op.input.entries.iter().map(|one| one.version.unwrap()).collect::<Vec<_>>();
        let mut requests = vec![moved(1, "a", None), tagged(2, "b", [1, 5]), tagged(3, "c", [1, 5])];
        let (name, op) = requests[0].clone();
        let writes = done(&requests, None, &name, &op, &version(2));
        applied(&mut requests, writes);
        assert_eq!((versions(&requests[0].1), versions(&requests[1].1)), (vec![2, 5], vec![2, 5]));
        let (name, op) = requests[0].clone();
        // Somebody else has been at the second one in between: it goes on from where it began.
        let writes = done_many(&requests, &name, &op, &[(id(0), version(3)), (id(1), version(7))]);
        applied(&mut requests, writes);
        assert_eq!(versions(&requests[0].1), [3, 5]);
        assert_eq!(requests.len(), 1);
    }

    #[test]
    fn what_is_asked_again_without_its_neighbour_keeps_its_turn_and_is_the_same_from_every_tab() {
        let requests = vec![moved(1, ID, None), moved(2, "b", Some(ID))];
        let (name, op) = &requests[0];
        let (writes, again) = without_neighbour(&requests, None, name, op);
        assert_eq!(without_neighbour(&requests, None, name, op), (writes.clone(), again.clone()));
        assert_ne!(again.input.request_id, ID);
        let mut after = requests.clone();
        applied(&mut after, writes);
        assert_eq!(after[0].1, again);
        assert_eq!(after[1].1.depends_on, Some(again.input.request_id));
    }
}
