//! Comments: threads on an entry or a cell, and whom they mention.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [thread(), comment(), mention()] {
            manager.create_table(table).await?;
        }
        let indexes: [(&str, &str, &[&str]); 5] = [
            ("thread_cell", "thread", &["region_id", "fiscal_year", "facet"]),
            ("thread_entry", "thread", &["entry_id"]),
            ("mention_account", "mention", &["account_id"]),
            ("mention_organization", "mention", &["organization_id"]),
            ("mention_thread", "mention", &["thread_id"]),
        ];
        for (name, table, columns) in indexes {
            let mut index = Index::create().name(name).table(table).to_owned();
            for column in columns {
                index.col(*column);
            }
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// On an entry, wherever that stands, or on a cell: either `entry_id` is null or the cell is. `last_id` and
/// `last_by_id` tell the last comment that is not withdrawn; `comments` counts all.
fn thread() -> TableCreateStatement {
    Table::create()
        .table("thread")
        .col(pk_uuid("id"))
        .col(uuid("region_id"))
        .col(uuid_null("entry_id"))
        .col(uuid_null("item_id"))
        .col(text_null("facet"))
        .col(integer_null("fiscal_year"))
        .col(integer("version"))
        .col(integer("comments"))
        .col(uuid_null("last_id"))
        .col(uuid_null("last_by_id"))
        .col(big_integer_null("resolved_at"))
        .col(text_null("resolved_by_name"))
        .foreign_key(&mut to("thread", "region_id", "region"))
        .foreign_key(&mut to("thread", "entry_id", "entry"))
        .foreign_key(&mut to("thread", "item_id", "item"))
        .take()
}

/// In the order of `position`. A withdrawn one keeps its row without its text, which the log keeps.
fn comment() -> TableCreateStatement {
    Table::create()
        .table("comment")
        .col(pk_uuid("id"))
        .col(uuid("thread_id"))
        .col(integer("position"))
        .col(big_integer("at"))
        .col(uuid("by_id"))
        .col(text("by_name"))
        .col(text("by_organization"))
        .col(text("body"))
        .col(big_integer_null("withdrawn_at"))
        .index(Index::create().unique().name("comment_thread").col("thread_id").col("position"))
        .foreign_key(&mut to("comment", "thread_id", "thread"))
        .foreign_key(&mut to("comment", "by_id", "account"))
        .take()
}

/// An account or an organisation that a comment mentions. A withdrawn comment mentions nobody.
fn mention() -> TableCreateStatement {
    Table::create()
        .table("mention")
        .col(uuid("comment_id"))
        .col(integer("position"))
        .col(uuid("thread_id"))
        .col(uuid_null("account_id"))
        .col(uuid_null("organization_id"))
        .primary_key(Index::create().col("comment_id").col("position"))
        .foreign_key(&mut to("mention", "comment_id", "comment"))
        .foreign_key(&mut to("mention", "thread_id", "thread"))
        .foreign_key(&mut to("mention", "account_id", "account"))
        .foreign_key(&mut to("mention", "organization_id", "organization"))
        .take()
}

fn to(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(target, "id").to_owned()
}
