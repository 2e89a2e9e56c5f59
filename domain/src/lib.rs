//! What is allowed and what follows: pure rules, no I/O, no clock, no randomness.

pub mod agreement;
pub mod calendar;
pub mod conflict;
pub mod digest;
pub mod dispute;
pub mod money;
pub mod risk;
pub mod room;
pub mod rules;
pub mod triage;
