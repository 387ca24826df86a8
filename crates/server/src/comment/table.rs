//! The tables of threads, their comments, and whom these mention.

pub(super) use crate::{account::table::account, entry::table as entry};

pub mod thread {
    use crate::db::Code;
    use renkei_domain::Facet;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "thread")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub region_id: Uuid,
        pub entry_id: Option<Uuid>,
        pub item_id: Option<Uuid>,
        pub facet: Option<Code<Facet>>,
        pub fiscal_year: Option<i32>,
        pub version: i32,
        pub comments: i32,
        pub last_id: Option<Uuid>,
        pub last_by_id: Option<Uuid>,
        pub resolved_at: Option<i64>,
        pub resolved_by_name: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "crate::entry::table::Entity",
            from = "Column::EntryId",
            to = "crate::entry::table::Column::Id"
        )]
        Entry,
        #[sea_orm(
            belongs_to = "crate::account::table::account::Entity",
            from = "Column::LastById",
            to = "crate::account::table::account::Column::Id"
        )]
        LastBy,
        #[sea_orm(has_many = "super::comment::Entity")]
        Comments,
        #[sea_orm(has_many = "super::mention::Entity")]
        Mentions,
    }

    impl Related<crate::entry::table::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Entry.def()
        }
    }

    impl Related<super::comment::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Comments.def()
        }
    }

    impl Related<super::mention::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Mentions.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod comment {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "comment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub thread_id: Uuid,
        pub position: i32,
        pub at: i64,
        pub by_id: Uuid,
        pub by_name: String,
        pub by_organization: String,
        pub body: String,
        pub withdrawn_at: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::thread::Entity",
            from = "Column::ThreadId",
            to = "super::thread::Column::Id"
        )]
        Thread,
    }

    impl Related<super::thread::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Thread.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod mention {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "mention")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub comment_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub thread_id: Uuid,
        pub account_id: Option<Uuid>,
        pub organization_id: Option<Uuid>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "super::thread::Entity",
            from = "Column::ThreadId",
            to = "super::thread::Column::Id"
        )]
        Thread,
    }

    impl Related<super::thread::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Thread.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}
