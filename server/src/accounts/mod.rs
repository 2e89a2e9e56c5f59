//! Accounts, the ways to sign in, and the devices signed in.

pub mod codes;
pub mod guards;
pub mod logins;
pub mod me;
pub mod people;
pub mod refresh;
pub mod residents;
pub mod routes;
pub mod secrets;
pub mod tidy;
pub mod tokens;
