//! Filing disputes and leading them through their life.

pub mod file;
pub mod lifecycle;
pub mod list;
pub mod people;
pub mod routes;
pub mod steps;
pub mod store;
pub mod timeline;
pub mod triage;
pub mod view;
