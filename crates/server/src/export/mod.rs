//! Export (出力) of a sheet as paper and files: [`service`] reads one [`Document`], each format makes bytes of it.

pub mod comparison;
pub mod csv;
pub mod document;
pub mod docx;
pub mod html;
pub mod json;
mod markup;
pub mod parameters;
pub mod print;
pub mod service;
#[cfg(test)]
pub mod tests;
pub mod tsv;
pub mod xlsx;

pub use comparison::Comparison;
pub use document::Document;
pub use parameters::Parameters;

use crate::{Fault, refusal::Stop};
use parameters::Encoding;

/// What a sheet can be taken away as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Xlsx,
    Docx,
    Csv,
    Tsv,
    Html,
    Json,
}

impl Format {
    pub const ALL: [Format; 6] =
        [Format::Xlsx, Format::Docx, Format::Csv, Format::Tsv, Format::Html, Format::Json];

    /// The spelling of addresses, of the command line, and the file's extension.
    pub fn code(self) -> &'static str {
        match self {
            Format::Xlsx => "xlsx",
            Format::Docx => "docx",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::Html => "html",
            Format::Json => "json",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.code() == code)
    }

    /// What staff call it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Xlsx => "Excel",
            Format::Docx => "Word",
            Format::Csv => "CSV",
            Format::Tsv => "TSV",
            Format::Html => "HTML",
            Format::Json => "JSON",
        }
    }

    pub fn media_type(self, encoding: Encoding) -> &'static str {
        match (self, encoding) {
            (Format::Xlsx, _) => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            (Format::Docx, _) => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            (Format::Csv, Encoding::Cp932) => "text/csv; charset=Shift_JIS",
            (Format::Csv, Encoding::Utf8) => "text/csv; charset=utf-8",
            (Format::Tsv, _) => "text/tab-separated-values; charset=utf-8",
            (Format::Html, _) => "text/html; charset=utf-8",
            (Format::Json, _) => "application/json; charset=utf-8",
        }
    }

    /// The file. Takes processor time: not to be called where others wait.
    pub fn write(self, document: &Document, parameters: &Parameters) -> Result<Vec<u8>, Stop> {
        Ok(match self {
            Format::Xlsx => xlsx::write(document)?,
            Format::Docx => docx::write(document)?,
            Format::Csv => csv::write(document, parameters.encoding, parameters.replace)?,
            Format::Tsv => tsv::write(document).into_bytes(),
            Format::Html => html::write(document).into_bytes(),
            Format::Json => json::write(document)?,
        })
    }
}

/// A fault of a library that writes a format.
fn unwritten(error: impl std::fmt::Display) -> Fault {
    Fault::new(format!("an export could not be written: {error}"))
}
