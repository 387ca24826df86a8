//! The entry filter as the API takes it.

use crate::{
    api::{
        context::LoadedSheet,
        error::bad_argument,
        scalars::{self, CareScene, SceneMatch},
    },
    entry::CellKey,
};
use async_graphql::{Error, ID, InputObject};
use parking_lot::Mutex;
use renkei_domain::{self as domain, EntryFacts, EntryFilter, SceneSet, SheetId, limits};
use std::{collections::HashMap, sync::Arc};

/// A filter, and what it shows of each cell: found out once, however often a document asks for it.
#[derive(Default)]
pub struct Filtering {
    filter: EntryFilter,
    shown: Mutex<HashMap<(SheetId, CellKey), Shown>>,
}

/// Which of a cell's entries are shown.
pub type Shown = Arc<[usize]>;

impl Filtering {
    pub fn by(filter: EntryFilter) -> Self {
        Filtering { filter, shown: Mutex::default() }
    }

    pub fn shown(&self, read: &LoadedSheet, cell: CellKey, item_scenes: SceneSet) -> Shown {
        let mut shown = self.shown.lock();
        let find = || self.find(read, cell, item_scenes);
        shown.entry((read.view.frame.head.id, cell)).or_insert_with(find).clone()
    }

    fn find(&self, read: &LoadedSheet, cell: CellKey, item_scenes: SceneSet) -> Shown {
        let entries = read.view.cell(&cell);
        if !self.filter.narrows() {
            return (0..entries.len()).collect();
        }
        let texts = if self.filter.text.is_empty() { &[] } else { read.folded(&cell) };
        let admitted = |nth: &usize| {
            self.filter.admits(&EntryFacts {
                explicit_scenes: entries[*nth].text.explicit_scenes,
                item_scenes,
                owner: entries[*nth].owner,
                folded: texts.get(*nth).map(String::as_str).unwrap_or_default(),
            })
        };
        (0..entries.len()).filter(admitted).collect()
    }
}

/// 絞り込み。指定しない項目は絞り込みません。
/// What to show. Each part narrows; what is not given does not.
#[derive(InputObject, Default)]
#[graphql(name = "EntryFilter")]
pub struct EntryFilterInput {
    /// 場面。空ならすべて。
    /// None: all.
    scenes: Option<Vec<CareScene>>,
    /// いずれかの場面か、すべての場面か。
    /// Whether one of the scenes is enough.
    #[graphql(default_with = "Some(SceneMatch::Any)")]
    scene_match: Option<SceneMatch>,
    /// true：取組に明示した場面だけで絞り込みます（項目から継承した場面は数えません）。
    /// true: inherited scenes do not count.
    #[graphql(default_with = "Some(false)")]
    explicit_scenes_only: Option<bool>,
    /// true：場面を明示していない取組だけ（項目の場面を継承します）。
    /// true: entries without a scene of their own alone.
    #[graphql(default_with = "Some(false)")]
    inherited_scenes_only: Option<bool>,
    /// true：共同の取組だけ。false：各機関の取組だけ。
    /// true: joint entries alone; false: organisations' own alone.
    joint: Option<bool>,
    /// これらの機関（ID。例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）の取組だけ（100件まで）。
    /// Entries that belong to one of these, at most 100; joint ones do not.
    owner_ids: Option<Vec<ID>>,
    /// 本文か注記に含まれる語（例 退院 連携。200文字まで）。空白で区切るとそのすべて、引用符 " で囲むとその文をさがします。全角・半角、大文字・小文字、ハイフンや波線の種類、目に見えない文字は区別しません。
    /// Words found in body or notes, all of them; a phrase in quotation marks. NFKC-folded, case-folded, dashes and wave dashes taken for one, invisible characters left out; at most 200 characters.
    text: Option<String>,
}

impl EntryFilterInput {
    pub fn into_filter(self) -> Result<EntryFilter, Error> {
        let text = self.text.unwrap_or_default();
        let owners = self.owner_ids.unwrap_or_default();
        if text.chars().count() > limits::SEARCH_CHARS {
            return Err(bad_argument(format!("検索文は{}文字までです。", limits::SEARCH_CHARS)));
        }
        if owners.len() > limits::PAGE_ROWS {
            return Err(bad_argument(format!("ownerIds は{}件までです。", limits::PAGE_ROWS)));
        }
        let filter = EntryFilter {
            scenes: scalars::scene_set(self.scenes.unwrap_or_default()),
            scene_match: self.scene_match.map(domain::SceneMatch::from).unwrap_or_default(),
            explicit_scenes_only: self.explicit_scenes_only.unwrap_or_default(),
            inherited_scenes_only: self.inherited_scenes_only.unwrap_or_default(),
            joint: self.joint,
            owners: owners.iter().map(scalars::id).collect(),
            ..EntryFilter::default()
        };
        Ok(filter.with_text(&text))
    }
}
