//! Accounts, the ways to sign in, and the devices signed in.

pub mod alarm;
pub mod codes;
pub mod enrolment;
pub mod guards;
pub mod logins;
pub mod me;
pub mod passwords;
pub mod people;
pub mod refresh;
pub mod residents;
pub mod routes;
pub mod second_factor;
pub mod secrets;
pub mod staff;
pub mod staff_login;
pub mod staff_routes;
pub mod throttle;
pub mod tidy;
pub mod tokens;
pub mod vault;
