//! Two people wrote the same entry: base, theirs and yours side by side, a choice for each place where they overlap, and
//! a text that a person makes of them.

use super::{
    Progress,
    choices::Pick,
    editor::{Trouble, show_text},
    merging::{Conflict, Merging, caret_after, printed},
    save::text_of,
    undecided::throw_away,
};
use crate::{
    sheet::{focus, page::Page},
    shell, storage,
    sync::{Draft, DraftKey, MergedOf, draft},
    text::{live as words, sheet as text},
    ui::{Dialog, dom},
};
use leptos::{html::Textarea, prelude::*};
use renkei_domain::{
    EntryId, EntryText,
    diff::{Fate, Piece, diff},
    text::{beginning, ending},
};
use std::sync::Arc;

/// Stands on the page; shows when there is a conflict.
#[component]
pub fn ConflictDialog(page: Page) -> impl IntoView {
    let title = move || {
        let deleted =
            page.conflict.with(|conflict| conflict.as_ref().is_some_and(|conflict| conflict.is_deleted()));
        if deleted { text::CONFLICT_DELETED } else { text::CONFLICT }
    };
    let open = Signal::derive(move || page.conflict.with(Option::is_some));
    Effect::new(move |last: Option<Option<EntryId>>| {
        let now = page.conflict.with(|conflict| conflict.as_ref().map(|conflict| conflict.id));
        if let (Some(id), None) = (last.flatten(), now) {
            // What the dialog was opened from has gone: the focus goes to what it was about.
            dom::after(0, move || {
                if page.editing.get_untracked().is_none() && focus::is_free() {
                    focus::entry(page, id);
                }
            });
        }
        now
    });
    view! {
        <Dialog open title=title on_close=move |()| decide_later(page) class="wide">
            // Another conflict of the same entry may take this one's place while the dialog is open.
            {move || page.conflict.get().map(|conflict| view! { <Contents page conflict /> })}
        </Dialog>
    }
}

/// Saved, on its way though nobody can say for how long, or decided in another tab: nothing is left to be decided here.
/// Until then there is a draft, a request that is being answered, or the server's word why it was not taken.
fn is_decided(page: Page, key: DraftKey) -> bool {
    page.draft(key).is_none() && page.progress.get_untracked().is_none_or(|(of, _)| of != key)
}

fn decide_later(page: Page) {
    let Some(conflict) = page.conflict.get_untracked() else { return };
    page.put_away(conflict.key);
    page.conflict.set(None);
    page.progress.set(None);
    shell::announce(text::DRAFT_KEPT);
    focus::entry_soon(page, conflict.id);
}

/// The entry stays deleted, and one's own text of it goes; that can be taken back for a while.
fn agree_to_deletion(page: Page) {
    let Some(conflict) = page.conflict.get_untracked() else { return };
    page.conflict.set(None);
    page.progress.set(None);
    if let Some(sheet) = page.sheet_id() {
        throw_away(sheet, conflict.key);
    }
}

/// The text that is being made, and what is said of it.
#[derive(Clone, Copy)]
struct MergeState {
    page: Page,
    merging: RwSignal<Merging>,
    fault: RwSignal<Option<String>>,
    /// What has happened since the dialog was opened.
    news: RwSignal<String>,
    /// An input method composes in the text.
    composing: RwSignal<bool>,
    area: NodeRef<Textarea>,
}

impl MergeState {
    fn key(self) -> DraftKey {
        self.merging.with_untracked(|merging| merging.conflict.key)
    }

    fn is_sending(self) -> bool {
        self.page.progress.get() == Some((self.key(), Progress::Sending))
    }

    /// What is wrong: the text's own fault, or the server's word.
    fn trouble(self) -> Option<String> {
        self.fault.get().or_else(|| match self.page.progress.get() {
            Some((key, Progress::Refused { message, .. })) if key == self.key() => Some(message),
            _ => None,
        })
    }

    /// Keeps the combination beside one's own text, at once.
    fn change(self, change: impl FnOnce(&mut Merging)) {
        self.merging.update(change);
        let (outline, of) =
            self.merging.with_untracked(|merging| (merging.outline.clone(), merging.made_of()));
        self.page.change_draft(self.key(), |draft| {
            (draft.merged, draft.merged_of) = (Some(outline), of);
            draft.at = draft::after(draft.at);
        });
        self.check();
    }

    /// One side as it is, instead of all that was chosen and typed.
    fn take(self, pick: Pick) {
        self.change(|merging| merging.take(pick));
        self.focus();
    }

    /// A fault that was found is told until it is gone.
    fn check(self) {
        if self.fault.with_untracked(Option::is_some) {
            self.fault.set(self.merging.with_untracked(Merging::fault));
        }
    }

    fn save(self) {
        let Merging { conflict, outline, scenes, .. } = self.merging.get_untracked();
        let fault = self.merging.with_untracked(Merging::fault);
        let valid = fault.is_none();
        self.fault.set(fault);
        if !valid {
            return self.focus();
        }
        self.page.change_draft(conflict.key, |draft| {
            draft.outline = outline;
            draft.scenes = scenes;
            draft.version = conflict.theirs.version;
            (draft.base, draft.server_base) = (None, None);
            (draft.merged, draft.merged_of) = (None, MergedOf::default());
            draft.at = draft::after(draft.at);
        });
        if conflict.is_deleted() {
            self.page.restore_and_save(conflict.key);
        } else {
            // The outline was just found to be one.
            let _ = self.page.save(conflict.key);
        }
    }

    /// The entry, or one's own text in another tab, may be changed once more while the dialog is open, and the server may
    /// go away when all is said.
    fn follow(self) {
        if is_decided(self.page, self.key()) {
            self.page.conflict.set(None);
        } else if !self.composing.get_untracked() && !untrack(|| self.is_sending()) {
            self.take_in();
        }
    }

    fn take_in(self) {
        let known = self.merging.with_untracked(|merging| merging.conflict.clone());
        // One that goes on from theirs is what was decided.
        let undecided = |draft: &Draft| draft.version < known.theirs.version;
        if let Some(draft) = self.page.draft(known.key).filter(undecided) {
            let yours = draft.whole();
            // What was made of one's text before it was typed on is old.
            let MergedOf { yours: of, scenes } = draft.merged_of;
            let is_of_this = yours == known.yours && of.is_none_or(|of| of == known.yours);
            let merged = draft.merged.filter(|_| is_of_this);
            let news = words::YOURS_RENEWED.to_owned();
            if self.show(|merging| merging.follow(draft.at, merged, scenes)).is_some() {
                self.news.set(news);
            } else if yours != known.yours {
                self.renew(Conflict { yours, ..(*known).clone() }, news);
            }
        }
        let known = self.merging.with_untracked(|merging| merging.conflict.clone());
        let Some(now) = self.page.entry(known.id) else { return self.deleted(&known) };
        if now.version <= known.theirs.version {
            return;
        }
        let renewed = Conflict { theirs: now.entry.clone(), ..(*known).clone() };
        if known.is_deleted() {
            // Somebody has brought it back: there is something to be merged with again.
            return self.replace(renewed);
        }
        let news = words::conflict_renewed(&renewed.their_name());
        self.renew(renewed, news);
    }

    /// What was chosen and typed stays.
    fn renew(self, renewed: Conflict, news: String) {
        self.news.set(news);
        if let Some(outline) = self.show(|merging| merging.renew(renewed)) {
            // Nobody has typed this: a keystroke in another tab stands before it.
            let of = self.merging.with_untracked(Merging::made_of);
            self.page.change_draft(self.key(), |draft| (draft.merged, draft.merged_of) = (Some(outline), of));
        }
        // The focus may have been on a button that is made anew.
        dom::after(0, move || {
            if focus::is_nowhere() {
                self.focus();
            }
        });
    }

    /// Makes another text of it, which nobody has typed here: the caret stays with its words. None: it is the same.
    fn show(self, change: impl FnOnce(&mut Merging)) -> Option<String> {
        let before = self.merging.get_untracked();
        self.merging.maybe_update(|merging| {
            change(merging);
            (&merging.outline, merging.scenes, &merging.conflict)
                != (&before.outline, before.scenes, &before.conflict)
        });
        let (before, after) =
            (before.outline, self.merging.with_untracked(|merging| merging.outline.clone()));
        if after == before {
            return None;
        }
        self.check();
        if let Some(area) = self.area.get_untracked() {
            let caret = area.selection_start().ok().flatten().unwrap_or_default();
            let caret = caret_after(&before, &after, caret);
            show_text(&area, &after);
            // Fails for no position within the text.
            let _ = area.set_selection_range(caret, caret);
        }
        Some(after)
    }

    fn deleted(self, known: &Conflict) {
        let version = self.page.with(|store| store.version(known.id)).unwrap_or_default();
        if version > known.theirs.version && !known.is_deleted() {
            let mut theirs = known.theirs.clone();
            (theirs.version, theirs.deleted_at) = (version, Some(String::new()));
            self.replace(Conflict { theirs, ..known.clone() });
        }
    }

    /// Another kind of conflict, with the text that was made so far.
    fn replace(self, conflict: Conflict) {
        let (merged, merged_of) =
            self.merging.with_untracked(|merging| (Some(merging.outline.clone()), merging.made_of()));
        self.page.conflict.set(Some(Arc::new(Conflict { merged, merged_of, ..conflict })));
    }

    fn focus(self) {
        dom::focus(self.area.try_get_untracked().flatten());
    }
}

#[component]
fn Contents(page: Page, conflict: Arc<Conflict>) -> impl IntoView {
    let deleted = conflict.is_deleted();
    let label = if deleted { text::RESTORE_AND_SAVE } else { text::SAVE_MERGED };
    let state = MergeState {
        page,
        merging: RwSignal::new(Merging::of(conflict)),
        fault: RwSignal::default(),
        news: RwSignal::default(),
        composing: RwSignal::default(),
        area: NodeRef::new(),
    };
    Effect::new(move |_| {
        page.touched.track();
        storage::changes().track();
        page.progress.track();
        untrack(|| state.follow());
    });
    // All that follows from what the others wrote is made anew when they have written something else.
    let compared = Memo::new(move |_| state.merging.with(|merging| merging.conflict.clone()));
    let agree = deleted.then(|| {
        view! {
            <button type="button" class="button danger" on:click=move |_| agree_to_deletion(page)>
                {text::AGREE_TO_DELETION}
            </button>
        }
    });
    let told = move || match page.progress.get() {
        Some((_, Progress::Sending)) => text::SAVING,
        _ => text::DRAFT_STAYS,
    };
    view! {
        <div>{move || view! { <Comparison state conflict=compared.get() /> }}</div>
        <p class="conflict-news" role="status">{move || state.news.get()}</p>
        <MergedText state />
        <div class="editor-foot">
            <button type="button" class="button main" on:click=move |_| state.save()>{label}</button>
            <button type="button" class="button" on:click=move |_| decide_later(page)>{text::LATER}</button>
            {agree}
            <span class="editor-state" role="status">{told}</span>
        </div>
    }
}

#[component]
fn Comparison(state: MergeState, conflict: Arc<Conflict>) -> impl IntoView {
    let (place, name) = (&conflict.place, conflict.their_name());
    let time = text::clock(js_sys::Date::parse(&conflict.theirs.updated_at) as i64);
    let deleted = conflict.is_deleted();
    let about = if deleted {
        text::deleted_by(place, &name, &time)
    } else {
        text::conflict_with(place, &name, &time)
    };
    let mergeable = !conflict.is_merely_deleted();
    let take = move |pick| {
        mergeable.then(|| {
            view! {
                <button type="button" class="button" on:click=move |_| state.take(pick)>
                    {text::TAKE_THIS}
                </button>
            }
        })
    };
    let side = |side: &EntryText| side_text(&conflict.base, side);
    let overlaps = state.merging.with_untracked(|merging| merging.choices.picks().len());
    view! {
        <p class="conflict-about">{about}</p>
        <div class="sides">
            <section class="side">
                <h3>{text::BASE}</h3>
                {side(&conflict.base)}
            </section>
            <section class="side theirs">
                <h3>{text::theirs(&name)}</h3>
                {deleted.then(|| view! { <p class="side-text">{text::NO_TEXT}</p> })}
                {mergeable.then(|| side(&text_of(&conflict.theirs)))}
                {take(Pick::Theirs)}
            </section>
            <section class="side yours">
                <h3>{text::YOURS}</h3>
                {side(&conflict.yours)}
                {take(Pick::Yours)}
            </section>
        </div>
        {(0..overlaps).map(|at| view! { <Overlap state at all=overlaps /> }).collect_view()}
    }
}

/// A side's text with its differences from the base, and its scenes' difference in words.
fn side_text(base: &EntryText, side: &EntryText) -> impl IntoView + use<> {
    let scenes = text::scenes_changed(base.explicit_scenes, side.explicit_scenes);
    let pieces = diff(&printed(base), &printed(side)).into_iter().map(piece).collect_view();
    view! {
        <p class="side-text">{pieces}</p>
        {(!scenes.is_empty()).then(|| view! { <p class="side-scenes">{scenes}</p> })}
    }
}

fn piece(piece: Piece) -> AnyView {
    match piece.fate {
        Fate::Same => piece.text.into_any(),
        Fate::Deleted => view! { <del>{piece.text}</del> }.into_any(),
        Fate::Inserted => view! { <ins>{piece.text}</ins> }.into_any(),
    }
}

/// One place in which both wrote something else: what to take of it, with the words round it.
#[component]
fn Overlap(state: MergeState, at: usize, all: usize) -> impl IntoView {
    /// Letters of the text before and after that are shown.
    const AROUND: usize = 12;
    let shown = state.merging.with_untracked(|merging| {
        let (before, passage, after) = merging.choices.overlap(at)?;
        let (before, after) = (ending(before, AROUND).to_owned(), beginning(after, AROUND).to_owned());
        Some((before, after, Pick::ALL.map(|pick| (pick, pick.of(passage).to_owned()))))
    });
    shown.map(|(before, after, options)| {
        let options = options.map(|(pick, text)| view! { <PickOption state at pick text /> });
        view! {
            <fieldset class="overlap">
                <legend>
                    <strong>{words::overlap(at + 1, all)}</strong>
                    <span class="overlap-context"><bdi>{before}</bdi>"〔　〕"<bdi>{after}</bdi></span>
                </legend>
                {options}
            </fieldset>
        }
    })
}

#[component]
fn PickOption(state: MergeState, at: usize, pick: Pick, text: String) -> impl IntoView {
    let name = match pick {
        Pick::Theirs => words::TAKE_THEIRS,
        Pick::Yours => words::TAKE_YOURS,
        Pick::Both => words::TAKE_BOTH,
    };
    let checked = move || state.merging.with(|merging| merging.choices.picks().get(at) == Some(&pick));
    let text = if text.is_empty() { words::NOTHING.to_owned() } else { text };
    view! {
        <label class="pick">
            <input
                type="radio"
                name=format!("overlap-{at}")
                prop:checked=checked
                on:change=move |_| state.change(|merging| merging.choose(at, pick))
            />
            <span><strong>{name}</strong>" "<bdi>{text}</bdi></span>
        </label>
    }
}

/// The box to type into. Behind it lies the same text unseen, with the grounds of what differs from the base; by its
/// height the box has its own.
#[component]
fn MergedText(state: MergeState) -> impl IntoView {
    let MergeState { merging, fault, composing, area, .. } = state;
    let outline = Memo::new(move |_| merging.with(|merging| merging.outline.clone()));
    Effect::new(move |_| {
        if let Some(area) = area.get() {
            outline.with(|outline| show_text(&area, outline));
        }
    });
    let grounds = move || {
        let base = merging.with(|merging| printed(&merging.conflict.base));
        let pieces = outline.with(|outline| diff(&base, outline));
        pieces.into_iter().filter(|piece| piece.fate != Fate::Deleted).map(piece).collect_view()
    };
    let on_composed = move |_| {
        composing.set(false);
        state.follow();
    };
    view! {
        <label class="merged-label" for="merged-text"><strong>{text::MERGED}</strong></label>
        <span class="merged-hint" id="merged-hint">{move || merging.with(Merging::hint)}</span>
        <div class="merged">
            <div class="merged-grounds" aria-hidden="true">{grounds}</div>
            <textarea
                node_ref=area
                id="merged-text"
                rows="1"
                spellcheck="false"
                aria-describedby="merged-hint merged-trouble"
                aria-invalid=move || fault.with(Option::is_some).then_some("true")
                readonly=move || state.is_sending()
                on:input=move |event| state.change(|merging| merging.write(event_target_value(&event)))
                on:compositionstart=move |_| composing.set(true)
                on:compositionend=on_composed
            ></textarea>
        </div>
        <p class="merged-scenes">{move || merging.with(Merging::scenes_in_words)}</p>
        <Trouble id="merged-trouble" trouble=Signal::derive(move || state.trouble()) />
    }
}
