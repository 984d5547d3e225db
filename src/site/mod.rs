//! The site as a whole: its name, its rules, its look.

pub mod api;
pub mod model;
