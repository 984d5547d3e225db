//! What is talked about: a title, an opening text, and whether it still takes comments.
//!
//! Knows accounts through their model. What the server does is in `server/discussions`.

pub mod api;
pub mod island;
pub mod model;
pub mod view;
