//! The entry filter as the API takes it.

use crate::graphql::{
    fault::bad_argument,
    scalars::{self, CareScene, SceneMatch},
};
use async_graphql::{Error, ID, InputObject};
use renkei_domain::{self as domain, EntryFilter, limits};

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
    /// 本文か注記に含まれる文（例 退院。200文字まで）。全角・半角、大文字・小文字は区別しません。
    /// Found in body or notes, NFKC-folded, case-folded; at most 200 characters.
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
