//! A text field's selection, in bytes of its text, and what is put in its place.

use super::dom;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDocument, HtmlTextAreaElement};

/// The selected part of a field's text, in bytes.
pub fn selection(area: &HtmlTextAreaElement) -> std::ops::Range<usize> {
    let text = area.value();
    let place = |place: Option<u32>| byte(&text, place.unwrap_or_default());
    place(area.selection_start().ok().flatten())..place(area.selection_end().ok().flatten())
}

/// Puts a text in place of a part of a field's text (in bytes), as if it had been typed: the browser's own undo takes it
/// back, and the field says `input`. The caret stands behind it.
pub fn replace(area: &HtmlTextAreaElement, part: std::ops::Range<usize>, text: &str) {
    let before = area.value();
    dom::focus(Some(area.clone()));
    // Fails for no place within the text.
    let _ = area.set_selection_range(units(&before, part.start), units(&before, part.end));
    let document: Option<HtmlDocument> = dom::document().dyn_into().ok();
    let command = if text.is_empty() { "delete" } else { "insertText" };
    let is_done = document.is_some_and(|document| {
        document.exec_command_with_show_ui_and_value(command, false, text).unwrap_or_default()
    });
    if !is_done {
        // A browser that has no such command: without its undo.
        let _ = area.set_range_text(text);
        let end = units(&before, part.start) + text.encode_utf16().count() as u32;
        let _ = area.set_selection_range(end, end);
        dom::tell_input(area);
    }
}

/// A place that the browser counts in UTF-16, in bytes.
fn byte(text: &str, units: u32) -> usize {
    let mut left = units as usize;
    let at = text.char_indices().find(|(_, c)| {
        let is_here = left == 0;
        left = left.saturating_sub(c.len_utf16());
        is_here
    });
    at.map_or(text.len(), |(at, _)| at)
}

fn units(text: &str, byte: usize) -> u32 {
    text[..byte].encode_utf16().count() as u32
}

#[cfg(test)]
mod tests {
    use super::{byte, units};

    #[test]
    fn a_place_is_the_same_in_bytes_and_as_the_browser_counts() {
        let text = "○𠮷a";
        let places = [(0, 0), (1, 3), (3, 7), (4, 8)];
        for (unit, at) in places {
            assert_eq!((byte(text, unit), units(text, at)), (at, unit));
        }
        assert_eq!(byte(text, 99), text.len());
    }
}
