//! Which care scenes an entry speaks of without carrying them: to be proposed to a person, never set by itself.
//!
//! Officers seldom write a scene's name. They write 人生会議 and mean 看取り, or 退院調整 and mean 入退院支援. [`WORDS`] is the
//! one table of such words. They are matched as search matches (folded, [`crate::text::fold`]), so that ＡＣＰ is ACP.

use crate::{CareScene, EntryText, SceneSet, text};
use std::{ops::Range, sync::LazyLock};

/// A word by which people speak of a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SceneWord {
    pub scene: CareScene,
    pub word: &'static str,
    /// Why it stands for the scene. 手引き: 厚生労働省「在宅医療・介護連携推進事業の手引き」, which describes the four scenes.
    pub reason: &'static str,
}

/// A scene that is proposed for an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SceneSuggestion {
    pub scene: CareScene,
    /// The words of [`WORDS`] that were found, in the table's order, each once.
    pub words: Vec<&'static str>,
}

const fn word(scene: CareScene, word: &'static str, reason: &'static str) -> SceneWord {
    SceneWord { scene, word, reason }
}

use CareScene::{DailyCare, Emergency, EndOfLife, HospitalTransition};

/// What is not here on purpose: 日常 alone (日常業務 is an office's day), 緊急 alone (緊急事態宣言), 連携 and 研修 (every scene
/// has them), MCS and other tools (they serve all scenes).
pub const WORDS: &[SceneWord] = &[
    word(DailyCare, "療養", "手引きの場面名「日常の療養支援」の語"),
    word(DailyCare, "相談", "住民や家族からの相談を受けることは、療養生活を支える日々の支援"),
    word(DailyCare, "服薬", "手引きが日常の療養支援に挙げる、薬の管理"),
    word(DailyCare, "残薬", "服薬の管理と同じ"),
    word(DailyCare, "フレイル", "在宅での状態を保つための予防"),
    word(DailyCare, "介護予防", "在宅での状態を保つための予防"),
    word(DailyCare, "重度化防止", "在宅での状態を保つための予防"),
    word(DailyCare, "認知症", "手引きが日常の療養支援に挙げる、認知症ケア"),
    word(DailyCare, "緩和ケア", "手引きが日常の療養支援に挙げる"),
    word(DailyCare, "口腔", "在宅療養者の口腔ケア"),
    word(DailyCare, "栄養", "在宅療養者の栄養と食事"),
    word(DailyCare, "褥瘡", "在宅療養者の日々のケア"),
    word(DailyCare, "リハビリ", "在宅療養者の日々のケア"),
    word(DailyCare, "家族支援", "手引きが日常の療養支援に挙げる、家族への支援"),
    word(DailyCare, "介護者", "家族への支援の相手"),
    word(HospitalTransition, "入退院", "手引きの場面名「入退院支援」の語"),
    word(HospitalTransition, "入院", "入院時の情報提供は入退院支援の入口"),
    word(HospitalTransition, "退院", "退院調整・退院支援・退院前カンファレンス"),
    word(HospitalTransition, "転院", "病院の間の移り"),
    word(HospitalTransition, "地域連携室", "病院で入退院の調整をする部署"),
    word(HospitalTransition, "連携パス", "入院から在宅までの診療計画（地域連携クリティカルパス）"),
    word(Emergency, "急変", "手引きの場面名「急変時の対応」の語"),
    word(Emergency, "救急", "救急要請・救急搬送・救急隊"),
    word(Emergency, "緊急時", "急変したときの備え"),
    word(Emergency, "緊急搬送", "急変したときの搬送"),
    word(Emergency, "緊急連絡", "急変したときの連絡"),
    word(Emergency, "連絡先カード", "急変したときに見る連絡先を、本人が持つもの"),
    word(Emergency, "時間外対応", "夜間・休日の急変への対応"),
    word(Emergency, "夜間", "夜間の急変への対応"),
    word(EndOfLife, "看取り", "手引きの場面名「看取り」"),
    word(EndOfLife, "みとり", "看取りのかな書き"),
    word(EndOfLife, "人生会議", "ACP の愛称（厚生労働省、平成30年）"),
    word(EndOfLife, "ACP", "アドバンス・ケア・プランニング：最期の医療とケアを前もって話し合うこと"),
    word(EndOfLife, "アドバンス・ケア", "ACP のかな書き"),
    word(EndOfLife, "アドバンスケア", "ACP のかな書き"),
    word(EndOfLife, "エンディングノート", "最期の希望を書きとめるもの"),
    word(EndOfLife, "もしバナ", "最期の希望を話し合うためのカード"),
    word(EndOfLife, "最期", "人生の最期"),
    word(EndOfLife, "最終段階", "「人生の最終段階における医療・ケアの決定プロセスに関するガイドライン」の語"),
    word(EndOfLife, "終末期", "人生の最終段階の以前の呼び方"),
    word(EndOfLife, "ターミナル", "ターミナルケア"),
    word(EndOfLife, "意思決定支援", "最期の医療とケアを本人が決めるための支援"),
    word(EndOfLife, "DNAR", "心肺蘇生を行わないという、最期についての本人の意思"),
    word(EndOfLife, "リビングウィル", "最期の医療についての事前の意思"),
    word(EndOfLife, "グリーフ", "遺族へのケア"),
];

/// The words, folded as texts are for comparing.
static FOLDED: LazyLock<Vec<String>> =
    LazyLock::new(|| WORDS.iter().map(|word| text::fold(word.word)).collect());

/// The scenes that an entry names, in its body, its notes or its item's title, and does not carry explicitly; in the
/// sheet's order.
pub fn suggestions(entry: &EntryText, item_title: &str) -> Vec<SceneSuggestion> {
    let texts =
        [item_title, &entry.body].into_iter().chain(entry.notes.iter().map(|note| note.text.as_str()));
    let folded: Vec<String> = texts.map(text::fold).collect();
    let open = |scene: &CareScene| !entry.explicit_scenes.contains(*scene);
    let suggestion = |scene: CareScene| {
        let own: Vec<(&SceneWord, &String)> =
            WORDS.iter().zip(FOLDED.iter()).filter(|(word, _)| word.scene == scene).collect();
        let mut found = vec![false; own.len()];
        for text in &folded {
            let hits = own.iter().enumerate().flat_map(|(nth, (_, needle))| {
                occurrences(text, needle).map(move |hit| (nth, hit)).collect::<Vec<_>>()
            });
            let hits: Vec<(usize, Range<usize>)> = hits.collect();
            // 退院 counts where it stands for itself, not as the end of 入退院.
            let inside = |one: &Range<usize>, other: &Range<usize>| {
                one != other && other.start <= one.start && one.end <= other.end
            };
            for (nth, hit) in hits.iter().filter(|(_, hit)| !hits.iter().any(|(_, other)| inside(hit, other)))
            {
                found[*nth] |= !hit.is_empty();
            }
        }
        let words = own.iter().zip(found).filter(|(_, found)| *found).map(|((word, _), _)| word.word);
        SceneSuggestion { scene, words: words.collect() }
    };
    let all = CareScene::ALL.into_iter().filter(open).map(suggestion);
    all.filter(|suggestion| !suggestion.words.is_empty()).collect()
}

/// The scenes that a text names.
pub fn named_in(text: &str) -> SceneSet {
    let entry = EntryText { body: text.to_owned(), ..EntryText::default() };
    suggestions(&entry, "").into_iter().map(|suggestion| suggestion.scene).collect()
}

/// Where these words stand in a text as it is written: in order, not overlapping.
pub fn find_words(text: &str, words: &[impl AsRef<str>]) -> Vec<Range<usize>> {
    let hits = words.iter().flat_map(|word| text::find_all(text, &text::fold(word.as_ref())));
    text::joined_hits(hits.filter(|hit| whole(text, hit)).collect())
}

/// Where a folded text has a word.
fn occurrences<'t>(folded: &'t str, needle: &'t str) -> impl Iterator<Item = Range<usize>> {
    let hits = folded.match_indices(needle).map(|(at, _)| at..at + needle.len());
    hits.filter(|hit| whole(folded, hit))
}

/// What is written in Latin letters stands alone: ACP is not in TACPLUS.
fn whole(text: &str, hit: &Range<usize>) -> bool {
    let latin =
        |c: char| text::fold(c.encode_utf8(&mut [0; 4])).starts_with(|c: char| c.is_ascii_alphanumeric());
    let joined = |one: Option<char>, other: Option<char>| one.is_some_and(latin) && other.is_some_and(latin);
    let inside = &text[hit.clone()];
    !joined(text[..hit.start].chars().next_back(), inside.chars().next())
        && !joined(inside.chars().next_back(), text[hit.end..].chars().next())
}
