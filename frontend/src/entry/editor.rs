//! The editor: opens over its entry, keeps every letter, and never loses one.

use super::{
    Progress,
    edited::EditedText,
    editor_state::{EditorState, TEXT, focus_text},
    line_kind::{self, LineKind},
    why::{owner_name, owners},
};
use crate::{
    clipboard, live, session,
    sheet::page::Page,
    storage,
    sync::{DraftKey, draft_sync},
    text::sheet as text,
    ui::{dom, is_composing, on_layout},
};
use leptos::{
    ev,
    html::{Div, Textarea},
    prelude::*,
};
use renkei_domain::{CareScene, SceneSet};
use wasm_bindgen::JsCast;
use web_sys::{
    ClipboardEvent, Element, Event, HtmlElement, HtmlSelectElement, HtmlTextAreaElement, KeyboardEvent,
};

/// Shows while something is to be written. Its elements stay the same as long as it is open, whatever is written in it:
/// an input method goes on composing in the field that it began with, also when a new entry has become one of the sheet.
///
/// It stands in the page with the focus in it before the browser takes the next key, so that no letter is lost that is
/// typed at once: effects run when the key's handler has ended, and nothing waits for a frame.
#[component]
pub fn Editor(page: Page) -> impl IntoView {
    let state = EditorState::new(page);
    Effect::new(move |_| {
        let editing = page.editing.get();
        untrack(|| state.open(editing));
    });
    Effect::new(move |_| {
        storage::changes().track();
        untrack(|| state.follow());
    });
    view! {
        <Show when=move || state.key.get().is_some()>
            <Popup state />
        </Show>
    }
}

#[component]
fn Popup(state: EditorState) -> impl IntoView {
    let EditorState { page, key, edited, .. } = state;
    let (popup, area) = (NodeRef::<Div>::new(), NodeRef::<Textarea>::new());
    Effect::new(move |_| {
        if let (Some(popup), Some(area)) = (popup.get(), area.get()) {
            edited.with(|edited| show_text(&area, &edited.outline));
            grow(&area);
            state.place(&popup);
        }
    });
    // Unless somebody is typing in it already.
    Effect::new(move |_| {
        key.track();
        let Some(area) = area.get() else { return };
        let field: &Element = area.as_ref();
        if dom::document().active_element().as_ref() != Some(field) {
            let end = area.value().encode_utf16().count() as u32;
            // Fails for no position within the text.
            let _ = area.set_selection_range(end, end);
            dom::focus(Some(area));
        }
    });
    let follow_caret = move || {
        if let Some(area) = area.get_untracked() {
            state.caret.follow(&area);
        }
    };
    let place = move || {
        if let Some(popup) = popup.try_get_untracked().flatten() {
            state.place(&popup);
        }
    };
    // What it says round the text changes its height.
    Effect::new(move |_| {
        edited.track();
        state.trouble();
        dom::after_render(place);
    });
    let height = StoredValue::new(dom::window_size().1);
    let resized = window_event_listener(ev::resize, move |_| {
        let (before, now) = (height.get_value(), dom::window_size().1);
        height.set_value(now);
        if let Some(area) = area.get_untracked() {
            grow(&area);
            let field: &Element = area.as_ref();
            if now < before && dom::document().active_element().as_ref() == Some(field) {
                // Once it is placed anew.
                dom::after_render(move || dom::bring_into_view(&area));
            }
        }
    });
    on_cleanup(move || resized.remove());
    on_layout(place);
    let on_input = move |event: Event| {
        state.change(|edited| edited.outline = event_target_value(&event));
        follow_caret();
    };
    let on_paste = move |event: ClipboardEvent| {
        let (Some(area), Some(key)) = (area.get_untracked(), key.get_untracked()) else { return };
        if clipboard::paste_into_editor(page, key, &area, &event) {
            event.prevent_default();
        }
    };
    let on_area_keydown = move |event: KeyboardEvent| {
        if let Some(area) = area.get_untracked().filter(|_| !is_composing(&event))
            && line_kind::on_key(&event, &area)
        {
            event.prevent_default();
        }
    };
    let delete = move |id| {
        view! {
            <button type="button" class="quiet" on:click=move |_| state.delete(id)>
                {text::DELETE}
            </button>
        }
    };
    view! {
        <div
            node_ref=popup
            class="editor"
            id="editor"
            role="dialog"
            aria-labelledby="editor-title"
            aria-describedby="editor-place"
            aria-busy=move || state.is_sending().then_some("true")
            on:keydown=move |event| state.on_keydown(&event)
        >
            <p class="editor-head">
                <strong id="editor-title">
                    {move || if state.is_new() { text::ADD_ENTRY } else { text::EDIT_ENTRY }}
                </strong>
                <span id="editor-place">{move || key.get().map(|key| page.place(key))}</span>
                {move || state.entry().map(delete)}
            </p>
            <textarea
                node_ref=area
                id=TEXT
                rows="2"
                spellcheck="false"
                aria-label=text::ENTRY_TEXT
                aria-describedby="editor-hint editor-trouble"
                aria-invalid=move || state.is_about_text().then_some("true")
                on:input=on_input
                on:paste=on_paste
                on:keydown=on_area_keydown
                on:keyup=move |_| follow_caret()
                on:pointerup=move |_| follow_caret()
                on:focus=move |_| follow_caret()
                on:compositionstart=move |_| state.composing.set(true)
                on:compositionend=move |_| state.composing.set(false)
                on:blur=|_| draft_sync::send_now()
            ></textarea>
            <LineKind area caret=state.caret outline=Signal::derive(move || edited.with(|edited| edited.outline.clone())) />
            <p id="editor-hint" class="outline-hint">{text::OUTLINE_HINT}</p>
            {move || edited.with(EditedText::room).map(|room| view! { <p class="room">{room}</p> })}
            <Trouble id="editor-trouble" trouble=Signal::derive(move || state.trouble()) />
            {move || {
                let key = key.get()?;
                let sheet = page.sheet_id()?;
                Some(view! { <live::BesideEditor page sheet key on_change=place /> })
            }}
            <SceneChoice state />
            <Show when=move || state.is_new()>
                <OwnerChoice state />
            </Show>
            <Foot state />
        </div>
    }
}

/// Shows a text in a field, unless it stands there: an input method goes on in what it began with.
pub fn show_text(area: &HtmlTextAreaElement, text: &str) {
    if area.value() != text {
        area.set_value(text);
    }
}

/// As high as its text.
fn grow(area: &HtmlElement) {
    let style = area.style();
    let _ = style.set_property("height", "auto");
    let _ = style.set_property("height", &format!("{}px", area.scroll_height() + 2));
}

/// What is wrong, told at once to who cannot see it.
#[component]
pub fn Trouble(id: &'static str, trouble: Signal<Option<String>>) -> impl IntoView {
    view! {
        <div class="trouble" id=id role="alert">
            {move || trouble.get().map(|trouble| view! { <p>{trouble}</p> })}
        </div>
    }
}

#[component]
fn SceneChoice(state: EditorState) -> impl IntoView {
    let edited = state.edited;
    // What the text names, and for a new entry what the sheet is filtered by.
    let suggested = Memo::new(move |_| {
        let named = edited.with(EditedText::suggested);
        let filtered =
            if state.is_new() { state.page.filter.with(|filter| filter.scenes) } else { SceneSet::EMPTY };
        let chosen = edited.with(|edited| edited.scenes);
        let offered = filtered.iter().filter(|scene| !chosen.contains(*scene) && !named.contains(scene));
        let offered: Vec<_> = offered.map(|scene| (scene, text::offer(scene))).collect();
        named.iter().map(|scene| (*scene, text::suggest(*scene))).chain(offered).collect::<Vec<_>>()
    });
    let chips = CareScene::ALL.map(|scene| {
        let checked = Signal::derive(move || edited.with(|edited| edited.scenes.contains(scene)));
        view! {
            <Chip scene checked on_toggle=move || state.toggle(scene)>
                <span>{scene.short_name()}</span>
            </Chip>
        }
    });
    let suggestion = move |(scene, words): (CareScene, String)| {
        let accept = move |_| {
            state.toggle(scene);
            focus_text();
        };
        view! {
            <button type="button" class="suggestion" data-scene=scene.code() on:click=accept>
                {words}
            </button>
        }
    };
    view! {
        <fieldset class="editor-scenes">
            <legend>{text::SCENES}</legend>
            {chips}
        </fieldset>
        <p class="editor-hint">
            <span>{text::INHERIT_HINT}</span>
            <For each=move || suggested.get() key=|(scene, _)| scene.code() children=suggestion />
        </p>
    }
}

/// A box that filters or tags by a scene, in its colour.
#[component]
pub fn Chip(
    scene: CareScene,
    #[prop(into)] checked: Signal<bool>,
    on_toggle: impl Fn() + 'static,
    children: Children,
) -> impl IntoView {
    view! {
        <label class="chip" data-scene=scene.code()>
            <input type="checkbox" prop:checked=move || checked.get() on:change=move |_| on_toggle() />
            {children()}
        </label>
    }
}

#[component]
fn OwnerChoice(state: EditorState) -> impl IntoView {
    let page = state.page;
    let owners = StoredValue::new(page.head_now().zip(state.key.get_untracked()).and_then(|(head, key)| {
        let owners = owners(&head, session::viewer().as_ref(), page.cell_of(key)?);
        let named = |owner| (owner, owner_name(&head, owner).to_owned());
        Some(owners.into_iter().map(named).collect::<Vec<_>>())
    }));
    let options = owners.get_value().into_iter().flatten().map(|(owner, name)| {
        let selected = move || state.edited.with(|edited| edited.owner == owner);
        view! { <option prop:selected=selected>{name}</option> }
    });
    let options = options.collect_view();
    let on_change = move |event: Event| {
        let chosen =
            chosen(&event).and_then(|at| owners.with_value(|owners| Some(owners.as_ref()?.get(at)?.0)));
        if let Some(owner) = chosen {
            state.change(|edited| edited.owner = owner);
        }
    };
    view! {
        <label class="editor-owner">
            <span>{text::OWNER}</span>
            <select on:change=on_change>{options}</select>
        </label>
    }
}

/// Which option was chosen.
pub fn chosen(event: &Event) -> Option<usize> {
    let select: HtmlSelectElement = event.target()?.dyn_into().ok()?;
    usize::try_from(select.selected_index()).ok()
}

#[component]
fn Foot(state: EditorState) -> impl IntoView {
    let told = move || match (storage::trouble().get(), state.progress()) {
        (Some(trouble), _) => text::not_kept(trouble).to_owned(),
        (None, Some(Progress::Sending)) => text::SAVING.to_owned(),
        (None, _) => state.note.get(),
    };
    view! {
        <div class="editor-foot">
            <button type="button" class="button main" on:click=move |_| state.save()>
                {text::SAVE}
                <kbd>{text::SAVE_KEY}</kbd>
            </button>
            <button type="button" class="button" on:click=move |_| state.leave()>
                {text::LEAVE}
                <kbd>{text::LEAVE_KEY}</kbd>
            </button>
            <span class="editor-state" role="status">
                {told}
            </span>
            <Show when=move || state.has_draft.get()>
                <button type="button" class="quiet" on:click=move |_| state.discard()>
                    {text::DISCARD}
                </button>
            </Show>
        </div>
    }
}

impl Page {
    /// （ウ）・令和8年度の計画・共同
    pub fn place(self, key: DraftKey) -> String {
        let (Some(head), Some(cell)) = (self.head_now(), self.cell_of(key)) else { return String::new() };
        let (row, column) = head.place(cell);
        let column = &head.columns[column];
        let facet = text::without_year(&column.heading, column.fiscal_year);
        let place = text::place(&head.items[row].code, column.fiscal_year, facet);
        match key {
            DraftKey::New(_) => place,
            DraftKey::Entry(id) => {
                let owner = self.entry(id).and_then(|entry| entry.owner);
                format!("{place}・{}", owner_name(&head, owner))
            }
        }
    }
}
