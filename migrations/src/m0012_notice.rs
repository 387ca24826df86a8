//! What somebody is told: changes that concern them, unread until they open them. Open threads that mention somebody
//! already are told of as well.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, JsonValue, prelude::Uuid},
};
use std::collections::HashSet;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Changes read at once.
const PAGE: u64 = 1_000;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(notice()).await?;
        let list = Index::create().name("notice_list").table("notice").col("account_id").col("id").to_owned();
        let unread = Index::create()
            .name("notice_unread")
            .table("notice")
            .col("account_id")
            .col("thread_id")
            .cond_where(Expr::col("read_at").is_null())
            .to_owned();
        let change = Index::create().name("notice_change").table("notice").col("change_id").to_owned();
        let comment = Index::create().name("notice_comment").table("notice").col("comment_id").to_owned();
        for index in [list, unread, change, comment] {
            manager.create_index(index).await?;
        }
        fill(manager.get_connection()).await
    }
}

/// `sheet_id`: the sheet that governed the place at that time. Of a comment it has thread and comment, of a thread that
/// was resolved or opened again the thread, of a snapshot the snapshot.
fn notice() -> TableCreateStatement {
    Table::create()
        .table("notice")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(uuid("region_id"))
        .col(uuid("sheet_id"))
        .col(uuid("change_id"))
        .col(text("kind"))
        .col(uuid_null("thread_id"))
        .col(uuid_null("comment_id"))
        .col(uuid_null("snapshot_id"))
        .col(big_integer_null("read_at"))
        .foreign_key(&mut to("account_id", "account"))
        .foreign_key(&mut to("region_id", "region"))
        .foreign_key(&mut to("sheet_id", "sheet"))
        .foreign_key(&mut to("change_id", "change"))
        .foreign_key(&mut to("thread_id", "thread"))
        .foreign_key(&mut to("comment_id", "comment"))
        .foreign_key(&mut to("snapshot_id", "snapshot"))
        .take()
}

fn to(column: &'static str, target: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from("notice", column).to(target, "id").to_owned()
}

/// For whom the comments of open threads are meant, but for their authors.
async fn fill(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let mut last: Option<Uuid> = None;
    loop {
        let mut page = Query::select();
        page.columns([("change", "id"), ("change", "region_id"), ("change", "by_id"), ("change", "after")])
            .expr_as(Expr::col(("thread", "id")), "thread_id")
            .from("change")
            .inner_join("thread", Expr::col(("thread", "id")).equals(("change", "entity_id")))
            .and_where(Expr::col(("change", "entity")).eq("THREAD"))
            .and_where(Expr::col(("change", "action")).eq("COMMENT"))
            .and_where(Expr::col(("thread", "resolved_at")).is_null())
            .order_by(("change", "id"), Order::Asc)
            .limit(PAGE);
        if let Some(last) = last {
            page.and_where(Expr::col(("change", "id")).gt(last));
        }
        let changes = db.query_all(&page).await?;
        if changes.is_empty() {
            return Ok(());
        }
        for change in &changes {
            let id: Uuid = change.try_get("", "id")?;
            last = Some(id);
            let after: JsonValue = change.try_get("", "after")?;
            let told = Told {
                change: id,
                region: change.try_get("", "region_id")?,
                by: change.try_get("", "by_id")?,
                thread: change.try_get("", "thread_id")?,
            };
            told.fill(db, &after).await?;
        }
    }
}

/// A comment as the log knows it.
struct Told {
    change: Uuid,
    region: Uuid,
    by: Option<Uuid>,
    thread: Uuid,
}

impl Told {
    async fn fill(&self, db: &impl ConnectionTrait, after: &JsonValue) -> Result<(), DbErr> {
        let comment = &after["comment"];
        let Some(comment_id) = id(&comment["id"]) else { return Ok(()) };
        let Some(sheet) = self.sheet(db, after).await? else { return Ok(()) };
        let mut people = HashSet::new();
        // Of one that was withdrawn nobody is told.
        let mut mentions = Query::select();
        mentions.columns(["account_id", "organization_id"]).from("mention");
        mentions.and_where(Expr::col("comment_id").eq(comment_id));
        for mention in db.query_all(&mentions).await? {
            let account: Option<Uuid> = mention.try_get("", "account_id")?;
            people.extend(account);
            if let Some(organization) = mention.try_get::<Option<Uuid>>("", "organization_id")? {
                people.extend(self.members(db, organization).await?);
            }
        }
        people.retain(|person| Some(*person) != self.by);
        if people.is_empty() {
            return Ok(());
        }
        let mut notices = Query::insert();
        notices.into_table("notice").columns([
            "id",
            "account_id",
            "region_id",
            "sheet_id",
            "change_id",
            "kind",
            "thread_id",
            "comment_id",
        ]);
        for person in people {
            let (region, change, thread) = (self.region, self.change, self.thread);
            notices.values_panic([
                Uuid::now_v7().into(),
                person.into(),
                region.into(),
                sheet.into(),
                change.into(),
                "MENTION".into(),
                thread.into(),
                comment_id.into(),
            ]);
        }
        db.execute(&notices).await?;
        Ok(())
    }

    async fn members(&self, db: &impl ConnectionTrait, organization: Uuid) -> Result<Vec<Uuid>, DbErr> {
        let mut members = Query::select();
        members
            .column(("account", "id"))
            .from("account")
            .inner_join("membership", Expr::col(("membership", "account_id")).equals(("account", "id")))
            .and_where(Expr::col(("account", "organization_id")).eq(organization))
            .and_where(Expr::col(("membership", "region_id")).eq(self.region));
        db.query_all(&members).await?.iter().map(|row| row.try_get("", "id")).collect()
    }

    /// The sheet that governs the place.
    async fn sheet(&self, db: &impl ConnectionTrait, after: &JsonValue) -> Result<Option<Uuid>, DbErr> {
        let Some(year) = after["fiscalYear"].as_i64() else { return Ok(None) };
        let reported = matches!(after["facet"].as_str(), Some("STATUS" | "EVALUATION"));
        let mut sheet = Query::select();
        sheet
            .column("id")
            .from("sheet")
            .and_where(Expr::col("region_id").eq(self.region))
            .and_where(Expr::col("fiscal_year").eq(if reported { year + 1 } else { year }));
        db.query_one(&sheet).await?.map(|row| row.try_get("", "id")).transpose()
    }
}

fn id(value: &JsonValue) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}
