//! Telling people what concerns them.

pub mod sms;
