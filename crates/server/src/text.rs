//! Short texts from outside: names, titles, sign-in names, passwords. Each is checked once, where it comes in.

use crate::refusal::Refusal;
use renkei_domain::{
    limits,
    text::{composed, is_blank, normalized, trim_blank},
};

/// A name or title as it is stored: white space at its ends is left off, it has one line and at most
/// [`limits::NAME_CHARS`] characters.
pub fn name(field: &'static str, label: &str, text: &str) -> Result<String, Refusal> {
    line(field, label, text, limits::NAME_CHARS)
}

/// One line of at most `max` characters.
pub fn line(field: &'static str, label: &str, text: &str, max: usize) -> Result<String, Refusal> {
    let text = text.trim();
    if is_blank(text) {
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

/// A sign-in name: no white space within, and no invisible characters at its ends, as copying brings them along.
pub fn login(text: &str) -> Result<String, Refusal> {
    let login = line("login", "ログイン名", trim_blank(text), limits::LOGIN_CHARS)?;
    if login.chars().any(char::is_whitespace) {
        return Err(Refusal::invalid("login", "ログイン名に空白は使えません。"));
    }
    Ok(login)
}

/// What two spellings of the same name have in common: full-width letters and capitals make no difference.
pub fn key(text: &str) -> String {
    normalized(text.trim())
}

/// What two spellings of the same login have in common: [`key`], without the invisible characters at its ends.
pub fn login_key(text: &str) -> String {
    normalized(trim_blank(text))
}

/// A new password in the form in which it is hashed.
pub fn password(field: &'static str, text: &str) -> Result<String, Refusal> {
    let text = composed(text);
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
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::RefusalCode;

    #[test]
    fn names_are_one_trimmed_line() {
        assert_eq!(name("name", "名前", "　本庄市 ").unwrap(), "本庄市");
        for empty in ["", " ", "\u{200b}", "\u{3164}\u{feff}"] {
            assert_eq!(name("name", "名前", empty).unwrap_err().code, RefusalCode::Invalid, "{empty:?}");
        }
        assert_eq!(name("name", "名前", "\u{200b}葛\u{e0100}城").unwrap(), "\u{200b}葛\u{e0100}城");
        assert_eq!(name("name", "名前", "a\0b").unwrap_err().code, RefusalCode::Invalid);
        assert_eq!(name("name", "名前", &"長".repeat(101)).unwrap_err().code, RefusalCode::TooLong);
    }

    #[test]
    fn full_width_logins_find_the_same_account() {
        assert_eq!(key("ＨＯＮＪＯ"), key("honjo"));
    }

    #[test]
    fn invisible_characters_at_the_ends_of_a_login_are_ignored() {
        assert_eq!(login_key("\u{feff} HONJO\u{200b} \u{2060}"), login_key("honjo"));
        assert_eq!(login_key("e\u{301}"), login_key("É"));
        assert_eq!(login("\u{feff}honjo\u{200b} ").unwrap(), "honjo");
        assert_ne!(login_key("ho\u{200b}njo"), login_key("honjo"));
    }

    #[test]
    fn a_new_password_is_counted_in_the_form_in_which_it_is_hashed() {
        assert_eq!(password("newPassword", &"e\u{301}".repeat(8)).unwrap(), "é".repeat(8));
        assert_eq!(password("newPassword", &"e\u{301}".repeat(7)).unwrap_err().code, RefusalCode::Invalid);
        assert!(password("newPassword", &"e\u{301}".repeat(200)).is_ok());
    }
}
