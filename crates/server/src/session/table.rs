//! The tables of sessions, failed sign-ins and the access log.

pub mod session {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "session")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub token_hash: String,
        pub account_id: Uuid,
        pub created_at: i64,
        pub seen_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Failed attempts to sign in, and those that are being checked.
pub mod failure {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_failure")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub at: i64,
        pub login_hash: String,
        pub network: String,
        pub known: bool,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Networks in which a login has succeeded.
pub mod known_network {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "sign_in_network")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub login_hash: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub network: String,
        pub seen_at: i64,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

pub mod access {
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "access_log")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub at: i64,
        pub account_id: Uuid,
        pub address: String,
        pub kind: String,
        pub region_id: Option<Uuid>,
        pub sheet_id: Option<Uuid>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}
