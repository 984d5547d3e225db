//! Everything that runs only on the server.

pub mod assets;
pub mod entity;
