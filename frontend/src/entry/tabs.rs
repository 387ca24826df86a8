//! Two tabs of one person: what is typed in one stands in the other too, and the last keystroke stands for both.

use super::{Draft, DraftKey, conflict, draft, editor, outbox, save};
use crate::{comment, session, storage::Kind};
use renkei_domain::SheetId;

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
    if kind == Kind::Draft {
        comment::follow(name);
    }
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

/// What stands here was typed later than what the other tab has, or has sent: it is told so.
fn keeps(sheet: SheetId, key: DraftKey, text: Option<&str>) -> bool {
    let Some(ours) = draft::load(sheet, key) else { return false };
    let theirs: Option<Draft> = text.and_then(|text| serde_json::from_str(text).ok());
    let kept = match theirs {
        Some(theirs) => Some(ours).filter(|ours| ours.stands_before(&theirs)).map(|ours| {
            // What both were typed on from has become something that the other tab has heard of.
            let heard = theirs.onto.is_some() && theirs.began_with() == ours.began_with();
            if heard { Draft { follows: None, onto: theirs.onto, ..ours } } else { ours }
        }),
        // It goes on from what was sent of it.
        None => {
            Some(ours).filter(|ours| ours.at > draft::taken_at(sheet, key)).map(|ours| {
                match outbox::sent(sheet, key) {
                    Some(op) => Draft {
                        began: Some(op.typed.unwrap_or_else(|| op.input.clone())),
                        follows: Some(op.input.request_id),
                        ..ours
                    },
                    None => ours,
                }
            })
        }
    };
    kept.is_some_and(|ours| draft::keep(sheet, key, &ours).is_ok())
}
