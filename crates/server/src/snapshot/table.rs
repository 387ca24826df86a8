//! The tables of snapshots, and of the items and entries in them as they are searched.

pub(super) use crate::{entry::table as entry, sheet::table::sheet_item};

pub mod snapshot {
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
}

/// An item as a snapshot has it.
pub mod snapshot_item {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "snapshot_item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub snapshot_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub item_id: Uuid,
        pub code: String,
        pub title: String,
        pub position: i32,
        pub scenes: i32,
        #[sea_orm(belongs_to, from = "snapshot_id", to = "id")]
        pub snapshot: BelongsTo<super::snapshot::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A version of an entry that stands in a snapshot, once, however many snapshots have it.
pub mod kept {
    use crate::{db::Code, entry::table::Notes};
    use renkei_domain::Facet;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "snapshot_entry")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub region_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub entry_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub version: i32,
        /// The newest that has it.
        pub snapshot_id: Uuid,
        pub item_id: Uuid,
        pub facet: Code<Facet>,
        pub fiscal_year: i32,
        pub rank: i64,
        pub position: i32,
        pub body: String,
        pub notes: Notes,
        pub scenes: i32,
        pub owner_id: Option<Uuid>,
        pub updated_at: i64,
        pub updated_by: Option<Uuid>,
        pub folded: String,
        #[sea_orm(belongs_to, from = "entry_id", to = "id")]
        pub entry: BelongsTo<crate::entry::table::Entity>,
        #[sea_orm(belongs_to, from = "(snapshot_id, item_id)", to = "(snapshot_id, item_id)")]
        pub item: BelongsTo<super::snapshot_item::Entity>,
        #[sea_orm(belongs_to, from = "snapshot_id", to = "id")]
        pub snapshot: BelongsTo<super::snapshot::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
