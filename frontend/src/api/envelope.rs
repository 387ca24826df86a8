//! GraphQL's envelope: `{query, variables}` there, `{data, errors}` back.

use crate::text;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Why there is no data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No answer: the server or the line is away.
    Offline,
    /// The session has expired or there was none.
    SignedOut,
    /// The server says why not, in words for a person.
    Refused(String),
    /// Something went wrong; what to quote to the operator.
    Fault(String),
}

impl Failure {
    /// What a person is told.
    pub fn message(&self) -> String {
        match self {
            Self::Offline => text::OFFLINE.to_owned(),
            Self::SignedOut => text::SIGNED_OUT.to_owned(),
            Self::Refused(message) => message.clone(),
            Self::Fault(message) => text::fault(message),
        }
    }
}

#[derive(Serialize)]
struct Request<'a, V> {
    query: &'a str,
    variables: &'a V,
}

#[derive(Deserialize)]
struct Envelope<D> {
    #[serde(default = "nothing")]
    data: Option<D>,
    #[serde(default)]
    errors: Vec<Fault>,
}

/// `Option`'s own default would ask `D` for one.
fn nothing<D>() -> Option<D> {
    None
}

#[derive(Deserialize)]
struct Fault {
    message: String,
    #[serde(default)]
    extensions: Extensions,
}

#[derive(Default, Deserialize)]
struct Extensions {
    #[serde(default)]
    code: String,
}

pub(super) fn request<V: Serialize>(document: &str, variables: &V) -> Result<String, Failure> {
    serde_json::to_string(&Request { query: document, variables })
        .map_err(|fault| Failure::Fault(fault.to_string()))
}

/// The answer's data; an answer with errors has none for us, even if a part of it came.
pub(super) fn data<D: DeserializeOwned>(answer: &str) -> Result<D, Failure> {
    let envelope: Envelope<D> = serde_json::from_str(answer).map_err(|fault| failure(answer, &fault))?;
    match (envelope.errors.into_iter().next(), envelope.data) {
        (Some(fault), _) => Err(fault.into()),
        (None, Some(data)) => Ok(data),
        (None, None) => Err(Failure::Fault(text::EMPTY_ANSWER.to_owned())),
    }
}

/// Data of another shape than asked for may be what stands beside errors.
fn failure(answer: &str, fault: &serde_json::Error) -> Failure {
    #[derive(Deserialize)]
    struct Errors {
        errors: Vec<Fault>,
    }
    serde_json::from_str::<Errors>(answer)
        .ok()
        .and_then(|answer| answer.errors.into_iter().next())
        .map_or_else(|| Failure::Fault(fault.to_string()), Failure::from)
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        match fault.extensions.code.as_str() {
            "SIGNED_OUT" => Self::SignedOut,
            "FAULT" | "INTERNAL" | "INTERNAL_SERVER_ERROR" => Self::Fault(fault.message),
            _ => Self::Refused(fault.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Data {
        n: u32,
    }

    #[test]
    fn data_comes_through() {
        assert_eq!(data::<Data>(r#"{"data":{"n":3}}"#), Ok(Data { n: 3 }));
    }

    #[test]
    fn errors_are_told_apart_by_their_code() {
        let answer = |code: &str| {
            format!(r#"{{"data":null,"errors":[{{"message":"m","extensions":{{"code":"{code}"}}}}]}}"#)
        };
        assert_eq!(data::<Data>(&answer("SIGNED_OUT")), Err(Failure::SignedOut));
        assert_eq!(data::<Data>(&answer("FAULT")), Err(Failure::Fault("m".into())));
        assert_eq!(data::<Data>(&answer("TOO_LONG")), Err(Failure::Refused("m".into())));
        assert_eq!(data::<Data>(r#"{"errors":[{"message":"m"}]}"#), Err(Failure::Refused("m".into())));
    }

    #[test]
    fn errors_beside_data_of_another_shape_are_still_errors() {
        let answer = r#"{"data":{"n":null},"errors":[{"message":"m"}]}"#;
        assert_eq!(data::<Data>(answer), Err(Failure::Refused("m".into())));
    }

    #[test]
    fn what_is_no_answer_is_a_fault() {
        assert!(matches!(data::<Data>("<html>"), Err(Failure::Fault(_))));
        assert!(matches!(data::<Data>("{}"), Err(Failure::Fault(_))));
    }
}
