//! The tables of accounts and their roles.

pub(super) use crate::region::table::{organization, region};

pub mod account {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "account")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub login: String,
        pub login_key: String,
        pub name: String,
        pub organization_id: Uuid,
        pub password_hash: String,
        pub operator: bool,
        pub created_at: i64,
        #[sea_orm(belongs_to, from = "organization_id", to = "id")]
        pub organization: BelongsTo<crate::region::table::organization::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod membership {
    use crate::db::Code;
    use renkei_domain::Role;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "membership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub region_id: Uuid,
        pub role: Code<Role>,
        #[sea_orm(belongs_to, from = "region_id", to = "id")]
        pub region: BelongsTo<crate::region::table::region::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
