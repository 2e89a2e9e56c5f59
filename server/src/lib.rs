//! The mediation service: the only crate with I/O.

pub mod accounts;
pub mod agreements;
pub mod app;
pub mod appointments;
pub mod clock;
pub mod config;
pub mod db;
pub mod disputes;
pub mod embedded;
pub mod error;
pub mod follow_ups;
pub mod http;
pub mod invitations;
pub mod jobs;
pub mod notices;
pub mod notify;
pub mod obligations;
pub mod rooms;
pub mod router;
pub mod start;
pub mod telemetry;
