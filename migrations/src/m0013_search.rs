//! What a search over all years reads: each entry's text folded, beside it, and the versions of entries that stand in
//! snapshots, each once.
//!
//! The folded text is the domain's. Neither database has an index that finds two characters within a text: a search
//! reads the texts of one region, by the indexes that begin with it.

use renkei_domain::{Note, SceneSet, filter::folded};
use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, JsonValue, prelude::Uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Entries folded at once.
const PAGE: u64 = 1_000;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let text = Table::alter().table("entry").add_column(text("folded").default("")).to_owned();
        manager.alter_table(text).await?;
        manager.create_table(snapshot_entry()).await?;
        let index = Index::create()
            .name("snapshot_entry_snapshot")
            .table("snapshot_entry")
            .col("snapshot_id")
            .to_owned();
        manager.create_index(index).await?;
        let db = manager.get_connection();
        fold_entries(db).await?;
        keep_snapshots(db).await
    }
}

/// `snapshot_id` is the newest snapshot that has this version of the entry.
fn snapshot_entry() -> TableCreateStatement {
    Table::create()
        .table("snapshot_entry")
        .col(uuid("region_id"))
        .col(uuid("entry_id"))
        .col(integer("version"))
        .col(uuid("snapshot_id"))
        .col(uuid("item_id"))
        .col(text("facet"))
        .col(integer("fiscal_year"))
        .col(big_integer("rank"))
        .col(integer("position"))
        .col(text("body"))
        .col(json("notes"))
        .col(integer("scenes"))
        .col(uuid_null("owner_id"))
        .col(big_integer("updated_at"))
        .col(uuid_null("updated_by"))
        .col(text("folded"))
        .primary_key(Index::create().col("region_id").col("entry_id").col("version"))
        .foreign_key(&mut to("region_id", "region"))
        .foreign_key(&mut to("entry_id", "entry"))
        .foreign_key(&mut to("snapshot_id", "snapshot"))
        .take()
}

fn to(column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from("snapshot_entry", column).to(target, "id").to_owned()
}

/// The entries that are there already.
async fn fold_entries(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let mut last: Option<Uuid> = None;
    loop {
        let mut page = Query::select();
        page.columns(["id", "body", "notes"]).from("entry").order_by("id", Order::Asc).limit(PAGE);
        if let Some(last) = last {
            page.and_where(Expr::col("id").gt(last));
        }
        let entries = db.query_all(&page).await?;
        if entries.is_empty() {
            return Ok(());
        }
        let mut texts = Query::select();
        let mut rows: Vec<(Uuid, String)> = Vec::with_capacity(entries.len());
        for entry in &entries {
            let id: Uuid = entry.try_get("", "id")?;
            let body: String = entry.try_get("", "body")?;
            rows.push((id, fold(&body, entry.try_get("", "notes")?)?));
            last = Some(id);
        }
        texts.column(Asterisk).from_values(rows, "texts");
        let mut update = Query::update();
        update
            .table("entry")
            .value("folded", Expr::col(("texts", "column2")))
            .from(TableRef::SubQuery(texts.into(), "texts".into_iden()))
            .and_where(Expr::col(("entry", "id")).equals(("texts", "column1")));
        db.execute(&update).await?;
    }
}

/// The snapshots that are there already, oldest first: the log keeps what stands in them.
async fn keep_snapshots(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let mut snapshots = Query::select();
    snapshots
        .columns(["id", "region_id", "seq"])
        .from("snapshot")
        .order_by("region_id", Order::Asc)
        .order_by("seq", Order::Asc);
    for snapshot in db.query_all(&snapshots).await? {
        let id: Uuid = snapshot.try_get("", "id")?;
        let region: Uuid = snapshot.try_get("", "region_id")?;
        let seq: i64 = snapshot.try_get("", "seq")?;
        let mut kept = Query::select();
        kept.column("after")
            .from("change")
            .and_where(Expr::col("region_id").eq(region))
            .and_where(Expr::col("seq").eq(seq));
        let Some(change) = db.query_one(&kept).await? else { continue };
        let frozen: JsonValue = change.try_get("", "after")?;
        for entry in frozen["entries"].as_array().into_iter().flatten() {
            db.execute(&kept_entry(id, region, entry)?).await?;
        }
    }
    Ok(())
}

/// An entry as the log keeps it.
fn kept_entry(snapshot: Uuid, region: Uuid, entry: &JsonValue) -> Result<InsertStatement, DbErr> {
    let text = |name: &str| entry[name].as_str().unwrap_or_default();
    let number = |name: &str| entry[name].as_i64().unwrap_or_default();
    let malformed = || DbErr::Migration(format!("an entry of a snapshot that cannot be read: {entry}"));
    let id = |name: &str| text(name).parse::<Uuid>().map_err(|_| malformed());
    let id_or_none = |name: &str| entry[name].as_str().map(|_| id(name)).transpose();
    let small = |name: &str| -> Result<i32, DbErr> { number(name).try_into().map_err(|_| malformed()) };
    let scenes: SceneSet =
        serde_json::from_value(entry["explicitScenes"].clone()).map_err(|_| malformed())?;
    let mut insert = Query::insert();
    insert
        .into_table("snapshot_entry")
        .columns([
            "region_id",
            "entry_id",
            "version",
            "snapshot_id",
            "item_id",
            "facet",
            "fiscal_year",
            "rank",
            "position",
            "body",
            "notes",
            "scenes",
            "owner_id",
            "updated_at",
            "updated_by",
            "folded",
        ])
        .values_panic([
            region.into(),
            id("id")?.into(),
            small("version")?.into(),
            snapshot.into(),
            id("item")?.into(),
            text("facet").into(),
            small("fiscalYear")?.into(),
            number("rank").into(),
            small("position")?.into(),
            text("body").into(),
            entry["notes"].clone().into(),
            i32::from(scenes.bits()).into(),
            id_or_none("owner")?.into(),
            number("updatedAt").into(),
            id_or_none("updatedBy")?.into(),
            fold(text("body"), entry["notes"].clone())?.into(),
        ])
        .on_conflict(
            OnConflict::columns(["region_id", "entry_id", "version"]).update_column("snapshot_id").to_owned(),
        );
    Ok(insert)
}

fn fold(body: &str, notes: JsonValue) -> Result<String, DbErr> {
    let notes: Vec<Note> =
        serde_json::from_value(notes).map_err(|error| DbErr::Migration(format!("notes: {error}")))?;
    Ok(folded(body, notes.iter().map(|note| note.text.as_str())))
}
