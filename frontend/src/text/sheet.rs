//! Texts of the matrix page, its filter and its editor.
