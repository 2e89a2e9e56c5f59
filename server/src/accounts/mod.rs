//! Accounts, the ways to sign in, and the devices signed in.

pub mod tokens;
