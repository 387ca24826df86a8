//! Entries on the page: shown, edited in place, moved, merged.
