//! What opens below a button, within the window.

use super::dom;
use web_sys::HtmlElement;

/// Pixels kept free beside it.
const MARGIN: f64 = 12.0;

/// Moves what has just opened to the side, as far as it would run out of the window.
pub fn keep_in_window(opened: &HtmlElement) {
    let style = opened.style();
    // Measured where it stands by itself. Fails for no property of this name.
    let _ = style.remove_property("translate");
    let place = opened.get_bounding_client_rect();
    let by = shift(place.left(), place.right(), dom::window_size().0);
    if by != 0.0 {
        let _ = style.set_property("translate", &format!("{by}px"));
    }
}

/// How far to the right. Where both edges can't be kept, the left one is.
fn shift(left: f64, right: f64, width: f64) -> f64 {
    let (at_least, at_most) = (MARGIN - left, width - MARGIN - right);
    at_most.min(0.0).max(at_least)
}

#[cfg(test)]
mod tests {
    use super::shift;

    #[test]
    fn what_would_run_out_of_the_window_is_moved_back() {
        assert_eq!(shift(100.0, 300.0, 1366.0), 0.0);
        assert_eq!(shift(1200.0, 1400.0, 1366.0), -46.0);
        assert_eq!(shift(-40.0, 300.0, 390.0), 52.0);
        assert_eq!(shift(0.0, 500.0, 390.0), 12.0);
    }
}
