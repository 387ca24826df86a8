//! The tables of threads, their comments, and whom these mention.

pub(super) use crate::{account::table::account, entry::table as entry};

pub mod thread {
    use crate::db::Code;
    use renkei_domain::Facet;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
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
        #[sea_orm(belongs_to, from = "entry_id", to = "id")]
        pub entry: BelongsTo<Option<crate::entry::table::Entity>>,
        #[sea_orm(belongs_to, relation_enum = "LastBy", from = "last_by_id", to = "id")]
        pub last_by: BelongsTo<Option<crate::account::table::account::Entity>>,
        #[sea_orm(has_many)]
        pub written: HasMany<super::comment::Entity>,
        #[sea_orm(has_many)]
        pub mentions: HasMany<super::mention::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod comment {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
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
        #[sea_orm(belongs_to, from = "thread_id", to = "id")]
        pub thread: BelongsTo<super::thread::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod mention {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
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
        #[sea_orm(belongs_to, from = "thread_id", to = "id")]
        pub thread: BelongsTo<super::thread::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
