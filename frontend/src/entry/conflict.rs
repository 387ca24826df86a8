//! Two people wrote the same entry: base, theirs and yours side by side, and a text that a person makes of them.

use super::{
    DraftKey, Progress, draft,
    editor::clock,
    save::text_of,
};
use crate::{
    sheet::{focus, page::Page, wire::Entry},
    shell,
    text::sheet as text,
    ui::Dialog,
};
use leptos::{html, prelude::*};
use renkei_domain::{
    EntryId, EntryText, SceneSet,
    diff::{Fate, diff},
    merge::merge,
    outline,
};
use std::sync::Arc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlTextAreaElement};

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
pub fn conflict_dialog(page: Page) -> AnyView {
    let conflict = Memo::new(move |_| page.conflict.get());
    let title = Signal::derive(move || {
        let deleted = conflict.with(|conflict| conflict.as_ref().is_some_and(|conflict| conflict.is_deleted()));
        (if deleted { text::CONFLICT_DELETED } else { text::CONFLICT }).to_owned()
    });
    let open = Signal::derive(move || conflict.with(Option::is_some));
    let contents = move || conflict.get().map(|conflict| contents(page, conflict));
    view! {
        <Dialog open title on_close=move |()| decide_later(page) wide=true>
            {contents}
        </Dialog>
    }
    .into_any()
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
    area: NodeRef<html::Textarea>,
}

fn contents(page: Page, conflict: Arc<Conflict>) -> AnyView {
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
        area: NodeRef::new(),
    };
    let (place, name, time) = (&conflict.place, conflict.their_name(), conflict.their_time());
    let about = if deleted { text::deleted_by(place, &name, &time) } else { text::conflict_with(place, &name, &time) };
    let their_side = if deleted {
        view! { <p class="side-text">{text::NO_TEXT}</p> }.into_any()
    } else {
        side(bench, &conflict.base, &theirs, true)
    };
    let hint = match (deleted, merged.overlaps) {
        (true, _) => text::RESTORE_HINT,
        (false, 0) => text::MERGED_HINT,
        (false, _) => text::MERGED_OVERLAP,
    };
    view! {
        <p class="conflict-about">{about}</p>
        <div class="sides">
            <section class="side">
                <h3>{text::BASE}</h3>
                {side(bench, &conflict.base, &conflict.base, false)}
            </section>
            <section class="side theirs">
                <h3>{text::theirs(&name)}</h3>
                {their_side}
            </section>
            <section class="side yours">
                <h3>{text::YOURS}</h3>
                {side(bench, &conflict.base, &conflict.yours, !deleted)}
            </section>
        </div>
        {merged_text(bench, hint)}
        {foot(bench, deleted)}
    }
    .into_any()
}

fn printed(text: &EntryText) -> String {
    outline::print(&text.body, &text.notes)
}

/// A side's text with its differences from the base, and its scenes' difference in words.
fn side(bench: Bench, base: &EntryText, side: &EntryText, can_take: bool) -> AnyView {
    let (before, after) = (base.explicit_scenes, side.explicit_scenes);
    let only = |a: SceneSet, b: SceneSet| a.iter().filter(|scene| !b.contains(*scene)).collect::<SceneSet>();
    let scenes = text::scenes_changed(only(after, before), only(before, after));
    let take = can_take.then(|| {
        let side = side.clone();
        let take = move |_| bench.take(&side);
        view! {
            <button type="button" class="button" on:click=take>
                {text::TAKE_THIS}
            </button>
        }
    });
    view! {
        <p class="side-text">{differences(&printed(base), &printed(side))}</p>
        {(!scenes.is_empty()).then(|| view! { <p class="side-scenes">{scenes}</p> })}
        {take}
    }
    .into_any()
}

fn differences(base: &str, side: &str) -> AnyView {
    let piece = |piece: renkei_domain::diff::Piece| match piece.fate {
        Fate::Same => piece.text.into_any(),
        Fate::Deleted => view! { <del>{piece.text}</del> }.into_any(),
        Fate::Inserted => view! { <ins>{piece.text}</ins> }.into_any(),
    };
    diff(base, side).into_iter().map(piece).collect_view().into_any()
}

/// The box to type into. Behind it lies the same text unseen, with the grounds of what differs from the base.
fn merged_text(bench: Bench, hint: &'static str) -> AnyView {
    let on_input = move |event: web_sys::Event| {
        let area: Option<HtmlTextAreaElement> = event.target().and_then(|area| area.dyn_into().ok());
        if let Some(area) = area {
            bench.typed(area.value());
        }
    };
    let grounds = move || {
        let pieces = bench.outline.with(|outline| bench.base.with_value(|base| diff(base, outline)));
        let shown = pieces.into_iter().filter(|piece| piece.fate != Fate::Deleted).map(|piece| match piece.fate {
            Fate::Inserted => view! { <ins>{piece.text}</ins> }.into_any(),
            _ => piece.text.into_any(),
        });
        shown.collect_view()
    };
    let trouble = move || {
        let refused = move || match bench.page.progress.get() {
            Some((key, Progress::Refused { message, .. })) if bench.conflict.with_value(|conflict| conflict.key == key) => {
                Some(message)
            }
            _ => None,
        };
        bench.fault.get().or_else(refused).map(|trouble| view! { <p>{trouble}</p> })
    };
    Effect::new(move || {
        bench.outline.track();
        let Some(area) = bench.area.get() else { return };
        crate::ui::dom::after_render(move || {
            let style = HtmlElement::style(&area);
            let _ = style.set_property("height", "auto");
            let _ = style.set_property("height", &format!("{}px", area.scroll_height() + 2));
        });
    });
    view! {
        <label class="merged-label" for="merged-text">
            <strong>{text::MERGED}</strong>
        </label>
        <span class="merged-hint" id="merged-hint">{hint}</span>
        <div class="merged">
            <div class="merged-grounds" aria-hidden="true">
                {grounds}
            </div>
            <textarea
                node_ref=bench.area
                id="merged-text"
                rows="1"
                aria-describedby="merged-hint merged-trouble"
                aria-invalid=move || bench.fault.with(Option::is_some).then_some("true")
                spellcheck="false"
                prop:value=move || bench.outline.get()
                on:input=on_input
            ></textarea>
        </div>
        <p class="merged-scenes">{move || bench.scenes_now()}</p>
        <div id="merged-trouble" class="trouble" role="alert">
            {trouble}
        </div>
    }
    .into_any()
}

fn foot(bench: Bench, deleted: bool) -> AnyView {
    let page = bench.page;
    let label = if deleted { text::RESTORE_AND_SAVE } else { text::SAVE_MERGED };
    let state = move || match page.progress.get() {
        Some((_, Progress::Sending)) => text::SAVING,
        Some((_, Progress::Waiting)) => text::WAITING,
        _ => text::DRAFT_STAYS,
    };
    view! {
        <div class="editor-foot">
            <button type="button" class="button main" on:click=move |_| bench.save()>
                {label}
            </button>
            <button type="button" class="button" on:click=move |_| decide_later(page)>
                {text::LATER}
            </button>
            <span class="editor-state" role="status">
                {state}
            </span>
        </div>
    }
    .into_any()
}

impl Bench {
    fn take(self, side: &EntryText) {
        self.scenes.set(side.explicit_scenes);
        self.typed(printed(side));
        crate::ui::dom::focus(self.area.get_untracked());
    }

    fn scenes_now(self) -> String {
        let changed = self.conflict.with_value(|conflict| {
            let all = [conflict.base.explicit_scenes, conflict.theirs.explicit_scenes, conflict.yours.explicit_scenes];
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
            return crate::ui::dom::focus(self.area.get_untracked());
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
