//! The harness of the API tests: a real server with a database of its own, and people at its other end.
//!
//! `RENKEI_TEST_DATABASE` says where databases are made: a file each (`sqlite`, or not set), or in the PostgreSQL cluster
//! at `postgres://…/postgres`. `RENKEI_BIN` is the program for the tests of the command line; unset, it is built.

mod app;
mod binary;
mod client;
mod database;
mod matrix;
mod nation;
mod operations;
mod socket;

pub use app::TestApp;
pub use binary::{Output, Serving, renkei};
pub use client::{Answer, Client};
pub use database::{Database, Held};
pub use matrix::{Matrix, edit, note, request, request_id, versions};
pub use nation::Nation;
pub use operations::{client_operation, client_operations};
pub use socket::{Event, Socket};

pub use renkei_server::demo::PASSWORD;
