//! The table of entries.

use crate::db::Code;
use renkei_domain::{Facet, Note};
use sea_orm::{FromJsonQueryResult, entity::prelude::*};
use serde::{Deserialize, Serialize};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "entry")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub region_id: Uuid,
    pub item_id: Uuid,
    pub facet: Code<Facet>,
    pub fiscal_year: i32,
    pub rank: i64,
    pub body: String,
    pub notes: Notes,
    pub scenes: i32,
    pub owner_id: Option<Uuid>,
    pub version: i32,
    pub updated_at: i64,
    pub updated_by: Option<Uuid>,
    pub deleted_at: Option<i64>,
    /// Of body and notes together.
    pub chars: i32,
    /// Body and notes as a search compares them ([`filter::folded`](renkei_domain::filter::folded)): written with them, and
    /// read by nobody, so that it is in no model.
    pub folded: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Notes(pub Vec<Note>);

impl ActiveModelBehavior for ActiveModel {}
