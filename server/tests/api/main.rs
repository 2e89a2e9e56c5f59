//! The whole service through its public doors: real PostgreSQL, real sockets, people as handles.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test's helpers fail by panicking, and make ids and tasks of their own"
)]

mod access;
mod accounts;
mod app;
mod audit;
mod clocks;
mod disputes;
mod docs;
mod evidence;
mod health;
mod jobs;
mod locks;
mod mediation;
mod notices;
#[path = "../support/postgres.rs"]
mod postgres;
mod refresh;
mod rooms;
mod s3;
mod staff;
mod steps;
mod texts;
