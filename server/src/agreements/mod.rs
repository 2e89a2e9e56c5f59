//! Agreements: drafted by the neutrals, put up, signed sealed from one another, in effect when the law says so.

pub mod effect;
pub mod ground;
pub mod paper;
pub mod routes;
pub mod service;
pub mod store;
pub mod view;
