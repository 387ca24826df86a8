//! What a new password must be, before the server is asked.

use crate::text::account as text;
use renkei_domain::limits;

/// Why these three entries change no password; to be told.
pub fn fault(current: &str, new: &str, repeated: &str) -> Option<String> {
    let chars = new.chars().count();
    if current.is_empty() {
        Some(text::EMPTY.to_owned())
    } else if chars < limits::PASSWORD_CHARS_MIN {
        Some(text::short())
    } else if chars > limits::PASSWORD_CHARS_MAX {
        Some(text::long())
    } else if new != repeated {
        Some(text::DIFFERENT.to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_enough_and_typed_the_same_twice() {
        assert_eq!(fault("old", "八文字の合言葉だ", "八文字の合言葉だ"), None);
        assert_eq!(fault("", "long enough", "long enough"), Some(text::EMPTY.to_owned()));
        assert_eq!(fault("old", "七文字合言葉だ", "七文字合言葉だ"), Some(text::short()));
        assert_eq!(fault("old", "long enough", "long enougj"), Some(text::DIFFERENT.to_owned()));
        let long = "あ".repeat(limits::PASSWORD_CHARS_MAX + 1);
        assert_eq!(fault("old", &long, &long), Some(text::long()));
    }
}
