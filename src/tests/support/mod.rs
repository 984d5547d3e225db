//! What every test stands on: a [`World`] (the program on a fresh database, with a clock that stands
//! still) and [`Browser`]s that send what real ones send.

mod answer;
mod authenticator;
mod browser;
mod content;
mod database;
mod world;

pub use answer::Answer;
pub use authenticator::Authenticator;
pub use browser::{Browser, encoded};
pub use database::TestDatabase;
pub use world::{PASSWORD, World};
