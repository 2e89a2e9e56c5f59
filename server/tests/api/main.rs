//! The whole service through its public doors: real PostgreSQL, real sockets, people as handles.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test's helpers fail by panicking, and make ids and tasks of their own"
)]

mod access;
mod accounts;
mod agreed;
mod agreements;
mod app;
mod audit;
mod clocks;
mod configuration;
mod contract;
mod demo;
mod directory;
mod disputes;
mod docs;
mod evidence;
mod follow_ups;
mod health;
mod invitations;
mod jobs;
mod known;
mod limits;
mod live;
mod live_bounds;
mod locks;
mod log;
mod mediation;
mod meeting;
mod notices;
mod obligations;
#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../support/redis.rs"]
mod redis;
mod refresh;
mod rooms;
mod s3;
mod sessions;
mod socket;
mod staff;
mod steps;
mod stories;
mod texts;
mod tidy;
mod timing;
