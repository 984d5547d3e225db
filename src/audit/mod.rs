//! What was done, by whom, on whom, when, from where and why.

pub mod model;
