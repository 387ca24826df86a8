//! The changes by which entries came, went or moved: what is different since a moment is told from these and from each
//! entry's first and last change, however often its text was edited in between.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let places = Index::create()
            .name("change_places")
            .table("change")
            .col("region_id")
            .col("seq")
            .cond_where(Expr::cust("entity = 'ENTRY' AND action NOT IN ('UPDATE', 'ASSIGN')"))
            .to_owned();
        manager.create_index(places).await
    }
}
