//! The sample community, as `locutory demo` fills a site with it.

use std::collections::HashSet;

use axum::http::StatusCode;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::support::World;
use crate::{
    accounts::model::Role,
    comments::model::{CommentState, ThreadPath},
    server::{
        demo::{self, Login},
        entity::{audit_entry, comment, discussion, user},
    },
};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

async fn filled() -> (World, Vec<Login>) {
    let world = World::new().await;
    let logins = demo::fill(&world.app).await.unwrap();
    (world, logins)
}

fn is(comment: &comment::Model, state: CommentState) -> bool {
    comment.state == state.name()
}

#[tokio::test]
async fn the_sample_community_is_large_old_deep_and_moderated() {
    let (world, _) = filled().await;
    let reader = world.app.database().reader();
    let comments = comment::Entity::find().all(reader).await.unwrap();
    let count = |matches: &dyn Fn(&comment::Model) -> bool| comments.iter().filter(|comment| matches(comment)).count();
    assert!(count(&|comment| is(comment, CommentState::Visible)) >= 300);
    assert!(count(&|comment| is(comment, CommentState::Hidden)) >= 3);
    assert!(count(&|comment| is(comment, CommentState::Deleted)) >= 5);
    assert!(count(&|comment| comment.edited_at.is_some()) >= 5);
    assert!(count(&|comment| !is(comment, CommentState::Visible) && comment.replies > 0) >= 4, "placeholders");
    let deepest = comments.iter().map(|comment| ThreadPath::from_bytes(comment.path.clone()).depth()).max();
    assert!(deepest >= Some(6), "{deepest:?}");
    let bodies: HashSet<_> = comments.iter().map(|comment| &comment.body).filter(|body| !body.is_empty()).collect();
    assert_eq!(bodies.len(), count(&|comment| !is(comment, CommentState::Deleted)), "nobody says the same thing twice");

    let now = world.clock.now().milliseconds();
    let ages: Vec<_> = comments.iter().map(|comment| now - comment.created_at).collect();
    assert!(ages.iter().all(|age| (0..30 * DAY).contains(age)));
    assert!(ages.iter().max() > Some(&(28 * DAY)) && ages.iter().min() < Some(&(30 * MINUTE)));

    let discussions = discussion::Entity::find().all(reader).await.unwrap();
    assert!(discussions.len() >= 12);
    assert_eq!(discussions.iter().filter(|discussion| discussion.pinned_at.is_some()).count(), 1);
    assert_eq!(discussions.iter().filter(|discussion| discussion.locked_at.is_some()).count(), 1);
}

#[tokio::test]
async fn the_counters_of_the_sample_community_are_those_of_its_comments() {
    let (world, _) = filled().await;
    let reader = world.app.database().reader();
    let comments = comment::Entity::find().all(reader).await.unwrap();
    for discussion in discussion::Entity::find().all(reader).await.unwrap() {
        let of_it: Vec<_> = comments.iter().filter(|comment| comment.discussion_id == discussion.id).collect();
        let visible = of_it.iter().filter(|comment| is(comment, CommentState::Visible)).count();
        assert_eq!(usize::try_from(discussion.visible_comments).unwrap(), visible, "{}", discussion.title);
        assert_eq!(discussion.last_number, of_it.iter().map(|comment| comment.number).max().unwrap_or(0));
        let newest = of_it.iter().map(|comment| comment.created_at).max().unwrap_or(discussion.created_at);
        assert_eq!(discussion.last_activity_at, newest, "{}", discussion.title);
        for comment in &of_it {
            let has_place = |reply: &comment::Model| is(reply, CommentState::Visible) || reply.replies > 0;
            let replies = of_it.iter().filter(|reply| reply.parent_id == Some(comment.id) && has_place(reply)).count();
            assert_eq!(usize::try_from(comment.replies).unwrap(), replies, "number {} of {}", comment.number, discussion.title);
        }
    }
}

#[tokio::test]
async fn the_logins_that_are_printed_open_an_account_of_each_role() {
    let (world, logins) = filled().await;
    let roles: Vec<_> = logins.iter().map(|login| login.role).collect();
    assert_eq!(roles, [Role::Admin, Role::Moderator, Role::Member, Role::Member]);
    for login in logins {
        let mut browser = world.guest();
        let fields = [("login", login.username.as_str()), ("password", login.password.expose())];
        browser.call("/api/accounts/sign_in", &fields).await.landing();
        let seen = [browser.get("/admin/users").await.status, browser.get("/admin/comments").await.status];
        let (yes, no) = (StatusCode::OK, StatusCode::NOT_FOUND);
        let expected = match login.role {
            Role::Admin => [yes, yes],
            Role::Moderator => [no, yes],
            Role::Member => [no, no],
        };
        assert_eq!(seen, expected, "{}", login.username);
    }
}

#[tokio::test]
async fn the_audit_log_of_the_sample_community_fits_what_is_there() {
    let (world, _) = filled().await;
    let reader = world.app.database().reader();
    let suspended = user::Entity::find().filter(user::Column::SuspendedAt.is_not_null()).all(reader).await.unwrap();
    let [user] = &suspended[..] else { panic!("{suspended:?}") };
    assert!(user.suspended_until > Some(world.clock.now().milliseconds()));
    assert!(user.suspension_reason.is_some());
    let log = audit_entry::Entity::find().order_by_asc(audit_entry::Column::Id).all(reader).await.unwrap();
    let told = |deed: &str| log.iter().filter(|entry| entry.deed == deed).count();
    assert_eq!((told("suspended"), told("settings_changed"), told("discussion_locked")), (1, 1, 1));
    assert!(told("sign_in_failed") >= 10 && told("comment_hidden") >= 4);
    let hidden =
        comment::Entity::find().filter(comment::Column::State.eq(CommentState::Hidden.name())).all(reader).await.unwrap();
    assert!(hidden.iter().all(|comment| comment.reason.as_ref().is_some_and(|reason| !reason.is_empty())));
    assert!(log.windows(2).all(|pair| pair[0].at <= pair[1].at));
}
