//! What surrounds every request, one file each. `router.rs` puts them in order. Layers load and
//! refuse by form; who may do what is decided in the acts, never here.

pub mod admission;
pub mod answer;
pub mod client;
pub mod complexity;
pub mod compression;
pub mod cookie_keys;
pub mod cookies;
pub mod headers;
pub mod host;
pub mod keepsakes;
pub mod measure;
pub mod origin;
pub mod secret_paths;
pub mod trace;
pub mod trouble;
