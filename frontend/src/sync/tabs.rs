//! Two tabs of one person: what is typed in one stands in the other too, and the last keystroke stands for both.

use super::{Draft, DraftKey, draft, outbox, settle};
use crate::storage::{self, Heard, Kind};

/// Another tab has written this. All of it is taken in before anything is done about it. It may come while what is kept
/// is being fetched, and before the page knows who is there.
pub fn heard(all: Vec<Heard>) {
    let Some(storage) = storage::opened() else { return };
    let is_entrys = |(kind, name, _): &Heard| *kind == Kind::Draft && DraftKey::parse(name).is_some();
    for (kind, name, text) in all.iter().filter(|heard| !is_entrys(heard)) {
        storage.follow(*kind, name, text.as_deref());
        match kind {
            Kind::Outbox => outbox::follow(name, text.as_deref()),
            Kind::Draft | Kind::Discard | Kind::Sheet | Kind::Preference => {}
        }
    }
    for (_, name, text) in all.iter().filter(|heard| is_entrys(heard)) {
        let Some((sheet, key)) = DraftKey::parse(name) else { continue };
        let theirs: Option<Draft> = text.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let (taken, sent) = (draft::taken_at(sheet, key), outbox::sent(sheet, key));
        match settle::heard(draft::load(sheet, key), theirs.as_ref(), taken, sent.as_ref()) {
            // The other tab is told so.
            Some(ours) => drop(draft::keep(sheet, key, &ours)),
            None => {
                storage.follow(Kind::Draft, name, text.as_deref());
            }
        }
    }
    if all.iter().any(|(kind, ..)| matches!(kind, Kind::Draft | Kind::Outbox)) {
        outbox::go();
    }
}
