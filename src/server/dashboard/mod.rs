//! The dashboard's pages. They show what the acts of the slices yield, and have no acts of their own.
//! Filters are GET forms, so that every view of a list has an address; what cannot be read in an
//! address is ignored.

pub mod audit;
pub mod comments;
pub mod discussions;
pub mod joining;
pub mod letters;
pub mod overview;
pub mod reports;
pub mod settings;
pub mod users;

mod activity;
mod entries;
mod excerpt;
mod frame;
mod query;
