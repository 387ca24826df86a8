//! The tables of sheets, their columns and items.

pub(super) use crate::region::table::{organization, region, region_organization};

pub mod sheet {
    use crate::db::Code;
    use renkei_domain::Phase;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sheet")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub region_id: Uuid,
        pub fiscal_year: i32,
        pub title: String,
        pub item_heading: String,
        pub item_footnote: Option<String>,
        pub phase: Code<Phase>,
        pub secretariat_id: Uuid,
        pub created_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod sheet_column {
    use crate::db::Code;
    use renkei_domain::Facet;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sheet_column")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sheet_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub position: i32,
        pub facet: Code<Facet>,
        pub year_offset: i32,
        pub heading: String,
        pub as_of: Option<String>,
        pub footnote: Option<String>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod item {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub region_id: Uuid,
        pub code: String,
        pub code_key: String,
        pub created_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod sheet_item {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sheet_item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sheet_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub item_id: Uuid,
        pub title: String,
        pub position: i32,
        pub scenes: i32,
        #[sea_orm(belongs_to, from = "item_id", to = "id")]
        pub item: BelongsTo<super::item::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
