//! Sound over a WebSocket of ours, for whom nothing else gets through: Opus packets of 20 ms, handed on unread to the
//! others in the same media room and epoch, on the one server that has the room.

mod connect;
mod ear;
mod hub;
mod limits;
mod place;
mod socket;
mod watch;

pub use connect::connect;
pub use hub::Hub;
pub use place::claim;
pub use watch::run;
