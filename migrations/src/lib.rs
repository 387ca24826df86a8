//! The database's schema, step by step. Each step runs on SQLite and PostgreSQL, and forward on a filled database.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_matrix;
mod m0002_draft;
mod m0003_history;
mod m0004_comment;
mod m0005_snapshot;
mod m0006_token;
mod m0007_places;
mod m0008_sign_in;
mod m0009_limits;
mod m0010_suggestion;
mod m0011_growth;
mod m0012_notice;
mod m0013_search;
mod m0014_snapshot_item;
mod m0015_changed_at;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_matrix::Migration),
            Box::new(m0002_draft::Migration),
            Box::new(m0003_history::Migration),
            Box::new(m0004_comment::Migration),
            Box::new(m0005_snapshot::Migration),
            Box::new(m0006_token::Migration),
            Box::new(m0007_places::Migration),
            Box::new(m0008_sign_in::Migration),
            Box::new(m0009_limits::Migration),
            Box::new(m0010_suggestion::Migration),
            Box::new(m0011_growth::Migration),
            Box::new(m0012_notice::Migration),
            Box::new(m0013_search::Migration),
            Box::new(m0014_snapshot_item::Migration),
            Box::new(m0015_changed_at::Migration),
        ]
    }
}
