//! What the API promises, on whichever database `RENKEI_TEST_DATABASE` names. One program, one module a subject.

// Fixtures outside #[test] functions fail their test as well.
#![allow(clippy::unwrap_used)]

mod change;
mod cli;
mod documents;
mod entry;
mod filter;
mod http;
mod import;
mod limits;
mod operator;
mod order;
mod request;
mod rights;
mod session;
mod statements;
mod tenancy;
mod throttle;
mod version;
