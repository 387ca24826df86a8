//! The tables of regions and organisations.

pub mod region {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "region")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub name: String,
        pub seq: i64,
        pub created_at: i64,
        pub changed_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod organization {
    use crate::db::Code;
    use renkei_domain::OrganizationKind;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "organization")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: Code<OrganizationKind>,
        pub name: String,
        pub short_name: String,
        pub created_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod region_organization {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "region_organization")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub region_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organization_id: Uuid,
        pub position: i32,
        #[sea_orm(belongs_to, from = "organization_id", to = "id")]
        pub organization: BelongsTo<super::organization::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
