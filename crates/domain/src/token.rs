//! Tokens (APIトークン): with one, a script does what a person may do, and never more.

use serde::{Deserialize, Serialize};

/// How much of what its person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TokenScope {
    /// 閲覧のみ
    ReadOnly,
    /// 閲覧と編集
    Full,
}

impl TokenScope {
    pub const ALL: [TokenScope; 2] = [TokenScope::ReadOnly, TokenScope::Full];

    pub fn name(self) -> &'static str {
        match self {
            TokenScope::ReadOnly => "閲覧のみ",
            TokenScope::Full => "閲覧と編集",
        }
    }

    /// The spelling of SQL and GraphQL.
    pub fn code(self) -> &'static str {
        match self {
            TokenScope::ReadOnly => "READ_ONLY",
            TokenScope::Full => "FULL",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.code() == code)
    }
}
