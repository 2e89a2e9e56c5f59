//! Sessions: appointed times to talk, from planning to the confirmed record.

mod attending;
mod follow;
pub mod routes;
mod safeguards;
mod setting;
mod steps;
pub mod store;
mod talking;
pub mod view;
