//! The site as a whole: its name, its rules, its look.

pub mod model;
