//! Queries over the table `settings`: one row for each setting, its value as JSON.

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};
use serde_json::{Map, Value};

use crate::{
    policy::{Permit, act},
    server::{
        entity::setting,
        error::{Error, Result},
    },
    site::model::Settings,
};

/// A setting that has no row yet has its default.
pub async fn read(database: &impl ConnectionTrait) -> Result<Settings> {
    let rows = setting::Entity::find().all(database).await?;
    let mut values = Map::new();
    for row in rows {
        let value = serde_json::from_str(&row.value).map_err(|cause| Error::broken("a row of the table settings is not JSON", cause))?;
        values.insert(row.name, value);
    }
    serde_json::from_value(Value::Object(values)).map_err(|cause| Error::broken("the table settings does not read as settings", cause))
}

pub async fn write(database: &impl ConnectionTrait, _permit: &Permit<act::Configure>, settings: &Settings) -> Result<()> {
    let Value::Object(values) =
        serde_json::to_value(settings).map_err(|cause| Error::broken("settings cannot be written as JSON", cause))?
    else {
        return Err(Error::broken("settings are no JSON object", "serialisation"));
    };
    let rows = values.into_iter().map(|(name, value)| setting::ActiveModel { name: Set(name), value: Set(value.to_string()) });
    setting::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(setting::Column::Name).update_column(setting::Column::Value).to_owned())
        .exec_without_returning(database)
        .await?;
    Ok(())
}
