//! What the API promises, on whichever database `RENKEI_TEST_DATABASE` names. One program, one module a subject.

// Fixtures outside #[test] functions fail their test as well.
#![allow(clippy::unwrap_used)]

mod breaking;
mod capacity;
mod change;
mod cli;
mod clients;
mod cluster;
mod comment;
mod connections;
mod documents;
mod draft;
mod entry;
mod etag;
mod excess;
mod faults;
mod filter;
mod http;
mod import;
mod introspection;
mod isolation;
mod kill;
mod limits;
mod literals;
mod live;
mod live_presence;
mod live_session;
mod live_socket;
mod live_statements;
mod merge;
mod nulls;
mod operator;
mod order;
mod overload;
mod playground;
mod probes;
mod questions;
mod random;
mod relay;
mod request;
mod rights;
mod session;
mod signed_out;
mod since;
mod snapshot;
mod statements;
mod stop;
mod tenancy;
mod throttle;
mod token;
mod token_rights;
mod version;
mod visit;
mod wire;
mod withdrawn;
