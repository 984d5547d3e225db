//! Second factors: authenticator apps, recovery codes, and what is asked on the way in.

mod apps;
mod operator;
mod passkeys;
mod recovery;
mod staff;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::support::{Browser, World};
use crate::{
    audit::model::Deed,
    error::AppError,
    server::entity::{audit_entry, session},
    valid::ProblemCode,
};

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/account").await.status == 200
}

async fn told(world: &World, deed: Deed) -> usize {
    let entries = audit_entry::Entity::find().filter(audit_entry::Column::Deed.eq(deed.name()));
    entries.all(world.app.database().reader()).await.unwrap().len()
}

async fn sessions(world: &World) -> usize {
    session::Entity::find().all(world.app.database().reader()).await.unwrap().len()
}

#[track_caller]
fn is_wrong_code(error: &AppError, field: &str) -> bool {
    error.field_problems().of(field).is_some_and(|problem| problem.code == ProblemCode::WrongCode)
}
