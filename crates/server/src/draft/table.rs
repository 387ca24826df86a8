//! The table of drafts.

use crate::db::Code;
use renkei_domain::Facet;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub region_id: Uuid,
    pub sheet_id: Uuid,
    pub device: String,
    pub place: String,
    pub entry_id: Option<Uuid>,
    pub item_id: Option<Uuid>,
    pub facet: Option<Code<Facet>>,
    pub fiscal_year: Option<i32>,
    pub outline: String,
    pub scenes: i32,
    pub owner_id: Option<Uuid>,
    pub after_id: Option<Uuid>,
    pub version: i32,
    pub merged: Option<String>,
    pub chars: i32,
    pub typed_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
