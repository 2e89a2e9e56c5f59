//! The whole service through its public doors: real PostgreSQL, real sockets, people as handles.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test's helpers fail by panicking, and make ids and tasks of their own"
)]
#![expect(
    clippy::duplicate_mod,
    reason = "the tests of one server run again on two, as they stand"
)]

mod access;
mod accounts;
mod agreed;
mod agreements;
mod app;
mod as_of;
mod as_of_story;
mod audio;
mod audit;
mod bad_frames;
mod bus;
mod bus_outages;
mod clocks;
mod configuration;
mod contract;
#[path = "../support/coturn.rs"]
mod coturn;
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
mod lists;
mod live;
mod live_bounds;
mod live_document;
mod live_logins;
mod locks;
mod log;
mod media;
mod media_audio;
mod media_signals;
mod mediation;
mod meeting;
#[path = "../support/network.rs"]
mod network;
mod next;
mod notices;
mod obligations;
mod pages;
#[path = "../support/postgres.rs"]
mod postgres;
mod raw;
#[path = "../support/redis.rs"]
mod redis;
mod refresh;
mod rooms;
mod s3;
mod servers;
mod sessions;
mod socket;
mod staff;
mod steps;
mod stories;
mod texts;
mod tidy;
mod timing;
mod turn;
mod two_servers;
mod two_servers_without_redis;
mod udp_blocked;
mod web;

/// What the tests of the live socket run on; those modules that run them again have another.
async fn start() -> app::TestApp {
    app::TestApp::start().await
}
