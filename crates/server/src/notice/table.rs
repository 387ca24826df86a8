//! The table of notices.

pub mod notice {
    use crate::{db::Code, notice::Kind};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notice")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub account_id: Uuid,
        pub region_id: Uuid,
        pub sheet_id: Uuid,
        pub change_id: Uuid,
        pub kind: Code<Kind>,
        pub thread_id: Option<Uuid>,
        pub comment_id: Option<Uuid>,
        pub snapshot_id: Option<Uuid>,
        pub read_at: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
