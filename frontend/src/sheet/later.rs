//! What has become known of entries since the sheet was read: kept beside the reading that this browser opens with while
//! the server is away, until the next reading has it.

use super::{model::Entry, page::Page};
use crate::{session, storage::Kind};
use renkei_domain::EntryId;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
enum Known {
    Saved(Box<Entry>),
    Deleted(EntryId),
}

/// By the number of its change.
type Later = Vec<(i64, Known)>;

pub fn saved(page: Page, entry: &Entry, seq: i64) {
    note(page, seq, Known::Saved(Box::new(entry.clone())));
}

pub fn deleted(page: Page, id: EntryId, seq: i64) {
    note(page, seq, Known::Deleted(id));
}

fn note(page: Page, seq: i64, known: Known) {
    let Some(storage) = session::account_storage() else { return };
    let mut later: Later = storage.get(Kind::Sheet, &name(page)).unwrap_or_default();
    later.push((seq, known));
    // Without room the page only opens while the server is there.
    let _ = storage.put(Kind::Sheet, &name(page), &later);
}

/// A reading up to this change is kept now.
pub fn read(page: Page, seq: i64) {
    let Some(storage) = session::account_storage() else { return };
    let Some(mut later) = storage.get::<Later>(Kind::Sheet, &name(page)) else { return };
    later.retain(|(known, _)| *known > seq);
    if later.is_empty() {
        storage.remove(Kind::Sheet, &name(page));
    } else {
        let _ = storage.put(Kind::Sheet, &name(page), &later);
    }
}

/// Takes it into a reading that was kept.
pub fn recall(page: Page) {
    let Some(storage) = session::account_storage() else { return };
    let mut later: Later = storage.get(Kind::Sheet, &name(page)).unwrap_or_default();
    later.sort_by_key(|(seq, _)| *seq);
    page.update(|store| {
        for (seq, known) in later {
            match known {
                Known::Saved(entry) => store.put(*entry, seq),
                Known::Deleted(id) => store.remove(id, seq),
            }
        }
    });
}

fn name(page: Page) -> String {
    page.kept_as() + "/later"
}
