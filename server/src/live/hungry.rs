//! Sockets that wait for the states of their disputes, and how many there are who read them.

use crate::live::held;
use crate::live::open::Live;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

/// States read from the database at the same time.
const FEEDERS: usize = 4;

#[derive(Default)]
pub struct Hungry(Mutex<State>);

#[derive(Default)]
struct State {
    queue: VecDeque<Arc<Live>>,
    feeders: usize,
}

impl Hungry {
    pub fn add(&self, live: Arc<Live>) {
        held(&self.0).queue.push_back(live);
    }

    /// Leave for one more to feed them.
    pub fn opens(&self) -> bool {
        let mut state = held(&self.0);
        let opens = !state.queue.is_empty() && state.feeders < FEEDERS;
        state.feeders += usize::from(opens);
        opens
    }

    pub fn closes(&self) {
        held(&self.0).feeders -= 1;
    }

    /// Nobody waits and nothing is being read.
    pub fn is_idle(&self) -> bool {
        let state = held(&self.0);
        state.queue.is_empty() && state.feeders == 0
    }

    /// None ends the one who asks, in the same moment: whoever is added from then on opens another.
    pub fn next(&self) -> Option<Arc<Live>> {
        let mut state = held(&self.0);
        let next = state.queue.pop_front();
        state.feeders -= usize::from(next.is_none());
        if state.queue.is_empty() {
            // What thousands took who came at once is not kept.
            state.queue = VecDeque::new();
        }
        next
    }
}
