//! Scenes that were proposed for an entry and declined, for all who work on the sheet.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(declined_suggestion()).await?;
        // By the primary key they are found by the sheet; this is for whatever asks by the entry.
        let entry = Index::create()
            .name("declined_suggestion_entry")
            .table("declined_suggestion")
            .col("entry_id")
            .to_owned();
        manager.create_index(entry).await
    }
}

fn declined_suggestion() -> TableCreateStatement {
    Table::create()
        .table("declined_suggestion")
        .col(uuid("sheet_id"))
        .col(uuid("entry_id"))
        .col(text("scene"))
        .primary_key(Index::create().col("sheet_id").col("entry_id").col("scene"))
        .foreign_key(&mut to("sheet_id", "sheet"))
        .foreign_key(&mut to("entry_id", "entry"))
        .take()
}

fn to(column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from("declined_suggestion", column).to(target, "id").to_owned()
}
