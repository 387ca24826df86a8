//! Components and helpers that know no noun.

pub mod dom;
