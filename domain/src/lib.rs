//! What is allowed and what follows: pure rules, no I/O, no clock, no randomness.

pub mod agreement;
pub mod calendar;
pub mod conflict;
pub mod consent;
pub mod contact;
pub mod digest;
pub mod dispute;
pub mod evidence;
pub mod follow_up;
pub mod media;
pub mod money;
pub mod notice;
pub mod obligation;
pub mod risk;
pub mod room;
pub mod rules;
pub mod session;
pub mod triage;
