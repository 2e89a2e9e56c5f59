//! The doors: what every request passes before and after its handler.

pub mod auth;
pub mod client;
pub mod cursor;
pub mod docs;
pub mod extract;
pub mod health;
pub mod idempotency;
pub mod limits;
pub mod metrics;
pub mod policy;
pub mod serve;
pub mod web;
pub mod write;

pub use auth::Actor;
pub use client::Client;
pub use extract::{Json, Path, Query};
pub use idempotency::{IdempotencyKey, RequiredKey};
pub use write::Written;
