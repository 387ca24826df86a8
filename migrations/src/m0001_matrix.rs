//! The matrix and those who write it.
//!
//! Ids are UUIDs, times milliseconds since 1970 in UTC, dates ISO 8601 text, enumerations the codes of the API,
//! scenes one bit each in the sheet's order.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = [
            region(),
            organization(),
            region_organization(),
            account(),
            membership(),
            session(),
            sign_in_throttle(),
            access_log(),
            item(),
            sheet(),
            sheet_column(),
            sheet_item(),
            entry(),
            handout(),
            change(),
            request(),
        ];
        for table in tables {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// `seq` is the number of the region's last change.
fn region() -> TableCreateStatement {
    table("region")
        .col(pk_uuid("id"))
        .col(text_uniq("name"))
        .col(big_integer("seq"))
        .col(big_integer("created_at"))
        .take()
}

/// Names are not unique: there is more than one 美里町 in the country, and nearly every hub is called the same.
fn organization() -> TableCreateStatement {
    table("organization")
        .col(pk_uuid("id"))
        .col(text("kind"))
        .col(text("name"))
        .col(text("short_name"))
        .col(big_integer("created_at"))
        .take()
}

/// An organisation may belong to several regions.
fn region_organization() -> TableCreateStatement {
    table("region_organization")
        .col(uuid("region_id"))
        .col(uuid("organization_id"))
        .col(integer("position"))
        .primary_key(Index::create().col("region_id").col("organization_id"))
        .foreign_key(&mut to("region_organization", "region_id", "region"))
        .foreign_key(&mut to("region_organization", "organization_id", "organization"))
        .take()
}

/// `login_key` is the login folded, so that full-width letters and capitals find the same account.
fn account() -> TableCreateStatement {
    table("account")
        .col(pk_uuid("id"))
        .col(text("login"))
        .col(text_uniq("login_key"))
        .col(text("name"))
        .col(uuid("organization_id"))
        .col(text("password_hash"))
        .col(boolean("operator"))
        .col(big_integer("created_at"))
        .foreign_key(&mut to("account", "organization_id", "organization"))
        .take()
}

fn membership() -> TableCreateStatement {
    table("membership")
        .col(uuid("account_id"))
        .col(uuid("region_id"))
        .col(text("role"))
        .primary_key(Index::create().col("account_id").col("region_id"))
        .foreign_key(&mut to("membership", "account_id", "account"))
        .foreign_key(&mut to("membership", "region_id", "region"))
        .take()
}

/// `token_hash` is SHA-256 of what the cookie carries, in hexadecimal digits.
fn session() -> TableCreateStatement {
    table("session")
        .col(text("token_hash").primary_key())
        .col(uuid("account_id"))
        .col(big_integer("created_at"))
        .col(big_integer("seen_at"))
        .foreign_key(&mut to("session", "account_id", "account"))
        .take()
}

/// `failed_at` lists the times of the last failures, oldest first.
fn sign_in_throttle() -> TableCreateStatement {
    table("sign_in_throttle")
        .col(text("login_key"))
        .col(text("address"))
        .col(json("failed_at"))
        .col(big_integer("last_at"))
        .primary_key(Index::create().col("login_key").col("address"))
        .take()
}

/// Apart from the change log: sign-ins, and what operators look at.
fn access_log() -> TableCreateStatement {
    table("access_log")
        .col(pk_uuid("id"))
        .col(big_integer("at"))
        .col(uuid("account_id"))
        .col(text("address"))
        .col(text("kind"))
        .col(uuid_null("region_id"))
        .col(uuid_null("sheet_id"))
        .foreign_key(&mut to("access_log", "account_id", "account"))
        .take()
}

/// What lasts of an item over the years; each sheet keeps its own title, order and scenes of it.
fn item() -> TableCreateStatement {
    table("item")
        .col(pk_uuid("id"))
        .col(uuid("region_id"))
        .col(text("code"))
        .col(text("code_key"))
        .col(big_integer("created_at"))
        .index(Index::create().unique().name("item_region_code").col("region_id").col("code_key"))
        .foreign_key(&mut to("item", "region_id", "region"))
        .take()
}

fn sheet() -> TableCreateStatement {
    table("sheet")
        .col(pk_uuid("id"))
        .col(uuid("region_id"))
        .col(integer("fiscal_year"))
        .col(text("title"))
        .col(text("item_heading"))
        .col(text_null("item_footnote"))
        .col(text("phase"))
        .col(uuid("secretariat_id"))
        .col(big_integer("created_at"))
        .index(Index::create().unique().name("sheet_region_year").col("region_id").col("fiscal_year"))
        .foreign_key(&mut to("sheet", "region_id", "region"))
        .foreign_key(&mut to("sheet", "secretariat_id", "organization"))
        .take()
}

/// `year_offset`: how far the column's year lies from the sheet's own.
fn sheet_column() -> TableCreateStatement {
    table("sheet_column")
        .col(uuid("sheet_id"))
        .col(integer("position"))
        .col(text("facet"))
        .col(integer("year_offset"))
        .col(text("heading"))
        .col(text_null("as_of"))
        .col(text_null("footnote"))
        .primary_key(Index::create().col("sheet_id").col("position"))
        .index(
            Index::create()
                .unique()
                .name("sheet_column_facet_year")
                .col("sheet_id")
                .col("facet")
                .col("year_offset"),
        )
        .foreign_key(&mut to("sheet_column", "sheet_id", "sheet"))
        .take()
}

fn sheet_item() -> TableCreateStatement {
    table("sheet_item")
        .col(uuid("sheet_id"))
        .col(uuid("item_id"))
        .col(text("title"))
        .col(integer("position"))
        .col(integer("scenes"))
        .primary_key(Index::create().col("sheet_id").col("item_id"))
        .foreign_key(&mut to("sheet_item", "sheet_id", "sheet"))
        .foreign_key(&mut to("sheet_item", "item_id", "item"))
        .take()
}

/// `rank` orders a cell's entries, with gaps; a deleted entry keeps its place.
fn entry() -> TableCreateStatement {
    table("entry")
        .col(pk_uuid("id"))
        .col(uuid("region_id"))
        .col(uuid("item_id"))
        .col(text("facet"))
        .col(integer("fiscal_year"))
        .col(big_integer("rank"))
        .col(text("body"))
        .col(json("notes"))
        .col(integer("scenes"))
        .col(uuid_null("owner_id"))
        .col(integer("version"))
        .col(big_integer("updated_at"))
        .col(uuid_null("updated_by"))
        .col(big_integer_null("deleted_at"))
        .foreign_key(&mut to("entry", "region_id", "region"))
        .foreign_key(&mut to("entry", "item_id", "item"))
        .foreign_key(&mut to("entry", "owner_id", "organization"))
        .foreign_key(&mut to("entry", "updated_by", "account"))
        .take()
}

fn handout() -> TableCreateStatement {
    table("handout")
        .col(pk_uuid("id"))
        .col(uuid("region_id"))
        .col(integer("fiscal_year"))
        .col(integer("number"))
        .col(text("title"))
        .index(
            Index::create()
                .unique()
                .name("handout_region_year_number")
                .col("region_id")
                .col("fiscal_year")
                .col("number"),
        )
        .foreign_key(&mut to("handout", "region_id", "region"))
        .take()
}

/// The append-only log. Names are kept as they were; `by_id` null is no person (an import, the command line).
fn change() -> TableCreateStatement {
    table("change")
        .col(pk_uuid("id"))
        .col(uuid("region_id"))
        .col(big_integer("seq"))
        .col(big_integer("at"))
        .col(uuid_null("by_id"))
        .col(text("by_name"))
        .col(text("by_organization"))
        .col(text("entity"))
        .col(uuid("entity_id"))
        .col(integer("version"))
        .col(text("action"))
        .col(text("summary"))
        .col(json_null("before"))
        .col(json("after"))
        .col(uuid_null("request_id"))
        .index(Index::create().unique().name("change_region_seq").col("region_id").col("seq"))
        .foreign_key(&mut to("change", "region_id", "region"))
        .foreign_key(&mut to("change", "by_id", "account"))
        .take()
}

/// The outcome of a request, so that the same one sent again is answered and not done again.
fn request() -> TableCreateStatement {
    table("request")
        .col(uuid("account_id"))
        .col(uuid("request_id"))
        .col(text("kind"))
        .col(big_integer("at"))
        .col(json("outcome"))
        .primary_key(Index::create().col("account_id").col("request_id"))
        .foreign_key(&mut to("request", "account_id", "account"))
        .take()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &'static str, table: &'static str, columns: &[&'static str]| {
        let mut index = Index::create().name(name).table(table).to_owned();
        for column in columns {
            index.col(*column);
        }
        index
    };
    vec![
        index("organization_name", "organization", &["name"]),
        index("region_organization_organization", "region_organization", &["organization_id"]),
        index("membership_region", "membership", &["region_id"]),
        index("session_account", "session", &["account_id"]),
        index("access_log_at", "access_log", &["at"]),
        index("entry_region_year", "entry", &["region_id", "fiscal_year", "facet"]),
        index("entry_cell", "entry", &["item_id", "facet", "fiscal_year"]),
        index("change_entity", "change", &["entity_id", "seq"]),
        index("request_at", "request", &["at"]),
    ]
}

fn table(name: &'static str) -> TableCreateStatement {
    Table::create().table(name).to_owned()
}

/// Nothing that others refer to is ever removed, so no key says what would happen then.
fn to(table: &'static str, column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(target, "id").to_owned()
}
