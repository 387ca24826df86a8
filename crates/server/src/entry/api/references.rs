//! What an entry's text refers to.

use crate::{
    entry,
    handout::api::Handout,
    sheet::{Frame, api::Item},
};
use async_graphql::{SimpleObject, Union};
use renkei_domain::reference::{self, Target};
use std::collections::HashSet;

/// 文からの参照。
/// What a text refers to.
#[derive(Union)]
pub enum Reference {
    Item(Item),
    Handout(Handout),
    Unresolved(UnresolvedReference),
}

/// この表にない項目や資料への参照。
/// A reference to what is not there.
#[derive(SimpleObject)]
pub struct UnresolvedReference {
    /// 文にあるとおり（例 資料9）。
    /// As it stands in the text.
    label: String,
}

pub fn references(frame: &Frame, entry: &entry::Entry) -> Vec<Reference> {
    let codes: Vec<&str> = frame.rows.iter().map(|row| row.code.as_str()).collect();
    let year = entry.cell.governing_year();
    let notes = entry.text.notes.iter().map(|note| note.text.as_str());
    let found =
        std::iter::once(entry.text.body.as_str()).chain(notes).flat_map(|text| reference::find(text, &codes));
    let mut seen = HashSet::new();
    let mut references = Vec::new();
    for found in found {
        let item = match found.target {
            Target::Item(code) => frame.rows.iter().find(|row| row.code == code),
            _ => None,
        };
        let handout = match found.target {
            Target::Handout(number) => {
                frame.region.handouts_of(year).find(|handout| handout.number == number)
            }
            _ => None,
        };
        let (key, reference) = match (item, handout) {
            (Some(row), _) => (row.code.clone(), Reference::Item(Item(row.clone()))),
            (_, Some(handout)) => (handout.number.to_string(), Reference::Handout(Handout(handout.clone()))),
            _ => {
                let label = found.label.to_owned();
                (format!("?{label}"), Reference::Unresolved(UnresolvedReference { label }))
            }
        };
        if seen.insert(key) {
            references.push(reference);
        }
    }
    references
}
