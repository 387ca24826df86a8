//! What stands in the editor, and what can be said of it while it is typed.

use crate::{sync::Draft, text::sheet as text};
use renkei_domain::{CareScene, OrganizationId, SceneSet, limits, outline, suggestion};

/// Of an entry, what the editor changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EditedText {
    /// As typed.
    pub outline: String,
    pub scenes: SceneSet,
    /// Of a new entry.
    pub owner: Option<OrganizationId>,
}

impl EditedText {
    pub fn of(draft: &Draft) -> Self {
        Self { outline: draft.outline.clone(), scenes: draft.scenes, owner: draft.owner }
    }

    /// The draft with this text.
    pub fn put_into(self, draft: Draft) -> Draft {
        let Self { outline, scenes, owner } = self;
        Draft { outline, scenes, owner, ..draft }
    }

    /// Why it is too long, or no outline.
    pub fn fault(&self) -> Option<String> {
        fault(&self.outline)
    }

    pub fn is_too_long(&self) -> bool {
        self.outline.chars().count() > limits::BODY_CHARS
    }

    /// How much of the room is taken, once that is nearly all.
    pub fn room(&self) -> Option<String> {
        let chars = self.outline.lines().next().unwrap_or_default().chars().count();
        (chars * 10 > limits::BODY_CHARS * 9).then(|| text::room(chars.saturating_sub(1), limits::BODY_CHARS))
    }

    /// Scenes that the text names and that it is not tagged with. Only a person tags; the text may remind.
    pub fn suggested(&self) -> Vec<CareScene> {
        suggestion::named_in(&self.outline).iter().filter(|scene| !self.scenes.contains(*scene)).collect()
    }
}

/// Why a text is no outline of an entry.
pub fn fault(outline: &str) -> Option<String> {
    outline::parse(outline).err().map(|fault| fault.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(outline: &str) -> EditedText {
        EditedText { outline: outline.to_owned(), ..EditedText::default() }
    }

    #[test]
    fn the_room_is_told_when_little_is_left() {
        let of = |chars: usize| edited(&format!("○{}\n*注記", "字".repeat(chars)));
        assert_eq!(of(limits::BODY_CHARS * 9 / 10 - 1).room(), None);
        let nearly = limits::BODY_CHARS - 1;
        assert_eq!(of(nearly).room(), Some(text::room(nearly, limits::BODY_CHARS)));
    }

    #[test]
    fn a_scene_that_the_text_names_is_suggested_until_it_is_chosen() {
        let mut text = edited("○看取りの研修。");
        assert_eq!(text.suggested(), [CareScene::EndOfLife]);
        text.scenes = text.scenes.with(CareScene::EndOfLife);
        assert!(text.suggested().is_empty());
    }

    #[test]
    fn a_text_that_says_nothing_is_at_fault() {
        assert!(edited("").fault().is_some() && edited("○研修").fault().is_none());
    }

    #[test]
    fn the_rest_of_a_draft_stays() {
        let draft = Draft { version: 3, ..Draft::default() };
        let changed = edited("○研修").put_into(draft);
        assert_eq!((changed.version, EditedText::of(&changed)), (3, edited("○研修")));
    }
}
