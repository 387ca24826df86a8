//! Two people wrote the same entry: base, theirs and yours side by side, a choice for each place where they overlap, and
//! a text that a person makes of them.

use super::{
    DraftKey, Progress,
    choices::{Choices, Pick},
    draft,
    editor::{clock, trouble},
    save::{show_state, text_of},
};
use crate::{
    sheet::{
        focus,
        model::Entry,
        page::{Page, here},
    },
    shell,
    text::{live as words, sheet as text},
    ui::{button, dialog, dom},
    view::{El, effect, el, live, live_text, text_node},
};
use leptos::prelude::*;
use renkei_domain::{
    EntryId, EntryText, SceneSet, SheetId,
    diff::{Fate, Piece as Part, diff},
    merge::{Passage, merge},
    outline,
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlTextAreaElement, Node};

thread_local! {
    /// What the dialog works on, or worked on last.
    static BENCH: RefCell<Option<Rc<Bench>>> = const { RefCell::new(None) };
}

/// An edit that the server did not take, as it is from before somebody else's.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    pub key: DraftKey,
    pub id: EntryId,
    /// Where it stands, or stood, in words.
    pub place: String,
    pub base: EntryText,
    pub theirs: Entry,
    pub yours: EntryText,
    /// What was typed to combine them, when it was left to be decided later.
    pub merged: Option<String>,
}

/// Stands on the page; shows when there is a conflict.
pub fn conflict_dialog(page: Page) -> El {
    let title = move || {
        let deleted =
            page.conflict.with(|conflict| conflict.as_ref().is_some_and(|conflict| conflict.is_deleted()));
        if deleted { text::CONFLICT_DELETED } else { text::CONFLICT }
    };
    let open = move || page.conflict.with(Option::is_some);
    let last = Cell::new(None);
    effect(move || {
        let now = page.conflict.with(|conflict| conflict.as_ref().map(|conflict| conflict.id));
        if let (Some(id), None) = (last.replace(now), now) {
            // What the dialog was opened from has gone: the focus goes to what it was about.
            dom::after(0, move || {
                if page.editing.get_untracked().is_none() && focus::is_free() {
                    focus::entry(page, id);
                }
            });
        }
    });
    // Another conflict of the same entry may take this one's place while the dialog is open.
    let contents = move || {
        live(move || {
            let conflict = page.conflict.get();
            untrack(|| conflict.map(|conflict| contents(page, conflict)))
        })
    };
    let dialog = dialog(open, title, move || decide_later(page), contents);
    dialog.class("dialog wide")
}

impl Conflict {
    fn is_deleted(&self) -> bool {
        self.theirs.deleted_at.is_some()
    }

    fn their_name(&self) -> String {
        self.theirs.updated_by.as_ref().map_or_else(
            || text::SOMEBODY.to_owned(),
            |author| text::somebody(&author.organization, &author.name),
        )
    }

    fn their_time(&self) -> String {
        clock(js_sys::Date::parse(&self.theirs.updated_at) as i64)
    }

    /// They deleted it as you knew it.
    fn is_merely_deleted(&self) -> bool {
        self.is_deleted() && text_of(&self.theirs) == self.base
    }

    /// What is proposed, and its passages. What was written before it was deleted is brought back with it.
    fn proposal(&self) -> (Vec<Passage>, SceneSet) {
        let merged = merge(&self.base, &text_of(&self.theirs), &self.yours);
        (merged.passages, merged.text.explicit_scenes)
    }
}

/// A draft has changed, and not by this tab: what was decided there is not to be decided here, and what was typed there is
/// to be decided with the rest.
pub fn follow(sheet: SheetId, key: DraftKey) {
    let Some(page) = here().filter(|page| page.head_now().is_some_and(|head| head.id == sheet)) else {
        return;
    };
    let open = page.conflict.get_untracked().is_some_and(|conflict| conflict.key == key);
    let Some(bench) = BENCH.with_borrow(Clone::clone).filter(|_| open) else { return };
    if is_decided(page, key) {
        page.conflict.set(None);
    } else {
        bench.look();
    }
}

/// Saved, on its way though nobody can say for how long, or decided in another tab: nothing is left to be decided here.
/// Until then there is a draft, a request that is being answered, or the server's word why it was not taken.
fn is_decided(page: Page, key: DraftKey) -> bool {
    let draft = page.head_now().and_then(|head| draft::load(head.id, key));
    draft.is_none() && page.progress.get_untracked().is_none_or(|(of, _)| of != key)
}

fn decide_later(page: Page) {
    let Some(conflict) = page.conflict.get_untracked() else { return };
    if let Some(head) = page.head_now()
        && let Some(mut draft) = draft::load(head.id, conflict.key)
    {
        draft.open = false;
        // It was kept a moment ago; there is room.
        let _ = draft::keep(head.id, conflict.key, &draft);
    }
    page.conflict.set(None);
    page.progress.set(None);
    show_state();
    shell::announce(text::DRAFT_KEPT);
    focus::entry_soon(page, conflict.id);
}

/// The text that is being made, its scenes, and what it is made of.
struct Bench {
    page: Page,
    /// Newer than the page's own when the entry, or one's own text of it, has changed once more.
    conflict: ArcRwSignal<Arc<Conflict>>,
    choices: ArcRwSignal<Choices>,
    outline: ArcRwSignal<String>,
    scenes: ArcRwSignal<SceneSet>,
    fault: ArcRwSignal<Option<String>>,
    /// What has happened since the dialog was opened.
    news: ArcRwSignal<String>,
    composing: Cell<bool>,
    sent: Cell<bool>,
}

/// There is one dialog at most, so that its box has a name.
const MERGED: &str = "merged-text";

fn contents(page: Page, conflict: Arc<Conflict>) -> Vec<El> {
    let (passages, scenes) = conflict.proposal();
    let mut choices = Choices::of(passages);
    let outline = conflict.merged.clone().unwrap_or_else(|| choices.text());
    choices.recall(&outline);
    let deleted = conflict.is_deleted();
    let bench = Rc::new(Bench {
        page,
        conflict: ArcRwSignal::new(conflict),
        choices: ArcRwSignal::new(choices),
        outline: ArcRwSignal::new(outline),
        scenes: ArcRwSignal::new(scenes),
        fault: ArcRwSignal::default(),
        news: ArcRwSignal::default(),
        composing: Cell::default(),
        sent: Cell::default(),
    });
    BENCH.set(Some(bench.clone()));
    let watching = bench.clone();
    effect(move || watching.watch());
    let (compared, told) = (bench.clone(), bench.clone());
    let mut parts = vec![
        el("div").child(live(move || {
            let conflict = compared.conflict.get();
            untrack(|| comparison(&compared, &conflict))
        })),
        el("p").class("conflict-news").attr("role", "status").child(live_text(move || told.news.get())),
    ];
    parts.extend(merged_text(&bench));
    parts.push(foot(&bench, deleted));
    parts
}

/// All that follows from what the others wrote: made anew when they have written something else.
fn comparison(bench: &Rc<Bench>, conflict: &Conflict) -> Vec<El> {
    let (place, name, time) = (&conflict.place, conflict.their_name(), conflict.their_time());
    let deleted = conflict.is_deleted();
    let about = if deleted {
        text::deleted_by(place, &name, &time)
    } else {
        text::conflict_with(place, &name, &time)
    };
    let section = |class: &str, heading: &str, contents: Vec<Node>| {
        el("section").class(class).child(el("h3").child(heading)).child(contents)
    };
    let (mut their_side, mut your_side) = (Vec::new(), side(&conflict.base, &conflict.yours));
    if deleted {
        their_side.push(el("p").class("side-text").child(text::NO_TEXT).into());
    }
    if !conflict.is_merely_deleted() {
        their_side.extend(side(&conflict.base, &text_of(&conflict.theirs)));
        their_side.push(take(bench, Pick::Theirs));
        your_side.push(take(bench, Pick::Yours));
    }
    let sides = [
        section("side", text::BASE, side(&conflict.base, &conflict.base)),
        section("side theirs", &text::theirs(&name), their_side),
        section("side yours", text::YOURS, your_side),
    ];
    let mut parts = vec![el("p").class("conflict-about").child(about), el("div").class("sides").child(sides)];
    let overlaps = bench.choices.with_untracked(|choices| choices.picks().len());
    parts.extend((0..overlaps).filter_map(|at| overlap(bench, at, overlaps)));
    parts
}

fn printed(text: &EntryText) -> String {
    outline::print(&text.body, &text.notes)
}

/// A side's text with its differences from the base, and its scenes' difference in words.
fn side(base: &EntryText, side: &EntryText) -> Vec<Node> {
    let (before, after) = (base.explicit_scenes, side.explicit_scenes);
    let only = |a: SceneSet, b: SceneSet| a.iter().filter(|scene| !b.contains(*scene)).collect::<SceneSet>();
    let scenes = text::scenes_changed(only(after, before), only(before, after));
    let differences = diff(&printed(base), &printed(side)).into_iter().map(shown_part).collect::<Vec<_>>();
    let mut parts: Vec<Node> = vec![el("p").class("side-text").child(differences).into()];
    if !scenes.is_empty() {
        parts.push(el("p").class("side-scenes").child(scenes).into());
    }
    parts
}

fn take(bench: &Rc<Bench>, pick: Pick) -> Node {
    let bench = bench.clone();
    button("button", text::TAKE_THIS, move || bench.take(pick)).into()
}

fn shown_part(part: Part) -> Node {
    match part.fate {
        Fate::Same => text_node(&part.text),
        Fate::Deleted => el("del").child(part.text).into(),
        Fate::Inserted => el("ins").child(part.text).into(),
    }
}

/// One place in which both wrote something else: what to take of it, with the words round it.
fn overlap(bench: &Rc<Bench>, at: usize, all: usize) -> Option<El> {
    /// Letters of the text before and after that are shown.
    const AROUND: usize = 12;
    let group = ["overlap-", &at.to_string()].concat();
    bench.choices.with_untracked(|choices| {
        let (before, passage, after) = choices.overlap(at)?;
        let skipped = before.chars().count().saturating_sub(AROUND);
        let before: String = before.chars().skip(skipped).collect();
        let after: String = after.chars().take(AROUND).collect();
        let options = Pick::ALL.map(|pick| option(bench, &group, at, pick, pick.of(passage)));
        let context = el("span").class("overlap-context").child([&before, "〔　〕", &after].concat());
        let legend = el("legend").child(el("strong").child(words::overlap(at + 1, all))).child(context);
        Some(el("fieldset").class("overlap").child(legend).child(options))
    })
}

fn option(bench: &Rc<Bench>, group: &str, at: usize, pick: Pick, text: &str) -> El {
    let (shown, chosen) = (bench.clone(), bench.clone());
    let name = match pick {
        Pick::Theirs => words::TAKE_THEIRS,
        Pick::Yours => words::TAKE_YOURS,
        Pick::Both => words::TAKE_BOTH,
    };
    let input = el("input")
        .attr("type", "radio")
        .attr("name", group)
        .live_prop("checked", move || shown.choices.with(|choices| choices.picks().get(at) == Some(&pick)))
        .on("change", move |_: Event| chosen.choose(at, pick));
    let text = if text.is_empty() { words::NOTHING } else { text };
    el("label")
        .class("pick")
        .child(input)
        .child(el("span").child(el("strong").child(name)).child(" ").child(text))
}

/// The box to type into. Behind it lies the same text unseen, with the grounds of what differs from the base; by its
/// height the box has its own.
fn merged_text(bench: &Rc<Bench>) -> Vec<El> {
    let (typed, behind, refusing, hinted, scenes) =
        (bench.clone(), bench.clone(), bench.clone(), bench.clone(), bench.clone());
    let (shown, faulty, busy, composing, composed) =
        (bench.clone(), bench.clone(), bench.clone(), bench.clone(), bench.clone());
    let on_input = move |event: Event| {
        if let Some(area) = event.target() {
            typed.typed(area.unchecked_into::<HtmlTextAreaElement>().value());
        }
    };
    let grounds = live(move || {
        let base = behind.conflict.with(|conflict| printed(&conflict.base));
        let parts = behind.outline.with(|outline| diff(&base, outline));
        parts.into_iter().filter(|part| part.fate != Fate::Deleted).map(shown_part).collect::<Vec<_>>()
    });
    let area = el("textarea")
        .attr("id", MERGED)
        .attr("rows", "1")
        .attr("spellcheck", "false")
        .attr("aria-describedby", "merged-hint merged-trouble")
        .live_attr("aria-invalid", move || faulty.fault.with(Option::is_some).then_some("true"))
        .live_attr("readonly", move || busy.is_sending())
        .live_prop("value", move || shown.outline.get())
        .on("compositionstart", move |_: Event| composing.composing.set(true))
        .on("compositionend", move |_: Event| {
            composed.composing.set(false);
            composed.look();
        })
        .on("input", on_input);
    let hint = live_text(move || {
        let overlaps = hinted.choices.with(|choices| !choices.picks().is_empty());
        match hinted.conflict.with(|conflict| conflict.is_deleted()) {
            _ if overlaps => text::MERGED_OVERLAP,
            true => text::RESTORE_HINT,
            false => text::MERGED_HINT,
        }
    });
    let grounds = el("div").class("merged-grounds").attr("aria-hidden", "true").child(grounds);
    vec![
        el("label").class("merged-label").attr("for", MERGED).child(el("strong").child(text::MERGED)),
        el("span").class("merged-hint").attr("id", "merged-hint").child(hint),
        el("div").class("merged").child(grounds).child(area),
        el("p").class("merged-scenes").child(live_text(move || scenes.scenes_now())),
        trouble("merged-trouble", move || refusing.fault.get().or_else(|| refusing.refusal())),
    ]
}

fn foot(bench: &Rc<Bench>, deleted: bool) -> El {
    let (page, saving) = (bench.page, bench.clone());
    let label = if deleted { text::RESTORE_AND_SAVE } else { text::SAVE_MERGED };
    let state = live_text(move || match page.progress.get() {
        Some((_, Progress::Sending)) => text::SAVING,
        _ => text::DRAFT_STAYS,
    });
    el("div")
        .class("editor-foot")
        .child(button("button main", label, move || saving.save()))
        .child(button("button", text::LATER, move || decide_later(page)))
        .child(el("span").class("editor-state").attr("role", "status").child(state))
}

impl Bench {
    fn key(&self) -> DraftKey {
        self.conflict.with_untracked(|conflict| conflict.key)
    }

    fn is_sending(&self) -> bool {
        self.page.progress.get() == Some((self.key(), Progress::Sending))
    }

    fn refusal(&self) -> Option<String> {
        match self.page.progress.get() {
            Some((key, Progress::Refused { message, .. })) if key == self.key() => Some(message),
            _ => None,
        }
    }

    fn choose(&self, at: usize, pick: Pick) {
        let mut text = String::new();
        let typed = self.outline.get_untracked();
        self.choices.update(|choices| text = choices.pick(at, pick, &typed));
        self.typed(text);
    }

    /// One side as it is, instead of all that was chosen and typed.
    fn take(&self, pick: Pick) {
        let side = self.conflict.with_untracked(|conflict| match pick {
            Pick::Theirs => text_of(&conflict.theirs),
            Pick::Yours | Pick::Both => conflict.yours.clone(),
        });
        self.choices.update(|choices| choices.pick_all(pick));
        self.scenes.set(side.explicit_scenes);
        self.typed(printed(&side));
        dom::focus(focus::by_id(MERGED));
    }

    fn scenes_now(&self) -> String {
        let changed = self.conflict.with(|conflict| {
            let all = [
                conflict.base.explicit_scenes,
                conflict.theirs.explicit_scenes,
                conflict.yours.explicit_scenes,
            ];
            all.windows(2).any(|pair| pair[0] != pair[1])
        });
        if changed { text::scenes(self.scenes.get()) } else { String::new() }
    }

    /// Keeps the combination beside one's own text, at once.
    fn typed(&self, outline: String) {
        self.with_draft(|draft| {
            draft.merged = Some(outline.clone());
            draft.at = draft::after(draft.at);
        });
        self.shows(outline);
    }

    fn shows(&self, outline: String) {
        self.outline.set(outline);
        if self.fault.with_untracked(Option::is_some) {
            self.fault.set(self.fault_now());
        }
    }

    fn with_draft(&self, change: impl FnOnce(&mut draft::Draft)) {
        let key = self.key();
        if let Some(head) = self.page.head_now()
            && let Some(mut draft) = draft::load(head.id, key)
        {
            change(&mut draft);
            // Without room the combination is in its box alone, and one's own text in the draft as before.
            let _ = draft::keep(head.id, key, &draft);
        }
    }

    fn fault_now(&self) -> Option<String> {
        self.outline.with_untracked(|outline| outline::parse(outline).err().map(|fault| fault.to_string()))
    }

    fn save(&self) {
        let fault = self.fault_now();
        let valid = fault.is_none();
        self.fault.set(fault);
        if !valid {
            return dom::focus(focus::by_id(MERGED));
        }
        let conflict = self.conflict.get_untracked();
        let (outline, scenes) = (self.outline.get_untracked(), self.scenes.get_untracked());
        self.with_draft(|draft| {
            draft.outline = outline;
            draft.scenes = scenes;
            draft.version = conflict.theirs.version;
            (draft.began, draft.onto, draft.merged) = (None, None, None);
            draft.at = draft::after(draft.at);
        });
        if conflict.is_deleted() {
            self.page.restore_and_save(conflict.key);
        } else {
            // The outline was just found to be one.
            let _ = self.page.save(conflict.key);
        }
    }

    /// While the dialog is open: the entry may be changed once more, and the server may go away when all is said.
    fn watch(&self) {
        self.page.touched.track();
        self.sent.set(self.is_sending());
        untrack(|| {
            if is_decided(self.page, self.key()) {
                self.page.conflict.set(None);
            } else {
                self.look();
            }
        });
    }

    /// Takes in what has changed: on the sheet, or of one's own text in another tab.
    fn look(&self) {
        if self.composing.get() || self.sent.get() {
            return;
        }
        let known = self.conflict.get_untracked();
        let draft = self.page.head_now().and_then(|head| draft::load(head.id, known.key));
        // One that goes on from theirs is what was decided.
        let yours = draft.filter(|draft| draft.version < known.theirs.version).map(|draft| draft.whole());
        if let Some(yours) = yours.filter(|yours| *yours != known.yours) {
            self.renew(Conflict { yours, ..(*known).clone() }, words::YOURS_RENEWED.to_owned());
        }
        let known = self.conflict.get_untracked();
        let Some(now) = self.page.entry(known.id) else { return self.deleted(&known) };
        if now.version <= known.theirs.version {
            return;
        }
        let renewed = Conflict { theirs: now.entry.clone(), ..(*known).clone() };
        if known.is_deleted() {
            // Somebody has brought it back: there is something to be merged with again.
            return self.replace(Arc::new(renewed));
        }
        let news = words::conflict_renewed(&renewed.their_name());
        self.renew(renewed, news);
    }

    /// What was chosen and typed stays.
    fn renew(&self, renewed: Conflict, news: String) {
        let focused = dom::document().active_element().filter(|active| active.id() != MERGED);
        let (passages, scenes) = renewed.proposal();
        let before = self.conflict.get_untracked().proposal().1;
        let (mut text, typed) = (String::new(), self.outline.get_untracked());
        self.choices.update(|choices| text = choices.renew(passages, &typed));
        self.scenes.update(|chosen| *chosen = carried(before, scenes, *chosen));
        self.news.set(news);
        self.conflict.set(Arc::new(renewed));
        if text != typed {
            let caret = Caret::of(&typed, &text);
            // Nobody has typed this: a keystroke in another tab stands before it.
            self.with_draft(|draft| draft.merged = Some(text.clone()));
            self.shows(text);
            dom::after(0, move || caret.restore());
        }
        // A button that was made anew.
        if focused.is_some() {
            dom::after(0, || {
                if dom::document().active_element().is_none_or(|active| active.tag_name() == "BODY") {
                    dom::focus(focus::by_id(MERGED));
                }
            });
        }
    }

    fn deleted(&self, known: &Arc<Conflict>) {
        let version = self.page.with(|store| store.version(known.id)).unwrap_or_default();
        if version > known.theirs.version && !known.is_deleted() {
            let mut theirs = known.theirs.clone();
            (theirs.version, theirs.deleted_at) = (version, Some(String::new()));
            self.replace(Arc::new(Conflict { theirs, ..(**known).clone() }));
        }
    }

    /// Another kind of conflict, with the text that was made so far.
    fn replace(&self, conflict: Arc<Conflict>) {
        let merged = Some(self.outline.get_untracked());
        self.page.conflict.set(Some(Arc::new(Conflict { merged, ..(*conflict).clone() })));
    }
}

/// Scenes that were chosen over a proposal, carried to the next one.
fn carried(before: SceneSet, now: SceneSet, chosen: SceneSet) -> SceneSet {
    SceneSet::from_bits(now.bits() ^ before.bits() ^ chosen.bits())
}

/// Where the caret of the merged text goes when the text round it is another one.
struct Caret(u32);

impl Caret {
    fn of(before: &str, after: &str) -> Self {
        let at = area().and_then(|area| area.selection_start().ok().flatten()).unwrap_or_default();
        let (before, after): (Vec<u16>, Vec<u16>) =
            (before.encode_utf16().collect(), after.encode_utf16().collect());
        let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count() as u32;
        // Before the first difference it stays; behind it, it keeps its distance from the end.
        let behind = (after.len() as u32 + at).saturating_sub(before.len() as u32);
        Self(if at <= same { at } else { behind.max(same) })
    }

    fn restore(self) {
        if let Some(area) = area() {
            // Fails for no position within the text.
            let _ = area.set_selection_range(self.0, self.0);
        }
    }
}

fn area() -> Option<HtmlTextAreaElement> {
    focus::by_id(MERGED)?.dyn_into().ok()
}
