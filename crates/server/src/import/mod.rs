//! Import (取り込み) of a sheet's file: reading it, planning what it changes, and doing that all at once or not at all.

mod difference;
mod file;
mod people;
mod plan;
pub mod reader;
pub mod service;
