//! The tests of one server, on two with a Redis between them: people hang on the one and the other in turn.

use crate::app::TestApp;
use crate::redis::Redis;

async fn start() -> TestApp {
    TestApp::start_two(Redis::start().between(None), |_| {}).await
}

#[path = "bad_frames.rs"]
mod bad_frames;
#[path = "live.rs"]
mod live;
#[path = "live_logins.rs"]
mod live_logins;
#[path = "rooms.rs"]
mod rooms;
