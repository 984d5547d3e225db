//! Fills a server over HTTP, as its people would: an admin raises the limits, writers register,
//! start discussions and comment.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::task::JoinSet;

use crate::{
    authenticator,
    client::{Connection, Request},
    failure::{Failure, Outcome},
    server::{Place, Server},
};

/// People who write at the same time.
pub const WRITERS: usize = 32;
/// Discussions that the list has to choose from.
const DISCUSSIONS: usize = 60;
pub const PASSWORD: &str = "meadow lantern thistle copper";
const ADMIN: &str = "ada";

pub struct Community {
    /// The cookie of an admin with a second factor, who may change and see everything.
    pub admin: String,
    pub writers: Vec<Writer>,
    /// A discussion without comments yet.
    pub empty: u64,
}

/// Discussions that can be read.
pub struct Discussions {
    /// Has 50 comments.
    pub usual: u64,
    /// Has 1,000 comments.
    pub long: u64,
}

#[derive(Clone)]
pub struct Writer {
    pub name: String,
    pub cookie: String,
}

impl Writer {
    pub fn sign_in(name: &str) -> Request {
        Request::post("accounts/sign_in", &[("login", name), ("password", PASSWORD)], None)
    }

    pub fn publish(&self, discussion: u64, body: &str) -> Request {
        let discussion = discussion.to_string();
        Request::post("comments/publish", &[("discussion", &discussion), ("body", body)], Some(&self.cookie))
    }

    /// As a form with a key, which does its work once however often it is sent.
    pub fn publish_once(&self, discussion: u64, body: &str, key: &str) -> Request {
        let discussion = discussion.to_string();
        let fields = [("discussion", &*discussion), ("body", body), ("once", key)];
        Request::post("comments/publish", &fields, Some(&self.cookie))
    }
}

/// With accounts and room to write, and nothing to read yet.
pub async fn found(server: &Server, place: &Place) -> Outcome<Community> {
    place.create_admin(ADMIN, PASSWORD).await?;
    let admin = raise_limits(server).await?;
    let mut writers = Vec::with_capacity(WRITERS);
    for number in 0..WRITERS {
        writers.push(register(server, &format!("writer{number}")).await?);
    }
    let empty = start(server, &writers[0], "What everybody writes into at once").await?;
    Ok(Community { admin, writers, empty })
}

/// A list longer than its page, and two discussions with comments.
pub async fn fill(server: &Server, community: &Community) -> Outcome<Discussions> {
    for number in 0..DISCUSSIONS {
        let author = &community.writers[number % WRITERS];
        start(server, author, &format!("Question {number}: what do you do with the water from the roof?")).await?;
    }
    let usual = start(server, &community.writers[0], "Fifty about the opening hours of the library").await?;
    write(server, community, usual, 50).await?;
    let long = start(server, &community.writers[1], "A thousand about the street lights").await?;
    write(server, community, long, 1_000).await?;
    Ok(Discussions { usual, long })
}

/// One discussion with as many comments as most have.
pub async fn fill_shortly(server: &Server, community: &Community) -> Outcome<u64> {
    let usual = start(server, &community.writers[0], "Fifty about the opening hours of the library").await?;
    write(server, community, usual, 50).await?;
    Ok(usual)
}

/// Everybody takes the next number until there are enough.
async fn write(server: &Server, community: &Community, discussion: u64, comments: usize) -> Outcome {
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = JoinSet::new();
    for writer in community.writers.clone() {
        let (next, address) = (Arc::clone(&next), server.address);
        tasks.spawn(async move {
            let mut connection = Connection::open(address).await?;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= comments {
                    return Outcome::Ok(());
                }
                connection.send(&writer.publish(discussion, &text(number))).await?.demand(200, "a comment")?;
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

/// As the admin, whose cookie it gives back.
async fn raise_limits(server: &Server) -> Outcome<String> {
    let answer = server.ask(Writer::sign_in(ADMIN)).await?.demand(200, "the admin's sign-in")?;
    let cookie = answer.cookie().ok_or_else(|| Failure::new("signing in gave no cookie"))?;
    let cookie = with_second_factor(server, &cookie).await?;
    let settings = [
        ("name", "Millrace"),
        ("description", "Where the bench talks."),
        ("registration", "open"),
        ("staff_factor", "optional"),
        ("comment_length", "10000"),
        ("comments_per_minute", "1000"),
        ("discussions_per_hour", "1000"),
        ("edit_window", "30"),
    ];
    server.ask(Request::post("site/save_settings", &settings, Some(&cookie))).await?.demand(200, "the settings")?;
    Ok(cookie)
}

/// Sets an authenticator app up, which the site wants of its admins; the session goes on under a new cookie.
async fn with_second_factor(server: &Server, cookie: &str) -> Outcome<String> {
    server.ask(Request::post("accounts/begin_totp", &[], Some(cookie))).await?.demand(200, "a new app")?;
    let page = server.ask(Request::get("/account/security/app", Some(cookie))).await?.demand(200, "the page of the key")?;
    let code = authenticator::code_for(&page.text())?;
    let answer = server.ask(Request::post("accounts/confirm_totp", &[("code", &code)], Some(cookie))).await?;
    answer.demand(200, "the app's code")?.cookie().ok_or_else(|| Failure::new("the second factor gave no cookie"))
}

pub async fn register(server: &Server, name: &str) -> Outcome<Writer> {
    let email = format!("{name}@mail.example");
    let fields = [("username", name), ("email", &email), ("password", PASSWORD)];
    let answer = server.ask(Request::post("accounts/register", &fields, None)).await?.demand(200, "a registration")?;
    let cookie = answer.cookie().ok_or_else(|| Failure::new("registering gave no cookie"))?;
    Ok(Writer { name: name.to_owned(), cookie })
}

pub async fn start(server: &Server, author: &Writer, title: &str) -> Outcome<u64> {
    let fields = [("title", title), ("opening", &*text(7))];
    let answer =
        server.ask(Request::post("discussions/start", &fields, Some(&author.cookie))).await?.demand(200, "a discussion")?;
    number_after(&answer.text(), "/d/").ok_or_else(|| Failure::new("a discussion has no address"))
}

fn number_after(text: &str, mark: &str) -> Option<u64> {
    let (_, rest) = text.split_once(mark)?;
    rest.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

/// A comment as long as most are, in Markdown as most are written: one in four has more than words.
pub fn text(number: usize) -> String {
    let words = "The gutter on the north side holds for a day and then runs over into the bed of the beans, which they like \
                 less than one would think. We put a second barrel under it and a hose from the one to the other.";
    match number % 4 {
        0 => format!("{words}\n\n- barrel {number}\n- **one** hose\n- [a drawing](https://garden.example.org/{number})\n"),
        1 => format!("> Who turns the tap?\n\nI did, {number} times. {words}"),
        _ => format!("{words} That makes {number} litres."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_what_was_made_stands_in_the_answer() {
        assert_eq!(number_after(r#"{"path":"/d/42","notice":"x"}"#, "/d/"), Some(42));
        assert_eq!(number_after(r#"{"path":"/sign-in"}"#, "/d/"), None);
    }
}
