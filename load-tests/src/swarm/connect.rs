//! Coming in and going away: hello with cursors, a bounded number on their way at any moment.

use super::{Stage, Swarm, frame};
use anyhow::{Context, ensure};
use std::time::{Duration, Instant};

/// Well before a token runs out.
const RENEW_AFTER: Duration = Duration::from_secs(240);

/// On their way in at once: fewer than a server has to admit that do not say who they are, and than the kernel lets wait
/// for a server that has not asked for more. Whoever finds no place there tries again only after a second.
pub const AT_ONCE: usize = 120;

impl Swarm {
    /// Until all of these have their backlog; tells how long that took.
    pub fn connect(
        &mut self,
        sockets: impl IntoIterator<Item = usize>,
        within: Duration,
    ) -> anyhow::Result<Duration> {
        let away = |number: &usize| self.sockets[*number].stage == Stage::Away;
        let waiting: Vec<usize> = sockets.into_iter().filter(away).collect();
        self.sign(&waiting)?;
        let mut waiting = waiting.into_iter();
        let began = Instant::now();
        loop {
            while self.opening < AT_ONCE
                && let Some(number) = waiting.next()
            {
                self.sockets[number].open(number, self.server, &self.poll)?;
                self.opening += 1;
            }
            if self.opening == 0 {
                break;
            }
            let left = within.saturating_sub(began.elapsed());
            ensure!(!left.is_zero(), "{} sockets do not come in", self.opening + waiting.len());
            self.wait(left)?;
            let trouble = self.tally.first_trouble.as_deref().unwrap_or_default();
            ensure!(self.tally.dropped == 0, "the server does not let them in: {trouble}");
        }
        Ok(began.elapsed())
    }

    /// Until everybody has also been told the dispute as a whole, which ours does when the entries are through and they
    /// have it not from before: it belongs to coming in, not to what is measured next.
    pub fn settle(&mut self, within: Duration) -> anyhow::Result<()> {
        let began = Instant::now();
        while self.contiguous
            && self.sockets.iter().any(|s| s.stage == Stage::Ready && s.state.is_none())
        {
            let left = within.saturating_sub(began.elapsed());
            ensure!(!left.is_zero(), "some are never told the state of their dispute");
            self.wait(left)?;
        }
        Ok(())
    }

    /// Everybody of these hangs up at once.
    pub fn hang_up(&mut self, sockets: impl IntoIterator<Item = usize>) {
        for number in sockets {
            self.leave(number);
        }
    }

    pub fn all(&self) -> std::ops::Range<usize> {
        0..self.sockets.len()
    }

    /// Everybody has a token before the first one comes: making them is no part of coming in.
    fn sign(&mut self, sockets: &[usize]) -> anyhow::Result<()> {
        for number in sockets {
            let token = &mut self.sockets[*number].token;
            if token.as_ref().is_none_or(|(since, _)| since.elapsed() > RENEW_AFTER) {
                let (account, login) = self.crowd.member(*number);
                *token = Some((Instant::now(), self.key.sign(account, login)?));
            }
        }
        Ok(())
    }

    pub(super) fn greet(&mut self, number: usize) -> anyhow::Result<()> {
        let (_, token) = self.sockets[number].token.as_ref().context("nobody has signed")?;
        let room = &self.rooms[self.room_of(number)].name;
        let cursor = self.sockets[number].ear.cursor;
        let state = self.sockets[number].state.as_ref();
        let states = state.map(|(dispute, version)| format!(r#""{dispute}":{version}"#));
        let states = states.unwrap_or_default();
        let hello = format!(
            r#"{{"type":"hello","token":"{token}","cursors":{{"{room}":{cursor}}},"states":{{{states}}}}}"#
        );
        self.sockets[number].stage = Stage::Greeting;
        self.send(number, frame::TEXT, hello.as_bytes())
    }

    pub(super) fn caught_up(&mut self, number: usize, head: i64) {
        let at = self.room_of(number);
        let socket = &mut self.sockets[number];
        if socket.stage != Stage::Greeting {
            return;
        }
        socket.stage = Stage::Ready;
        self.opening -= 1;
        self.rooms[at].present += 1;
        // The backlog was not all of it.
        if self.contiguous && head != socket.ear.cursor {
            self.tally.violations.gaps += 1;
        }
        socket.ear.cursor = socket.ear.cursor.max(head);
    }

    pub(super) fn dropped(&mut self, number: usize, why: &[u8]) {
        if self.sockets[number].stage != Stage::Away {
            self.tally.dropped += 1;
            self.tally.trouble(why);
            self.leave(number);
        }
    }

    fn leave(&mut self, number: usize) {
        let at = self.room_of(number);
        let socket = &mut self.sockets[number];
        match socket.stage {
            Stage::Away => return,
            Stage::Upgrading | Stage::Greeting => self.opening -= 1,
            Stage::Ready => self.rooms[at].present -= 1,
        }
        self.outstanding -= socket.outstanding;
        self.tally.unanswered += socket.outstanding;
        socket.close();
    }
}
