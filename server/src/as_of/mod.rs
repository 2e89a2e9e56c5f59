//! "What could I see then?": one's own view of a dispute at an earlier moment, made anew from its log and its events.
//!
//! It answers for who asks and for nobody else. What may be seen is decided where everything else asks too: `room_log`
//! for entries, memberships for rooms, `sessions::view` for sessions.

pub mod routes;
mod store;
mod view;
