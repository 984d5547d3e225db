//! The migrations and the entities say the same, and every step of the schema's history can be taken
//! back, on the database under test.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IdenStatic, Iterable, Statement};

use super::support::World;
use crate::server::{
    database::{Database, MigrationState},
    entity,
};

/// Column names, and whether they may be empty.
pub type Columns = BTreeMap<String, bool>;

async fn migrated(database: &Database) -> Columns {
    let mut all = Columns::new();
    for table in tables(database).await {
        for (column, is_nullable) in columns(database, &table).await {
            all.insert(format!("{table}.{column}"), is_nullable);
        }
    }
    all
}

async fn names(database: &Database, query: &str) -> Vec<(String, i64)> {
    let backend = database.reader().get_database_backend();
    let rows = database.reader().query_all_raw(Statement::from_string(backend, query)).await.unwrap();
    rows.iter().map(|row| (row.try_get_by_index(0).unwrap(), row.try_get_by_index(1).unwrap())).collect()
}

pub async fn tables(database: &Database) -> Vec<String> {
    let query = match database.reader().get_database_backend() {
        DbBackend::Sqlite => "SELECT name, 0 FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
        _ => "SELECT table_name::text, 0::bigint FROM information_schema.tables WHERE table_schema = 'public'",
    };
    let found = names(database, query).await.into_iter().map(|(name, _)| name);
    found.filter(|name| name != "seaql_migrations").collect()
}

pub async fn columns(database: &Database, table: &str) -> Columns {
    let query = match database.reader().get_database_backend() {
        DbBackend::Sqlite => format!("SELECT name, \"notnull\" OR pk > 0 FROM pragma_table_info('{table}')"),
        _ => format!(
            "SELECT column_name::text, (is_nullable = 'NO')::int::bigint FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name = '{table}'"
        ),
    };
    names(database, &query).await.into_iter().map(|(name, is_filled)| (name, is_filled == 0)).collect()
}

fn columns_of<E: EntityTrait>(entity: &E) -> Columns {
    let table = entity.table_name().to_owned();
    E::Column::iter().map(|column| (format!("{table}.{}", column.as_str()), column.def().is_null())).collect()
}

#[tokio::test]
async fn the_entities_are_the_tables_that_the_migrations_make() {
    let world = World::new().await;
    let declared: Columns = [
        columns_of(&entity::audit_entry::Entity),
        columns_of(&entity::ceremony::Entity),
        columns_of(&entity::comment::Entity),
        columns_of(&entity::discussion::Entity),
        columns_of(&entity::entry::Entity),
        columns_of(&entity::export::Entity),
        columns_of(&entity::identity::Entity),
        columns_of(&entity::invitation::Entity),
        columns_of(&entity::known_browser::Entity),
        columns_of(&entity::letter::Entity),
        columns_of(&entity::link::Entity),
        columns_of(&entity::passkey::Entity),
        columns_of(&entity::policy_report::Entity),
        columns_of(&entity::provider_flow::Entity),
        columns_of(&entity::recovery_code::Entity),
        columns_of(&entity::session::Entity),
        columns_of(&entity::setting::Entity),
        columns_of(&entity::solved_challenge::Entity),
        columns_of(&entity::throttle::Entity),
        columns_of(&entity::totp_secret::Entity),
        columns_of(&entity::user::Entity),
    ]
    .into_iter()
    .flatten()
    .collect();
    assert_eq!(migrated(world.app.database()).await, declared);
}

async fn read<E: EntityTrait>(database: &Database) -> usize {
    E::find().all(database.reader()).await.unwrap().len()
}

#[tokio::test]
async fn every_entity_can_be_read_from_the_migrated_tables() {
    let world = World::new().await;
    let mut admin = world.admin("ada").await;
    let discussion = admin.starts("Bread").await;
    admin.says(discussion, "Crust first.").await;
    world.guest().call("/api/accounts/sign_in", &[("login", "nobody-here"), ("password", "x")]).await.error();
    world.set(|settings| settings.edit_window = 7).await;
    crate::server::operator::setup_link(&world.app).await.unwrap();
    let database = world.app.database();
    assert_eq!(read::<entity::user::Entity>(database).await, 1);
    assert_eq!(read::<entity::session::Entity>(database).await, 1);
    assert_eq!(read::<entity::known_browser::Entity>(database).await, 1);
    assert_eq!(read::<entity::discussion::Entity>(database).await, 1);
    assert_eq!(read::<entity::comment::Entity>(database).await, 1);
    assert_eq!(read::<entity::setting::Entity>(database).await, 8);
    assert_eq!(read::<entity::throttle::Entity>(database).await, 3);
    assert!(read::<entity::audit_entry::Entity>(database).await >= 4);
    assert_eq!(read::<entity::link::Entity>(database).await, 0);
    for rows in [
        read::<entity::ceremony::Entity>(database).await,
        read::<entity::entry::Entity>(database).await,
        read::<entity::export::Entity>(database).await,
        read::<entity::identity::Entity>(database).await,
        read::<entity::invitation::Entity>(database).await,
        read::<entity::letter::Entity>(database).await,
        read::<entity::passkey::Entity>(database).await,
        read::<entity::provider_flow::Entity>(database).await,
        read::<entity::recovery_code::Entity>(database).await,
        read::<entity::solved_challenge::Entity>(database).await,
        read::<entity::totp_secret::Entity>(database).await,
    ] {
        assert_eq!(rows, 0);
    }
}

#[tokio::test]
async fn every_migration_goes_up_down_and_up_again() {
    let world = World::new().await;
    let database = world.app.database();
    let complete = migrated(database).await;
    let steps = u32::try_from(database.migrations().await.unwrap().len()).unwrap();
    for step in 1..=steps {
        database.migrate_down(1).await.unwrap();
        let migrations = database.migrations().await.unwrap();
        let pending = migrations.iter().filter(|migration| migration.state == MigrationState::Pending).count();
        assert_eq!(pending, usize::try_from(step).unwrap());
        database.migrate_up().await.unwrap();
        assert_eq!(migrated(database).await, complete, "after taking back and repeating {step}");
        database.migrate_down(step).await.unwrap();
    }
    assert!(tables(database).await.is_empty(), "every table goes with its migration");
    database.migrate_up().await.unwrap();
    assert_eq!(migrated(database).await, complete);
}
