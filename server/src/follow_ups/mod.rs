//! After the agreement: visits, the risk level that spaces them, and closing.

pub mod closing;
pub mod plan;
pub mod risk;
pub mod routes;
pub mod store;
pub mod visits;
