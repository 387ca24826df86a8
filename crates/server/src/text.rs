//! Short texts from outside: names, titles, sign-in names. Parsed once, at the door.

use crate::refusal::Refusal;
use renkei_domain::{limits, text::fold};

/// A name or title as it is stored: white space at its ends is left off, it has one line and at most
/// [`limits::NAME_CHARS`] characters.
pub fn name(field: &'static str, label: &str, text: &str) -> Result<String, Refusal> {
    line(field, label, text, limits::NAME_CHARS)
}

/// One line of at most `max` characters.
pub fn line(field: &'static str, label: &str, text: &str, max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::invalid(field, format!("{label}を入力してください。")));
    }
    if text.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        return Err(Refusal::invalid(field, format!("{label}に改行や制御文字は使えません。")));
    }
    let chars = text.chars().count();
    if chars > max {
        return Err(Refusal::too_long(field, format!("{label}は{max}文字までです（今は{chars}文字）。")));
    }
    Ok(text.to_owned())
}

/// A sign-in name: no white space within.
pub fn login(text: &str) -> Result<String, Refusal> {
    let login = line("login", "ログイン名", text, limits::LOGIN_CHARS)?;
    if login.chars().any(char::is_whitespace) {
        return Err(Refusal::invalid("login", "ログイン名に空白は使えません。"));
    }
    Ok(login)
}

/// What two spellings of the same name have in common: full-width letters and capitals make no difference.
pub fn key(text: &str) -> String {
    fold(text.trim())
}

/// A new password.
pub fn password(field: &'static str, text: &str) -> Result<(), Refusal> {
    let chars = text.chars().count();
    if chars < limits::PASSWORD_CHARS_MIN {
        let min = limits::PASSWORD_CHARS_MIN;
        return Err(Refusal::invalid(
            field,
            format!("パスワードは{min}文字以上にしてください（今は{chars}文字）。"),
        ));
    }
    if chars > limits::PASSWORD_CHARS_MAX {
        let max = limits::PASSWORD_CHARS_MAX;
        return Err(Refusal::too_long(field, format!("パスワードは{max}文字までです（今は{chars}文字）。")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::RefusalCode;

    #[test]
    fn names_are_one_trimmed_line() {
        assert_eq!(name("name", "名前", "　本庄市 ").unwrap(), "本庄市");
        assert_eq!(name("name", "名前", " ").unwrap_err().code, RefusalCode::Invalid);
        assert_eq!(name("name", "名前", "a\0b").unwrap_err().code, RefusalCode::Invalid);
        assert_eq!(name("name", "名前", &"長".repeat(101)).unwrap_err().code, RefusalCode::TooLong);
    }

    #[test]
    fn full_width_logins_find_the_same_account() {
        assert_eq!(key("ＨＯＮＪＯ"), key("honjo"));
    }
}
