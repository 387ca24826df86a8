//! News of what others did: the entry shows it for a moment, and one polite sentence now and then says who did what.

use super::{Live, queries::News};
use crate::{session, sheet::focus, shell, text::live as text, ui::dom};
use leptos::prelude::*;
use renkei_domain::EntryId;

/// Milliseconds that an entry shows that it has changed.
const SHOWN_MS: i32 = 2_000;
/// Milliseconds between two sentences.
const SILENCE_MS: i32 = 4_000;
/// Milliseconds in which the first changes gather.
const GATHER_MS: i32 = 300;

/// Shows and tells a change, unless it is one's own.
pub fn tell(live: Live, news: News, about: Option<EntryId>) {
    let viewer = session::viewer().map(|viewer| viewer.id);
    let by = news.by.as_ref().map(|by| by.id.0);
    if by.is_some() && by == viewer {
        return;
    }
    if let Some(id) = about {
        highlight(id);
    }
    live.untold.update_value(|untold| untold.push(news));
    if !live.speaks_soon.get_value() {
        live.speaks_soon.set_value(true);
        dom::after(GATHER_MS, move || speak(live));
    }
}

fn highlight(id: EntryId) {
    // On its element, as thousands need no effect for what few of them can be.
    let mark = move |there: bool| {
        if let Some(entry) = focus::by_id(&focus::entry_id(id)) {
            let _ = entry.class_list().toggle_with_force("fresh", there);
        }
    };
    dom::after(0, move || mark(true));
    dom::after(SHOWN_MS, move || mark(false));
}

/// Says what has gathered, and then nothing for a while. What the person has done themselves is not spoken over.
fn speak(live: Live) {
    if shell::is_speaking() {
        dom::after(GATHER_MS, move || speak(live));
        return;
    }
    let untold = live.untold.try_update_value(std::mem::take).unwrap_or_default();
    live.speaks_soon.set_value(!untold.is_empty());
    if let Some(sentence) = sentence(&untold) {
        shell::announce(sentence);
        dom::after(SILENCE_MS, move || speak(live));
    }
}

fn sentence(news: &[News]) -> Option<String> {
    let last = news.last()?;
    if news.len() == 1 {
        return Some(text::news(&last.by_name, &last.summary));
    }
    let mut names: Vec<&str> = news.iter().map(|news| news.by_name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    Some(text::much_news(&last.by_name, names.len() - 1, news.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::queries::ChangeAction;

    fn of(name: &str) -> News {
        News {
            seq: 1,
            by: None,
            by_name: name.to_owned(),
            action: ChangeAction::Update,
            summary: "（ウ）の取組を編集".to_owned(),
        }
    }

    #[test]
    fn much_is_said_in_one_sentence() {
        assert_eq!(sentence(&[]), None);
        assert_eq!(sentence(&[of("美里町 担当者")]).unwrap(), "美里町 担当者が（ウ）の取組を編集しました");
        let several = [of("神川町 担当者"), of("美里町 担当者"), of("神川町 担当者")];
        assert_eq!(sentence(&several).unwrap(), "神川町 担当者ほか1人がこの表を3か所更新しました");
    }
}
