//! Sessions: who is signed in, by a random token in a cookie.

pub mod service;

/// The cookie that carries a session's token.
pub const COOKIE: &str = "renkei_session";

/// What is stored of a token: its SHA-256 in hexadecimal digits. Whoever reads the database cannot sign in with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHash(String);
