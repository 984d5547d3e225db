//! Everything that runs only on the server.

pub mod entity;
