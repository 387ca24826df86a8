//! What is proposed for a sheet, and declining it.

use super::Suggestion;
use crate::{
    api::{self, EnumValue, Failure, Id, payload},
    entry::mutation::{Input, Operation},
    schema,
};
use cynic::{MutationBuilder, QueryBuilder};
use renkei_domain::{CareScene, EntryId, FiscalYear, RegionId, SheetId};

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Query", variables = "SuggestionsVariables")]
pub struct Suggestions {
    #[arguments(regionId: $region_id, fiscalYear: $fiscal_year)]
    pub sheet: Option<SuggestingSheet>,
}

#[derive(Default, cynic::QueryVariables)]
pub struct SuggestionsVariables {
    pub region_id: Id<RegionId>,
    pub fiscal_year: i32,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Sheet")]
pub struct SuggestingSheet {
    pub scene_suggestions: Vec<SceneSuggestion>,
    pub declined_scene_suggestions: Vec<SceneSuggestion>,
}

#[derive(cynic::QueryFragment)]
pub struct SceneSuggestion {
    pub scene: EnumValue<CareScene>,
    pub words: Vec<String>,
    pub entry: EntryRef,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Entry")]
pub struct EntryRef {
    pub id: Id<EntryId>,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "DeclineSceneSuggestionsVariables")]
pub struct DeclineSceneSuggestions {
    #[arguments(input: $input)]
    #[cynic(rename = "declineSceneSuggestions", alias)]
    pub answer: DeclinePayload,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Mutation", variables = "DeclineSceneSuggestionsVariables")]
pub struct RestoreSceneSuggestions {
    #[arguments(input: $input)]
    #[cynic(rename = "restoreSceneSuggestions", alias)]
    pub answer: DeclinePayload,
}

#[derive(Default, cynic::QueryVariables)]
pub struct DeclineSceneSuggestionsVariables {
    pub input: DeclineSceneSuggestionsInput,
}

#[derive(Default, cynic::InputObject)]
pub struct DeclineSceneSuggestionsInput {
    pub request_id: Id<String>,
    pub sheet_id: Id<SheetId>,
    pub suggestions: Vec<SceneSuggestionInput>,
}

#[derive(Default, cynic::InputObject)]
pub struct SceneSuggestionInput {
    pub entry_id: Id<EntryId>,
    pub scene: EnumValue<CareScene>,
}

payload!(DeclinePayload: SheetChanged);

#[derive(cynic::QueryFragment)]
pub struct SheetChanged {
    pub sheet: SheetRef,
}

#[derive(cynic::QueryFragment)]
#[cynic(graphql_type = "Sheet")]
pub struct SheetRef {
    pub id: Id<SheetId>,
}

/// What is proposed for a sheet now, and what was declined. A scene that is newer than this page is left out.
pub async fn read(region: RegionId, year: FiscalYear) -> Result<[Vec<Suggestion>; 2], Failure> {
    let variables = SuggestionsVariables { region_id: Id(region), fiscal_year: year.0 };
    let data = api::call(&Suggestions::build(variables)).await?;
    let Some(sheet) = data.sheet else { return Ok([Vec::new(), Vec::new()]) };
    let known = |one: SceneSuggestion| {
        Some(Suggestion { entry: one.entry.id.0, scene: one.scene.0?, words: one.words })
    };
    let all = |all: Vec<SceneSuggestion>| all.into_iter().filter_map(known).collect();
    Ok([all(sheet.scene_suggestions), all(sheet.declined_scene_suggestions)])
}

/// The request that declines, or takes that back; none: its input lacks what the operation needs.
pub fn request(operation: Operation, input: &Input) -> Option<String> {
    let pairs = input.entries.iter().flat_map(|one| {
        let scenes = one.explicit_scenes.unwrap_or_default();
        scenes.iter().map(|scene| (one.id, scene)).collect::<Vec<_>>()
    });
    let pair = |(id, scene): (Option<EntryId>, CareScene)| {
        Some(SceneSuggestionInput { entry_id: Id(id?), scene: EnumValue(Some(scene)) })
    };
    let input = DeclineSceneSuggestionsInput {
        request_id: Id(input.request_id.clone()),
        sheet_id: Id(input.sheet_id?),
        suggestions: pairs.map(pair).collect::<Option<_>>()?,
    };
    let variables = DeclineSceneSuggestionsVariables { input };
    Some(match operation {
        Operation::DeclineScenes => api::request(&DeclineSceneSuggestions::build(variables)),
        Operation::RestoreScenes => api::request(&RestoreSceneSuggestions::build(variables)),
        _ => return None,
    })
}
