//! What a GraphQL request asks for, read from a body of JSON or from the parameters of an address.

use super::refusal::refuse;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// The four parameters of GraphQL over HTTP.
#[derive(Debug, Default, PartialEq)]
pub struct Parameters {
    pub query: String,
    pub operation_name: Option<String>,
    pub variables: Map<String, Value>,
    pub extensions: Map<String, Value>,
}

/// Why a request is no GraphQL request.
#[derive(Debug, PartialEq)]
pub enum Malformed {
    MediaType,
    NotJson(String),
    NotAnObject,
    Batch,
    NoQuery,
    Kind { parameter: &'static str, expected: &'static str },
}

impl Malformed {
    pub fn response(&self) -> Response {
        let status = match self {
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            _ => StatusCode::BAD_REQUEST,
        };
        refuse(status, &self.japanese(), &self.english())
    }

    fn japanese(&self) -> Cow<'static, str> {
        match self {
            Self::MediaType => "リクエストはapplication/jsonで送ってください。".into(),
            Self::NotJson(_) => "JSONとして読めません。".into(),
            Self::NotAnObject => "リクエストはJSONのオブジェクトにしてください。".into(),
            Self::Batch => "複数の操作をまとめて送ることはできません。".into(),
            Self::NoQuery => "queryがありません。".into(),
            Self::Kind { parameter, .. } => format!("{parameter}の形が正しくありません。").into(),
        }
    }

    fn english(&self) -> Cow<'static, str> {
        match self {
            Self::MediaType => "send application/json in UTF-8, not encoded otherwise".into(),
            Self::NotJson(fault) => format!("malformed JSON: {fault}").into(),
            Self::NotAnObject => "the request must be a JSON object".into(),
            Self::Batch => "batches are not supported".into(),
            Self::NoQuery => "`query` is missing".into(),
            Self::Kind { parameter, expected } => format!("`{parameter}` must be {expected}").into(),
        }
    }
}

/// JSON and nothing else: a form or plain text from a foreign page needs no permission of the browser, JSON does.
pub fn is_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let utf8 = parts.filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
        !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    essence.eq_ignore_ascii_case("application/json")
        && utf8
        && !headers.contains_key(header::CONTENT_ENCODING)
}

impl Parameters {
    pub fn from_body(body: &[u8]) -> Result<Self, Malformed> {
        Self::from_value(serde_json::from_slice(body).map_err(|fault| Malformed::NotJson(fault.to_string()))?)
    }

    pub fn from_value(value: Value) -> Result<Self, Malformed> {
        match value {
            Value::Object(mut object) => Ok(Self {
                query: query(object.remove("query"))?,
                operation_name: operation_name(object.remove("operationName"))?,
                variables: map("variables", object.remove("variables"))?,
                extensions: map("extensions", object.remove("extensions"))?,
            }),
            Value::Array(_) => Err(Malformed::Batch),
            _ => Err(Malformed::NotAnObject),
        }
    }

    /// Of a repeated parameter the last one counts.
    pub fn from_uri(uri: &Uri) -> Result<Self, Malformed> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|fault| Malformed::NotJson(fault.to_string()))?;
        let mut object = Map::new();
        for (name, text) in pairs {
            let value = match name.as_str() {
                "query" | "operationName" => Value::String(text),
                "variables" | "extensions" if text.is_empty() => Value::Null,
                "variables" | "extensions" => serde_json::from_str(&text)
                    .map_err(|fault| Malformed::NotJson(format!("{name}: {fault}")))?,
                _ => continue,
            };
            object.insert(name, value);
        }
        Ok(Self {
            query: query(object.remove("query"))?,
            operation_name: operation_name(object.remove("operationName"))?,
            variables: map("variables", object.remove("variables"))?,
            extensions: map("extensions", object.remove("extensions"))?,
        })
    }
}

fn query(value: Option<Value>) -> Result<String, Malformed> {
    match value {
        Some(Value::String(text)) if !text.trim().is_empty() => Ok(text),
        None | Some(Value::Null | Value::String(_)) => Err(Malformed::NoQuery),
        Some(_) => Err(Malformed::Kind { parameter: "query", expected: "a string" }),
    }
}

/// Some clients send an empty name where they mean none.
fn operation_name(value: Option<Value>) -> Result<Option<String>, Malformed> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => Ok(Some(name).filter(|name| !name.is_empty())),
        Some(_) => Err(Malformed::Kind { parameter: "operationName", expected: "a string" }),
    }
}

fn map(parameter: &'static str, value: Option<Value>) -> Result<Map<String, Value>, Malformed> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(Malformed::Kind { parameter, expected: "an object" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use serde_json::json;

    fn read(body: Value) -> Result<Parameters, Malformed> {
        Parameters::from_body(body.to_string().as_bytes())
    }

    #[test]
    fn a_body_is_one_object_with_a_query() {
        assert!(matches!(Parameters::from_body(b"{"), Err(Malformed::NotJson(_))));
        assert!(matches!(Parameters::from_body(b""), Err(Malformed::NotJson(_))));
        assert!(matches!(Parameters::from_body(b"{\"query\":\"\xff\"}"), Err(Malformed::NotJson(_))));
        assert_eq!(read(json!([{ "query": "{a}" }])), Err(Malformed::Batch));
        assert_eq!(read(json!("{a}")), Err(Malformed::NotAnObject));
        assert_eq!(read(json!({})), Err(Malformed::NoQuery));
        assert_eq!(read(json!({ "query": " " })), Err(Malformed::NoQuery));
        for parameter in ["query", "operationName", "variables", "extensions"] {
            for wrong in [json!(0), json!(false), json!(["a"])] {
                let mut body = json!({ "query": "{a}" });
                body[parameter] = wrong;
                assert!(matches!(read(body), Err(Malformed::Kind { .. })), "{parameter}");
            }
        }
    }

    #[test]
    fn null_and_unknown_parameters_are_tolerated() {
        let parameters = read(json!({
            "query": "{a}", "operationName": null, "variables": null, "extensions": null, "id": 1,
        }));
        assert_eq!(parameters, Ok(Parameters { query: "{a}".to_owned(), ..Parameters::default() }));
    }

    #[test]
    fn an_address_carries_the_same_parameters() {
        let uri = "/graphql?query=query%20Q%7Ba%7D&operationName=Q&variables=%7B%22x%22%3A1%7D&extensions="
            .parse()
            .unwrap();
        let parameters = Parameters::from_uri(&uri).unwrap();
        assert_eq!(parameters.query, "query Q{a}");
        assert_eq!(parameters.operation_name.as_deref(), Some("Q"));
        assert_eq!(Value::Object(parameters.variables), json!({ "x": 1 }));
        let broken = "/graphql?query=%7Ba%7D&variables=%7B".parse().unwrap();
        assert!(matches!(Parameters::from_uri(&broken), Err(Malformed::NotJson(_))));
    }

    #[test]
    fn only_json_in_utf8_is_json() {
        for (value, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/json;charset=\"utf-8\"", true),
            ("application/json; charset=shift_jis", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("application/jsonp", false),
        ] {
            let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(value))]);
            assert_eq!(is_json(&headers), expected, "{value}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
