//! Import (取り込み) of a sheet's file: reading it, planning what it changes, and doing that all at once or not at all.

mod file;
mod people;
pub mod person;
mod plan;
pub mod preview;
pub mod service;
#[cfg(test)]
mod tests;

pub use renkei_reader as reader;
