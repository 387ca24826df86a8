//! Sessions: who is signed in, by a random token in a cookie. And the access log, apart from the change log.

pub mod api;
pub mod service;
mod store;
pub(crate) mod table;
mod throttle;

/// What other nouns do with these rows, in transactions of their own.
pub(crate) use store::{end_others, log};

use crate::{Config, Fault, clock::SECOND};
use renkei_domain::{RegionId, SheetId};
use sha2::{Digest, Sha256};
use std::fmt;

/// The cookie that carries a session's token.
pub const COOKIE: &str = "renkei_session";
/// By which an answer tells the HTTP layer, and nobody else, how many seconds later it is to be sent.
pub const DELAY_HEADER: &str = "renkei-delay";

/// What the cookie carries: 32 random bytes in hexadecimal digits. Known to the browser alone.
#[derive(Clone)]
pub struct Token(String);

/// What an access was.
pub enum Access {
    SignIn,
    CreateToken,
    RevokeToken,
    Region(RegionId),
    Sheet(RegionId, SheetId),
}

/// What is stored of a token, a session's or a script's: its SHA-256 in hexadecimal digits. Whoever reads the database
/// cannot sign in with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(String);

impl Token {
    pub fn random() -> Result<Self, Fault> {
        random_hex().map(Token)
    }

    /// As a cookie has it.
    pub fn given(text: &str) -> Self {
        Token(text.to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn hash(&self) -> TokenHash {
        TokenHash::of(&self.0)
    }
}

impl fmt::Debug for Token {
    /// No log gets one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl TokenHash {
    pub fn of(token: &str) -> Self {
        TokenHash(hex(&Sha256::digest(token)))
    }

    /// As a row has it.
    pub(crate) fn stored(hash: String) -> Self {
        TokenHash(hash)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The cookie that a browser is given for a session.
pub fn cookie(config: &Config, token: &Token) -> String {
    cookie_for(config, token.as_str(), service::LIFE / SECOND)
}

/// The one that takes it away.
pub fn ended_cookie(config: &Config) -> String {
    cookie_for(config, "", 0)
}

/// Out of reach of scripts, and not sent along by other sites' requests.
fn cookie_for(config: &Config, token: &str, seconds: i64) -> String {
    let secure = if config.secure_cookies { "; Secure" } else { "" };
    format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}")
}

/// 32 random bytes in hexadecimal digits.
pub(crate) fn random_hex() -> Result<String, Fault> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Fault::new(error.to_string()))?;
    Ok(hex(&bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
