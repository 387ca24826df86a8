//! Requests that carry a file.

use super::model::{Choices, Done, Preview, Report, Undone};
use crate::api::{self, Failure};
use crate::session;
use crate::text;
use renkei_domain::{FiscalYear, RegionId};
use serde::{Deserialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use web_sys::{AbortSignal, Blob, FormData};

/// A file, or a table that was pasted.
#[derive(Clone)]
pub struct Source {
    pub blob: Blob,
    pub name: String,
}

/// What a file would change.
pub async fn look(
    sheet: (RegionId, FiscalYear),
    source: &Source,
    choices: &Choices,
    abort: &AbortSignal,
) -> Result<Preview, Unread> {
    let form = || with_file(source, choices);
    post(sheet, "/preview", form, Some(abort)).await
}

/// Why there is no answer, and what a person may say of a file whose head is not understood.
pub struct Unread {
    pub failure: Failure,
    pub report: Option<Report>,
}

impl From<Failure> for Unread {
    fn from(failure: Failure) -> Self {
        Self { failure, report: None }
    }
}

/// Takes what was chosen.
pub async fn import(
    sheet: (RegionId, FiscalYear),
    source: &Source,
    choices: &Choices,
    take: &BTreeMap<String, i32>,
    request: &str,
) -> Result<Done, Failure> {
    let form = || {
        let form = with_file(source, choices)?;
        form.append_with_str("take", &serde_json::to_string(take).ok()?).ok()?;
        form.append_with_str("requestId", request).ok()?;
        Some(form)
    };
    post(sheet, "", form, None).await.map_err(|unread| unread.failure)
}

/// Takes an import back.
pub async fn undo(sheet: (RegionId, FiscalYear), import: &str, request: &str) -> Result<Undone, Failure> {
    let form = || {
        let form = FormData::new().ok()?;
        form.append_with_str("import", import).ok()?;
        form.append_with_str("requestId", request).ok()?;
        Some(form)
    };
    post(sheet, "/undo", form, None).await.map_err(|unread| unread.failure)
}

fn with_file(source: &Source, choices: &Choices) -> Option<FormData> {
    let form = FormData::new().ok()?;
    form.append_with_str("choices", &serde_json::to_string(choices).ok()?).ok()?;
    form.append_with_blob_and_filename("file", &source.blob, &source.name).ok()?;
    Some(form)
}

/// Posts a form; where the session has expired, once more after signing in.
async fn post<T: DeserializeOwned>(
    (region, year): (RegionId, FiscalYear),
    end: &str,
    form: impl Fn() -> Option<FormData>,
    abort: Option<&AbortSignal>,
) -> Result<T, Unread> {
    let path = format!("/import/{region}/{}{end}", year.0);
    loop {
        let form = form().ok_or_else(|| Failure::Fault(text::INCOMPLETE_REQUEST.to_owned()))?;
        match api::post_form(&path, form, abort).await {
            Ok((200, answer)) => {
                let strange = |_| Failure::Fault(text::STRANGE_ANSWER.to_owned());
                return Ok(serde_json::from_str(&answer).map_err(strange)?);
            }
            Ok((_, answer)) => return Err(refusal(&answer)),
            Err(Failure::SignedOut) if session::require_sign_in().await => {}
            Err(failure) => return Err(failure.into()),
        }
    }
}

#[derive(Deserialize)]
struct Refused {
    errors: Vec<Message>,
    report: Option<Report>,
}

#[derive(Deserialize)]
struct Message {
    message: String,
}

/// The first of the server's sentences; what it says to developers stands in brackets at its end.
fn refusal(answer: &str) -> Unread {
    let strange = || Failure::Fault(text::STRANGE_ANSWER.to_owned());
    let refused: Option<Refused> = serde_json::from_str(answer).ok();
    let Some(Refused { errors, report }) = refused else { return strange().into() };
    let failure = errors.into_iter().next().map_or_else(strange, |Message { message }| {
        let japanese = message.rsplit_once(" (").map(|(japanese, _)| japanese.to_owned());
        Failure::Refused(japanese.unwrap_or(message))
    });
    Unread { failure, report }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_without_what_is_for_developers() {
        let answer = r#"{"errors":[{"message":"2行目：「目標」の列がありません。 (file)"}]}"#;
        assert_eq!(refusal(answer).failure.message(), "2行目：「目標」の列がありません。");
        assert!(matches!(refusal("<html>").failure, Failure::Fault(_)));
    }
}
