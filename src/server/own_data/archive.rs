//! The archive: asked for by its owner, built in the background, taken within a week behind a fresh
//! proof.

use std::io::{Cursor, Write};

use serde_json::Value;
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use super::{ARCHIVE_LIFE, content, latest, refuse_second, store};
use crate::{
    accounts::model::{ArchiveRecord, UserId},
    audit::model::{Deed, Subject},
    error::AppError,
    landing::{Landing, LocalPath, Notice},
    policy::{self, act},
    server::{
        accounts::throttle::{self, Kind},
        app::App,
        audit::{self, Line},
        comments, discussions,
        error::{Error, Result},
        letters::{self, Letter},
        visit::Visit,
    },
};

/// The archive that the person acting asked for last.
///
/// # Errors
/// Nobody is signed in.
pub async fn own(visit: &Visit) -> Result<Option<ArchiveRecord>> {
    policy::may::<act::SeeOwnAccount>(visit.actor(), visit.now())?;
    let id = visit.actor().id().ok_or(AppError::Unauthenticated)?;
    latest(visit.database().reader(), id, visit.now()).await
}

/// Asks for an archive; an older one goes.
///
/// # Errors
/// Nobody is signed in, no fresh proof, or one is being built.
pub async fn ask(visit: &Visit) -> Result<Landing> {
    let granted = policy::may_take_own_data(visit.actor(), visit.now())?;
    let id = granted.person.id;
    throttle::admit(visit, Kind::Export, throttle::Subject::Person(id)).await?;
    let transaction = visit.database().begin().await?;
    refuse_second(latest(&transaction, id, visit.now()).await?)?;
    store::ask(&transaction, &granted.permit, id, (visit.now(), visit.now().after(ARCHIVE_LIFE))).await?;
    let line = Line::of(Deed::ArchiveAsked, Subject::User(id.0)).named(&granted.person.name);
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    Ok(Landing::on(LocalPath::ours("/account/data")).saying(Notice::ArchiveAsked))
}

/// The bytes of one's own archive.
///
/// # Errors
/// No fresh proof, or there is none of that number that is one's own and ready.
pub async fn take(visit: &Visit, archive: i64) -> Result<Vec<u8>> {
    let granted = policy::may_take_own_data(visit.actor(), visit.now())?;
    let id = granted.person.id;
    let bytes = store::bytes(visit.database().reader(), &granted.permit, id, archive, visit.now()).await?;
    let bytes = bytes.ok_or(AppError::NotFound)?;
    let line = Line::of(Deed::ArchiveTaken, Subject::User(id.0)).named(&granted.person.name);
    audit::record(visit.database().writer(), visit, line).await?;
    Ok(bytes)
}

/// Builds the archives that are waited for, one after the other; returns how many.
///
/// # Errors
/// The database's. An archive that cannot be built is marked so, and its owner can ask again.
pub async fn build_waiting(app: &App) -> Result<u64> {
    let visit = Visit::of_operator(app.clone());
    let mut built = 0;
    while let Some(next) = store::claim(app.database().writer(), visit.now()).await? {
        let archive = build(&visit, UserId(next.user_id)).await.inspect_err(|cause| {
            tracing::error!(?cause, archive = next.id, "an archive could not be built");
        });
        let now = app.clock().now();
        let is_built = archive.is_ok();
        store::finish(app.database().writer(), next.id, archive.ok(), now, now.after(ARCHIVE_LIFE)).await?;
        if is_built {
            let letter = Letter::ExportReady { ends: now.after(ARCHIVE_LIFE) };
            letters::tell_owner(app.database().writer(), app, UserId(next.user_id), letter).await?;
        }
        built += 1;
    }
    Ok(built)
}

async fn build(visit: &Visit, user: UserId) -> Result<Vec<u8>> {
    let permit = policy::may::<act::TakeOwnData>(visit.actor(), visit.now())?;
    let database = visit.database().reader();
    let belongings = store::belongings(database, &permit, user).await?;
    let discussions = discussions::departure::everything_by(database, &permit, user).await?;
    let comments = comments::departure::everything_by(database, &permit, user).await?;
    let site = visit.settings().await?.name.as_str().to_owned();
    let content = content::Content { site: &site, address: &visit.app().config().site.address, at: visit.now() };
    let json = content.json(&belongings, &discussions, &comments);
    let html = content.html(&belongings, &discussions, &comments);
    packed(&json, &html).map_err(|cause| Error::broken("an archive could not be packed", cause))
}

fn packed(json: &Value, html: &str) -> std::result::Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("data.json", options)?;
    archive.write_all(format!("{json:#}\n").as_bytes())?;
    archive.start_file("index.html", options)?;
    archive.write_all(html.as_bytes())?;
    Ok(archive.finish()?.into_inner())
}
