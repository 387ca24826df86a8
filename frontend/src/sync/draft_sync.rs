//! Drafts' copies on the server: kept a moment after they were typed, taken away when they are saved or thrown away,
//! and offered on whatever machine the person opens the sheet next.

use super::{Draft, DraftKey, draft};
use crate::{
    api::{self, EnumValue, Failure, Id, scene_values},
    entry::{
        queries::{
            self, DiscardDraft, DiscardDraftInput, DiscardDraftVariables, Drafts, DraftsVariables, SaveDraft,
            SaveDraftInput, SaveDraftPayload, SaveDraftVariables,
        },
        settled,
    },
    root, session,
    sheet::{page::Page, store::CellKey},
    storage::Kind,
    ui::dom,
};
use cynic::{MutationBuilder, Operation, QueryBuilder};
use leptos::{prelude::*, task::spawn_local};
use renkei_domain::{EntryId, Facet, FiscalYear, ItemId, SheetId};
use wasm_bindgen::JsValue;

/// Milliseconds of rest after a keystroke until the server gets a copy.
const REST_MS: i32 = 2_000;
/// Milliseconds after which it gets one even if nobody rests.
const LATEST_MS: i32 = 5_000;
/// Milliseconds until it is tried again.
const AGAIN_MS: i32 = 15_000;
/// The name of this browser among the account's machines; kept under it.
const DEVICE: &str = "device";

/// Behind the time of a draft that was thrown away: the server has said that its copy is gone.
const ACKNOWLEDGED: char = '!';

/// A context of the root.
#[derive(Clone, Copy, Default)]
pub struct DraftSync {
    /// Drafts whose copy is out of date, by name.
    dirty: StoredValue<Vec<String>>,
    /// Timers: until somebody has rested, and until it is time in any case.
    rest: StoredValue<dom::Timer>,
    latest: StoredValue<dom::Timer>,
    sending: RwSignal<bool>,
    elsewhere: RwSignal<Vec<Elsewhere>>,
}

fn draft_sync() -> DraftSync {
    root::context()
}

/// A draft that was typed on another machine.
#[derive(Clone)]
pub struct Elsewhere {
    sheet: SheetId,
    pub key: DraftKey,
    device: String,
    pub draft: Draft,
}

/// A draft that was thrown away. That is remembered until the server has been seen without its copy: an answer that was
/// asked for before may still hold it, and what was on its way may bring it there again.
#[derive(Clone, Debug, PartialEq)]
struct Discarded {
    /// Of another machine's, with the machine before it.
    name: String,
    /// When it was typed; 0: nobody knows.
    at: i64,
    /// The server has been told.
    acknowledged: bool,
}

/// Something was typed into the draft of this name, or it was taken away.
pub fn touched(name: &str) {
    let DraftSync { dirty, rest, latest, .. } = draft_sync();
    dirty.update_value(|dirty| {
        if !dirty.iter().any(|other| other == name) {
            dirty.push(name.to_owned());
        }
    });
    dom::forget_timer(rest.get_value());
    rest.set_value(dom::after(REST_MS, send_now));
    if latest.get_value().is_none() {
        latest.set_value(dom::after(LATEST_MS, send_now));
    }
}

/// Does not wait for a rest: somebody turns to something else.
pub fn send_now() {
    if draft_sync().dirty.with_value(Vec::is_empty) && discards().is_empty() {
        return;
    }
    spawn_local(async {
        send_all().await;
    });
}

/// Brings the server's copies up to date; true: it has them all.
pub async fn send_all() -> bool {
    let DraftSync { dirty, rest, latest, sending, .. } = draft_sync();
    dom::forget_timer(rest.get_value());
    dom::forget_timer(latest.get_value());
    latest.set_value(None);
    if sending.get_untracked() {
        return false;
    }
    sending.set(true);
    let mut sent = session::viewer().is_some() && send_dirty().await && send_discards().await;
    sending.set(false);
    // What was typed meanwhile has none yet.
    sent &= dirty.with_value(Vec::is_empty);
    if !sent {
        rest.set_value(dom::after(AGAIN_MS, send_now));
    }
    sent
}

/// All drafts of this browser, sent once more; false if one of them has no copy on the server now.
pub async fn send_whole() -> bool {
    // What is on its way is waited for.
    settled(|| !draft_sync().sending.get()).await;
    for (sheet, key) in draft::everywhere() {
        touched(&key.name(sheet));
    }
    send_all().await
}

/// When the page is going, what was typed last goes along, and nobody waits for the answer. Once, at the start.
pub fn listen() {
    // For as long as the page lives.
    let _ = window_event_listener_untyped("visibilitychange", |_| {
        let hidden = dom::document().hidden();
        for name in draft_sync().dirty.get_value().into_iter().filter(|_| hidden) {
            if let Some(operation) = save_draft(&name) {
                api::tell(api::request(&operation));
            }
        }
    });
}

/// Looks what the server has of a sheet: a draft that this browser has lost or knows older, and those of other machines.
pub async fn compare(page: Page) {
    let Some(sheet) = page.sheet_id() else { return };
    let before = discarded();
    if let Ok(copies) = ask(sheet).await {
        take_in(sheet, copies, &before);
        send_now();
    }
}

/// Somebody else is there.
pub fn forget_all() {
    draft_sync().dirty.set_value(Vec::new());
    use_elsewhere().set(Vec::new());
}

/// What is typed on other machines, of any sheet.
pub fn use_elsewhere() -> RwSignal<Vec<Elsewhere>> {
    draft_sync().elsewhere
}

/// What other machines have of a sheet, and this one has not.
pub fn elsewhere(sheet: SheetId) -> Vec<Elsewhere> {
    let mut all = use_elsewhere().get_untracked();
    all.retain(|other| other.sheet == sheet && draft::load(sheet, other.key).is_none());
    all
}

/// Goes on here with what was typed on another machine.
pub fn take(sheet: SheetId, key: DraftKey) -> Option<Draft> {
    let other = elsewhere(sheet).into_iter().find(|other| other.key == key)?;
    let draft = Draft { at: draft::after(other.draft.at), open: true, ..other.draft };
    // Theirs goes when the server has it as ours.
    let _ = draft::keep(sheet, key, &draft);
    forget(sheet, key);
    Some(draft)
}

/// Throws away what was typed on another machine, and tells what it was.
pub fn discard(page: Page, key: DraftKey) -> Option<Draft> {
    let sheet = page.sheet_id()?;
    let other = elsewhere(sheet).into_iter().find(|other| other.key == key);
    forget(sheet, key);
    send_now();
    other.map(|other| other.draft)
}

fn forget(sheet: SheetId, key: DraftKey) {
    use_elsewhere().update(|all| {
        let Some(storage) = session::account_storage() else { return };
        for other in all.extract_if(.., |other| other.sheet == sheet && other.key == key) {
            let name = other.device + "|" + &key.name(sheet);
            // Without room it is offered once more.
            let _ = storage.put_text(Kind::Discard, &name, &other.draft.at.to_string());
        }
    });
}

async fn send_dirty() -> bool {
    let mut all = true;
    let DraftSync { dirty, .. } = draft_sync();
    for name in dirty.try_update_value(std::mem::take).unwrap_or_default() {
        let Some(operation) = save_draft(&name) else { continue };
        match api::call(&operation).await.map(|data| data.answer) {
            Ok(SaveDraftPayload::DraftKept(kept)) => outdo(&name, parse_time(&kept.draft.typed_at)),
            Ok(SaveDraftPayload::Refusal(_) | SaveDraftPayload::Unknown) => all = false,
            Err(_) => {
                dirty.update_value(|dirty| dirty.push(name));
                all = false;
            }
        }
    }
    all
}

/// The server has a later one than was sent, from a clock that was ahead: what stands here is what the person sees.
fn outdo(name: &str, kept: i64) {
    let Some((sheet, key)) = DraftKey::parse(name) else { return };
    if let Some(draft) = draft::load(sheet, key).filter(|draft| draft.at < kept) {
        let _ = draft::keep(sheet, key, &Draft { at: draft::after(kept), ..draft });
    }
}

async fn send_discards() -> bool {
    let mut all = true;
    for Discarded { name, at, .. } in discards() {
        let (device, place) = name
            .split_once('|')
            .map_or((device(), name.as_str()), |(device, place)| (device.to_owned(), place));
        let Some((sheet, key)) = DraftKey::parse(place) else { continue };
        let Place { entry_id, item_id, facet, fiscal_year } = Place::of(key);
        let (sheet_id, device_id) = (Id(sheet), Id(device));
        let input = DiscardDraftInput { sheet_id, device_id, entry_id, item_id, facet, fiscal_year };
        // Where a fault is reported, it is asked again another time.
        match api::call(&DiscardDraft::build(DiscardDraftVariables { input })).await {
            Ok(_) => {
                // Unless something is typed there again, or was thrown away once more.
                let known = discarded().into_iter().find(|known| known.name == name && known.at == at);
                if let Some(known) = known {
                    Discarded { acknowledged: true, ..known }.keep();
                }
            }
            Err(_) => all = false,
        }
    }
    all
}

/// Of which the server has not been told.
fn discards() -> Vec<Discarded> {
    discarded().into_iter().filter(|one| !one.acknowledged).collect()
}

fn discarded() -> Vec<Discarded> {
    let Some(storage) = session::account_storage() else { return Vec::new() };
    let names = storage.names(Kind::Discard, "").into_iter();
    names.filter_map(|name| Some(Discarded::parse(&storage.get_text(Kind::Discard, &name)?, name))).collect()
}

/// When that was typed which was thrown away, as it is kept.
pub fn typed_at(kept: &str) -> Option<i64> {
    kept.trim_end_matches(ACKNOWLEDGED).parse().ok()
}

impl Discarded {
    fn parse(kept: &str, name: String) -> Self {
        let at = typed_at(kept).unwrap_or_default();
        Self { name, at, acknowledged: kept.ends_with(ACKNOWLEDGED) }
    }

    fn keep(&self) {
        let Some(storage) = session::account_storage() else { return };
        let mut kept = self.at.to_string();
        if self.acknowledged {
            kept.push(ACKNOWLEDGED);
        }
        // It stands there already; there is room.
        let _ = storage.put_text(Kind::Discard, &self.name, &kept);
    }

    /// Of a copy: what was thrown away, and not what was typed afterwards.
    fn covers(&self, name: &str, typed_at: i64) -> bool {
        self.name == name && (!self.acknowledged || typed_at <= self.at)
    }
}

async fn ask(sheet: SheetId) -> Result<Vec<queries::Draft>, Failure> {
    Ok(api::call(&Drafts::build(DraftsVariables { sheet_id: Id(sheet) })).await?.drafts)
}

/// `before`: what had been thrown away when it was asked.
fn take_in(sheet: SheetId, copies: Vec<queries::Draft>, before: &[Discarded]) {
    let mut known = Vec::new();
    let (this, gone) = (device(), discarded());
    // Of which the server had been told, and which it has not any more.
    let mut over: Vec<&Discarded> =
        before.iter().filter(|one| one.acknowledged && gone.contains(one)).collect();
    over.retain(|one| {
        one.name.rsplit('|').next().and_then(DraftKey::parse).is_some_and(|(of, _)| of == sheet)
    });
    let mut elsewhere = use_elsewhere().get_untracked();
    elsewhere.retain(|other| other.sheet != sheet);
    for copy in copies {
        let Some(key) = copy.key() else { continue };
        let (name, device) = (key.name(sheet), copy.device_id.0.clone());
        let theirs = copy.into_draft();
        let discarded_as = if device == this { name } else { format!("{device}|{name}") };
        if let Some(discarded) = gone.iter().find(|one| one.covers(&discarded_as, theirs.at)) {
            if over.contains(&discarded) {
                // It came there after all.
                Discarded { acknowledged: false, ..discarded.clone() }.keep();
                over.retain(|one| *one != discarded);
            }
            continue;
        }
        if device != this {
            elsewhere.push(Elsewhere { sheet, key, device, draft: theirs });
            continue;
        }
        let ours = draft::load(sheet, key).map(|ours| ours.at);
        if ours < Some(theirs.at) {
            // This browser has lost what it had, as at a power cut.
            let _ = draft::keep(sheet, key, &theirs);
        }
        if ours <= Some(theirs.at) {
            known.push(key);
        }
    }
    if let Some(storage) = session::account_storage() {
        over.iter().for_each(|one| storage.remove(Kind::Discard, &one.name));
    }
    use_elsewhere().set(elsewhere);
    for key in draft::all(sheet) {
        if !known.contains(&key) {
            touched(&key.name(sheet));
        }
    }
}

fn save_draft(name: &str) -> Option<Operation<SaveDraft, SaveDraftVariables>> {
    let (sheet, key) = DraftKey::parse(name)?;
    let draft = draft::load(sheet, key)?;
    let Place { entry_id, item_id, facet, fiscal_year } = Place::of(key);
    let typed_at = js_sys::Date::new(&JsValue::from_f64(draft.at as f64)).to_iso_string();
    let input = SaveDraftInput {
        sheet_id: Id(sheet),
        device_id: Id(device()),
        entry_id,
        item_id,
        facet,
        fiscal_year,
        outline: draft.outline,
        explicit_scenes: scene_values(draft.scenes),
        owner_id: draft.owner.map(Id),
        after_entry_id: draft.after.map(Id),
        version: draft.version,
        merged: draft.merged,
        typed_at: typed_at.into(),
    };
    Some(SaveDraft::build(SaveDraftVariables { input }))
}

/// Where a draft is typed, as the inputs say it.
struct Place {
    entry_id: Option<Id<EntryId>>,
    item_id: Option<Id<ItemId>>,
    facet: Option<EnumValue<Facet>>,
    fiscal_year: Option<i32>,
}

impl Place {
    fn of(key: DraftKey) -> Self {
        let nowhere = Self { entry_id: None, item_id: None, facet: None, fiscal_year: None };
        match key {
            DraftKey::Entry(id) => Self { entry_id: Some(Id(id)), ..nowhere },
            DraftKey::New(CellKey { item, facet, year }) => Self {
                item_id: Some(Id(item)),
                facet: Some(EnumValue(Some(facet))),
                fiscal_year: Some(year.0),
                ..nowhere
            },
        }
    }
}

impl queries::Draft {
    fn key(&self) -> Option<DraftKey> {
        let new = || {
            let (item, facet, year) = (self.item_id?.0, self.facet?.0?, FiscalYear(self.fiscal_year?));
            Some(CellKey { item, facet, year })
        };
        self.entry_id.map(|id| DraftKey::Entry(id.0)).or_else(|| new().map(DraftKey::New))
    }

    fn into_draft(self) -> Draft {
        Draft {
            scenes: self.scenes(),
            outline: self.outline,
            owner: self.owner_id.map(|id| id.0),
            after: self.after_entry_id.map(|id| id.0),
            version: self.version,
            at: parse_time(&self.typed_at),
            merged: self.merged,
            ..Draft::default()
        }
    }
}

fn parse_time(time: &str) -> i64 {
    // No number for what is no time, which is then the earliest.
    js_sys::Date::parse(time) as i64
}

/// This browser's name, until somebody signs out.
fn device() -> String {
    let Some(storage) = session::account_storage() else { return String::new() };
    storage.get_text(Kind::Preference, DEVICE).unwrap_or_else(|| {
        let fresh = api::request_id();
        // Without room it has another name after the next reload.
        let _ = storage.put_text(Kind::Preference, DEVICE, &fresh);
        fresh
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_thrown_away_is_told_from_what_was_typed_afterwards() {
        let of = |kept: &str| Discarded::parse(kept, "a".to_owned());
        let (asked, told) = (of("5"), of("5!"));
        assert_eq!((asked.at, asked.acknowledged, told.at, told.acknowledged), (5, false, 5, true));
        // Until the server has been told, nothing of it comes back.
        assert!(asked.covers("a", 5) && asked.covers("a", 6) && !asked.covers("b", 5));
        assert!(told.covers("a", 5) && !told.covers("a", 6));
        // As an older client kept it.
        assert_eq!((of("").at, of("").acknowledged), (0, false));
    }
}
