//! Suggestions in the API.

use super::{
    EntryScene, Suggestion,
    service::{self, Command},
};
use crate::{
    Fault,
    api::{
        context::{LoadedSheet, RequestContext},
        scalars::{self, CareScene},
    },
    change::{self, api::Change},
    entry::api::Entry,
    live::api::SheetChanged,
    refusal::{
        Refusal,
        api::{Refused, answer},
    },
    sheet,
};
use async_graphql::{Context, Error, ID, InputObject, Object, SimpleObject, Union};

#[derive(Default)]
pub struct Mutations;

#[Object(name = "SuggestionMutations")]
impl Mutations {
    /// 場面の候補を見送ります。この表では、だれにも出なくなります。
    /// Declines scenes that are proposed for entries: nobody is shown them on this sheet any more.
    async fn decline_scene_suggestions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "見送る候補。Which ones.")] input: DeclineSceneSuggestionsInput,
    ) -> Result<DeclinePayload, Error> {
        execute(ctx, input, Command::Decline).await
    }

    /// 場面の候補の見送りを取り消します。また候補に出ます。
    /// Takes back that scenes were declined: they are proposed again.
    async fn restore_scene_suggestions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "見送りを取り消す候補。Which ones.")] input: DeclineSceneSuggestionsInput,
    ) -> Result<DeclinePayload, Error> {
        execute(ctx, input, Command::Restore).await
    }
}

/// 場面の候補。
/// A scene that an entry names, in its text or its item's title, and does not have.
#[derive(SimpleObject)]
pub struct SceneSuggestion {
    /// どの取組か。
    /// For which entry.
    entry: Entry,
    /// どの場面か。
    /// Which scene.
    scene: CareScene,
    /// 取組か事業項目の題名にあった言葉（例 人生会議）。
    /// The words by which it names the scene.
    words: Vec<&'static str>,
}

/// どの取組の、どの場面の候補か。
/// Which scene of which entry.
#[derive(InputObject)]
pub struct SceneSuggestionInput {
    /// 取組のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The entry's id.
    entry_id: ID,
    /// 場面。
    /// The scene.
    scene: CareScene,
}

/// 場面の候補の見送りか、その取り消し。1件でも受け付けられなければ、1件も変えません。
/// Declines suggestions, or takes that back: all of them, or none.
#[derive(InputObject)]
pub struct DeclineSceneSuggestionsInput {
    /// この依頼のUUID（例 3f6e2b8c-1d55-4c44-9d0a-5b1e0197a3c2）。同じものを送り直しても、1度だけ行われます。
    /// A client's UUID for the request.
    request_id: ID,
    /// 計画・評価表のID（例 0197a3c2-5b1e-7c44-9d0a-3f6e2b8c1d55）。
    /// The sheet's id.
    sheet_id: ID,
    /// どの候補か。500件まで。
    /// Which ones, at most 500.
    suggestions: Vec<SceneSuggestionInput>,
}

/// 場面の候補を見送った結果。
/// What became of declined suggestions.
// Made once and taken apart at once.
#[allow(clippy::large_enum_variant)]
#[derive(Union)]
pub enum DeclinePayload {
    Changed(SheetChanged),
    Refused(Refused),
}

/// What is proposed for a sheet that the viewer reads, or what somebody has declined of it.
pub async fn of_sheet(
    context: &RequestContext,
    sheet: &LoadedSheet,
    declined: bool,
) -> Result<Vec<SceneSuggestion>, Fault> {
    let found = service::of_sheet(&context.db, &sheet.view, declined).await?;
    let shown = |one: Suggestion| SceneSuggestion {
        entry: Entry::of_sheet(&sheet.view, &one.entry, one.position),
        scene: one.scene.into(),
        words: one.words,
    };
    Ok(found.into_iter().map(shown).collect())
}

async fn execute(
    ctx: &Context<'_>,
    input: DeclineSceneSuggestionsInput,
    command: Command,
) -> Result<DeclinePayload, Error> {
    let context = RequestContext::of(ctx);
    answer(async {
        let identity = context.writer()?;
        let (request, id) = (input.request_id.parse().ok(), scalars::id(&input.sheet_id));
        let pair = |one: &SceneSuggestionInput| EntryScene {
            entry: scalars::id(&one.entry_id),
            scene: one.scene.into(),
        };
        let pairs = input.suggestions.iter().map(pair).collect();
        let done = service::execute(&context.db, &identity, request, id, pairs, command).await;
        context.forget();
        let change = match done?.change {
            Some(change) => change::service::find(&context.db, identity.viewer(), change).await?,
            None => None,
        };
        let found = sheet::api::find(context, id).await?;
        let sheet = found.ok_or_else(|| Refusal::not_found("計画・評価表"))?;
        Ok(SheetChanged { sheet, change: change.map(Change) }.into())
    })
    .await
}
