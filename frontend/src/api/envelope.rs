//! GraphQL's envelope: `{query, variables}` there, `{data, errors}` back.

use crate::{
    json::{self, Json},
    text,
};
use serde::{Serialize, de::DeserializeOwned};

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

pub(super) fn request<V: Serialize>(document: &str, variables: &V) -> String {
    // Variables are made of texts, numbers and lists: there is none that JSON cannot say.
    json::to_string(&Request { query: document, variables }).unwrap_or_default()
}

/// The answer's data, decoded.
pub(super) fn decode<D: DeserializeOwned>(answer: &str) -> Result<D, Failure> {
    D::deserialize(data(answer)?).map_err(|_| Failure::Fault(text::STRANGE_ANSWER.to_owned()))
}

/// The answer's data; an answer with errors has none for us, even if a part of it came.
pub fn data(answer: &str) -> Result<Json, Failure> {
    let Ok(mut answer) = Json::parse(answer) else {
        return Err(Failure::Fault(text::STRANGE_ANSWER.to_owned()));
    };
    if let Json::List(faults) = answer.take("errors")
        && let Some(fault) = faults.into_iter().next()
    {
        return Err(failure(fault));
    }
    match answer.take("data") {
        Json::Null => Err(Failure::Fault(text::EMPTY_ANSWER.to_owned())),
        data => Ok(data),
    }
}

fn failure(mut fault: Json) -> Failure {
    let Json::Text(message) = fault.take("message") else {
        return Failure::Fault(text::STRANGE_ANSWER.to_owned());
    };
    match fault.take("extensions").take("code") {
        Json::Text(code) if code == "SIGNED_OUT" => Failure::SignedOut,
        Json::Text(code) if code == "FAULT" => Failure::Fault(message),
        _ => Failure::Refused(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Data {
        n: u32,
    }

    #[test]
    fn data_comes_through() {
        assert_eq!(decode::<Data>(r#"{"data":{"n":3}}"#), Ok(Data { n: 3 }));
    }

    #[test]
    fn a_request_is_what_graphql_over_http_asks_for() {
        assert_eq!(request("query A { a }", &()), r#"{"query":"query A { a }","variables":null}"#);
    }

    #[test]
    fn errors_are_told_apart_by_their_code() {
        let answer = |code: &str| {
            format!(r#"{{"data":null,"errors":[{{"message":"m","extensions":{{"code":"{code}"}}}}]}}"#)
        };
        assert_eq!(decode::<Data>(&answer("SIGNED_OUT")), Err(Failure::SignedOut));
        assert_eq!(decode::<Data>(&answer("FAULT")), Err(Failure::Fault("m".into())));
        assert_eq!(decode::<Data>(&answer("TOO_LONG")), Err(Failure::Refused("m".into())));
        assert_eq!(decode::<Data>(r#"{"errors":[{"message":"m"}]}"#), Err(Failure::Refused("m".into())));
    }

    #[test]
    fn errors_beside_data_are_still_errors() {
        for data in [r#"{"n":null}"#, r#"{"n":3}"#] {
            let answer = format!(r#"{{"data":{data},"errors":[{{"message":"m"}}]}}"#);
            assert_eq!(decode::<Data>(&answer), Err(Failure::Refused("m".into())));
        }
    }

    #[test]
    fn what_is_no_answer_is_a_fault() {
        for answer in ["<html>", "{}", r#"{"data":{"m":3}}"#, r#"{"errors":[3]}"#] {
            assert!(matches!(decode::<Data>(answer), Err(Failure::Fault(_))), "{answer}");
        }
    }
}
