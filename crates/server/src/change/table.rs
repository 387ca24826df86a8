//! The table of changes.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "change")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub region_id: Uuid,
    pub seq: i64,
    pub at: i64,
    pub by_id: Option<Uuid>,
    pub by_name: String,
    pub by_organization: String,
    pub entity: String,
    pub entity_id: Uuid,
    pub version: i32,
    pub action: String,
    pub summary: String,
    pub before: Option<Json>,
    pub after: Json,
    pub request_id: Option<Uuid>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
