//! Drafts: what somebody has typed and not yet saved. Kept in the browser with every letter and on the server soon
//! after, offered again where it was typed.

use super::{Op, draft_sync, settle::Write};
use crate::{
    entry::mutation::Input,
    root, session,
    sheet::{page::here, store::CellKey},
    storage::{self, Kind, Trouble},
};
use leptos::prelude::{GetValue, SetValue, StoredValue};
use renkei_domain::{
    EntryId, EntryText, Facet, FiscalYear, OrganizationId, SceneSet, SheetId,
    merge::{Merge, merge},
    outline,
    outline::OutlineFault,
};
use serde::{Deserialize, Serialize};

/// When something was typed last on this page: a context of the root.
#[derive(Clone, Copy, Default)]
pub struct LastTyped(StoredValue<i64>);

/// What is being written: an entry that is there, or a new one of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftKey {
    Entry(EntryId),
    New(CellKey),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// As typed.
    pub outline: String,
    pub scenes: SceneSet,
    /// Of a new entry.
    pub owner: Option<OrganizationId>,
    /// The entry below which a new one is to stand.
    pub after: Option<EntryId>,
    /// The version that the text began with; 0 for a new entry.
    pub version: i32,
    /// The request under way that the text began with: the version that it makes will be this text's.
    #[serde(alias = "follows")]
    pub depends_on: Option<String>,
    /// What stood here when that was asked for, and this was typed on from; none: what was asked for.
    #[serde(alias = "began")]
    pub base: Option<Input>,
    /// What that has become on the server, where others have a part in it. It goes on from there, if it can be put
    /// together with it.
    #[serde(alias = "onto")]
    pub server_base: Option<Input>,
    /// When it was typed, in unix milliseconds; later than any keystroke before it, whatever the clock says.
    pub at: i64,
    /// The editor was open.
    pub open: bool,
    /// What was typed as the combination of two texts.
    pub merged: Option<String>,
    pub merged_of: MergedOf,
    /// Why it could not be saved, in words.
    pub trouble: Option<String>,
}

/// What the combination of two texts was made with, beside its words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MergedOf {
    /// One's own text at that moment.
    pub yours: Option<EntryText>,
    /// The scenes that were chosen, where they are not those of both.
    pub scenes: Option<SceneSet>,
}

impl Draft {
    /// The text as it stands here.
    pub fn text(&self) -> Result<EntryText, OutlineFault> {
        let (body, notes) = outline::parse(&self.outline)?;
        Ok(EntryText { body, notes, explicit_scenes: self.scenes })
    }

    /// The text that it was typed on from.
    pub fn base_text(&self) -> Option<EntryText> {
        self.base.as_ref()?.text()
    }

    /// The text as it is to be saved, and the version that it is made of.
    pub fn made(&self) -> Result<(EntryText, i32), OutlineFault> {
        let typed = self.text()?;
        Ok(match self.together(&typed).filter(|(together, _)| together.overlaps == 0) {
            Some((together, version)) => (together.text, version),
            None => (typed, self.version),
        })
    }

    /// All of it beside somebody else's text, where the server has not taken it: also what cannot be saved so.
    pub fn whole(&self) -> EntryText {
        let text = self.text().unwrap_or_else(|_| EntryText {
            body: self.outline.trim_start_matches('○').to_owned(),
            notes: Vec::new(),
            explicit_scenes: self.scenes,
        });
        self.together(&text).map_or(text, |(together, _)| together.text)
    }

    fn together(&self, typed: &EntryText) -> Option<(Merge, i32)> {
        let (base, server_base) = (self.base_text()?, self.server_base.as_ref()?);
        Some((merge(&base, &server_base.text()?, typed), server_base.version?))
    }

    /// What it follows is no longer under way: it has become this, or it stays as it was asked for.
    #[must_use]
    pub fn rebase(self, sent: Option<EntryText>, version: i32, text: EntryText) -> Self {
        let base = self.base_text().or(sent);
        let draft = Self { depends_on: None, ..self };
        if base.as_ref() == Some(&text) {
            return Self { version, base: None, server_base: None, ..draft };
        }
        // A new entry has no version to go back to.
        let known = if draft.version == 0 { version } else { draft.version };
        let base = base.map(|base| Input::known(known, base));
        Self { version: known, base, server_base: Some(Input::known(version, text)), ..draft }
    }

    /// All that was typed of it: the text, and what was made of that and somebody else's.
    pub fn words(&self) -> Vec<String> {
        let merged = self.merged.iter().filter(|merged| **merged != self.outline);
        std::iter::once(&self.outline).chain(merged).cloned().collect()
    }

    /// What was to be saved and was not, as it was typed; without its time.
    pub fn of(op: &Op) -> Option<Self> {
        let (base, server_base) = match &op.typed {
            Some(typed) => (Some(typed.clone()), Some(Input::known(op.version(), op.text()?))),
            None => (None, None),
        };
        let typed = op.typed.as_ref().unwrap_or(&op.input);
        let text = typed.text()?;
        Some(Self {
            outline: outline::print(&text.body, &text.notes),
            scenes: text.explicit_scenes,
            owner: op.input.owner_id,
            after: op.input.after_entry_id,
            version: typed.version.unwrap_or_default(),
            base,
            server_base,
            merged: op.merged.clone(),
            merged_of: op.merged_of.clone(),
            ..Self::default()
        })
    }

    /// Of two that were typed in one place in two tabs, the one that stands.
    pub fn stands_before(&self, other: &Self) -> bool {
        (self.at, &self.outline) > (other.at, &other.outline)
    }
}

impl DraftKey {
    pub fn name(self, sheet: SheetId) -> String {
        let prefix = prefix(sheet);
        match self {
            Self::Entry(id) => format!("{prefix}entry:{id}"),
            Self::New(cell) => format!("{prefix}new:{}:{}:{}", cell.item, cell.facet.code(), cell.year.0),
        }
    }

    /// The sheet and the place of a [name](Self::name).
    pub fn parse(name: &str) -> Option<(SheetId, Self)> {
        let (sheet, place) = name.split_once(':')?;
        let sheet = sheet.parse().ok()?;
        if let Some(id) = place.strip_prefix("entry:") {
            return Some((sheet, Self::Entry(id.parse().ok()?)));
        }
        let mut parts = place.strip_prefix("new:")?.split(':');
        let (item, facet, year) = (parts.next()?, parts.next()?, parts.next()?);
        let (item, facet) = (item.parse().ok()?, Facet::from_code(facet)?);
        Some((sheet, Self::New(CellKey { item, facet, year: FiscalYear(year.parse().ok()?) })))
    }
}

fn prefix(sheet: SheetId) -> String {
    format!("{sheet}:")
}

/// Now by this browser's clock, but later than a time that is known and than what this page has timed already.
pub fn after(known: i64) -> i64 {
    let LastTyped(last) = root::context();
    let now = (js_sys::Date::now() as i64).max(known + 1).max(last.get_value() + 1);
    last.set_value(now);
    now
}

pub fn load(sheet: SheetId, key: DraftKey) -> Option<Draft> {
    session::account_storage()?.get(Kind::Draft, &key.name(sheet))
}

pub fn keep(sheet: SheetId, key: DraftKey, draft: &Draft) -> Result<(), Trouble> {
    write(vec![Write::Draft(sheet, key, Some(draft.clone()))])
}

pub fn remove(sheet: SheetId, key: DraftKey) {
    // Without room it stands in this page alone, which says so.
    let _ = write(vec![Write::Draft(sheet, key, None)]);
}

/// Drafts and requests, all of them at once: whenever the browser ends, a text stands in one of them.
pub fn write(writes: Vec<Write>) -> Result<(), Trouble> {
    let storage = session::account_storage().ok_or(Trouble::Unavailable)?;
    let mut changes = Vec::new();
    let mut touched = Vec::new();
    for write in writes {
        match write {
            Write::Request(name, op) => changes.push((Kind::Outbox, name, op.as_ref().map(printed))),
            Write::Draft(sheet, key, Some(draft)) => {
                let name = key.name(sheet);
                changes.push((Kind::Draft, name.clone(), Some(printed(&draft))));
                changes.push((Kind::Discard, name.clone(), None));
                touched.push(name);
            }
            Write::Draft(sheet, key, None) => {
                let name = key.name(sheet);
                if storage.get_text(Kind::Draft, &name).is_some() {
                    // Its copy on the server is to go too; that is remembered until it has, with what was taken.
                    let taken = load(sheet, key).map_or_else(String::new, |draft| draft.at.to_string());
                    changes.push((Kind::Discard, name.clone(), Some(taken)));
                    changes.push((Kind::Draft, name.clone(), None));
                }
                touched.push(name);
            }
        }
    }
    let changes: Vec<storage::Change<'_>> =
        changes.iter().map(|(kind, name, text)| (*kind, name.as_str(), text.as_deref())).collect();
    let kept = storage.change(&changes);
    touched.iter().for_each(|name| draft_sync::touched(name));
    kept
}

/// Texts, numbers and lists: there is none that JSON cannot say.
fn printed(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// When that was typed which was taken away last; 0: nobody knows.
pub fn taken_at(sheet: SheetId, key: DraftKey) -> i64 {
    let taken =
        session::account_storage().and_then(|storage| storage.get_text(Kind::Discard, &key.name(sheet)));
    taken.and_then(|at| draft_sync::typed_at(&at)).unwrap_or_default()
}

/// All of a sheet.
pub fn all(sheet: SheetId) -> Vec<DraftKey> {
    names(&prefix(sheet)).iter().filter_map(|name| Some(DraftKey::parse(name)?.1)).collect()
}

/// All that there are, of every sheet.
pub fn everywhere() -> Vec<(SheetId, DraftKey)> {
    names("").iter().filter_map(|name| DraftKey::parse(name)).collect()
}

/// How many can be saved, and about how many a person must decide: the server has not taken them, or the sheet that is
/// looked at has no place for them.
pub fn count() -> (usize, usize) {
    let page = here();
    let all = everywhere();
    let is_undecided = |(sheet, key): &&(SheetId, DraftKey)| {
        load(*sheet, *key).is_some_and(|draft| draft.trouble.is_some())
            || page.is_some_and(|page| page.has_lost(*sheet, *key))
    };
    let undecided = all.iter().filter(is_undecided).count();
    (all.len() - undecided, undecided)
}

fn names(start: &str) -> Vec<String> {
    session::account_storage().map(|storage| storage.names(Kind::Draft, start)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "018f3a52-0000-7000-8000-000000000001";

    #[test]
    fn a_draft_is_found_by_its_name() {
        let sheet: SheetId = ID.parse().unwrap();
        let cell = CellKey { item: ID.parse().unwrap(), facet: Facet::Plan, year: FiscalYear(2026) };
        for key in [DraftKey::Entry(ID.parse().unwrap()), DraftKey::New(cell)] {
            assert_eq!(DraftKey::parse(&key.name(sheet)), Some((sheet, key)));
        }
        assert_eq!(DraftKey::parse("else:1"), None);
    }

    fn text(body: &str) -> EntryText {
        EntryText { body: body.to_owned(), ..EntryText::default() }
    }

    /// Typed on from the first text, which was asked for from version 3.
    fn typed_on(from: &str, typed: &str) -> Draft {
        let outline = format!("○{typed}");
        Draft {
            outline,
            version: 3,
            base: Some(Input::known(3, text(from))),
            depends_on: Some(String::new()),
            ..Draft::default()
        }
    }

    #[test]
    fn what_follows_a_save_goes_on_from_what_has_become_of_it() {
        let alone = typed_on("研修。", "研修会。").rebase(None, 4, text("研修。"));
        assert_eq!(alone.made(), Ok((text("研修会。"), 4)));
        assert_eq!((alone.depends_on, alone.base, alone.server_base), (None, None, None));
        // 〔五〕 was sent and merged with 新; 六 was typed into the middle of it.
        let merged = typed_on("研修〔五〕", "研修〔六五〕").rebase(None, 5, text("新研修〔五〕"));
        assert_eq!(merged.made(), Ok((text("新研修〔六五〕"), 5)));
        // The same once more, before anybody sees what the server has.
        let kept = merged.text().unwrap();
        let again =
            Draft {
                outline: "○研修〔六五〕七".to_owned(), base: Some(Input::known(3, kept)), ..merged
            };
        let again = again.rebase(None, 6, text("新研修〔六五〕"));
        assert_eq!(again.made(), Ok((text("新研修〔六五〕七"), 6)));
    }

    #[test]
    fn what_cannot_be_put_together_is_for_the_server_to_refuse() {
        let both = typed_on("年2回", "年4回").rebase(None, 5, text("年3回"));
        assert_eq!(both.made(), Ok((text("年4回"), 3)));
    }

    #[test]
    fn a_new_entry_that_was_changed_by_others_has_a_version() {
        let new = Draft { version: 0, ..typed_on("研修。", "研修会。") };
        let new = new.rebase(None, 2, text("新研修。"));
        assert_eq!(new.made(), Ok((text("新研修会。"), 2)));
        assert_eq!(new.version, 2);
    }

    #[test]
    fn what_cannot_be_saved_is_shown_beside_the_others_whole() {
        let draft = Draft { outline: "○研修\n※".to_owned(), ..Draft::default() };
        assert!(draft.text().is_err() && draft.whole().body.contains("研修"));
    }

    #[test]
    fn of_two_tabs_the_last_keystroke_stands_for_both() {
        let typed = |at, outline: &str| Draft { at, outline: outline.to_owned(), ..Draft::default() };
        let (early, late) = (typed(1, "○う"), typed(2, "○あ"));
        assert!(late.stands_before(&early) && !early.stands_before(&late));
        // In the same millisecond, both tabs choose the same one.
        let other = typed(2, "○い");
        assert!(other.stands_before(&late) && !late.stands_before(&other));
    }

    #[test]
    fn what_an_older_client_kept_is_still_a_draft() {
        let old = r#"{"outline":"○研修","scenes":["END_OF_LIFE"],"owner":null,"after":null,"version":2,"at":5,"open":true,
            "sending":{"request_id":"x"},"follows":"a","began":{"version":2},"onto":{"version":3},"merged":null}"#;
        let draft: Draft = serde_json::from_str(old).unwrap();
        assert_eq!((draft.outline.as_str(), draft.version, draft.open), ("○研修", 2, true));
        assert_eq!(draft.depends_on.as_deref(), Some("a"));
        assert_eq!((draft.base.unwrap().version, draft.server_base.unwrap().version), (Some(2), Some(3)));
    }
}
