//! Errors of the API: malformed requests, and faults as a number to quote. Refusals are data and not here.

use crate::Fault;
use async_graphql::{Error, ErrorExtensions};

impl From<Fault> for Error {
    /// Nothing of the inside gets out.
    fn from(fault: Fault) -> Self {
        let number = fault.log();
        let message = format!("サーバーで問題が起きました（番号 {number}）。");
        Error::new(message).extend_with(|_, extensions| extensions.set("code", "FAULT"))
    }
}

/// An argument out of its bounds.
pub fn bad_argument(message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", "BAD_USER_INPUT"))
}
