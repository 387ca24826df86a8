//! When a region was last changed: after a backup was put back, the same number may stand for another change. And an index
//! for the unread notices of somebody who has read many.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let changed_at = big_integer("changed_at").default(0).take();
        manager.alter_table(Table::alter().table("region").add_column(changed_at).take()).await?;
        let unread = Index::create()
            .name("notice_unread_list")
            .table("notice")
            .col("account_id")
            .col("id")
            .cond_where(Expr::col("read_at").is_null())
            .to_owned();
        manager.create_index(unread).await
    }
}
