//! Taking in a file (取り込み): it is chosen or pasted, looked at beside the sheet, taken in parts, and taken back.

mod choose;
mod differences;
mod model;
mod page;
pub mod queries;
mod reading;
mod send;

pub use page::ImportPage;
