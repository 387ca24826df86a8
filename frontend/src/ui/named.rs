//! What people have written within sentences of the page's own.

use leptos::prelude::*;

/// A sentence about something that has a name: the name stands in it by itself, so that whatever it turns round it turns
/// nothing else round.
pub fn named(sentence: impl Fn(&str) -> String, name: &str) -> AnyView {
    let (before, after) = around(sentence);
    view! {
        {before}
        <bdi>{name.to_owned()}</bdi>
        {after}
    }
    .into_any()
}

/// What stands before and after a name.
fn around(sentence: impl Fn(&str) -> String) -> (String, String) {
    /// Stands for an object in a text; no sentence has it.
    const PLACE: &str = "\u{fffc}";
    let sentence = sentence(PLACE);
    let (before, after) = sentence.split_once(PLACE).unwrap_or((&sentence, ""));
    (before.to_owned(), after.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_what_stands_around_the_name() {
        let around = |sentence: fn(&str) -> String| around(sentence);
        assert_eq!(
            around(|name| format!("提出版「{name}」から")),
            ("提出版「".to_owned(), "」から".to_owned())
        );
        assert_eq!(around(|name| format!("{name}が編集中")), (String::new(), "が編集中".to_owned()));
        assert_eq!(around(|_| "前回から".to_owned()), ("前回から".to_owned(), String::new()));
    }
}
