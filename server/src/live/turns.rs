//! Who has come and gone is told a moment later, all of it together: of a thousand who lose the line and come back, each
//! would otherwise be told of each other in a write of its own, and twice. What was said is told first.

use crate::app::App;
use crate::live::held;
use protocol::RoomId;
use std::sync::Mutex;
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::time::sleep;

/// Nobody notices so short a wait.
const TOGETHER: Duration = Duration::from_millis(100);
/// While so many more rooms have something to be told in that time, people come back in a crowd, and what each of them
/// has missed goes before who else is there.
const CROWD: usize = 100;
const AT_MOST: Duration = Duration::from_secs(1);

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

    async fn gathered(&self) -> Vec<RoomId> {
        let began = Instant::now();
        let mut before = 0;
        loop {
            sleep(TOGETHER).await;
            let mut rooms = held(&self.rooms);
            if !is_crowd(rooms.len().saturating_sub(before), began.elapsed()) {
                return std::mem::take(&mut *rooms);
            }
            before = rooms.len();
        }
    }
}

/// Whether those who wait to be told go on waiting: so many more came with the last tenth of a second.
fn is_crowd(more: usize, waited: Duration) -> bool {
    more >= CROWD && waited < AT_MOST
}

pub async fn run(app: &App) {
    app.stop.run_until_cancelled(tell(app)).await;
}

async fn tell(app: &App) {
    let turns = &app.live.presence.turns;
    loop {
        turns.some.notified().await;
        for room in turns.gathered().await {
            if let Some(room) = app.live.room(room) {
                room.tell_turns();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_are_told_at_once_and_a_crowd_within_a_second() {
        assert!(!is_crowd(CROWD - 1, TOGETHER));
        assert!(is_crowd(CROWD, TOGETHER));
        assert!(is_crowd(10 * CROWD, 9 * TOGETHER));
        assert!(!is_crowd(10 * CROWD, AT_MOST));
    }
}
