//! The schema's scalars and enums as the domain's types: cynic's traits can only be given to types of this crate.

use crate::schema;
use cynic::variables::VariableType;
use renkei_domain::{
    CareScene, Facet, Note, NoteKind, OrganizationKind, Phase, Role, SceneMatch, SceneSet, TokenScope,
};
use serde::{Deserialize, Deserializer, Serialize, de::IntoDeserializer, de::value::StrDeserializer};

/// An `ID`, of whichever kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id<T>(pub T);

impl<T> cynic::schema::IsScalar<schema::ID> for Id<T> {
    type SchemaType = schema::ID;
}

cynic::impl_coercions!(Id<T> [<T>] [], schema::ID);

impl<T> schema::variable::Variable for Id<T> {
    const TYPE: VariableType = VariableType::Named("ID");
}

/// The nil UUID: for the text of an operation, which does not depend on its variables.
impl<T: From<uuid::Uuid>> Default for Id<T> {
    fn default() -> Self {
        Self(uuid::Uuid::nil().into())
    }
}

/// A `DateTime` is kept as it is written.
impl cynic::schema::IsScalar<schema::DateTime> for String {
    type SchemaType = schema::DateTime;
}

impl cynic::coercions::CoercesTo<schema::DateTime> for String {}

/// A value of an enum; `None` is one that is newer than this page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct EnumValue<T>(pub Option<T>);

impl<T> Default for EnumValue<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for EnumValue<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = String::deserialize(deserializer)?;
        let known: StrDeserializer<'_, serde::de::value::Error> = value.as_str().into_deserializer();
        Ok(Self(T::deserialize(known).ok()))
    }
}

macro_rules! enums {
    ($($name:ident),+ $(,)?) => {$(
        impl cynic::Enum for EnumValue<$name> {
            type SchemaType = schema::$name;
        }

        cynic::impl_coercions!(EnumValue<$name>, schema::$name);

        impl schema::variable::Variable for EnumValue<$name> {
            const TYPE: VariableType = VariableType::Named(stringify!($name));
        }
    )+};
}

enums!(CareScene, Facet, NoteKind, OrganizationKind, Phase, Role, SceneMatch, TokenScope);

/// The scenes that this page knows.
pub fn scene_set(scenes: &[EnumValue<CareScene>]) -> SceneSet {
    scenes.iter().filter_map(|scene| scene.0).collect()
}

pub fn scene_values(scenes: SceneSet) -> Vec<EnumValue<CareScene>> {
    scenes.iter().map(|scene| EnumValue(Some(scene))).collect()
}

/// A note of an entry.
#[derive(Clone, Debug, PartialEq, cynic::QueryFragment)]
#[cynic(graphql_type = "Note")]
pub struct NoteFields {
    pub kind: EnumValue<NoteKind>,
    pub text: String,
    pub depth: i32,
}

#[derive(Clone, Debug, cynic::InputObject)]
pub struct NoteInput {
    pub kind: EnumValue<NoteKind>,
    pub text: String,
    pub depth: i32,
}

/// A note of a kind that is newer than this page is shown as a dot.
impl From<NoteFields> for Note {
    fn from(note: NoteFields) -> Self {
        let kind = note.kind.0.unwrap_or(NoteKind::Dot);
        Self { kind, text: note.text, depth: u8::try_from(note.depth).unwrap_or_default() }
    }
}

impl From<Note> for NoteInput {
    fn from(note: Note) -> Self {
        Self { kind: EnumValue(Some(note.kind)), text: note.text, depth: note.depth.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of an enum's values, as the schema lists them.
    fn values(name: &str) -> Vec<&'static str> {
        let schema = include_str!("../../../crates/server/schema.graphql");
        let (_, from) = schema.split_once(&format!("\nenum {name} {{\n")).unwrap();
        let (body, _) = from.split_once("\n}").unwrap();
        let is_value = |line: &&str| line.chars().all(|letter| letter.is_ascii_uppercase() || letter == '_');
        body.lines().map(str::trim).filter(is_value).filter(|line| !line.is_empty()).collect()
    }

    fn knows_all<T: for<'de> Deserialize<'de>>(name: &str) {
        let values = values(name);
        assert!(!values.is_empty(), "{name}");
        for value in values {
            let read: EnumValue<T> = serde_json::from_str(&format!("\"{value}\"")).unwrap();
            assert!(read.0.is_some(), "{name}: {value}");
        }
    }

    #[test]
    fn every_value_of_the_schemas_enums_is_known() {
        knows_all::<CareScene>("CareScene");
        knows_all::<Facet>("Facet");
        knows_all::<NoteKind>("NoteKind");
        knows_all::<OrganizationKind>("OrganizationKind");
        knows_all::<Phase>("Phase");
        knows_all::<Role>("Role");
        knows_all::<SceneMatch>("SceneMatch");
        knows_all::<TokenScope>("TokenScope");
    }

    #[test]
    fn a_value_that_is_newer_than_the_page_is_read_as_none() {
        let scenes: Vec<EnumValue<CareScene>> = serde_json::from_str(r#"["EMERGENCY","SCENE_5"]"#).unwrap();
        assert_eq!(scenes, [EnumValue(Some(CareScene::Emergency)), EnumValue(None)]);
        assert_eq!(scene_set(&scenes), [CareScene::Emergency].into_iter().collect());
    }
}
