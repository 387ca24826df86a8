//! Keys, and whose they are.

use web_sys::KeyboardEvent;

/// By this key code a browser says that an input method has the key.
const PROCESS_KEY: u32 = 229;

/// A key that belongs to an input method, and means nothing to the page. Safari ends a composition before it tells of
/// the key that has ended it, so that only the code is left to know that key by.
pub fn is_composing(event: &KeyboardEvent) -> bool {
    event.is_composing() || event.key_code() == PROCESS_KEY
}
