//! One turn of load: closed or open loop, then quiet until everything under way has arrived.

use super::{Stage, Swarm, Tally, frame};
use crate::cpu::of_this_thread;
use std::io::Write;
use std::mem;
use std::ops::Range;
use std::time::{Duration, Instant};

/// What was sent may still arrive until nothing has come for so long.
const QUIET: Duration = Duration::from_secs(5);
/// At most.
const DRAIN: Duration = Duration::from_secs(60);
/// Said in every message, so that frames are as long as people make them.
pub const WORDS: &str = "晚上十点以后我们不再拖家具。";

/// Who sends when.
#[derive(Clone, Copy, Debug)]
pub enum Load {
    /// Each sender keeps so many messages outstanding.
    Closed { window: u32 },
    /// So many messages a second in all, sent when they are due whatever has come back.
    Open { rate: f64 },
    /// Each sender says so many, one after the other, and is done.
    Each { messages: u32 },
}

impl Load {
    /// Messages a second, where that does not depend on the server.
    pub fn offered(self) -> Option<f64> {
        match self {
            Self::Open { rate } => Some(rate),
            Self::Closed { .. } | Self::Each { .. } => None,
        }
    }

    /// How many each sender begins with.
    fn window(self) -> u32 {
        match self {
            Self::Closed { window } => window,
            Self::Open { .. } => 0,
            Self::Each { messages } => messages.min(1),
        }
    }
}

impl Swarm {
    /// Those at these places of each room send for so long; what is under way then may still arrive.
    pub fn drive(
        &mut self,
        load: Load,
        places: Range<usize>,
        time: Duration,
    ) -> anyhow::Result<Tally> {
        self.begin()?;
        let (cpu, began) = (of_this_thread(), Instant::now());
        let who: Vec<usize> = self.senders(places).collect();
        for number in &who {
            for _ in 0..load.window() {
                self.say(*number, self.now())?;
            }
        }
        let start = self.now();
        let (mut due, mut next) = (0_u32, 0_usize);
        while began.elapsed() < time {
            let mut left = time.saturating_sub(began.elapsed());
            if let Load::Open { rate } = load {
                let at = |due: u32| Duration::from_secs_f64(f64::from(due) / rate);
                while at(due) <= began.elapsed() && at(due) < time && !who.is_empty() {
                    let when = start + u64::try_from(at(due).as_nanos())?;
                    self.say(who[next], when)?;
                    (due, next) = (due + 1, (next + 1) % who.len());
                }
                left = left.min(at(due).saturating_sub(began.elapsed()));
            }
            self.wait(left)?;
            if !self.go_on(load)? {
                break;
            }
        }
        self.tally.time = began.elapsed();
        self.tally.acked_in_time = self.tally.acked;
        self.drain()?;
        self.tally.client_cpu = of_this_thread().saturating_sub(cpu);
        self.tally.whole = began.elapsed();
        self.finish()
    }

    fn begin(&mut self) -> anyhow::Result<()> {
        self.turn += 1;
        self.tally = Tally::new()?;
        (self.outstanding, self.owed) = (0, 0);
        self.answered.clear();
        self.rooms.iter_mut().for_each(super::Room::begin);
        for socket in &mut self.sockets {
            (socket.outstanding, socket.said, socket.ear.heard) = (0, 0, 0);
        }
        Ok(())
    }

    /// Those who are present: one of every room, then the second of every room.
    fn senders(&self, places: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let members = self.crowd.members;
        (places.start..places.end.min(members))
            .flat_map(move |place| (0..self.rooms.len()).map(move |room| room * members + place))
            .filter(|number| self.sockets[*number].stage == Stage::Ready)
    }

    /// Whoever has an answer says the next; false when nobody will say anything any more.
    fn go_on(&mut self, load: Load) -> anyhow::Result<bool> {
        let mut answered = mem::take(&mut self.answered);
        for number in answered.drain(..) {
            let more = match load {
                Load::Closed { .. } => true,
                Load::Open { .. } => false,
                Load::Each { messages } => self.sockets[number].said < messages,
            };
            if more {
                self.say(number, self.now())?;
            }
        }
        self.answered = answered;
        Ok(!matches!(load, Load::Each { .. }) || self.outstanding > 0)
    }

    fn say(&mut self, number: usize, at: u64) -> anyhow::Result<()> {
        if self.sockets[number].stage != Stage::Ready {
            self.tally.unanswered += 1;
            return Ok(());
        }
        let room = self.room_of(number);
        let (turn, message) = (self.turn, self.rooms[room].say(at));
        let mut frame = mem::take(&mut self.saying);
        frame.clear();
        write!(
            frame,
            r#"{{"type":"say","room":"{}","client_msg_id":"{turn}-{message}","body":{{"kind":"text","text":"{turn}-{message} {WORDS}"}}}}"#,
            self.rooms[room].name,
        )?;
        self.send(number, frame::TEXT, &frame)?;
        self.saying = frame;
        let socket = &mut self.sockets[number];
        socket.outstanding += 1;
        socket.said += 1;
        self.outstanding += 1;
        Ok(())
    }

    /// Nobody says anything; pings are answered.
    pub fn rest(&mut self, time: Duration) -> anyhow::Result<()> {
        let began = Instant::now();
        while began.elapsed() < time {
            self.wait(time.saturating_sub(began.elapsed()))?;
        }
        Ok(())
    }

    fn drain(&mut self) -> anyhow::Result<()> {
        let began = Instant::now();
        let (mut came, mut at) = (self.came(), began);
        while !self.is_all_there() && began.elapsed() < DRAIN {
            let left = QUIET.saturating_sub(at.elapsed());
            if left.is_zero() {
                break;
            }
            self.wait(left)?;
            if self.came() != came {
                (came, at) = (self.came(), Instant::now());
            }
        }
        Ok(())
    }

    /// Counted first, as that is cheap; with sockets cut off in the middle the count alone is not exact.
    fn is_all_there(&self) -> bool {
        self.outstanding == 0 && self.owed <= 0 && self.missing() == 0
    }

    fn came(&self) -> u64 {
        self.tally.acked + self.tally.refused + self.tally.delivered
    }

    /// What was counted since the turn began, or since this was last asked.
    pub fn finish(&mut self) -> anyhow::Result<Tally> {
        self.tally.unanswered += self.outstanding;
        self.tally.violations.missing = self.missing();
        Ok(mem::replace(&mut self.tally, Tally::new()?))
    }

    /// Acknowledged messages that somebody present has not got.
    fn missing(&self) -> u64 {
        let present = self.sockets.iter().enumerate().filter(|(_, s)| s.stage == Stage::Ready);
        present.map(|(n, s)| self.rooms[self.room_of(n)].acked.saturating_sub(s.ear.heard)).sum()
    }
}
