//! Letters that the site sends by mail: what an admin sees of them.

pub mod api;
pub mod model;
