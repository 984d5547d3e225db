//! Locutory: a discussion server for communities that must not be the next breach in the news.
//!
//! The crate is compiled twice: once for the server (feature `ssr`) and once for the browser
//! (feature `hydrate`). The two gates below are the only ones (beside that of the tests); everything that
//! must never reach a browser lives under [`server`], so a file's path answers "can this be
//! downloaded?".

#![forbid(unsafe_code)]

pub mod accounts;
pub mod audit;
pub mod comments;
pub mod discussions;
pub mod error;
pub mod landing;
pub mod letters;
pub mod moment;
pub mod policy;
pub mod site;
pub mod ui;
pub mod valid;
pub mod words;

#[cfg(feature = "ssr")]
pub mod server;

#[cfg(test)]
#[cfg(feature = "ssr")]
mod tests;

#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
