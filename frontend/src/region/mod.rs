//! The start page: regions and the years of their sheets.
