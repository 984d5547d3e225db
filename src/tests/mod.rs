//! The house as a browser meets it: every test here speaks HTTP with the whole program, on a database
//! of its own, at a time that the test says. One file for each subject; `support` holds the world they
//! live in.

mod support;

mod access;
mod accounts;
mod addresses;
mod architecture;
mod challenge;
mod comments;
mod compression;
mod database_tls;
mod demo;
mod escaping;
mod events;
mod factors;
mod forms;
mod headers;
mod keys;
mod letters;
mod limits;
mod metrics;
mod overtaken;
mod own_data;
mod passwords;
mod providers;
mod queries;
mod reports;
mod requests;
mod resets;
mod robustness;
mod schema;
mod secrets;
mod service;
mod sessions;
mod throttling;
mod ways_in;
