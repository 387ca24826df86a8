//! A conflict, and the text that a person makes of its two sides.

use super::{
    choices::{Choices, Pick, carried},
    edited,
    save::text_of,
};
use crate::{
    sheet::model::Entry,
    sync::{DraftKey, MergedOf},
    text::sheet as text,
};
use renkei_domain::{
    EntryId, EntryText, SceneSet,
    merge::{Passage, merge},
    outline,
};
use std::sync::Arc;

/// An edit that the server did not take, as it is from before somebody else's.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    pub key: DraftKey,
    pub id: EntryId,
    /// Where it stands, or stood, in words.
    pub place: String,
    pub base: EntryText,
    pub theirs: Entry,
    pub yours: EntryText,
    /// What was typed to combine them, when it was left to be decided later.
    pub merged: Option<String>,
    pub merged_of: MergedOf,
}

impl Conflict {
    pub fn is_deleted(&self) -> bool {
        self.theirs.deleted_at.is_some()
    }

    /// They deleted it as you knew it.
    pub fn is_merely_deleted(&self) -> bool {
        self.is_deleted() && text_of(&self.theirs) == self.base
    }

    pub fn their_name(&self) -> String {
        self.theirs.updated_by.as_ref().map_or_else(
            || text::SOMEBODY.to_owned(),
            |author| text::somebody(&author.organization, &author.name),
        )
    }

    /// What is proposed, and its passages. What was written before it was deleted is brought back with it.
    fn proposal(&self) -> (Vec<Passage>, SceneSet) {
        let merged = merge(&self.base, &text_of(&self.theirs), &self.yours);
        (merged.passages, merged.text.explicit_scenes)
    }
}

/// The text that is being made, its scenes, and what it is made of.
#[derive(Clone, Debug)]
pub struct Merging {
    /// Newer than what the dialog was opened for when the entry, or one's own text of it, has changed once more.
    pub conflict: Arc<Conflict>,
    pub choices: Choices,
    pub outline: String,
    pub scenes: SceneSet,
    /// What was proposed, and what it was made into, when a person chose or typed last: what is proposed later is put
    /// together with that. A word that another tab is typing grows letter by letter, and is no word of this text.
    made: (String, String),
    /// When that was typed, in whichever tab, of which this has heard last.
    at: i64,
}

impl Merging {
    pub fn of(conflict: Arc<Conflict>) -> Self {
        // One's own text may have been typed on since it was decided later.
        let yours = conflict.merged_of.yours.clone().filter(|yours| *yours != conflict.yours);
        if let Some(yours) = yours.filter(|_| conflict.merged.is_some()) {
            let merged_of = MergedOf { yours: None, ..conflict.merged_of.clone() };
            let mut merging = Self::of(Arc::new(Conflict { yours, merged_of, ..(*conflict).clone() }));
            merging.renew((*conflict).clone());
            return merging;
        }
        let (passages, scenes) = conflict.proposal();
        let mut choices = Choices::of(passages);
        let outline = conflict.merged.clone().unwrap_or_else(|| choices.text());
        let scenes = conflict.merged_of.scenes.unwrap_or(scenes);
        choices.recall(&outline);
        let made = (choices.text(), outline.clone());
        Self { conflict, choices, outline, scenes, made, at: 0 }
    }

    /// What a person has typed.
    pub fn write(&mut self, outline: String) {
        self.outline = outline;
        self.made = (self.choices.text(), self.outline.clone());
    }

    pub fn choose(&mut self, at: usize, pick: Pick) {
        let outline = self.choices.pick(at, pick, &self.outline);
        self.write(outline);
    }

    /// One side as it is, instead of all that was chosen and typed.
    pub fn take(&mut self, pick: Pick) {
        let side = match pick {
            Pick::Theirs => text_of(&self.conflict.theirs),
            Pick::Yours | Pick::Both => self.conflict.yours.clone(),
        };
        self.choices.pick_all(pick);
        self.scenes = side.explicit_scenes;
        self.write(printed(&side));
    }

    /// One of the sides has changed; what was chosen and typed stays.
    pub fn renew(&mut self, renewed: Conflict) {
        let before = self.conflict.proposal().1;
        let (passages, scenes) = renewed.proposal();
        self.choices.renew(passages);
        self.outline = carried(&self.made.0, &self.choices.text(), &self.made.1);
        // What was chosen over a proposal is carried to the next one.
        self.scenes = SceneSet::from_bits(scenes.bits() ^ before.bits() ^ self.scenes.bits());
        self.conflict = Arc::new(renewed);
    }

    /// What another tab has made of the same conflict stands here too, if it was typed later than what is known here.
    pub fn follow(&mut self, at: i64, merged: Option<String>, scenes: Option<SceneSet>) {
        let is_later = at > std::mem::replace(&mut self.at, at);
        let Some(merged) = merged.filter(|_| is_later) else { return };
        self.scenes = scenes.unwrap_or_else(|| self.conflict.proposal().1);
        if merged != self.outline {
            self.choices.recall(&merged);
            self.write(merged);
        }
    }

    /// What it is made with: one's own text, and the scenes, where they are not those that are proposed.
    pub fn made_of(&self) -> MergedOf {
        let scenes = Some(self.scenes).filter(|scenes| *scenes != self.conflict.proposal().1);
        MergedOf { yours: Some(self.conflict.yours.clone()), scenes }
    }

    pub fn fault(&self) -> Option<String> {
        edited::fault(&self.outline)
    }

    /// The scenes in words, if they are not the same everywhere.
    pub fn scenes_in_words(&self) -> String {
        let Conflict { base, theirs, yours, .. } = &*self.conflict;
        let all = [base.explicit_scenes, theirs.explicit_scenes, yours.explicit_scenes];
        let differ = all.windows(2).any(|pair| pair[0] != pair[1]);
        if differ { text::scenes(self.scenes) } else { String::new() }
    }

    pub fn hint(&self) -> &'static str {
        match self.conflict.is_deleted() {
            _ if !self.choices.picks().is_empty() => text::MERGED_OVERLAP,
            true => text::RESTORE_HINT,
            false => text::MERGED_HINT,
        }
    }
}

pub fn printed(text: &EntryText) -> String {
    outline::print(&text.body, &text.notes)
}

/// Where a caret goes when the text round it is another one. In UTF-16 code units, as browsers count.
pub fn caret_after(before: &str, after: &str, caret: u32) -> u32 {
    let (before, after): (Vec<u16>, Vec<u16>) =
        (before.encode_utf16().collect(), after.encode_utf16().collect());
    let same = before.iter().zip(&after).take_while(|(a, b)| a == b).count() as u32;
    // Before the first difference it stays; behind it, it keeps its distance from the end.
    let behind = (after.len() as u32 + caret).saturating_sub(before.len() as u32);
    if caret <= same { caret } else { behind.max(same) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use renkei_domain::{CareScene, Facet, FiscalYear};

    fn entry_text(body: &str, scenes: &[CareScene]) -> EntryText {
        let explicit_scenes = scenes.iter().copied().collect();
        EntryText { body: body.to_owned(), explicit_scenes, ..EntryText::default() }
    }

    fn conflict(base: EntryText, theirs: EntryText, yours: EntryText) -> Conflict {
        let id = uuid::Uuid::from_u128(1).into();
        let theirs = Entry {
            id,
            item: uuid::Uuid::from_u128(2).into(),
            facet: Some(Facet::Goal),
            fiscal_year: FiscalYear(2026),
            body: theirs.body,
            notes: theirs.notes,
            explicit_scenes: theirs.explicit_scenes,
            owner: None,
            position: 0,
            version: 2,
            deleted_at: None,
            updated_at: String::new(),
            updated_by: None,
            viewer_can_edit: true,
        };
        let (key, place) = (DraftKey::Entry(id), String::new());
        Conflict { key, id, place, base, theirs, yours, merged: None, merged_of: MergedOf::default() }
    }

    #[test]
    fn a_choice_changes_the_text_and_one_side_replaces_all_of_it() {
        let [base, theirs, yours] =
            ["年2回開く。", "年3回開く。", "年4回開く。"].map(|body| entry_text(body, &[]));
        let mut merging = Merging::of(Arc::new(conflict(base, theirs, yours)));
        merging.choose(0, Pick::Yours);
        assert_eq!(merging.outline, "○年4回開く。");
        merging.outline.push_str("見直す。");
        merging.take(Pick::Theirs);
        assert_eq!(
            (merging.outline.as_str(), merging.choices.picks()),
            ("○年3回開く。", &[Pick::Theirs][..])
        );
    }

    #[test]
    fn what_two_tabs_hold_is_one_text_also_when_both_see_a_side_change() {
        let [base, theirs, yours, newer] = [
            "研修会を年2回開く。",
            "研修会を年3回開く。",
            "研修会を年4回開く。",
            "多職種研修会を年3回開く。",
        ]
        .map(|body| entry_text(body, &[]));
        let mut one = Merging::of(Arc::new(conflict(base.clone(), theirs, yours.clone())));
        let mut two = one.clone();
        one.choose(0, Pick::Yours);
        one.write(one.outline.clone() + "見直す。");
        two.follow(1, Some(one.outline.clone()), None);
        two.choose(0, Pick::Theirs);
        one.follow(2, Some(two.outline.clone()), None);
        assert_eq!(
            (one.outline.as_str(), one.outline.clone()),
            ("○研修会を年3回開く。見直す。", two.outline.clone())
        );
        let renewed = conflict(base, newer, yours);
        one.renew(renewed.clone());
        assert_eq!(one.outline, "○多職種研修会を年3回開く。見直す。");
        // The other tab has heard of the text before it hears of the side.
        two.follow(3, Some(one.outline.clone()), None);
        two.renew(renewed);
        assert_eq!(two.outline, one.outline);
        // What was written before is told once more.
        two.follow(3, Some("○研修会".to_owned()), None);
        assert_eq!(two.outline, one.outline);
    }

    #[test]
    fn what_is_typed_in_two_places_of_the_same_text_is_there_whole_however_it_begins() {
        let [base, theirs] = ["研修会を年2回開く。", "研修会を年3回開く。"].map(|body| entry_text(body, &[]));
        let yours = |typed: &str| entry_text(&format!("研修会を年4回開く。{typed}"), &[]);
        let mut merging = Merging::of(Arc::new(conflict(base.clone(), theirs.clone(), yours(""))));
        merging.choose(0, Pick::Yours);
        merging.write(format!("{}記録を残す。", merging.outline));
        for typed in ["記", "記念", "記念誌", "記念誌も作る。"] {
            merging.renew(conflict(base.clone(), theirs.clone(), yours(typed)));
        }
        assert!(merging.outline.contains("記念誌も作る。"), "{}", merging.outline);
        assert!(merging.outline.contains("記録を残す。"), "{}", merging.outline);
    }

    #[test]
    fn what_was_typed_after_it_was_to_be_decided_later_is_in_the_combination_too() {
        let [base, theirs, yours] =
            ["年2回開く。", "年3回開く。", "年4回開く。"].map(|body| entry_text(body, &[]));
        let conflict = conflict(base, theirs, yours);
        let mut merging = Merging::of(Arc::new(conflict.clone()));
        merging.choose(0, Pick::Yours);
        merging.write("○年5回開く。見直す。".to_owned());
        let (merged, merged_of) = (Some(merging.outline.clone()), merging.made_of());
        let yours = entry_text("年4回開く。記録は事務局が残す。", &[]);
        let later = Merging::of(Arc::new(Conflict { yours, merged, merged_of, ..conflict }));
        for part in ["年5回開く。", "見直す。", "記録は事務局が残す。"] {
            assert!(later.outline.contains(part), "{part} is not in {}", later.outline);
        }
    }

    #[test]
    fn scenes_of_both_are_proposed_and_stay_when_one_side_changes_again() {
        let base = entry_text("研修。", &[]);
        let theirs = entry_text("研修。", &[CareScene::Emergency]);
        let yours = entry_text("研修会。", &[CareScene::EndOfLife]);
        let mut merging = Merging::of(Arc::new(conflict(base.clone(), theirs, yours.clone())));
        let both: SceneSet = [CareScene::Emergency, CareScene::EndOfLife].into_iter().collect();
        assert_eq!((merging.scenes, merging.scenes_in_words()), (both, text::scenes(both)));
        merging.renew(conflict(base, entry_text("研修。", &[CareScene::DailyCare]), yours));
        let both: SceneSet = [CareScene::DailyCare, CareScene::EndOfLife].into_iter().collect();
        assert_eq!(merging.scenes, both);
    }

    #[test]
    fn scenes_of_a_side_taken_whole_stand_in_another_tab_and_when_it_is_decided_later() {
        let base = entry_text("研修。", &[]);
        let theirs = entry_text("研修を行う。", &[CareScene::Emergency]);
        let yours = entry_text("研修会。", &[CareScene::EndOfLife]);
        let conflict = conflict(base, theirs, yours);
        let mut one = Merging::of(Arc::new(conflict.clone()));
        let mut two = one.clone();
        let both = one.scenes;
        one.take(Pick::Theirs);
        let (merged, merged_of) = (Some(one.outline.clone()), one.made_of());
        two.follow(1, merged.clone(), merged_of.scenes);
        let emergency: SceneSet = [CareScene::Emergency].into_iter().collect();
        assert_eq!((two.outline.as_str(), two.scenes), ("○研修を行う。", emergency));
        let later = Merging::of(Arc::new(Conflict { merged, merged_of, ..conflict }));
        assert_eq!((later.outline.as_str(), later.scenes), ("○研修を行う。", emergency));
        two.follow(2, Some("○研修会を行う。".to_owned()), None);
        assert_eq!((two.scenes, two.made_of().scenes), (both, None));
    }

    #[test]
    fn a_caret_stays_with_the_words_that_it_stands_at() {
        assert_eq!(caret_after("○年2回。", "○年3回。", 2), 2);
        assert_eq!(caret_after("○年2回。", "○毎年2回。", 4), 5);
        assert_eq!(caret_after("○あ", "", 2), 0);
    }
}
