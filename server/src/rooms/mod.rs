//! Rooms of a dispute: who is in them, what is said in them, and who may read it.

pub mod people;
pub mod routes;
pub mod say;
pub mod store;

pub use people::{open, sync_members};
