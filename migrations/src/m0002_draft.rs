//! Drafts: what people have typed and not saved yet. Nobody else sees them, so that they have no place in the log.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(draft()).await
    }
}

/// One for each place on a sheet at which somebody types, and each device on which they do. `place` is the entry's id,
/// or the cell of a new one; `chars` what `outline` and `merged` hold together. An owner and a neighbour are kept as
/// they were chosen, whatever has become of them since.
fn draft() -> TableCreateStatement {
    Table::create()
        .table("draft")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(uuid("region_id"))
        .col(uuid("sheet_id"))
        .col(text("device"))
        .col(text("place"))
        .col(uuid_null("entry_id"))
        .col(uuid_null("item_id"))
        .col(text_null("facet"))
        .col(integer_null("fiscal_year"))
        .col(text("outline"))
        .col(integer("scenes"))
        .col(uuid_null("owner_id"))
        .col(uuid_null("after_id"))
        .col(integer("version"))
        .col(text_null("merged"))
        .col(integer("chars"))
        .col(big_integer("typed_at"))
        .index(
            Index::create()
                .unique()
                .name("draft_place")
                .col("account_id")
                .col("sheet_id")
                .col("place")
                .col("device"),
        )
        .foreign_key(&mut to("account_id", "account"))
        .foreign_key(&mut to("region_id", "region"))
        .foreign_key(&mut to("sheet_id", "sheet"))
        .foreign_key(&mut to("entry_id", "entry"))
        .foreign_key(&mut to("item_id", "item"))
        .take()
}

fn to(column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from("draft", column).to(target, "id").to_owned()
}
