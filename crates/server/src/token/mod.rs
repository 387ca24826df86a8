//! Tokens (APIトークン): what a person gives to a script, so that it asks in their name. Named, read-only or full, good
//! for a time. Its secret is random and shown once; only the hash is stored.

pub mod api;
pub mod service;
mod store;
pub(crate) mod table;

/// What other nouns do with these rows, in transactions of their own.
pub(crate) use store::{end_all, of_account};

use crate::{
    Fault,
    session::{TokenHash, random_hex},
};
use renkei_domain::{TokenId, TokenScope};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A secret begins so: whoever finds one in a file or a log knows what it is.
const PREFIX: &str = "renkei_";
/// Hexadecimal digits behind it.
const DIGITS: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub id: TokenId,
    pub name: String,
    pub scope: TokenScope,
    pub created_at: i64,
    pub expires_at: i64,
    /// When a request or a connection last used it, to the minute, and from where.
    pub used: Option<(i64, IpAddr)>,
}

/// What a script sends: `renkei_` and 64 hexadecimal digits, which are random. No `Debug`, so that no log gets one.
pub struct Secret(String);

impl Secret {
    pub fn random() -> Result<Self, Fault> {
        Ok(Secret(format!("{PREFIX}{}", random_hex()?)))
    }

    /// What a request carries, if it can be a secret at all.
    pub fn given(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        let known = digits.len() == DIGITS && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        known.then(|| Secret(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_random() {
        let secret = Secret::random().unwrap();
        assert_ne!(Secret::random().unwrap().as_str(), secret.as_str());
        assert!(Secret::given(secret.as_str()).is_some());
    }

    #[test]
    fn what_is_no_secret_is_not_looked_up() {
        let digits = "0123456789abcdef".repeat(4);
        assert!(Secret::given(&format!("renkei_{digits}")).is_some());
        for wrong in ["", "renkei_", &digits, &format!("renkei_{digits}0"), &format!("Renkei_{digits}")] {
            assert!(Secret::given(wrong).is_none(), "{wrong}");
        }
        assert!(Secret::given(&format!("renkei_{}", "あ".repeat(22))).is_none());
    }
}
