//! Where each change of the log is seen: an index from cells to changes, so that the history of a cell or a sheet is
//! found without reading the whole log.
//!
//! A change of an entry is seen in its cell before and in its cell after; both stand only inside the log's JSON, which
//! neither database indexes the same way. One narrow row per change and cell serves the history of a cell (by the
//! primary key) and of a column (by the second index) with one range scan each, however long the log is.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, JsonValue, prelude::Uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Changes read at once.
const PAGE: u64 = 1_000;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(change_cell()).await?;
        let index = Index::create()
            .name("change_cell_column")
            .table("change_cell")
            .col("region_id")
            .col("fiscal_year")
            .col("facet")
            .col("seq")
            .to_owned();
        manager.create_index(index).await?;
        fill(manager.get_connection()).await
    }
}

fn change_cell() -> TableCreateStatement {
    Table::create()
        .table("change_cell")
        .col(uuid("region_id"))
        .col(integer("fiscal_year"))
        .col(text("facet"))
        .col(uuid("item_id"))
        .col(big_integer("seq"))
        .primary_key(
            Index::create().col("region_id").col("fiscal_year").col("facet").col("item_id").col("seq"),
        )
        .foreign_key(ForeignKey::create().from("change_cell", "region_id").to("region", "id"))
        .take()
}

/// The changes that are there already.
async fn fill(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let mut last: Option<Uuid> = None;
    loop {
        let mut page = Query::select();
        page.columns(["id", "region_id", "seq", "before", "after"])
            .from("change")
            .and_where(Expr::col("entity").eq("ENTRY"))
            .order_by("id", Order::Asc)
            .limit(PAGE);
        if let Some(last) = last {
            page.and_where(Expr::col("id").gt(last));
        }
        let changes = db.query_all(&page).await?;
        let mut cells = Query::insert();
        cells.into_table("change_cell").columns(["region_id", "fiscal_year", "facet", "item_id", "seq"]);
        for change in &changes {
            last = Some(change.try_get("", "id")?);
            let region: Uuid = change.try_get("", "region_id")?;
            let seq: i64 = change.try_get("", "seq")?;
            let before: Option<JsonValue> = change.try_get("", "before")?;
            let after: JsonValue = change.try_get("", "after")?;
            let after = cell(&after)?;
            let before = before.as_ref().map(cell).transpose()?.filter(|before| *before != after);
            for (year, facet, item) in before.into_iter().chain([after]) {
                cells.values_panic([region.into(), year.into(), facet.into(), item.into(), seq.into()]);
            }
        }
        if changes.is_empty() {
            return Ok(());
        }
        db.execute(&cells).await?;
    }
}

/// The cell of an entry as the log keeps it.
fn cell(entry: &JsonValue) -> Result<(i32, String, Uuid), DbErr> {
    let text = |name: &str| entry[name].as_str().unwrap_or_default();
    let year = entry["fiscalYear"].as_i64().and_then(|year| year.try_into().ok());
    match (year, text("item").parse()) {
        (Some(year), Ok(item)) => Ok((year, text("facet").to_owned(), item)),
        _ => Err(DbErr::Migration(format!("a change whose entry has no cell: {entry}"))),
    }
}
