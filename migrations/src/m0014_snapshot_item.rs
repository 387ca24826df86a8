//! The items of snapshots as a search reads them: what stood in a snapshot is found under the item that it stood under then,
//! whatever has become of the item on the sheet since.

use renkei_domain::SceneSet;
use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, JsonValue, prelude::Uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(snapshot_item()).await?;
        keep_items(manager.get_connection()).await
    }
}

/// An item that the sheet has no more is still one of the snapshot's, so that `item_id` may name none that is there.
fn snapshot_item() -> TableCreateStatement {
    Table::create()
        .table("snapshot_item")
        .col(uuid("snapshot_id"))
        .col(uuid("item_id"))
        .col(text("code"))
        .col(text("title"))
        .col(integer("position"))
        .col(integer("scenes"))
        .primary_key(Index::create().col("snapshot_id").col("item_id"))
        .foreign_key(ForeignKey::create().from("snapshot_item", "snapshot_id").to("snapshot", "id"))
        .take()
}

/// Of the snapshots that are there already: the log keeps them.
async fn keep_items(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let mut snapshots = Query::select();
    snapshots.columns(["id", "region_id", "seq"]).from("snapshot");
    for snapshot in db.query_all(&snapshots).await? {
        let id: Uuid = snapshot.try_get("", "id")?;
        let region: Uuid = snapshot.try_get("", "region_id")?;
        let seq: i64 = snapshot.try_get("", "seq")?;
        let mut kept = Query::select();
        kept.column("after")
            .from("change")
            .and_where(Expr::col("region_id").eq(region))
            .and_where(Expr::col("seq").eq(seq));
        let Some(change) = db.query_one(&kept).await? else { continue };
        let frozen: JsonValue = change.try_get("", "after")?;
        for row in frozen["rows"].as_array().into_iter().flatten() {
            db.execute(&kept_item(id, row)?).await?;
        }
    }
    Ok(())
}

/// A row as the log keeps it.
fn kept_item(snapshot: Uuid, row: &JsonValue) -> Result<InsertStatement, DbErr> {
    let malformed = || DbErr::Migration(format!("an item of a snapshot that cannot be read: {row}"));
    let text = |name: &str| row[name].as_str().ok_or_else(malformed);
    let item: Uuid = text("item")?.parse().map_err(|_| malformed())?;
    let position = row["position"].as_i64().ok_or_else(malformed)?;
    let position: i32 = position.try_into().map_err(|_| malformed())?;
    let scenes: SceneSet = serde_json::from_value(row["scenes"].clone()).map_err(|_| malformed())?;
    let mut insert = Query::insert();
    insert
        .into_table("snapshot_item")
        .columns(["snapshot_id", "item_id", "code", "title", "position", "scenes"])
        .values_panic([
            snapshot.into(),
            item.into(),
            text("code")?.into(),
            text("title")?.into(),
            position.into(),
            i32::from(scenes.bits()).into(),
        ]);
    Ok(insert)
}
