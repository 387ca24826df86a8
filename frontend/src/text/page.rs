//! The words of the page before the client is there, and those that the styles put beside a text. They stand in
//! `frontend/index.html` and `frontend/style/`, which know no catalogue; a test holds them to these.

pub const NOT_LOADED: &str =
    "画面をまだ読み込めていません。通信の状態を確かめてから、もう一度開いてください。";
pub const OPEN_AGAIN: &str = "もう一度開く";
pub const NEEDS_JAVASCRIPT: &str = "この画面にはJavaScriptが必要です。ブラウザーの設定で有効にしてください。";

/// Read out round what a difference has more and what it has less.
pub const INSERTION: [&str; 2] = ["挿入はじめ", "挿入おわり"];
pub const DELETION: [&str; 2] = ["削除はじめ", "削除おわり"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{LOADING, RENKEI};
    use std::{fs, path::Path};

    /// What stands between marks of HTML, or in a string of CSS, and is Japanese.
    fn words(text: &str, marks: &[char]) -> Vec<String> {
        let japanese = |part: &&str| part.chars().any(|letter| !letter.is_ascii() && letter.is_alphabetic());
        text.split(marks).map(str::trim).filter(japanese).map(str::to_owned).collect()
    }

    #[test]
    fn the_page_says_before_the_client_what_the_catalogue_says() {
        let page = include_str!("../../index.html");
        assert_eq!(words(page, &['<', '>']), [RENKEI, LOADING, NOT_LOADED, OPEN_AGAIN, NEEDS_JAVASCRIPT]);
    }

    #[test]
    fn the_styles_say_what_the_catalogue_says() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("style");
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let own = files.filter(|file| file.extension().is_some_and(|kind| kind == "css"));
        let texts =
            own.filter(|file| !file.ends_with("client.css")).map(|file| fs::read_to_string(file).unwrap());
        let said = texts.map(|text| {
            let added = text.lines().filter(|line| line.contains("content:"));
            added.flat_map(|line| words(line, &['"'])).collect::<Vec<_>>()
        });
        let said: Vec<String> = said.flatten().collect();
        assert_eq!(said, [INSERTION, DELETION].concat());
    }
}
