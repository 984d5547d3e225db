//! Slows down who guesses, and who uses what is expensive too often.
//!
//! Two things are counted. **Tries at a secret** ([`Attempt`]): by the name or the address that was
//! typed, by the browser of the owner, by the person whose proof was asked for, and by the network. The
//! first are free; after them the wait doubles with each failure, up to an hour. A tally decays by itself;
//! a hundred failures in a row, however far apart, stop a key until its owner has a new password by a
//! link. Unknown names are counted like known ones, so that neither a wait nor a stop tells anything. A
//! success forgives the failures of its own key, never the network's. **Uses** ([`admit`]): so many of a
//! [`Kind`] within a time, for a person, a network, a text or the whole site.
//!
//! Every tally is a row, so it survives a restart and is shared by all programs on one database. Asking
//! and counting is one statement: however many requests come at the same moment, no more pass than the
//! rule says. A row's key is an HMAC under a secret that lies outside the database ([`Secret`]): whoever
//! steals the database cannot try out which addresses and names were counted.

mod attempt;
mod key;
mod kind;
mod pressure;
mod rule;
mod store;

pub use attempt::{Attempt, attempt, forgive, forgive_second_factor};
pub use key::{Key, Secret, Series, network_of};
pub use kind::{Kind, Subject, admit, admit_search, admit_within, give_back};
pub use pressure::{Pressure, count as count_pressure, is_on as is_under_pressure};
pub use store::{ThrottleError, forget_old};
