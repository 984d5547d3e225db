//! The tables as SeaORM sees them, one file a table. Only stores and the database module name these
//! types; everybody else meets model types. A test holds them together with the migrated schema.

pub mod audit_entry;
pub mod ceremony;
pub mod comment;
pub mod discussion;
pub mod entry;
pub mod export;
pub mod identity;
pub mod invitation;
pub mod known_browser;
pub mod letter;
pub mod link;
pub mod passkey;
pub mod policy_report;
pub mod provider_flow;
pub mod recovery_code;
pub mod session;
pub mod setting;
pub mod solved_challenge;
pub mod throttle;
pub mod totp_secret;
pub mod user;
