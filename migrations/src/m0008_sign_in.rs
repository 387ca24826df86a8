//! Failed sign-ins, one row each, so that they can be counted by login, by network and by both; and the networks in which
//! a login has succeeded. They replace a row for each login and address, which knew neither of the other two.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("sign_in_throttle").to_owned()).await?;
        manager.create_table(failure()).await?;
        manager.create_table(network()).await?;
        for (name, table, columns) in [
            ("sign_in_failure_pair", "sign_in_failure", &["login_hash", "network", "at"][..]),
            ("sign_in_failure_login", "sign_in_failure", &["login_hash", "at"]),
            ("sign_in_failure_network", "sign_in_failure", &["network", "at"]),
            ("sign_in_failure_at", "sign_in_failure", &["at"]),
            ("sign_in_network_seen", "sign_in_network", &["seen_at"]),
        ] {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

fn failure() -> TableCreateStatement {
    Table::create()
        .table("sign_in_failure")
        .col(big_pk_auto("id"))
        .col(big_integer("at"))
        .col(text("login_hash"))
        .col(text("network"))
        .col(boolean("known"))
        .take()
}

fn network() -> TableCreateStatement {
    Table::create()
        .table("sign_in_network")
        .col(text("login_hash"))
        .col(text("network"))
        .col(big_integer("seen_at"))
        .primary_key(Index::create().col("login_hash").col("network"))
        .take()
}
