//! Errors of the API: malformed requests, and faults as a number to quote. Refusals are data and not here.

use super::scalars::RefusalCode;
use crate::{
    Fault,
    refusal::{Refusal, Stop},
};
use async_graphql::{Error, ErrorExtensions};

impl From<Fault> for Error {
    /// Nothing of the inside gets out.
    fn from(fault: Fault) -> Self {
        let number = fault.log();
        let message = format!("サーバーで問題が起きました（番号 {number}）。");
        Error::new(message).extend_with(|_, extensions| extensions.set("code", "FAULT"))
    }
}

/// A refusal, where the answer has no place for one.
pub fn refused(refusal: Refusal) -> Error {
    let code = RefusalCode::from(refusal.code);
    Error::new(refusal.message).extend_with(|_, extensions| extensions.set("code", code))
}

/// Why a use case ended early, where the answer has no place for a refusal.
pub fn stopped(stop: Stop) -> Error {
    match stop {
        Stop::Refused(refusal) => refused(refusal),
        Stop::Fault(fault) => fault.into(),
    }
}

/// An argument out of its bounds.
pub fn bad_argument(message: impl Into<String>) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", "BAD_USER_INPUT"))
}
