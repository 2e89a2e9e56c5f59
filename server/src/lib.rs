//! The mediation service: the only crate with I/O.

pub mod accounts;
pub mod agreements;
pub mod app;
pub mod appointments;
pub mod clock;
pub mod config;
pub mod db;
pub mod directory;
pub mod disputes;
pub mod embedded;
pub mod error;
pub mod follow_ups;
pub mod guard;
pub mod http;
pub mod invitations;
pub mod jobs;
pub mod live;
pub mod notices;
pub mod notify;
pub mod obligations;
pub mod rooms;
pub mod router;
pub mod sessions;
pub mod start;
pub mod telemetry;
