//! The table of snapshots.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "snapshot")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub region_id: Uuid,
    pub sheet_id: Uuid,
    pub label: String,
    pub at: i64,
    pub seq: i64,
    pub by_id: Uuid,
    pub by_name: String,
}

impl ActiveModelBehavior for ActiveModel {}
