//! Listing, starting, changing and moderating discussions.

pub mod departure;
pub mod moderation;
pub mod page;
mod rendering;
mod store;

pub use store::{Bearings, Cursor, Filter, PAGE};
pub(in crate::server) use store::{Moving, lock, record_activity};

use std::time::Duration;

use crate::{
    accounts::model::UserId,
    discussions::model::{Discussion, DiscussionDraft, DiscussionId, DiscussionSummary, Opening, Preview, Title},
    error::AppError,
    landing::{Landing, LocalPath, Notice},
    moment::Moment,
    policy::{self, act},
    server::{
        accounts::{
            self,
            throttle::{self, Kind, Subject},
        },
        error::Result,
        once::OnceKey,
        prose,
        visit::Visit,
    },
    site::model::Settings,
    valid::{FieldProblems, Valid, Value},
};

const HOUR: Duration = Duration::from_hours(1);

/// One page of the list of discussions.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Only on the first page.
    pub pinned: Vec<DiscussionSummary>,
    pub discussions: Vec<DiscussionSummary>,
    pub next: Option<Cursor>,
}

/// The discussions, those with the newest activity first.
///
/// # Errors
/// The database's.
pub async fn list(visit: &Visit, after: Option<Cursor>) -> Result<Listing> {
    policy::may::<act::Read>(visit.actor(), visit.now())?;
    let database = visit.database().reader();
    let pinned = if after.is_none() { store::pinned(database).await? } else { Vec::new() };
    let mut discussions = store::page(database, after).await?;
    let has_more = discussions.len() > PAGE;
    discussions.truncate(PAGE);
    let next = discussions.last().filter(|_| has_more).map(Cursor::after);
    Ok(Listing { pinned, discussions, next })
}

/// One discussion with its opening.
///
/// # Errors
/// There is none, or it was deleted.
pub async fn find(visit: &Visit, id: DiscussionId) -> Result<Discussion> {
    policy::may::<act::Read>(visit.actor(), visit.now())?;
    store::find(visit.database().reader(), id).await?.ok_or(AppError::NotFound.into())
}

/// What a person has started, the newest first.
///
/// # Errors
/// The database's.
pub async fn started_by(visit: &Visit, author: UserId, most: u64) -> Result<Vec<DiscussionSummary>> {
    policy::may::<act::Read>(visit.actor(), visit.now())?;
    store::started_by(visit.database().reader(), author, most).await
}

/// Starts a discussion. Sent twice, it starts one.
///
/// # Errors
/// Not allowed, a field breaks its rule, or too many in an hour.
pub async fn start(visit: &Visit, draft: DiscussionDraft, once: &OnceKey) -> Result<Landing> {
    let id = open(visit, draft, once).await?;
    Ok(Landing::on(path_of(id)).saying(Notice::DiscussionStarted))
}

/// [`start`] for who wants to go on with the discussion.
///
/// # Errors
/// Those of [`start`].
pub async fn open(visit: &Visit, draft: DiscussionDraft, once: &OnceKey) -> Result<DiscussionId> {
    let granted = policy::may_start_discussion(visit.actor(), visit.now())?;
    let (title, opening) = parse(&Valid::check(draft)?)?;
    let once = once.of(granted.person.id, &[title.as_str(), opening.as_str()]);
    let html = prose::render_aside(opening.as_str()).await?;
    let settings = visit.settings().await?;
    let transaction = visit.database().begin().await?;
    // Asked within the lock, so that many at once are counted one after the other.
    accounts::lock(&transaction, granted.person.id).await?;
    if let Some(started) = store::find_once(&transaction, &once).await? {
        return Ok(started);
    }
    refuse_too_many(&transaction, &settings, granted.person.id, visit.now()).await?;
    let id = store::insert(&transaction, &granted, &title, (&opening, &html), &once, visit.now()).await?;
    transaction.commit().await?;
    Ok(id)
}

/// Changes the title and the opening of one's own discussion.
///
/// # Errors
/// Not allowed, too late, or a field breaks its rule.
pub async fn edit(visit: &Visit, id: DiscussionId, draft: DiscussionDraft) -> Result<Landing> {
    let discussion = find(visit, id).await?;
    let window = edit_window(visit).await?;
    let granted = policy::may_edit_discussion(visit.actor(), &discussion.summary, window, visit.now())?;
    let (title, opening) = parse(&Valid::check(draft)?)?;
    let html = prose::render_aside(opening.as_str()).await?;
    store::update(visit.database().writer(), &granted.permit, id, &title, (&opening, &html), visit.now()).await?;
    Ok(Landing::on(path_of(id)).saying(Notice::DiscussionSaved))
}

/// Shows how an opening will look.
///
/// # Errors
/// Not allowed, the text breaks its rule, or too many within a minute.
pub async fn preview(visit: &Visit, opening: &str) -> Result<Preview> {
    policy::may_preview(visit.actor(), visit.now())?;
    let opening = Opening::parse(opening).map_err(|problem| FieldProblems::one("opening", problem))?;
    throttle::admit(visit, Kind::Preview, Subject::Visitor).await?;
    Ok(Preview { html: prose::render_aside(opening.as_str()).await?.into() })
}

/// How long one's own words can be changed.
///
/// # Errors
/// The settings cannot be read.
pub async fn edit_window(visit: &Visit) -> Result<Duration> {
    let settings = visit.settings().await?;
    Ok(Duration::from_secs(u64::from(settings.edit_window) * 60))
}

/// How many texts are rendered by rules of another day.
///
/// # Errors
/// The database's.
pub async fn outdated(visit: &Visit) -> Result<u64> {
    rendering::count_outdated(visit.database().reader()).await
}

/// Renders every opening whose rules are not those of today; tells how many are done.
///
/// # Errors
/// Not the operator, or the database's.
pub async fn rerender_batch(visit: &Visit, after: DiscussionId, most: u64) -> Result<Vec<DiscussionId>> {
    rendering::rerender(visit.database().writer(), after, most).await
}

fn parse(draft: &Valid<DiscussionDraft>) -> Result<(Title, Opening)> {
    let title = Title::parse(&draft.title).map_err(|problem| FieldProblems::one("title", problem))?;
    let opening = Opening::parse(&draft.opening).map_err(|problem| FieldProblems::one("opening", problem))?;
    Ok((title, opening))
}

async fn refuse_too_many(
    database: &impl sea_orm::ConnectionTrait,
    settings: &Settings,
    author: UserId,
    now: Moment,
) -> Result<()> {
    let most = u64::from(settings.discussions_per_hour);
    let recent = store::started_since(database, author, now.before(HOUR), most).await?;
    crate::server::rate::refuse_beyond(&recent, most, HOUR, now)
}

/// Where a discussion stands.
#[must_use]
pub fn path_of(id: DiscussionId) -> LocalPath {
    LocalPath::ours(&format!("/d/{id}"))
}
