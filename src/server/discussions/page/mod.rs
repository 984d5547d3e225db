//! The pages of this slice: each handler loads all it shows, then renders once. The page of one
//! discussion stands with the comments, which are most of it.

mod drafting;
mod list;
mod opening;

pub use drafting::{edit, start};
pub use list::list;
pub(in crate::server) use opening::Opening;
