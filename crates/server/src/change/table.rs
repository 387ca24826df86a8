//! The tables of changes, and of the cells in which each is seen.

pub(super) use crate::snapshot::table::snapshot;

pub mod change {
    use sea_orm::entity::prelude::*;

    /// What a change is about.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum Subject {
        Region,
        Organization,
        Account,
        Handout,
        Sheet,
        Entry,
        Thread,
        Snapshot,
    }

    /// What was done.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")]
    pub enum Action {
        Create,
        Update,
        Move,
        Assign,
        Delete,
        Restore,
        Resolve,
        Reopen,
        Comment,
        Withdraw,
    }

    #[sea_orm::model]
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
        pub entity: Subject,
        pub entity_id: Uuid,
        pub version: i32,
        pub action: Action,
        pub summary: String,
        pub before: Option<Json>,
        pub after: Json,
        pub request_id: Option<Uuid>,
        pub via_token: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod change_cell {
    use crate::db::Code;
    use renkei_domain::Facet;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "change_cell")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub region_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub fiscal_year: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub facet: Code<Facet>,
        #[sea_orm(primary_key, auto_increment = false)]
        pub item_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
