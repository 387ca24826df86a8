//! Queries of declined suggestions.

use super::{EntryScene, table};
use crate::{
    Fault,
    db::{Code, Write},
};
use itertools::Itertools;
use renkei_domain::{EntryId, SheetId};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, Set};
use std::collections::HashSet;

pub async fn declined(db: &impl ConnectionTrait, sheet: SheetId) -> Result<HashSet<EntryScene>, Fault> {
    let rows = table::Entity::find().filter(table::Column::SheetId.eq(sheet.0)).all(db).await?;
    let pair = |row: table::Model| EntryScene { entry: EntryId(row.entry_id), scene: row.scene.0 };
    Ok(rows.into_iter().map(pair).collect())
}

/// They are proposed again; at least one.
pub async fn remove(write: &Write, sheet: SheetId, declined: &[EntryScene]) -> Result<(), Fault> {
    let by_scene = declined.iter().map(|one| (one.scene, one.entry.0)).into_group_map();
    let which = by_scene.into_iter().fold(Condition::any(), |which, (scene, entries)| {
        which.add(table::Column::Scene.eq(Code(scene)).and(table::Column::EntryId.is_in(entries)))
    });
    table::Entity::delete_many()
        .filter(table::Column::SheetId.eq(sheet.0))
        .filter(which)
        .exec(&**write)
        .await?;
    Ok(())
}

/// None of them is there yet.
pub async fn insert(write: &Write, sheet: SheetId, declined: &[EntryScene]) -> Result<(), Fault> {
    let row = |pair: &EntryScene| table::ActiveModel {
        sheet_id: Set(sheet.0),
        entry_id: Set(pair.entry.0),
        scene: Set(Code(pair.scene)),
    };
    write.insert_many(declined.iter().map(row).collect()).await
}
