//! Tokens: with which scripts do what their persons may. Of the secret only its hash is there. And in the log, with
//! which token a change was made, by its name of that time: tokens go, changes stay.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(token()).await?;
        let index = Index::create().name("token_account").table("token").col("account_id").to_owned();
        manager.create_index(index).await?;
        let via = Table::alter().table("change").add_column(text_null("via_token")).to_owned();
        manager.alter_table(via).await
    }
}

fn token() -> TableCreateStatement {
    Table::create()
        .table("token")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(text("name"))
        .col(text("scope"))
        .col(text_uniq("secret_hash"))
        .col(big_integer("created_at"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("used_at"))
        .col(text_null("used_from"))
        .foreign_key(ForeignKey::create().from("token", "account_id").to("account", "id"))
        .take()
}
