//! Who has come and gone is told a moment later, all of it together: of a thousand who lose the line and come back, each
//! would otherwise be told of each other in a write of its own, and twice.

use crate::app::App;
use crate::live::held;
use protocol::RoomId;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::sleep;

/// Nobody notices so short a wait.
const TOGETHER: Duration = Duration::from_millis(100);

/// Rooms in which those who listen have something to be told.
#[derive(Default)]
pub struct Turns {
    rooms: Mutex<Vec<RoomId>>,
    some: Notify,
}

impl Turns {
    pub fn add(&self, room: RoomId) {
        held(&self.rooms).push(room);
        self.some.notify_one();
    }
}

pub async fn run(app: &App) {
    app.stop.run_until_cancelled(tell(app)).await;
}

async fn tell(app: &App) {
    let turns = &app.live.presence.turns;
    loop {
        turns.some.notified().await;
        sleep(TOGETHER).await;
        for room in std::mem::take(&mut *held(&turns.rooms)) {
            if let Some(room) = app.live.room(room) {
                room.tell_turns();
            }
        }
    }
}
