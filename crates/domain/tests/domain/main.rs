//! What the domain promises, by example and by property.

mod entry;
mod era;
mod filter;
mod merge;
mod nouns;
mod outline;
mod paste;
mod permission;
mod reference;
mod scene;
mod suggestion;
mod text;
mod texts;
