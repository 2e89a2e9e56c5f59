//! From the library's callback to the task that hears: bounded, and it knows when something did not fit.

use crate::live::held;
use redis::{PushInfo, PushKind, Value};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;

/// Payloads that came and were not read yet. Beyond it they are dropped, and everything is looked at.
const UNREAD: usize = 1_024;

pub struct Inbox {
    unread: Mutex<Option<mpsc::Sender<Vec<u8>>>>,
    missed: AtomicBool,
}

impl Inbox {
    pub fn new() -> (Arc<Self>, mpsc::Receiver<Vec<u8>>) {
        let (unread, rest) = mpsc::channel(UNREAD);
        let (unread, missed) = (Mutex::new(Some(unread)), AtomicBool::new(false));
        (Arc::new(Self { unread, missed }), rest)
    }

    /// Called while the connection is being read: it may not wait.
    pub fn take(&self, push: PushInfo) {
        let mut unread = held(&self.unread);
        match (push.kind, push.data.into_iter().nth(1)) {
            (PushKind::SMessage, Some(Value::BulkString(payload))) => {
                let taken = unread.as_ref().is_some_and(|to| to.try_send(payload).is_ok());
                self.missed.fetch_or(!taken, Ordering::AcqRel);
            }
            // Not subscribed any more, for whatever reason: whoever reads comes to the end.
            (PushKind::Disconnection | PushKind::SUnsubscribe, _) => *unread = None,
            _ => {}
        }
    }

    /// Since it was last asked.
    pub fn has_missed(&self) -> bool {
        self.missed.swap(false, Ordering::AcqRel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(kind: PushKind) -> PushInfo {
        let data = ["ala:bus:0", "payload"].map(|text| Value::BulkString(text.into()));
        PushInfo { kind, data: data.to_vec() }
    }

    #[test]
    fn what_does_not_fit_is_known_to_be_missing() {
        let (inbox, mut rest) = Inbox::new();
        for _ in 0..UNREAD {
            inbox.take(push(PushKind::SMessage));
        }
        assert!(!inbox.has_missed());
        inbox.take(push(PushKind::SMessage));
        assert!(inbox.has_missed() && !inbox.has_missed());
        assert_eq!(rest.len(), UNREAD);
        rest.try_recv().unwrap();
        inbox.take(push(PushKind::SMessage));
        assert!(!inbox.has_missed());
    }

    #[test]
    fn whoever_reads_learns_of_the_end_however_full_it_is() {
        for end in [PushKind::Disconnection, PushKind::SUnsubscribe] {
            let (inbox, mut rest) = Inbox::new();
            inbox.take(push(PushKind::SSubscribe));
            for _ in 0..=UNREAD {
                inbox.take(push(PushKind::SMessage));
            }
            inbox.take(push(end));
            while rest.try_recv().is_ok() {}
            assert_eq!(rest.try_recv(), Err(mpsc::error::TryRecvError::Disconnected));
        }
    }
}
