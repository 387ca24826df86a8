//! The tables of accounts and their roles.

pub(super) use crate::region::table::{organization, region};

pub mod account {
    use sea_orm::entity::prelude::*;

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
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "crate::region::table::organization::Entity",
            from = "Column::OrganizationId",
            to = "crate::region::table::organization::Column::Id"
        )]
        Organization,
    }

    impl Related<crate::region::table::organization::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Organization.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod membership {
    use crate::db::Code;
    use renkei_domain::Role;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "membership")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub account_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub region_id: Uuid,
        pub role: Code<Role>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {
        #[sea_orm(
            belongs_to = "crate::region::table::region::Entity",
            from = "Column::RegionId",
            to = "crate::region::table::region::Column::Id"
        )]
        Region,
    }

    impl Related<crate::region::table::region::Entity> for Entity {
        fn to() -> RelationDef {
            Relation::Region.def()
        }
    }

    impl ActiveModelBehavior for ActiveModel {}
}
