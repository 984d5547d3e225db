//! The sample community as a site shows it.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use tempfile::TempDir;

use super::*;
use crate::{
    comments::model::{CommentState, ThreadPath},
    server::{
        config::{Config, Flag, Sources, catalogue},
        database,
        entity::{audit_entry, comment, discussion, user},
    },
};

/// A filled site; the folder goes when it is dropped.
async fn filled() -> (App, Vec<Login>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let data = Flag { setting: &catalogue::DATA_FOLDER, name: "--data", value: folder.path().display().to_string() };
    let config = Config::load(Sources::of_flags(vec![data])).unwrap();
    crate::server::config::folder::claim(&config.data).map(drop).unwrap();
    database::migrate_up(&config.data).await.unwrap();
    let app = App::open(config).await.unwrap();
    let logins = perform(&app).await.unwrap();
    (app, logins, folder)
}

fn in_state(comments: &[comment::Model], state: CommentState) -> usize {
    comments.iter().filter(|comment| comment.state == state.name()).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sample_community_is_large_old_deep_and_moderated() {
    let (app, _, _folder) = filled().await;
    let reader = app.database().reader();
    let comments = comment::Entity::find().all(reader).await.unwrap();
    assert!(in_state(&comments, CommentState::Visible) >= 300);
    assert!(in_state(&comments, CommentState::Hidden) >= 3);
    assert!(in_state(&comments, CommentState::Deleted) >= 5);
    assert!(comments.iter().filter(|comment| comment.edited_at.is_some()).count() >= 5);
    let placeholders = comments.iter().filter(|comment| comment.state != CommentState::Visible.name() && comment.replies > 0);
    assert!(placeholders.count() >= 4);
    let deepest = comments.iter().map(|comment| ThreadPath::from_bytes(comment.path.clone()).depth()).max();
    assert!(deepest >= Some(6), "{deepest:?}");
    let now = app.clock().now().milliseconds();
    let age = |comment: &comment::Model| now - comment.created_at;
    assert!(comments.iter().map(age).max() > Some(28 * 86_400_000));
    assert!(comments.iter().map(age).min() < Some(30 * 60_000));
    assert!(comments.iter().all(|comment| age(comment) >= 0));

    let discussions = discussion::Entity::find().all(reader).await.unwrap();
    assert!(discussions.len() >= 12);
    assert_eq!(discussions.iter().filter(|discussion| discussion.pinned_at.is_some()).count(), 1);
    assert_eq!(discussions.iter().filter(|discussion| discussion.locked_at.is_some()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_counters_are_those_of_its_comments() {
    let (app, _, _folder) = filled().await;
    let reader = app.database().reader();
    let comments = comment::Entity::find().all(reader).await.unwrap();
    let has_place = |comment: &comment::Model| comment.state == CommentState::Visible.name() || comment.replies > 0;
    for discussion in discussion::Entity::find().all(reader).await.unwrap() {
        let of_it: Vec<_> = comments.iter().filter(|comment| comment.discussion_id == discussion.id).collect();
        let visible = of_it.iter().filter(|comment| comment.state == CommentState::Visible.name()).count();
        assert_eq!(usize::try_from(discussion.visible_comments).unwrap(), visible, "{}", discussion.title);
        assert_eq!(discussion.last_number, of_it.iter().map(|comment| comment.number).max().unwrap_or(0));
        let newest = of_it.iter().map(|comment| comment.created_at).max().unwrap_or(discussion.created_at);
        assert_eq!(discussion.last_activity_at, newest, "{}", discussion.title);
        for comment in &of_it {
            let replies = of_it.iter().filter(|reply| reply.parent_id == Some(comment.id) && has_place(reply)).count();
            assert_eq!(usize::try_from(comment.replies).unwrap(), replies, "comment {} of {}", comment.number, discussion.title);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_logins_open_one_account_of_each_role_and_two_of_members() {
    let (app, logins, _folder) = filled().await;
    let roles: Vec<_> = logins.iter().map(|login| login.role).collect();
    assert_eq!(roles, [Role::Admin, Role::Moderator, Role::Member, Role::Member]);
    for login in logins {
        let of_name = user::Entity::find().filter(user::Column::Name.eq(&login.username));
        let user = of_name.one(app.database().reader()).await.unwrap().unwrap();
        assert_eq!(user.role, login.role.name());
        let verdict = app.passwords().verify(&login.password, &user.password).await.unwrap();
        assert_eq!(verdict, crate::server::password::Verdict::Match);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn its_log_tells_of_a_suspension_that_is_still_in_force() {
    let (app, _, _folder) = filled().await;
    let reader = app.database().reader();
    let suspended = user::Entity::find().filter(user::Column::SuspendedAt.is_not_null()).all(reader).await.unwrap();
    let [user] = &suspended[..] else { panic!("{suspended:?}") };
    assert!(user.suspended_until > Some(app.clock().now().milliseconds()));
    assert!(user.suspension_reason.is_some());
    let log = audit_entry::Entity::find().all(reader).await.unwrap();
    let told = |deed: &str| log.iter().filter(|entry| entry.deed == deed).count();
    assert_eq!((told("suspended"), told("sign_in_failed")), (1, FAILED_SIGN_INS.len()));
    assert!(told("comment_hidden") >= 4 && told("settings_changed") == 1);
    assert!(log.windows(2).all(|pair| pair[0].at <= pair[1].at));
}

#[test]
fn nobody_says_the_same_thing_twice() {
    let mut said = std::collections::HashSet::new();
    for (_, event) in timeline().unwrap() {
        if let Event::Talks(Cue { action: script::Action::Say { body, .. }, .. }) = event {
            assert!(said.insert(body.clone()), "{body}");
        }
    }
}
