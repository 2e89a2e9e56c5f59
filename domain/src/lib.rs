//! What is allowed and what follows: pure rules, no I/O, no clock, no randomness.

pub mod calendar;
pub mod dispute;
pub mod rules;
