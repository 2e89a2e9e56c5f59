//! The directory: places with jurisdiction, organisations, and those who work for them.

pub mod admin;
pub mod admin_routes;
pub mod kin;
pub mod people;
pub mod places;
pub mod routes;
