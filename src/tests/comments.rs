//! Comments over HTTP: their order, their places, their limits, and many writers at once.

use std::{collections::HashSet, time::Duration};

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::support::{Browser, World};
use crate::{
    accounts::model::Role,
    comments::model::CommentId,
    discussions::model::DiscussionId,
    error::{AppError, Refusal},
    server::entity::{comment, discussion},
};

const HIDDEN: &str = "A moderator has taken this comment out of sight.";
const DELETED: &str = "This comment was deleted.";

async fn rows(world: &World, of: DiscussionId) -> Vec<comment::Model> {
    let query = comment::Entity::find().filter(comment::Column::DiscussionId.eq(of.0)).order_by_asc(comment::Column::Number);
    query.all(world.app.database().reader()).await.unwrap()
}

async fn counted(world: &World, id: DiscussionId) -> discussion::Model {
    discussion::Entity::find_by_id(id.0).one(world.app.database().reader()).await.unwrap().unwrap()
}

/// The comments of a page, from top to bottom.
fn anchors(html: &str) -> Vec<i64> {
    let parts = html.split("id=\"comment-").skip(1);
    parts.filter_map(|part| part.split('"').next()?.parse().ok()).collect()
}

/// Where the pager leads; `towards` is `next` or `prev`.
fn link(html: &str, towards: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("rel=\"{towards}\" href=\""))?;
    Some(rest.split('"').next()?.replace("&amp;", "&"))
}

async fn publish(browser: &mut Browser, discussion: DiscussionId, once: &str, body: &str) -> super::support::Answer {
    let discussion = discussion.to_string();
    browser.call("/api/comments/publish", &[("discussion", &discussion), ("body", body), ("once", once)]).await
}

#[tokio::test]
async fn replies_stand_below_what_they_answer_and_say_so() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    let first = ada.says(discussion, "Crust first.").await;
    let second = ada.says(discussion, "Crumb first.").await;
    let reply = ada.replies(discussion, first, "Why?").await;
    let reply_to_reply = ada.replies(discussion, reply, "Because.").await;
    let page = world.guest().get(&format!("/d/{discussion}")).await.text();
    assert_eq!(anchors(&page), [first, reply, reply_to_reply, second].map(|id| id.0));
    assert_eq!(rows(&world, discussion).await.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_reply_to_a_comment_of_another_discussion_is_refused() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let (bread, soup) = (ada.starts("Bread").await, ada.starts("Soup").await);
    let comment = ada.says(bread, "Crust first.").await.to_string();
    let fields = [("discussion", soup.to_string()), ("parent", comment), ("body", "Why?".to_owned())];
    let answer = ada.call("/api/comments/publish", &fields.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    assert_eq!(answer.error(), AppError::NotFound);
    assert!(rows(&world, soup).await.is_empty());
}

#[tokio::test]
async fn a_long_thread_shows_each_comment_once_in_either_direction() {
    let world = World::new().await;
    world.let_everybody_write_freely().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    let mut said: Vec<CommentId> = Vec::new();
    for number in 0..120 {
        // Every third comment answers an earlier one, some of them far up.
        let id = match number % 3 {
            0 if number > 0 => ada.replies(discussion, said[number / 2], &format!("Answer {number}")).await,
            _ => ada.says(discussion, &format!("Thought {number}")).await,
        };
        said.push(id);
    }
    let mut reader = world.guest();
    let (mut seen, mut pages, mut next) = (Vec::new(), Vec::new(), Some(format!("/d/{discussion}")));
    while let Some(address) = next {
        let page = reader.get(&address).await.text();
        seen.extend(anchors(&page));
        next = link(&page, "next");
        pages.push(page);
    }
    assert_eq!(pages.len(), 3);
    assert_eq!(seen.len(), 120);
    assert_eq!(seen.iter().copied().collect::<HashSet<_>>(), said.iter().map(|id| id.0).collect());

    let mut back = anchors(&pages[2]);
    let mut previous = link(&pages[2], "prev");
    while let Some(address) = previous {
        let page = reader.get(&address).await.text();
        back.splice(0..0, anchors(&page));
        previous = link(&page, "prev");
    }
    assert_eq!(back, seen);
}

#[tokio::test]
async fn a_permalink_leads_to_a_page_that_has_the_comment() {
    let world = World::new().await;
    world.let_everybody_write_freely().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    let mut said = Vec::new();
    for number in 0..60 {
        said.push(ada.says(discussion, &format!("Thought {number}")).await);
    }
    for comment in [said[0], said[49], said[50], said[59]] {
        let mut reader = world.guest();
        let answer = reader.get(&format!("/c/{comment}")).await;
        assert_eq!(answer.status, 303);
        assert!(answer.location().ends_with(&format!("#comment-{comment}")), "{}", answer.location());
        let page = reader.open(&format!("/c/{comment}")).await.text();
        assert!(anchors(&page).contains(&comment.0), "{comment}");
    }
}

#[tokio::test]
async fn a_deleted_comment_leaves_an_empty_place_only_while_it_has_replies() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    let (alone, answered) = (ada.says(discussion, "Regrets").await, ada.says(discussion, "Other regrets").await);
    let reply = ada.replies(discussion, answered, "Really?").await;
    ada.takes_back(alone).await;
    ada.takes_back(answered).await;
    let mut reader = world.guest();
    let page = reader.get(&format!("/d/{discussion}")).await.text();
    assert_eq!(anchors(&page), [answered, reply].map(|id| id.0));
    assert!(page.contains(DELETED) && !page.contains("regrets") && !page.contains("Regrets"));
    assert_eq!(reader.get(&format!("/c/{alone}")).await.status, 404);
    assert_eq!(reader.get(&format!("/c/{answered}")).await.status, 303);

    ada.takes_back(reply).await;
    let page = reader.get(&format!("/d/{discussion}")).await.text();
    assert_eq!(anchors(&page), Vec::<i64>::new());
    assert_eq!(counted(&world, discussion).await.visible_comments, 0);
    let texts = rows(&world, discussion).await;
    assert!(texts.iter().all(|row| row.body.is_empty() && row.body_html.is_empty()), "the words are gone for good");
}

#[tokio::test]
async fn a_hidden_comment_is_seen_by_moderators_only_and_comes_back_when_restored() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let mut moderator = world.moderator("grace").await;
    let discussion = ada.starts("Bread").await;
    let comment = ada.says(discussion, "Buy my oven").await;
    let reply = ada.replies(discussion, comment, "It is cheap").await;
    let page = format!("/d/{discussion}");
    moderator.moderates("hide", comment).await;
    for browser in [&mut world.guest(), &mut ada] {
        let shown = browser.get(&page).await.text();
        assert!(shown.contains(HIDDEN) && !shown.contains("Buy my oven") && !shown.contains("off topic"), "{shown}");
        assert_eq!(anchors(&shown), [comment, reply].map(|id| id.0));
    }
    let shown = moderator.get(&page).await.text();
    assert!(shown.contains("Buy my oven") && shown.contains("off topic"));
    assert!(!world.guest().get("/u/ada").await.shows("Buy my oven"));
    assert_eq!(counted(&world, discussion).await.visible_comments, 1);

    moderator.moderates("hide", reply).await;
    assert_eq!(anchors(&world.guest().get(&page).await.text()), Vec::<i64>::new());
    moderator.moderates("restore", reply).await;
    assert_eq!(anchors(&world.guest().get(&page).await.text()), [comment, reply].map(|id| id.0));
    moderator.moderates("restore", comment).await;
    assert!(world.guest().get(&page).await.shows("Buy my oven"));
    assert_eq!(counted(&world, discussion).await.visible_comments, 2);
}

#[tokio::test]
async fn a_locked_discussion_takes_no_comments_and_offers_no_composer() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    ada.says(discussion, "Crust first.").await;
    world.moderator("grace").await.locks(discussion).await;
    assert_eq!(publish(&mut ada, discussion, "", "Too late").await.error(), AppError::Forbidden(Refusal::Locked));
    let page = ada.get(&format!("/d/{discussion}")).await.text();
    assert!(page.contains("This discussion is locked and takes no more comments."));
    assert!(!page.contains("action=\"/api/comments/publish\""), "{page}");
    assert_eq!(rows(&world, discussion).await.len(), 1);
}

#[tokio::test]
async fn ones_own_words_can_be_changed_for_as_long_as_the_site_says() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    let comment = ada.says(discussion, "Crust frist.").await.to_string();
    world.pass(Duration::from_mins(30));
    ada.call("/api/comments/edit", &[("comment", &comment), ("body", "Crust first.")]).await.landing();
    let page = ada.get(&format!("/d/{discussion}")).await;
    assert!(page.shows("Crust first.") && page.shows("edited"));
    world.pass(Duration::from_secs(1));
    let answer = ada.call("/api/comments/edit", &[("comment", &comment), ("body", "Never said it.")]).await;
    assert_eq!(answer.error(), AppError::Forbidden(Refusal::EditWindowOver));
    assert!(!ada.get(&format!("/d/{discussion}")).await.shows(&format!("href=\"/c/{comment}/edit\"")));
}

#[tokio::test]
async fn who_writes_too_often_is_told_when_to_go_on() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    for number in 0..6 {
        ada.says(discussion, &format!("Thought {number}")).await;
        world.pass(Duration::from_secs(5));
    }
    let answer = publish(&mut ada, discussion, "", "One more").await;
    assert_eq!(answer.error(), AppError::TooMany { retry_after: 30 });
    assert_eq!(answer.header("retry-after"), "30");
    ada.get(&format!("/d/{discussion}")).await;
    let number = discussion.to_string();
    let page = ada.submit("/api/comments/publish", &[("discussion", &number), ("body", "One more thought")]).await;
    assert_eq!(page.status, 429);
    assert!(page.shows("Please try again in 30 seconds.") && page.shows("One more thought"), "{}", page.text());
    world.pass(Duration::from_secs(30));
    ada.says(discussion, "One more").await;
}

#[tokio::test]
async fn a_double_click_says_it_once() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    let first = publish(&mut ada, discussion, "0123456789abcdef", "Crust first.").await.landing();
    let again = publish(&mut ada, discussion, "0123456789abcdef", "Crust first.").await.landing();
    assert_eq!(first, again);
    assert_eq!(rows(&world, discussion).await.len(), 1);
    let mut grace = world.member("grace").await;
    publish(&mut grace, discussion, "0123456789abcdef", "Crumb first.").await.landing();
    assert_eq!(rows(&world, discussion).await.len(), 2, "the key is a person's own");
}

#[tokio::test]
async fn a_form_that_was_changed_before_it_is_sent_again_is_published_as_it_is() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    for body in ["Crust first.", "Crust first, and butter.", "Crust first."] {
        publish(&mut ada, discussion, "0123456789abcdef", body).await.landing();
    }
    let said: Vec<_> = rows(&world, discussion).await.into_iter().map(|comment| comment.body).collect();
    assert_eq!(said, ["Crust first.", "Crust first, and butter."]);
    let starts = [("once", "0123456789abcdef"), ("opening", "How?")];
    for title in ["Cheese", "Cheese, then", "Cheese"] {
        ada.call("/api/discussions/start", &[&starts[..], &[("title", title)]].concat()).await.landing();
    }
    let list = ada.get("/").await;
    assert!(list.shows("Cheese, then") && list.text().matches(">Cheese<").count() == 1, "{}", list.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_form_many_times_at_once_says_it_once() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    let clicks = (0..4).map(|_| {
        let mut browser = ada.clone();
        tokio::spawn(async move { publish(&mut browser, discussion, "0123456789abcdef", "Crust first.").await })
    });
    for click in clicks.collect::<Vec<_>>() {
        let answer = click.await.unwrap();
        assert!(answer.status == 200 || answer.status == 409, "{}: {}", answer.status, answer.text());
    }
    assert_eq!(rows(&world, discussion).await.len(), 1);
    assert_eq!(counted(&world, discussion).await.visible_comments, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_writers_at_once_lose_and_double_nothing() {
    const WRITERS: usize = 32;
    let world = World::new().await;
    world.let_everybody_write_freely().await;
    let mut ada = world.member("ada").await;
    let discussion = ada.starts("Bread").await;
    let parent = ada.says(discussion, "Crust first.").await;
    let writers = (0..WRITERS).map(|number| {
        let mut browser = ada.clone();
        tokio::spawn(async move {
            let once = format!("writer{number}");
            let (discussion, parent, body) = (discussion.to_string(), parent.to_string(), format!("Thought {number}"));
            let mut fields = vec![("discussion", discussion.as_str()), ("body", &body), ("once", &once)];
            if number % 2 == 0 {
                fields.push(("parent", &parent));
            }
            browser.call("/api/comments/publish", &fields).await
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        let answer = writer.await.unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let rows = rows(&world, discussion).await;
    assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), (1..=33).collect::<Vec<i64>>());
    let bodies: HashSet<_> = rows.iter().map(|row| row.body.as_str()).collect();
    assert!((0..WRITERS).all(|number| bodies.contains(format!("Thought {number}").as_str())));
    let counted = counted(&world, discussion).await;
    assert_eq!((counted.visible_comments, counted.last_number), (33, 33));
    assert_eq!(rows[0].replies, 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_and_moderators_at_once_keep_the_counts_true() {
    let world = World::new().await;
    world.let_everybody_write_freely().await;
    let mut ada = world.member("ada").await;
    let moderator = world.person("grace", Role::Moderator).await;
    let discussion = ada.starts("Bread").await;
    let parent = ada.says(discussion, "Crust first.").await;
    let mut replies = Vec::new();
    for number in 0..8 {
        replies.push(ada.replies(discussion, parent, &format!("Thought {number}")).await);
    }
    let acts = replies.iter().copied().enumerate().flat_map(|(place, reply)| {
        let (mut author, mut moderator) = (ada.clone(), moderator.clone());
        let deed = if place % 2 == 0 { "hide" } else { "delete" };
        let taken_back =
            tokio::spawn(async move { author.call("/api/comments/delete", &[("comment", &reply.to_string())]).await });
        let moderated = tokio::spawn(async move {
            let fields = [("deed", deed), ("reason", "off topic"), ("comments[0]", &reply.to_string())];
            moderator.call("/api/comments/moderate", &fields).await
        });
        [taken_back, moderated]
    });
    for act in acts.collect::<Vec<_>>() {
        let answer = act.await.unwrap();
        assert!(!answer.status.is_server_error(), "{}", answer.text());
    }
    let rows = rows(&world, discussion).await;
    let visible = rows.iter().filter(|row| row.state == "visible").count();
    assert_eq!(counted(&world, discussion).await.visible_comments, i64::try_from(visible).unwrap());
    let placed = rows.iter().filter(|row| row.parent_id == Some(parent.0) && row.state == "visible").count();
    assert_eq!(rows[0].replies, i64::try_from(placed).unwrap());
}

#[tokio::test]
async fn an_author_reads_why_a_comment_was_taken_down() {
    let world = World::new().await;
    let (mut ada, mut mia) = (world.member("ada").await, world.moderator("mia").await);
    let discussion = ada.starts("Bread").await;
    let comment = ada.says(discussion, "Buy my bread.").await;
    assert!(!ada.get("/account").await.text().contains("Taken down"));
    mia.moderates("hide", comment).await;
    let page = ada.get("/account").await;
    assert!(page.text().contains("Taken down by moderators") && page.text().contains("off topic"), "{}", page.text());
    assert!(!mia.get("/account").await.text().contains("off topic"));
}
