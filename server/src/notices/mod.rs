//! Telling people what concerns them: a list in the app, and a neutral text message where it matters.

pub mod list;
pub mod routes;
pub mod tell;
