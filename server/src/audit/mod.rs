//! The audit trail: who did what to what, in the same transaction as the deed.

pub mod note;
pub mod routes;

pub use note::{note, note_system};
