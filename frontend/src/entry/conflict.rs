//! Two people wrote the same entry: base, theirs and yours side by side, and a text that a person makes of them.

use super::{
    DraftKey, Progress, draft,
    editor::{clock, trouble},
    save::text_of,
};
use crate::{
    sheet::{focus, page::Page, wire::Entry},
    shell,
    text::sheet as text,
    ui::{button, dialog, dom},
    view::{El, effect, el, live, live_text, text_node},
};
use leptos::prelude::*;
use renkei_domain::{
    EntryId, EntryText, SceneSet,
    diff::{Fate, Piece as Part, diff},
    merge::merge,
    outline,
};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlTextAreaElement, Node};

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
    let open = RwSignal::new(false);
    effect(move || open.set(page.conflict.with(Option::is_some)));
    // Another conflict of the same entry may take this one's place while the dialog is open.
    let contents = move || {
        live(move || {
            let conflict = page.conflict.get();
            untrack(|| conflict.map(|conflict| contents(page, conflict)))
        })
    };
    let dialog = dialog(open.into(), title, move || decide_later(page), contents);
    dialog.class("dialog wide")
}

impl Conflict {
    fn is_deleted(&self) -> bool {
        self.theirs.deleted_at.is_some()
    }

    fn their_name(&self) -> String {
        self.theirs.updated_by.as_ref().map_or_else(
            || text::SOMEBODY.to_owned(),
            |author| text::somebody(&author.organization.short_name, &author.name),
        )
    }

    fn their_time(&self) -> String {
        clock(js_sys::Date::parse(&self.theirs.updated_at) as i64)
    }
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
    shell::set_save_state(super::save::drafts_left());
    shell::announce(text::DRAFT_KEPT);
    focus::entry_soon(page, conflict.id);
}

/// The text that is being made, and its scenes.
#[derive(Clone, Copy)]
struct Bench {
    page: Page,
    conflict: StoredValue<Arc<Conflict>>,
    base: StoredValue<String>,
    outline: RwSignal<String>,
    scenes: RwSignal<SceneSet>,
    fault: RwSignal<Option<String>>,
}

/// There is one dialog at most, so that its box has a name.
const MERGED: &str = "merged-text";

fn contents(page: Page, conflict: Arc<Conflict>) -> Vec<El> {
    let theirs = text_of(&conflict.theirs);
    let deleted = conflict.is_deleted();
    let merged = merge(&conflict.base, &theirs, &conflict.yours);
    // A deleted text has nothing to be merged with.
    let proposal = if deleted { conflict.yours.clone() } else { merged.text };
    let outline = conflict.merged.clone().unwrap_or_else(|| printed(&proposal));
    let bench = Bench {
        page,
        conflict: StoredValue::new(conflict.clone()),
        base: StoredValue::new(printed(&conflict.base)),
        outline: RwSignal::new(outline),
        scenes: RwSignal::new(proposal.explicit_scenes),
        fault: RwSignal::new(None),
    };
    let (place, name, time) = (&conflict.place, conflict.their_name(), conflict.their_time());
    let about = if deleted {
        text::deleted_by(place, &name, &time)
    } else {
        text::conflict_with(place, &name, &time)
    };
    let hint = match (deleted, merged.overlaps) {
        (true, _) => text::RESTORE_HINT,
        (false, 0) => text::MERGED_HINT,
        (false, _) => text::MERGED_OVERLAP,
    };
    let section = |class: &str, heading: &str, contents: Vec<Node>| {
        el("section").class(class).child(el("h3").child(heading)).child(contents)
    };
    let their_side = if deleted {
        vec![el("p").class("side-text").child(text::NO_TEXT).into()]
    } else {
        side(bench, &conflict.base, &theirs, true)
    };
    let sides = [
        section("side", text::BASE, side(bench, &conflict.base, &conflict.base, false)),
        section("side theirs", &text::theirs(&name), their_side),
        section("side yours", text::YOURS, side(bench, &conflict.base, &conflict.yours, !deleted)),
    ];
    let mut parts = vec![el("p").class("conflict-about").child(about), el("div").class("sides").child(sides)];
    parts.extend(merged_text(bench, hint));
    parts.push(foot(bench, deleted));
    parts
}

fn printed(text: &EntryText) -> String {
    outline::print(&text.body, &text.notes)
}

/// A side's text with its differences from the base, and its scenes' difference in words.
fn side(bench: Bench, base: &EntryText, side: &EntryText, can_take: bool) -> Vec<Node> {
    let (before, after) = (base.explicit_scenes, side.explicit_scenes);
    let only = |a: SceneSet, b: SceneSet| a.iter().filter(|scene| !b.contains(*scene)).collect::<SceneSet>();
    let scenes = text::scenes_changed(only(after, before), only(before, after));
    let differences = diff(&printed(base), &printed(side)).into_iter().map(shown_part).collect::<Vec<_>>();
    let mut parts: Vec<Node> = vec![el("p").class("side-text").child(differences).into()];
    if !scenes.is_empty() {
        parts.push(el("p").class("side-scenes").child(scenes).into());
    }
    if can_take {
        let side = side.clone();
        parts.push(button("button", text::TAKE_THIS, move || bench.take(&side)).into());
    }
    parts
}

fn shown_part(part: Part) -> Node {
    match part.fate {
        Fate::Same => text_node(&part.text),
        Fate::Deleted => el("del").child(part.text).into(),
        Fate::Inserted => el("ins").child(part.text).into(),
    }
}

/// The box to type into. Behind it lies the same text unseen, with the grounds of what differs from the base; by its
/// height the box has its own.
fn merged_text(bench: Bench, hint: &str) -> Vec<El> {
    let on_input = move |event: Event| {
        if let Some(area) = event.target() {
            bench.typed(area.unchecked_into::<HtmlTextAreaElement>().value());
        }
    };
    let grounds = live(move || {
        let parts = bench.outline.with(|outline| bench.base.with_value(|base| diff(base, outline)));
        parts.into_iter().filter(|part| part.fate != Fate::Deleted).map(shown_part).collect::<Vec<_>>()
    });
    let refused = move || match bench.page.progress.get() {
        Some((key, Progress::Refused { message, .. }))
            if key == bench.conflict.with_value(|known| known.key) =>
        {
            Some(message)
        }
        _ => None,
    };
    let area = el("textarea")
        .attr("id", MERGED)
        .attr("rows", "1")
        .attr("spellcheck", "false")
        .attr("aria-describedby", "merged-hint merged-trouble")
        .live_attr("aria-invalid", move || bench.fault.with(Option::is_some).then_some("true"))
        .live_prop("value", move || bench.outline.get())
        .on("input", on_input);
    let grounds = el("div").class("merged-grounds").attr("aria-hidden", "true").child(grounds);
    vec![
        el("label").class("merged-label").attr("for", MERGED).child(el("strong").child(text::MERGED)),
        el("span").class("merged-hint").attr("id", "merged-hint").child(hint),
        el("div").class("merged").child(grounds).child(area),
        el("p").class("merged-scenes").child(live_text(move || bench.scenes_now())),
        trouble("merged-trouble", move || bench.fault.get().or_else(refused)),
    ]
}

fn foot(bench: Bench, deleted: bool) -> El {
    let page = bench.page;
    let label = if deleted { text::RESTORE_AND_SAVE } else { text::SAVE_MERGED };
    let state = live_text(move || match page.progress.get() {
        Some((_, Progress::Sending)) => text::SAVING,
        Some((_, Progress::Waiting)) => text::WAITING,
        _ => text::DRAFT_STAYS,
    });
    el("div")
        .class("editor-foot")
        .child(button("button main", label, move || bench.save()))
        .child(button("button", text::LATER, move || decide_later(page)))
        .child(el("span").class("editor-state").attr("role", "status").child(state))
}

impl Bench {
    fn take(self, side: &EntryText) {
        self.scenes.set(side.explicit_scenes);
        self.typed(printed(side));
        dom::focus(focus::by_id(MERGED));
    }

    fn scenes_now(self) -> String {
        let changed = self.conflict.with_value(|conflict| {
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
    fn typed(self, outline: String) {
        self.with_draft(|draft| draft.merged = Some(outline.clone()));
        self.outline.set(outline);
        if self.fault.with_untracked(Option::is_some) {
            self.fault.set(self.fault_now());
        }
    }

    fn with_draft(self, change: impl FnOnce(&mut draft::Draft)) {
        let key = self.conflict.with_value(|conflict| conflict.key);
        if let Some(head) = self.page.head_now()
            && let Some(mut draft) = draft::load(head.id, key)
        {
            change(&mut draft);
            // Without room the combination is in its box alone, and one's own text in the draft as before.
            let _ = draft::keep(head.id, key, &draft);
        }
    }

    fn fault_now(self) -> Option<String> {
        self.outline.with_untracked(|outline| outline::parse(outline).err().map(|fault| fault.to_string()))
    }

    fn save(self) {
        let fault = self.fault_now();
        let valid = fault.is_none();
        self.fault.set(fault);
        if !valid {
            return dom::focus(focus::by_id(MERGED));
        }
        let conflict = self.conflict.get_value();
        let (outline, scenes) = (self.outline.get_untracked(), self.scenes.get_untracked());
        self.with_draft(|draft| {
            draft.outline = outline;
            draft.scenes = scenes;
            draft.version = conflict.theirs.version;
            draft.merged = None;
        });
        if conflict.is_deleted() {
            self.page.restore_and_save(conflict.key);
        } else {
            // The outline was just found to be one.
            let _ = self.page.save(conflict.key);
        }
    }
}
