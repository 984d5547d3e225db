//! Who people are: names, roles and standing; registering, signing in and out.
//!
//! Knows no other slice. What the server does with accounts is in `server/accounts`.

pub mod api;
pub mod island;
pub mod model;
pub mod view;
