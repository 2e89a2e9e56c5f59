//! Evidence: streamed in and out, never held in memory, shown to those whom it is for.

pub mod files;
pub mod list;
pub mod name;
pub mod receive;
pub mod routes;
pub mod send;
pub mod store;
pub mod tidy;
