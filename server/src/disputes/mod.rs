//! Filing disputes and leading them through their life.

pub mod file;
pub mod lifecycle;
pub mod list;
pub mod routes;
pub mod store;
pub mod view;
