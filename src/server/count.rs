//! Counting rows by day, in SQL that SQLite and PostgreSQL read alike.

use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, QuerySelect, QueryTrait, Select,
    sea_query::{Alias, Expr, ExprTrait, IntoColumnRef},
};

use crate::moment::Day;

/// How many rows of a query fall on each day by a column of milliseconds; days without any are left out.
///
/// # Errors
/// The database's.
pub async fn by_day<E, C>(database: &impl ConnectionTrait, query: Select<E>, moment: C) -> Result<Vec<(Day, u64)>, DbErr>
where
    E: EntityTrait,
    C: IntoColumnRef + Copy,
{
    // Grouped by the name of the result: PostgreSQL takes the same expression with two parameters for two expressions.
    let mut query =
        query.select_only().expr_as(Expr::col(moment).div(Day::MILLISECONDS), "day").expr_as(Expr::col(moment).count(), "number");
    QueryTrait::query(&mut query).add_group_by([Expr::col(Alias::new("day"))]);
    let rows: Vec<(i64, i64)> = query.into_tuple().all(database).await?;
    Ok(rows.into_iter().map(|(day, number)| (Day::from_number(day), u64::try_from(number).unwrap_or_default())).collect())
}
