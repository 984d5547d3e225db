//! The schema's history. Append-only: a migration that has been released is never edited.
//!
//! Every migration goes up and down on SQLite and PostgreSQL. Later ones only add (expand), and
//! remove what no released version reads any more (contract).

pub use sea_orm_migration::{self, prelude::*};

mod m20261124_000001_accounts;
mod m20261124_000002_discussions;
mod m20261124_000003_comments;
mod m20261124_000004_site;
mod m20261125_000005_proofs;
mod m20261125_000006_letters;
mod m20261125_000007_policy_reports;
mod m20261125_000008_epochs;

/// Runs the migrations in order.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261124_000001_accounts::Migration),
            Box::new(m20261124_000002_discussions::Migration),
            Box::new(m20261124_000003_comments::Migration),
            Box::new(m20261124_000004_site::Migration),
            Box::new(m20261125_000005_proofs::Migration),
            Box::new(m20261125_000006_letters::Migration),
            Box::new(m20261125_000007_policy_reports::Migration),
            Box::new(m20261125_000008_epochs::Migration),
        ]
    }
}
