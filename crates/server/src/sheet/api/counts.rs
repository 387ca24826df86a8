//! How many entries a row has for each scene.

use crate::{api::scalars::CareScene, entry::Entry};
use async_graphql::SimpleObject;
use renkei_domain::{self as domain, SceneSet, filter::effective_scenes};

/// 場面ごとの取組の数。
/// How many entries a scene has.
#[derive(SimpleObject)]
pub struct SceneCount {
    /// 場面。
    /// The scene.
    scene: CareScene,
    /// この場面の取組の数。事業項目から継承した取組も数えます。
    /// Entries that are concerned with it, inherited or explicit.
    total: usize,
    /// そのうち、この場面を明示した取組の数。
    /// Those of them that say so themselves.
    explicit: usize,
}

/// Of these entries of an item, whose scenes they inherit.
pub fn by_scene<'e>(entries: impl Iterator<Item = &'e Entry>, inherited: SceneSet) -> Vec<SceneCount> {
    let explicit: Vec<SceneSet> = entries.map(|entry| entry.text.explicit_scenes).collect();
    let count = |scene| SceneCount {
        scene: CareScene::from(scene),
        total: explicit.iter().filter(|own| effective_scenes(**own, inherited).contains(scene)).count(),
        explicit: explicit.iter().filter(|own| own.contains(scene)).count(),
    };
    domain::CareScene::ALL.map(count).into()
}
