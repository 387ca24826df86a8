//! The database's schema, step by step. Each step runs on SQLite and PostgreSQL, and forward on a filled database.

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m0001_matrix;

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(m0001_matrix::Migration)]
    }
}
