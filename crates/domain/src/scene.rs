//! Care scenes (4つの場面) and sets of them.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CareScene {
    /// 日常の療養支援
    DailyCare,
    /// 入退院支援
    HospitalTransition,
    /// 急変時の対応
    Emergency,
    /// 看取り
    EndOfLife,
}

impl CareScene {
    pub const ALL: [CareScene; 4] =
        [CareScene::DailyCare, CareScene::HospitalTransition, CareScene::Emergency, CareScene::EndOfLife];

    pub fn name(self) -> &'static str {
        match self {
            CareScene::DailyCare => "日常の療養支援",
            CareScene::HospitalTransition => "入退院支援",
            CareScene::Emergency => "急変時の対応",
            CareScene::EndOfLife => "看取り",
        }
    }

    pub fn short_name(self) -> &'static str {
        match self {
            CareScene::DailyCare => "日常",
            CareScene::HospitalTransition => "入退院",
            CareScene::Emergency => "急変",
            CareScene::EndOfLife => "看取り",
        }
    }

    /// The spelling of SQL and GraphQL.
    pub fn code(self) -> &'static str {
        match self {
            CareScene::DailyCare => "DAILY_CARE",
            CareScene::HospitalTransition => "HOSPITAL_TRANSITION",
            CareScene::Emergency => "EMERGENCY",
            CareScene::EndOfLife => "END_OF_LIFE",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scene| scene.code() == code)
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scene| scene.name() == name)
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of scenes; as JSON the list of its codes in the sheet's order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<CareScene>", into = "Vec<CareScene>")]
pub struct SceneSet(u8);

impl SceneSet {
    pub const EMPTY: SceneSet = SceneSet(0);
    pub const ALL: SceneSet = SceneSet(0b1111);

    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    pub fn contains(self, scene: CareScene) -> bool {
        self.0 & scene.bit() != 0
    }

    pub fn intersects(self, other: SceneSet) -> bool {
        self.0 & other.0 != 0
    }

    pub fn is_superset(self, other: SceneSet) -> bool {
        self.0 & other.0 == other.0
    }

    #[must_use]
    pub fn with(self, scene: CareScene) -> Self {
        SceneSet(self.0 | scene.bit())
    }

    #[must_use]
    pub fn toggled(self, scene: CareScene) -> Self {
        SceneSet(self.0 ^ scene.bit())
    }

    /// In the sheet's order.
    pub fn iter(self) -> impl Iterator<Item = CareScene> {
        CareScene::ALL.into_iter().filter(move |scene| self.contains(*scene))
    }

    /// One bit a scene, in the sheet's order: how the set is stored.
    pub fn bits(self) -> u8 {
        self.0
    }

    pub fn from_bits(bits: u8) -> Self {
        SceneSet(bits & Self::ALL.0)
    }
}

impl FromIterator<CareScene> for SceneSet {
    fn from_iter<I: IntoIterator<Item = CareScene>>(scenes: I) -> Self {
        scenes.into_iter().fold(Self::EMPTY, Self::with)
    }
}

impl From<Vec<CareScene>> for SceneSet {
    fn from(scenes: Vec<CareScene>) -> Self {
        scenes.into_iter().collect()
    }
}

impl From<SceneSet> for Vec<CareScene> {
    fn from(set: SceneSet) -> Self {
        set.iter().collect()
    }
}
