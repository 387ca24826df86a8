//! A response of GraphQL over HTTP: its data, or why there is none.

use crate::{schema, text};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::value::RawValue;

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, cynic::Enum)]
pub enum RefusalCode {
    BadCredentials,
    SignedOut,
    Forbidden,
    Phase,
    NotFound,
    Invalid,
    TooLong,
    TooManyAttempts,
    #[cynic(fallback)]
    Unknown,
}

/// What a mutation answers that was not done.
#[derive(Clone, Debug, cynic::QueryFragment)]
pub struct Refusal {
    pub code: RefusalCode,
    pub message: String,
}

impl Refusal {
    /// For an answer that is newer than this page.
    pub fn unknown() -> Self {
        Self { code: RefusalCode::Unknown, message: text::fault(text::STRANGE_ANSWER) }
    }
}

/// What a mutation answers: what it has made, or why it was not done.
pub trait Payload: DeserializeOwned {
    type Done;

    fn outcome(self) -> Result<Self::Done, Refusal>;
}

/// A mutation's union of what it has made and a refusal.
macro_rules! payload {
    ($name:ident: $done:ident) => {
        #[derive(cynic::InlineFragments)]
        pub enum $name {
            $done($done),
            Refusal($crate::api::Refusal),
            #[cynic(fallback)]
            Unknown,
        }

        impl $crate::api::Payload for $name {
            type Done = $done;

            fn outcome(self) -> Result<$done, $crate::api::Refusal> {
                match self {
                    Self::$done(done) => Ok(done),
                    Self::Refusal(refusal) => Err(refusal),
                    Self::Unknown => Err($crate::api::Refusal::unknown()),
                }
            }
        }
    };
}
pub(crate) use payload;

impl From<Refusal> for Failure {
    fn from(Refusal { code, message }: Refusal) -> Self {
        if code == RefusalCode::SignedOut { Self::SignedOut } else { Self::Refused(message) }
    }
}

/// Its data is decoded apart, so that this is compiled once and not for each operation.
#[derive(Deserialize)]
struct Response<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    errors: Option<Vec<Error>>,
}

#[derive(Deserialize)]
struct Error {
    message: String,
    extensions: Option<Extensions>,
}

#[derive(Deserialize)]
struct Extensions {
    code: Option<String>,
}

/// The response's data, decoded.
pub fn decode<D: DeserializeOwned>(response: &str) -> Result<D, Failure> {
    let data = data(response)?;
    serde_json::from_str(data.get()).map_err(|_| Failure::Fault(text::STRANGE_ANSWER.to_owned()))
}

/// A response with errors has no data for us, even if a part of it came.
fn data(response: &str) -> Result<&RawValue, Failure> {
    let Ok(Response { data, errors }) = serde_json::from_str(response) else {
        return Err(Failure::Fault(text::STRANGE_ANSWER.to_owned()));
    };
    if let Some(Error { message, extensions }) = errors.into_iter().flatten().next() {
        return Err(match extensions.and_then(|extensions| extensions.code).as_deref() {
            Some("SIGNED_OUT") => Failure::SignedOut,
            Some("FAULT") => Failure::Fault(message),
            _ => Failure::Refused(message),
        });
    }
    data.ok_or_else(|| Failure::Fault(text::EMPTY_ANSWER.to_owned()))
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
        assert_eq!(decode::<Data>(r#"{"data":{"n":3}}"#), Ok(Data { n: 3 }));
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
        for answer in ["<html>", "{}", r#"{"data":null}"#, r#"{"data":{"m":3}}"#, r#"{"errors":[3]}"#] {
            assert!(matches!(decode::<Data>(answer), Err(Failure::Fault(_))), "{answer}");
        }
    }
}
