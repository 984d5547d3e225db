//! What is said in a discussion: comments, replies, their states and their order.
//!
//! Knows accounts and discussions through their models. What the server does is in
//! `server/comments`.

pub mod api;
pub mod island;
pub mod model;
pub mod view;
