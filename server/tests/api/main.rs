//! The whole service through its public doors: real PostgreSQL, real sockets, people as handles.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test's helpers fail by panicking, and make ids and tasks of their own"
)]

mod app;
mod disputes;
mod docs;
mod locks;
mod mediation;
#[path = "../support/postgres.rs"]
mod postgres;
mod rooms;
