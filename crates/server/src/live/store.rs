//! LISTEN/NOTIFY: what servers on one PostgreSQL database send each other.

use crate::{
    Db, Fault,
    db::{CHANGE_CHANNEL, SESSION_CHANNEL, notify},
};
use renkei_domain::RegionId;
use sea_orm::{DbBackend, sqlx::postgres::PgListener};

/// On which servers send each other who has which sheet open.
const PRESENCE_CHANNEL: &str = "renkei_presence";

pub enum Notification {
    /// A region has new changes.
    Change(RegionId),
    /// A session or a right has ended.
    Session,
    /// An update of another server's presence registry.
    Presence(String),
    /// The connection was lost for a while: anything may have been missed.
    Reconnected,
}

/// A connection that listens to PostgreSQL.
pub struct NotificationListener(PgListener);

impl NotificationListener {
    /// Whatever is committed from now on is received.
    pub async fn connect(db: &Db) -> Result<Self, Fault> {
        let mut listener = PgListener::connect_with(db.direct().get_postgres_connection_pool()).await?;
        listener.listen_all([CHANGE_CHANNEL, SESSION_CHANNEL, PRESENCE_CHANNEL]).await?;
        Ok(NotificationListener(listener))
    }

    pub async fn recv(&mut self) -> Result<Notification, Fault> {
        let Some(notification) = self.0.try_recv().await? else { return Ok(Notification::Reconnected) };
        Ok(match notification.channel() {
            SESSION_CHANNEL => Notification::Session,
            PRESENCE_CHANNEL => Notification::Presence(notification.payload().to_owned()),
            _ => match notification.payload().split(' ').next().and_then(|region| region.parse().ok()) {
                Some(region) => Notification::Change(region),
                None => Notification::Reconnected,
            },
        })
    }
}

pub async fn send_presence(db: &Db, content: String) -> Result<(), Fault> {
    notify(db.direct(), PRESENCE_CHANNEL, content).await
}

/// Whether the database is PostgreSQL, on which other servers may work and are listened to.
pub fn is_shared(db: &Db) -> bool {
    db.direct().get_database_backend() == DbBackend::Postgres
}
