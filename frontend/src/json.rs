//! JSON as this client meets it: GraphQL's answers, and what it keeps itself.
//!
//! The types say with serde what they are made of, as everywhere. Only the way from text to serde is our own:
//! serde_json's, made to stream and to explain, is compiled once more for every type and weighed 30 KB in brotli
//! before the sheet had its page. This one reads into a tree first and says no more than that a text did not fit.

use serde::{
    Deserialize, Serialize,
    de::{
        DeserializeSeed, Deserializer, EnumAccess, Error, IntoDeserializer, MapAccess, SeqAccess,
        VariantAccess, Visitor, value::StringDeserializer,
    },
};
use std::vec::IntoIter;

/// The text is no JSON, or not of the shape that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unfit;

/// A value of any shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Json {
    /// No value at all: a field that is not there.
    Absent,
    Null,
    Bool(bool),
    Int(i64),
    /// A text; also a number that is not whole, as written: nothing here asks for one.
    Text(String),
    List(Vec<Json>),
    Map(Vec<(String, Json)>),
}

/// How deep values may stand in one another; answers need about ten.
const DEPTH: usize = 64;
/// Where GraphQL names the member of a union.
const TYPE_NAME: &str = "__typename";

/// Reads a value of a type.
///
/// An enum is a text that names a variant without data, or, as in GraphQL, an object whose `__typename` names the
/// variant and whose fields are its data. So a payload's union needs no `#[serde(tag = "__typename")]`, which would
/// be compiled twice.
pub fn from_str<T: for<'de> Deserialize<'de>>(text: &str) -> Result<T, Unfit> {
    T::deserialize(Json::parse(text)?)
}

/// Writes a value.
pub fn to_string<T: Serialize>(value: &T) -> Result<String, Unfit> {
    serde_json::to_string(value).map_err(|_| Unfit)
}

impl Json {
    pub fn parse(text: &str) -> Result<Self, Unfit> {
        let mut reader = Reader { text, at: 0 };
        let value = reader.value(DEPTH)?;
        reader.space();
        if reader.at == text.len() { Ok(value) } else { Err(Unfit) }
    }

    /// Takes a field out of an object; null where there is none.
    pub fn take(&mut self, name: &str) -> Json {
        match self {
            Json::Map(fields) => fields
                .iter_mut()
                .find(|(field, _)| field == name)
                .map_or(Json::Null, |(_, value)| std::mem::replace(value, Json::Null)),
            _ => Json::Null,
        }
    }

    /// A field of an object; null where there is none.
    pub fn get(&self, name: &str) -> &Json {
        match self {
            Json::Map(fields) => {
                fields.iter().find(|(field, _)| field == name).map_or(&Json::Null, |(_, value)| value)
            }
            _ => &Json::Null,
        }
    }

    /// A field that is a text; empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).as_text()
    }

    pub fn as_text(&self) -> &str {
        if let Json::Text(text) = self { text } else { "" }
    }

    /// A field that is a whole number; 0 where there is none.
    pub fn int(&self, name: &str) -> i64 {
        if let Json::Int(number) = self.get(name) { *number } else { 0 }
    }

    /// A field that is a list; empty where there is none.
    pub fn list(&self, name: &str) -> &[Json] {
        if let Json::List(values) = self.get(name) { values } else { &[] }
    }

    pub fn is(&self, name: &str) -> bool {
        *self.get(name) == Json::Bool(true)
    }

    pub fn is_null(&self) -> bool {
        *self == Json::Null
    }

    /// An object.
    pub fn of<const N: usize>(fields: [(&str, Json); N]) -> Self {
        Json::Map(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Json::Text(text.to_owned())
    }
}

impl Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Absent | Json::Null => serializer.serialize_unit(),
            Json::Bool(value) => serializer.serialize_bool(*value),
            Json::Int(value) => serializer.serialize_i64(*value),
            Json::Text(value) => serializer.serialize_str(value),
            Json::List(values) => serializer.collect_seq(values),
            Json::Map(fields) => serializer.collect_map(fields.iter().map(|(name, value)| (name, value))),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Always at a character's boundary: it passes ASCII bytes one by one and everything else as a whole.
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Passes a mark, if it is the next.
    fn mark(&mut self, mark: u8) -> bool {
        self.space();
        let there = self.peek() == Some(mark);
        self.at += usize::from(there);
        there
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, Unfit> {
        if self.text[self.at..].starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(Unfit)
        }
    }

    fn value(&mut self, depth: usize) -> Result<Json, Unfit> {
        self.space();
        match self.peek().ok_or(Unfit)? {
            b'n' => self.word("null", Json::Null),
            b't' => self.word("true", Json::Bool(true)),
            b'f' => self.word("false", Json::Bool(false)),
            b'"' => self.string().map(Json::Text),
            b'[' => self.list(depth.checked_sub(1).ok_or(Unfit)?),
            b'{' => self.map(depth.checked_sub(1).ok_or(Unfit)?),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Json, Unfit> {
        self.at += 1;
        let mut list = Vec::new();
        if self.mark(b']') {
            return Ok(Json::List(list));
        }
        loop {
            list.push(self.value(depth)?);
            if self.mark(b']') {
                return Ok(Json::List(list));
            }
            if !self.mark(b',') {
                return Err(Unfit);
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Json, Unfit> {
        self.at += 1;
        let mut map = Vec::new();
        if self.mark(b'}') {
            return Ok(Json::Map(map));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(Unfit);
            }
            let name = self.string()?;
            if !self.mark(b':') {
                return Err(Unfit);
            }
            map.push((name, self.value(depth)?));
            if self.mark(b'}') {
                return Ok(Json::Map(map));
            }
            if !self.mark(b',') {
                return Err(Unfit);
            }
        }
    }

    fn number(&mut self) -> Result<Json, Unfit> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        let written = &self.text[start..self.at];
        if !written.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(Unfit);
        }
        Ok(written.parse().map_or_else(|_| Json::Text(written.to_owned()), Json::Int))
    }

    fn string(&mut self) -> Result<String, Unfit> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let rest = &self.text[self.at..];
            // Most texts are one piece up to their end.
            let plain = rest.find(['"', '\\']).ok_or(Unfit)?;
            string.push_str(&rest[..plain]);
            self.at += plain + 1;
            if rest.as_bytes()[plain] == b'"' {
                return Ok(string);
            }
            string.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Result<char, Unfit> {
        let mark = self.peek().ok_or(Unfit)?;
        self.at += 1;
        Ok(match mark {
            b'"' | b'\\' | b'/' => char::from(mark),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.code_point(),
            _ => return Err(Unfit),
        })
    }

    /// `\uXXXX`, or two of them for a character beyond the first 65,536.
    fn code_point(&mut self) -> Result<char, Unfit> {
        let high = self.hex()?;
        if !(0xd800..0xdc00).contains(&high) {
            return char::from_u32(high).ok_or(Unfit);
        }
        self.word("\\u", Json::Null)?;
        let low = self.hex()?;
        if !(0xdc00..0xe000).contains(&low) {
            return Err(Unfit);
        }
        char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)).ok_or(Unfit)
    }

    fn hex(&mut self) -> Result<u32, Unfit> {
        let digits = self.text.get(self.at..self.at + 4).ok_or(Unfit)?;
        self.at += 4;
        u32::from_str_radix(digits, 16).map_err(|_| Unfit)
    }
}

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the JSON does not fit")
    }
}

impl std::error::Error for Unfit {}

impl Error for Unfit {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Unfit
    }
}

/// One method for each kind of value that is asked for, so that each is compiled with its own kind alone.
impl<'de> Deserializer<'de> for Json {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self {
            Json::Absent => Err(Unfit),
            Json::Null => visitor.visit_unit(),
            Json::Bool(value) => visitor.visit_bool(value),
            Json::Int(value) => visitor.visit_i64(value),
            Json::Text(value) => visitor.visit_string(value),
            Json::List(values) => visitor.visit_seq(Values(values.into_iter())),
            Json::Map(fields) => visitor.visit_map(Fields::of(fields)),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let Json::Bool(value) = self else { return Err(Unfit) };
        visitor.visit_bool(value)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let Json::Int(value) = self else { return Err(Unfit) };
        visitor.visit_i64(value)
    }

    fn deserialize_i8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let Json::Text(value) = self else { return Err(Unfit) };
        visitor.visit_string(value)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_string(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self {
            Json::Absent | Json::Null => visitor.visit_none(),
            value => visitor.visit_some(value),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let Json::List(values) = self else { return Err(Unfit) };
        visitor.visit_seq(Values(values.into_iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unfit> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        let Json::Map(fields) = self else { return Err(Unfit) };
        visitor.visit_map(Fields::of(fields))
    }

    /// As a sequence of its fields: reading them by name, in any order and perhaps twice, is most of what serde
    /// makes for a type.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        let Json::Map(fields) = self else { return Err(Unfit) };
        visitor.visit_seq(Named { names: names.iter(), fields, at: 0 })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        let variant = match &mut self {
            Json::Text(name) => std::mem::take(name),
            object => match object.take(TYPE_NAME) {
                Json::Text(name) => name,
                _ => return Err(Unfit),
            },
        };
        visitor.visit_enum(Variant { name: variant, data: self })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple_struct identifier
    }
}

struct Values(IntoIter<Json>);

impl<'de> SeqAccess<'de> for Values {
    type Error = Unfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unfit> {
        self.0.next().map(|value| seed.deserialize(value)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

/// An object's fields in the order in which a type names them.
struct Named {
    names: std::slice::Iter<'static, &'static str>,
    fields: Vec<(String, Json)>,
    /// Where the next one probably stands: answers keep the order of their question.
    at: usize,
}

impl Named {
    fn take(&mut self, name: &str) -> Json {
        let count = self.fields.len();
        for index in (0..count).map(|index| (self.at + index) % count) {
            let (field, value) = &mut self.fields[index];
            if field == name {
                self.at = index + 1;
                return std::mem::replace(value, Json::Absent);
            }
        }
        Json::Absent
    }
}

impl<'de> SeqAccess<'de> for Named {
    type Error = Unfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unfit> {
        let Some(name) = self.names.next() else { return Ok(None) };
        let value = self.take(name);
        let absent = value == Json::Absent;
        match seed.deserialize(value) {
            // The type may have a default for it.
            Err(Unfit) if absent => Ok(None),
            value => value.map(Some),
        }
    }
}

struct Fields {
    rest: IntoIter<(String, Json)>,
    value: Json,
}

impl Fields {
    fn of(fields: Vec<(String, Json)>) -> Self {
        Self { rest: fields.into_iter(), value: Json::Null }
    }
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Unfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unfit> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        self.value = value;
        let name: StringDeserializer<Unfit> = name.into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unfit> {
        seed.deserialize(std::mem::replace(&mut self.value, Json::Null))
    }
}

struct Variant {
    name: String,
    data: Json,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Unfit;
    type Variant = Json;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Json), Unfit> {
        let name: StringDeserializer<Unfit> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self.data))
    }
}

impl<'de> VariantAccess<'de> for Json {
    type Error = Unfit;

    fn unit_variant(self) -> Result<(), Unfit> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unfit> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Unfit> {
        Err(Unfit)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        names: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        self.deserialize_struct("", names, visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use renkei_domain::{CareScene, EntryText, FiscalYear, Note, NoteKind, OrganizationId, SceneSet};

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Cell {
        fiscal_year: FiscalYear,
        text: EntryText,
        owner: Option<OrganizationId>,
        hidden_count: u32,
        editable: bool,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    enum Payload {
        SignedOut,
        Saved { version: i32 },
        Refusal(Refusal),
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Refusal {
        message: String,
        field: Option<String>,
    }

    #[test]
    fn a_tree_is_looked_into_and_written_as_it_was() {
        let text = r#"{"a":[{"b":"文\n\""},null,true,-3],"c":{}}"#;
        let tree = Json::parse(text).unwrap();
        assert_eq!(tree.list("a")[0].text("b"), "文\n\"");
        assert_eq!((tree.text("c"), tree.int("x"), tree.list("c").len()), ("", 0, 0));
        assert!(tree.get("x").get("y").is_null() && !tree.is("a"));
        assert_eq!(to_string(&tree).unwrap(), text);
        assert_eq!(
            Json::of([("n", Json::Int(3)), ("t", "x".into())]),
            Json::parse(r#"{"n":3,"t":"x"}"#).unwrap()
        );
    }

    #[test]
    fn a_type_is_read_field_by_field() {
        let text = r#" {"fiscalYear": 2026, "more": [1.5, {"x": null}], "owner": null, "hiddenCount": 2,
            "editable": true, "text": {"body": "在宅\n\"医療\"", "notes": [{"kind": "DOT", "text": "", "depth": 1}],
            "explicitScenes": ["END_OF_LIFE"]}} "#;
        let note = Note { kind: NoteKind::Dot, text: String::new(), depth: 1 };
        let expected = Cell {
            fiscal_year: FiscalYear(2026),
            text: EntryText {
                body: "在宅\n\"医療\"".to_owned(),
                notes: vec![note],
                explicit_scenes: SceneSet::EMPTY.with(CareScene::EndOfLife),
            },
            owner: None,
            hidden_count: 2,
            editable: true,
        };
        assert_eq!(from_str(text), Ok(expected));
    }

    #[test]
    fn fields_stand_in_any_order() {
        for text in
            [r#"{"field": "f", "message": "m"}"#, r#"{"x": 1, "message": "m", "y": [], "field": "f"}"#]
        {
            let refusal = Refusal { message: "m".to_owned(), field: Some("f".to_owned()) };
            assert_eq!(from_str(text), Ok(refusal), "{text}");
        }
        assert_eq!(from_str::<Refusal>(r#"{"field": "f"}"#), Err(Unfit));
    }

    #[test]
    fn a_field_that_is_absent_takes_its_default() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Draft {
            outline: String,
            #[serde(default)]
            open: bool,
            merged: Option<String>,
        }
        let draft = Draft { outline: "○".to_owned(), open: false, merged: None };
        assert_eq!(from_str(r#"{"outline": "○"}"#), Ok(draft));
        assert_eq!(from_str::<Draft>(r#"{"outline": "○", "open": null}"#), Err(Unfit));
    }

    #[test]
    fn a_union_is_told_by_its_type_name() {
        let saved = r#"{"version": 3, "__typename": "Saved"}"#;
        assert_eq!(from_str(saved), Ok(Payload::Saved { version: 3 }));
        assert_eq!(from_str(r#"{"__typename": "SignedOut"}"#), Ok(Payload::SignedOut));
        assert_eq!(from_str(r#""SignedOut""#), Ok(Payload::SignedOut));
        let refusal = Refusal { message: "m".to_owned(), field: None };
        let text = r#"{"__typename": "Refusal", "message": "m"}"#;
        assert_eq!(from_str(text), Ok(Payload::Refusal(refusal)));
        assert_eq!(from_str::<Payload>(r#"{"__typename": "Other"}"#), Err(Unfit));
        assert_eq!(from_str::<Payload>("{}"), Err(Unfit));
    }

    #[test]
    fn what_is_no_json_or_of_another_shape_does_not_fit() {
        for text in [
            "",
            "{",
            "[1,]",
            "{\"a\"}",
            "{a:1}",
            "\"",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "nul",
            "1 2",
            "-",
            "[1 2]",
            "\"\\u00\"",
        ] {
            assert_eq!(Json::parse(text), Err(Unfit), "{text}");
        }
        assert_eq!(Json::parse(&"[".repeat(100_000)), Err(Unfit));
        assert_eq!(from_str::<u8>("300"), Err(Unfit));
        assert_eq!(from_str::<String>("3"), Err(Unfit));
        assert_eq!(from_str::<Refusal>("{}"), Err(Unfit));
    }

    #[test]
    fn a_field_is_taken_out_once() {
        let mut answer = Json::parse(r#"{"data": {"a": 1}}"#).unwrap();
        assert_eq!(answer.take("data"), Json::Map(vec![("a".to_owned(), Json::Int(1))]));
        assert_eq!(answer.take("data"), Json::Null);
        assert_eq!(answer.take("errors"), Json::Null);
    }

    /// The same value as the library reads.
    fn as_library(json: &Json) -> serde_json::Value {
        match json {
            Json::Absent | Json::Null => serde_json::Value::Null,
            Json::Bool(value) => (*value).into(),
            Json::Int(value) => (*value).into(),
            Json::Text(value) => value.clone().into(),
            Json::List(values) => values.iter().map(as_library).collect(),
            Json::Map(fields) => {
                fields.iter().map(|(name, value)| (name.clone(), as_library(value))).collect()
            }
        }
    }

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::Bool),
            any::<i64>().prop_map(Json::Int),
            any::<String>().prop_map(Json::Text),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Json::List),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|fields| Json::Map(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_library_writes_what_is_read_here(json in any_json()) {
            let value = as_library(&json);
            prop_assert_eq!(Json::parse(&value.to_string()), Ok(json.clone()));
            prop_assert_eq!(Json::parse(&serde_json::to_string_pretty(&value).unwrap()), Ok(json));
        }

        #[test]
        fn any_escape_is_read_like_the_librarys(character in any::<char>()) {
            let mut units = [0; 2];
            let escaped: String =
                character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect();
            prop_assert_eq!(Json::parse(&format!("\"{escaped}\"")), Ok(Json::Text(character.to_string())));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}\",:\\\\0-9a-fu\u{3042} ]{0,40}") {
            let _ = Json::parse(&text);
        }
    }
}
