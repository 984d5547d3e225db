//! The pages of this slice: each handler loads all it shows, then renders once. The page of one
//! discussion stands with the comments, which are most of it.

#![allow(clippy::missing_errors_doc, reason = "a handler's errors are pages, told in `shell/trouble.rs`")]

mod drafting;
mod list;
mod opening;

pub use drafting::{edit, start};
pub use list::list;
pub(in crate::server) use opening::Opening;
