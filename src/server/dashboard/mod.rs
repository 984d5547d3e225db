//! The dashboard's pages. They show what the acts of the slices yield, and have no acts of their own.

pub mod audit;
pub mod comments;
pub mod discussions;
pub mod overview;
pub mod settings;
pub mod users;
