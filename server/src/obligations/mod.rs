//! What was promised: reported, confirmed or contested, late or never, and what the dispute makes of it.

pub mod clock;
pub mod routes;
pub mod service;
pub mod store;
pub mod view;

pub use clock::{due, expire, reminder_is_due};
