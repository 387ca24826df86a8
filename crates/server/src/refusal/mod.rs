//! Refusals: what a person asked for and cannot have, with the reason in words. Data, not faults.

pub mod api;

use crate::Fault;
use derive_more::From;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RefusalCode {
    BadCredentials,
    SignedOut,
    Forbidden,
    Phase,
    NotFound,
    Invalid,
    TooLong,
    TooManyAttempts,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    pub code: RefusalCode,
    /// In Japanese, for whoever asked: what is the matter and what to do.
    pub message: String,
    /// The field of the input that it is about.
    pub field: Option<Cow<'static, str>>,
}

impl Refusal {
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        Refusal { code, message: message.into(), field: None }
    }

    pub fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Refusal { field: Some(field.into()), ..Self::new(RefusalCode::Invalid, message) }
    }

    pub fn too_long(field: &'static str, message: impl Into<String>) -> Self {
        Refusal { field: Some(field.into()), ..Self::new(RefusalCode::TooLong, message) }
    }

    pub fn signed_out() -> Self {
        Self::new(
            RefusalCode::SignedOut,
            "サインインしていません。サインインしてから、もう一度行ってください。",
        )
    }

    /// For what only a person does, before the screen.
    pub fn by_token() -> Self {
        Self::new(
            RefusalCode::Forbidden,
            "APIトークンではこの操作はできません。画面でサインインして行ってください。",
        )
    }

    pub fn read_only_token() -> Self {
        Self::new(
            RefusalCode::Forbidden,
            "このAPIトークンは閲覧のみです。変更するには「閲覧と編集」のトークンを使ってください。",
        )
    }

    /// While its request waited.
    pub fn token_ended() -> Self {
        Self::new(RefusalCode::SignedOut, "APIトークンの期限が切れたか、取り消されています。")
    }

    /// Also for what exists and may not be read, so that nobody learns that it does.
    pub fn not_found(what: &str) -> Self {
        Self::new(RefusalCode::NotFound, format!("{what}が見つかりません。"))
    }
}

/// Why a use case ended early: refused, or broken.
#[derive(Debug, From)]
pub enum Stop {
    Refused(Refusal),
    Fault(Fault),
}
