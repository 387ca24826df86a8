//! Where a popup stands: over what it is about, within the window, scrolling with the sheet.

use crate::ui::dom;
use web_sys::{Element, HtmlElement};

/// Pixels kept free round a popup.
const MARGIN: f64 = 11.0;

/// Where it stands against its anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// On it, from its upper left corner on.
    Over,
    /// Below it, from its left edge on.
    Below,
    /// Below its upper right corner.
    Corner,
}

/// Places a popup, whose offset parent is the table's area. On a narrow screen the style sheet has its own mind about
/// left and width.
pub fn place(popup: &HtmlElement, anchor: &Element, side: Side) {
    let Some(area) = popup.offset_parent() else { return };
    let (area, anchor) = (edges(&area), edges(anchor));
    let (width, height) = (f64::from(popup.offset_width()), f64::from(popup.offset_height()));
    let (left, top) = match side {
        Side::Over => (anchor.left, anchor.top - 4.0),
        Side::Below => (anchor.left, anchor.bottom + 2.0),
        Side::Corner => (anchor.right - width, anchor.top + 28.0),
    };
    let window = visible();
    let left = fitted(left, width, window.left + MARGIN, window.right - MARGIN) - area.left;
    let (low, high) = (window.top + 4.0, window.bottom - MARGIN);
    // What is higher than the window scrolls with its anchor, so that every part of it can be brought into view; and so
    // does anything where the page scrolls as a whole and its anchor is out of sight.
    let fits = height <= high - low;
    let in_sight = anchor.bottom > window.top && anchor.top < window.bottom;
    let stays = fits && (in_sight || !page_scrolls());
    let top = if stays { fitted(top, height, low, high) } else { top } - area.top;
    let style = popup.style();
    // Fails for no property of this name.
    let _ = style.set_property("left", &format!("{left}px"));
    let _ = style.set_property("top", &format!("{top}px"));
}

/// A rectangle of the window, in pixels and parts of them: cut off, they would let a popup jump by one.
struct Edges {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

fn edges(element: &Element) -> Edges {
    let place = element.get_bounding_client_rect();
    Edges { left: place.left(), right: place.right(), top: place.top(), bottom: place.bottom() }
}

/// The part of the window in which the table shows: below its headings, above the footer.
fn visible() -> Edges {
    let (right, height) = dom::window_size();
    let headings = dom::find(".matrix thead").map_or(0.0, |headings| edges(&headings).bottom);
    let footer = dom::find(".footer").map_or(height, |footer| edges(&footer).top);
    // With much above the sheet the headings may be anywhere.
    let top = if headings < height / 2.0 { headings.max(0.0) } else { 0.0 };
    Edges { left: 0.0, right, top, bottom: footer.min(height) }
}

/// In a low window, where header and footer would leave the sheet no room.
fn page_scrolls() -> bool {
    dom::document().document_element().is_some_and(|page| page.scroll_height() > page.client_height() + 1)
}

/// The start of something of a size that is to lie between two bounds; the lower one counts where both can't be kept.
fn fitted(start: f64, size: f64, low: f64, high: f64) -> f64 {
    start.min(high - size).max(low)
}

#[cfg(test)]
mod tests {
    use super::fitted;

    #[test]
    fn a_popup_stays_within_the_window() {
        assert_eq!(fitted(100.0, 50.0, 0.0, 200.0), 100.0);
        assert_eq!(fitted(180.0, 50.0, 0.0, 200.0), 150.0);
        assert_eq!(fitted(-20.0, 50.0, 10.0, 200.0), 10.0);
        assert_eq!(fitted(50.0, 500.0, 10.0, 200.0), 10.0);
    }
}
