//! Bringing the other side in: link, code, plain words, and an answer without an account.

pub mod consent;
pub mod routes;
pub mod send;
pub mod store;
mod wishes;
