//! Reading the log after a number, and hearing of what other processes write.

use crate::{
    Db, Fault,
    change::{Change, Entity, table::change},
    db::{CHANGE_CHANNEL, SESSION_CHANNEL, notify},
};
use renkei_domain::RegionId;
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, JsonValue, QueryFilter, QueryOrder, QuerySelect,
    sqlx::postgres::PgListener,
};
use uuid::Uuid;

/// What PostgreSQL tells the other servers about who is here.
const PRESENCE_CHANNEL: &str = "renkei_presence";

/// A row of the log as it is.
pub struct Logged {
    pub change: Change,
    pub entity: Entity,
    pub entity_id: Uuid,
    pub before: Option<JsonValue>,
    pub after: JsonValue,
}

/// The region's changes after a number, in order, at most `rows`.
pub async fn after(db: &Db, region: RegionId, seq: i64, rows: u64) -> Result<Vec<Logged>, Fault> {
    let rows = change::Entity::find()
        .filter(change::Column::RegionId.eq(region.0))
        .filter(change::Column::Seq.gt(seq))
        .order_by_asc(change::Column::Seq)
        .limit(rows)
        .all(db.direct())
        .await?;
    let logged = |row: change::Model| {
        Ok(Logged {
            change: Change::try_from(&row)?,
            entity: Entity::from_code(&row.entity)
                .ok_or_else(|| Fault::new(format!("unknown entity {}", row.entity)))?,
            entity_id: row.entity_id,
            before: row.before,
            after: row.after,
        })
    };
    rows.into_iter().map(logged).collect()
}

/// The number of the region's last change.
pub async fn newest(db: &Db, region: RegionId) -> Result<i64, Fault> {
    let newest: Option<Option<i64>> = change::Entity::find()
        .select_only()
        .column_as(change::Column::Seq.max(), "seq")
        .filter(change::Column::RegionId.eq(region.0))
        .into_tuple()
        .one(db.direct())
        .await?;
    Ok(newest.flatten().unwrap_or_default())
}

/// What is heard of other processes.
pub enum Heard {
    /// A region has new changes.
    Change(RegionId),
    /// A session or a right has ended.
    Session,
    /// Who is here, as another server says it.
    Presence(String),
    /// Anything may have happened meanwhile.
    Silence,
}

/// A connection that listens to PostgreSQL.
pub struct Ear(PgListener);

impl Ear {
    /// Whatever is committed from now on is heard.
    pub async fn listen(db: &Db) -> Result<Self, Fault> {
        let mut listener = PgListener::connect_with(db.direct().get_postgres_connection_pool()).await?;
        listener.listen_all([CHANGE_CHANNEL, SESSION_CHANNEL, PRESENCE_CHANNEL]).await?;
        Ok(Ear(listener))
    }

    pub async fn hear(&mut self) -> Result<Heard, Fault> {
        let Some(heard) = self.0.try_recv().await? else { return Ok(Heard::Silence) };
        Ok(match heard.channel() {
            SESSION_CHANNEL => Heard::Session,
            PRESENCE_CHANNEL => Heard::Presence(heard.payload().to_owned()),
            _ => match heard.payload().split(' ').next().and_then(|region| region.parse().ok()) {
                Some(region) => Heard::Change(region),
                None => Heard::Silence,
            },
        })
    }
}

/// Tells the other servers who is here.
pub async fn tell_presence(db: &Db, content: String) -> Result<(), Fault> {
    notify(db.direct(), PRESENCE_CHANNEL, content).await
}

/// Whether the database is a server's, on which other servers may work too.
pub fn is_shared(db: &Db) -> bool {
    db.direct().get_database_backend() == DbBackend::Postgres
}
