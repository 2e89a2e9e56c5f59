//! The tests of one server, on two whose Redis is stopped in the middle.

use crate::app::TestApp;
use crate::redis::Redis;

/// When one socket is there and the next comes, or else when people have begun to talk.
async fn start() -> TestApp {
    TestApp::start_two(Redis::start().between(Some((1, 30))), |_| {}).await
}

#[path = "bad_frames.rs"]
mod bad_frames;
#[path = "live.rs"]
mod live;
#[path = "live_logins.rs"]
mod live_logins;
#[path = "rooms.rs"]
mod rooms;
