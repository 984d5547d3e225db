//! What every test stands on: a [`World`] (the program on a fresh database, with a clock that stands
//! still) and [`Browser`]s that send what real ones send.

mod answer;
mod authenticator;
mod browser;
mod content;
mod database;
mod letters;
pub mod mail_server;
mod passkey;
pub mod postgres_server;
mod world;

pub use answer::Answer;
pub use authenticator::Authenticator;
pub use browser::{Browser, Diary, encoded};
pub use database::TestDatabase;
pub use letters::Received;
pub use passkey::{SoftPasskey, wish};
pub use world::{PASSWORD, World};

/// Does several things at the same moment and returns what came of each, in their order.
pub async fn together<T, Doing>(doings: impl IntoIterator<Item = Doing>) -> Vec<T>
where
    T: Send + 'static,
    Doing: Future<Output = T> + Send + 'static,
{
    let begun: Vec<_> = doings.into_iter().map(tokio::spawn).collect();
    let mut results = Vec::new();
    for one in begun {
        results.push(one.await.unwrap());
    }
    results
}
