//! What crosses the wire: ids, request and answer types, live frames and problems. No logic.

#[macro_use]
mod words;

pub mod account;
pub mod agreement;
pub mod appointment;
pub mod as_of;
pub mod audit;
pub mod digest;
pub mod directory;
pub mod dispute;
pub mod evidence;
pub mod follow_up;
pub mod ids;
pub mod invitation;
pub mod language;
pub mod lifecycle;
pub mod live;
pub mod media;
pub mod money;
pub mod notice;
pub mod obligation;
pub mod party;
pub mod problem;
pub mod risk;
pub mod room;
pub mod session;
pub mod staff;
pub mod text;
pub mod triage;

pub use digest::Digest;
pub use ids::*;
pub use money::Fen;
pub use problem::{ErrorCode, FieldError, Problem};
pub use text::{Phone, Text};
