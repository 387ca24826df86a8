//! The table of visits.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "visit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub sheet_id: Uuid,
    pub seq: i64,
    pub at: i64,
    pub previous_seq: i64,
    pub previous_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
