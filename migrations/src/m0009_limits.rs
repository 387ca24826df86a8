//! What a cell and a sheet hold is limited: an entry keeps how many characters it has. And indexes for what is
//! filtered, joined or tidied.
//!
//! The living entries of a cell and of a sheet are found, and their characters added up, in one index that holds no
//! deleted ones: however many entries were deleted, reading meets none of them.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Indexes by name, table and columns.
const INDEXES: [(&str, &str, &[&str]); 6] = [
    ("account_organization", "account", &["organization_id"]),
    ("session_seen", "session", &["seen_at"]),
    ("session_created", "session", &["created_at"]),
    ("token_expires", "token", &["expires_at"]),
    ("sheet_item_item", "sheet_item", &["item_id"]),
    ("thread_item", "thread", &["item_id", "facet", "fiscal_year"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let chars = Table::alter().table("entry").add_column(integer("chars").default(0)).to_owned();
        manager.alter_table(chars).await?;
        let db = manager.get_connection();
        let notes = match db.get_database_backend() {
            DbBackend::Sqlite => "SELECT SUM(LENGTH(json_extract(value, '$.text'))) FROM json_each(notes)",
            _ => "SELECT SUM(LENGTH(value ->> 'text')) FROM json_array_elements(notes)",
        };
        let count = format!("UPDATE entry SET chars = LENGTH(body) + COALESCE(({notes}), 0)");
        db.execute_unprepared(&count).await?;
        let living = ["region_id", "fiscal_year", "facet", "item_id", "rank", "id", "chars"];
        let living =
            index("entry_living", "entry", &living).cond_where(Expr::col("deleted_at").is_null()).to_owned();
        manager.create_index(living).await?;
        manager.drop_index(Index::drop().name("entry_region_year").table("entry").to_owned()).await?;
        for (name, table, columns) in INDEXES {
            manager.create_index(index(name, table, columns)).await?;
        }
        Ok(())
    }
}

fn index(name: &'static str, table: &'static str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut index = Index::create().name(name).table(table).to_owned();
    for column in columns {
        index.col(*column);
    }
    index
}
