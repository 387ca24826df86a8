//! Indexes for what grows with years: threads that are not resolved, by their last comment, and deleted entries of a sheet.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let open = Index::create()
            .name("thread_open")
            .table("thread")
            .col("region_id")
            .col("last_id")
            .cond_where(Expr::col("resolved_at").is_null())
            .cond_where(Expr::col("last_id").is_not_null())
            .to_owned();
        let deleted = Index::create()
            .name("entry_deleted")
            .table("entry")
            .col("region_id")
            .col("fiscal_year")
            .col("facet")
            .cond_where(Expr::col("deleted_at").is_not_null())
            .to_owned();
        manager.create_index(open).await?;
        manager.create_index(deleted).await
    }
}
