//! Sound and picture of sessions: who is in which media room, what they tell each other, and what is recorded.
//!
//! The rules are `domain::media`; the database is the authority, for every server alike.

pub mod audio;
mod follow;
pub mod frame;
mod ice;
mod recording;
mod revoked;
pub mod routes;
mod service;
mod signals;
mod store;
pub mod tidy;
mod view;
mod watch;

pub use follow::settle;
pub use ice::Ice;
pub use signals::BYTES as SIGNAL_BYTES;
pub use watch::run;
