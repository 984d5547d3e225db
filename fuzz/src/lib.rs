//! What is tried with made-up input, one module a kind of input. Each has `examine`, which takes any bytes at all and
//! panics when a promise does not hold; the engine (`targets/`) makes bytes up, guided by the code they reach, and the
//! tests give it every file under `seeds/`.
//!
//! A finding becomes a file under `seeds/` and, where it says more, a test beside the code that it was found in.

#![forbid(unsafe_code)]

pub mod configuration;
pub mod cookie;
pub mod forms;
pub mod forwarded;
pub mod markdown;
mod site;

pub use site::Asked;
