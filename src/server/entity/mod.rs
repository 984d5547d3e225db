//! The tables as SeaORM sees them, one file a table. Only stores and the database module name these
//! types; everybody else meets model types. A test holds them together with the migrated schema.

pub mod audit_entry;
pub mod comment;
pub mod discussion;
pub mod link;
pub mod session;
pub mod setting;
pub mod throttle;
pub mod user;
