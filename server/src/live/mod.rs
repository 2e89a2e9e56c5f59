//! The live socket: one connection a device, fed from the database, told by hints when to read.
//!
//! A frame of entries is always what the database lets the viewer read past a cursor; hints only say when. A lost
//! hint costs the time to the next look-round, never an entry.

pub mod bus;
mod connect;
mod feed;
mod frame;
mod handle;
mod hub;
mod limits;
mod log;
mod outbox;
mod pace;
mod presence;
mod signals;
mod socket;
mod watch;

pub use bus::Bus;
pub use connect::connect;
pub use hub::Hub;
pub use limits::Bounds;
pub use log::Log;
pub use signals::tidy as forget_signals;
pub use watch::run;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A panic elsewhere leaves what these locks protect usable: each change under them is one step.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
