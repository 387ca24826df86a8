//! Two tabs of one person: what is typed in one stands in the other too, and the last keystroke stands for both.

use super::{Draft, DraftKey, conflict, draft, editor, outbox, save};
use crate::{json, session, storage::Kind};
use renkei_domain::SheetId;

/// Milliseconds after a keystroke in which another tab does not take it away.
const TYPING_MS: i64 = 1_000;

/// Another tab has written this.
pub fn heard(kind: Kind, name: &str, text: Option<&str>) {
    let Some(shelf) = session::shelf() else { return };
    let place = if kind == Kind::Draft { DraftKey::parse(name) } else { None };
    if let Some((sheet, key)) = place
        && keeps(sheet, key, text)
    {
        return;
    }
    shelf.follow(kind, name, text);
    if let Some((sheet, key)) = place {
        editor::follow(sheet, key);
        conflict::follow(sheet, key);
    }
    if matches!(kind, Kind::Draft | Kind::Outbox) {
        save::refresh();
    }
    if kind == Kind::Outbox {
        outbox::go();
    }
}

/// What stands here was typed later than what the other tab has: it is told so.
fn keeps(sheet: SheetId, key: DraftKey, text: Option<&str>) -> bool {
    let Some(ours) = draft::load(sheet, key) else { return false };
    let theirs: Option<Draft> = text.and_then(|text| json::from_str(text).ok());
    let later = match theirs {
        Some(theirs) => ours.stands_before(&theirs),
        None => draft::is_last(ours.at) && (js_sys::Date::now() as i64) < ours.at + TYPING_MS,
    };
    later && draft::keep(sheet, key, &ours).is_ok()
}
