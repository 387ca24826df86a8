//! What each line of the text in the editor is, said while it is typed, and changed with one key.

use crate::{
    text::sheet as text,
    ui::{SetIfNew, text_area},
};
use leptos::{html::Textarea, prelude::*};
use renkei_domain::{
    NoteKind,
    outline::{self, LineReading},
};
use web_sys::{HtmlTextAreaElement, KeyboardEvent};

/// What a line can be made, in the order in which the key goes on. None: it goes on with the text before it.
const KINDS: [Option<NoteKind>; 4] =
    [None, Some(NoteKind::Asterisk), Some(NoteKind::Dot), Some(NoteKind::Numbered)];

/// The line that the caret is in, counted from 0, and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Current {
    line: usize,
    reading: LineReading,
}

/// Which line the caret is in.
#[derive(Clone, Copy)]
pub struct Caret(RwSignal<usize>);

impl Caret {
    pub fn new() -> Self {
        Self(RwSignal::new(0))
    }

    /// It may have moved.
    pub fn follow(self, area: &HtmlTextAreaElement) {
        self.0.set_if_new(caret_line(area));
    }
}

/// The kind of the caret's line, to be changed by a click, and which lines go on with the one before. Shows where there
/// is more than one line.
#[component]
pub fn LineKind(area: NodeRef<Textarea>, caret: Caret, outline: Signal<String>) -> impl IntoView {
    let current = Memo::new(move |_| {
        let line = caret.0.get();
        outline.with(|outline| {
            let reading = outline::read(outline).get(line)?.reading;
            Some(Current { line, reading })
        })
    });
    let has_lines = Memo::new(move |_| outline.with(|outline| outline.trim_end().contains('\n')));
    let joined = Memo::new(move |_| outline.with(|outline| joined_lines(outline)));
    let chosen = move |kind: Option<NoteKind>| {
        current.get().is_some_and(|current| match current.reading {
            LineReading::Continued => kind.is_none(),
            LineReading::Note { kind: own, .. } => kind == Some(own),
            _ => false,
        })
    };
    let choice = move |kind: Option<NoteKind>| {
        let set = move |_| {
            if let Some(area) = area.get_untracked() {
                set_kind(&area, kind);
            }
        };
        view! {
            <button
                type="button"
                aria-pressed=move || if chosen(kind) { "true" } else { "false" }
                disabled=move || !current.get().is_some_and(|current| is_changeable(current.reading))
                title=text::line_kind(kind)
                on:click=set
            >
                {text::line_kind_mark(kind)}
            </button>
        }
    };
    let told = move || {
        current.get().map(|current| {
            let what = match current.reading {
                LineReading::Body => text::LINE_IS_BODY,
                LineReading::Continued => text::line_kind(None),
                LineReading::Note { kind, .. } => text::line_kind(Some(kind)),
                LineReading::Blank => text::LINE_IS_BLANK,
                LineReading::SecondEntry => text::LINE_IS_ENTRY,
            };
            text::line_is(current.line + 1, what)
        })
    };
    view! {
        <Show when=move || has_lines.get()>
            <div class="line-kind">
                <span class="line-kind-told">{told}</span>
                <span role="group" class="line-kinds" aria-label=text::LINE_KINDS>
                    {KINDS.map(choice).collect_view()}
                </span>
                <kbd aria-hidden="true">{text::LINE_KIND_KEY}</kbd>
            </div>
            {move || {
                let joined = joined.get();
                (!joined.is_empty()).then(|| view! { <p class="joined-lines" role="status">{text::joined_lines(&joined)}</p> })
            }}
        </Show>
    }
}

/// Counted from 0.
fn caret_line(area: &HtmlTextAreaElement) -> usize {
    area.value()[..text_area::selection(area).start].matches('\n').count()
}

/// F4 goes on to the next kind, as the key goes through the forms of a reference in Excel.
pub fn on_key(event: &KeyboardEvent, area: &HtmlTextAreaElement) -> bool {
    if event.key() != "F4" || event.ctrl_key() || event.alt_key() || event.meta_key() {
        return false;
    }
    let now = match outline::read(&area.value()).get(caret_line(area)).map(|line| line.reading) {
        Some(LineReading::Continued) => None,
        Some(LineReading::Note { kind, .. }) => Some(kind),
        _ => return true,
    };
    let at = KINDS.iter().position(|kind| *kind == now).unwrap_or_default();
    set_kind(area, KINDS[(at + 1) % KINDS.len()]);
    true
}

/// The body stays the body; a line that opens another entry is made a line of this one.
fn is_changeable(reading: LineReading) -> bool {
    !matches!(reading, LineReading::Body | LineReading::Blank)
}

/// Gives the caret's line another mark. The caret keeps its place in the line's text.
fn set_kind(area: &HtmlTextAreaElement, kind: Option<NoteKind>) {
    let (text, caret) = (area.value(), text_area::selection(area).start);
    let start = text[..caret].rfind('\n').map_or(0, |at| at + 1);
    let end = text[caret..].find('\n').map_or(text.len(), |at| caret + at);
    text_area::replace(area, start..end, &outline::with_mark(&text[start..end], kind));
}

/// The lines that go on with the text before them, counted from 1.
fn joined_lines(outline: &str) -> Vec<usize> {
    let lines = outline::read(outline).into_iter().enumerate();
    lines.filter(|(_, line)| line.reading == LineReading::Continued).map(|(at, _)| at + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::joined_lines;

    #[test]
    fn the_lines_that_are_joined_are_told() {
        assert_eq!(joined_lines("○研修を\n開いた\n*年2回\n\n毎年"), [2, 5]);
        assert!(joined_lines("○研修\n*年2回").is_empty());
    }
}
