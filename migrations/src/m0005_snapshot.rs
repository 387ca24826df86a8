//! Snapshots of sheets, and when somebody last saw one.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(snapshot()).await?;
        manager.create_table(visit()).await
    }
}

/// `seq` is the number of the snapshot's own change, which keeps what stood on the sheet.
fn snapshot() -> TableCreateStatement {
    Table::create()
        .table("snapshot")
        .col(pk_uuid("id"))
        .col(uuid("region_id"))
        .col(uuid("sheet_id"))
        .col(text("label"))
        .col(big_integer("at"))
        .col(big_integer("seq"))
        .col(uuid("by_id"))
        .col(text("by_name"))
        .index(Index::create().unique().name("snapshot_sheet_seq").col("sheet_id").col("seq"))
        .foreign_key(&mut to("snapshot", "region_id", "region"))
        .foreign_key(&mut to("snapshot", "sheet_id", "sheet"))
        .foreign_key(&mut to("snapshot", "by_id", "account"))
        .take()
}

/// Up to which change an account has seen a sheet: in its newest visit, and before that.
fn visit() -> TableCreateStatement {
    Table::create()
        .table("visit")
        .col(uuid("account_id"))
        .col(uuid("sheet_id"))
        .col(big_integer("seq"))
        .col(big_integer("at"))
        .col(big_integer("previous_seq"))
        .col(big_integer("previous_at"))
        .primary_key(Index::create().col("account_id").col("sheet_id"))
        .foreign_key(&mut to("visit", "account_id", "account"))
        .foreign_key(&mut to("visit", "sheet_id", "sheet"))
        .take()
}

fn to(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(target, "id").to_owned()
}
