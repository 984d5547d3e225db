//! Everything that runs only on the server, in the order in which a start reads it: configuration,
//! database, the router with its layers, listeners and TLS. The slices have the names they have
//! outside; `page.rs` in each holds its pages, `store.rs` its queries.

pub mod command;
pub mod config;
pub mod listen;
pub mod log;
pub mod sandbox;
pub mod start_error;
pub mod tls;

pub mod app;
pub mod cap;
pub mod clock;
pub mod database;
pub mod entity;
pub mod error;
pub mod events;
pub mod forwarded;
pub mod keepsake;
pub mod password;
pub mod peer;
pub mod refusals;
pub mod seal;
pub mod session;
pub mod visit;

pub mod assets;
pub mod health;
pub mod layers;
pub mod metrics;
pub mod resealing;
pub mod returned;
pub mod router;
pub mod security_txt;
pub mod shell;
pub mod web;

pub mod accounts;
pub mod agent;
pub mod audit;
pub mod comments;
pub mod count;
pub mod dashboard;
pub mod demo;
pub mod discussions;
pub mod housekeeping;
pub mod letters;
pub mod once;
pub mod operator;
pub mod own_data;
pub mod prose;
pub mod rate;
pub mod search;
pub mod sent;
pub mod site;

pub use app::App;
pub use visit::call;
