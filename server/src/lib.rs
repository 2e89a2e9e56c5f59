//! The mediation service: the only crate with I/O.

pub mod accounts;
pub mod app;
pub mod appointments;
pub mod audit;
pub mod clock;
pub mod config;
pub mod db;
pub mod disputes;
pub mod embedded;
pub mod error;
pub mod evidence;
pub mod http;
pub mod invitations;
pub mod jobs;
pub mod notices;
pub mod notify;
pub mod rooms;
pub mod router;
pub mod start;
pub mod telemetry;
