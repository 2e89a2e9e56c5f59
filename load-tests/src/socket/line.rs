//! The end of a socket that its person holds.

use crate::client::Answer;
use protocol::RoomId;
use protocol::room::{Said, Say};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

/// As long as over HTTP.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

pub enum Order {
    /// From the entry after this one on.
    Hear(RoomId, Option<i64>),
    /// Ask to listen to a room that is not one's own.
    Pry(RoomId),
    /// The sender is dropped when the connection breaks before there is an answer.
    Say(RoomId, Say, oneshot::Sender<Answer<Said>>),
}

pub struct Line {
    /// They wait in it while the socket is away.
    orders: mpsc::Sender<Order>,
    stalled: watch::Receiver<bool>,
}

impl Line {
    pub fn new(stalled: watch::Receiver<bool>) -> (Self, mpsc::Receiver<Order>) {
        let (orders, receiver) = mpsc::channel(64);
        (Self { orders, stalled }, receiver)
    }

    /// Whether its owner has stopped reading, and says nothing this way either.
    pub fn is_stalled(&self) -> bool {
        *self.stalled.borrow()
    }

    pub async fn hear(&self, room: RoomId, known: Option<i64>) {
        // A socket that has ended hears nothing more, and its own history says so.
        let _ = self.orders.send(Order::Hear(room, known)).await;
    }

    pub async fn pry(&self, room: RoomId) {
        // Who has ended does not get in either.
        let _ = self.orders.send(Order::Pry(room)).await;
    }

    pub async fn say(&self, room: RoomId, say: Say) -> Answer<Said> {
        let (answer, answered) = oneshot::channel();
        if self.orders.send(Order::Say(room, say, answer)).await.is_err() {
            return Answer::Unknown;
        }
        let mut stalled = self.stalled.clone();
        let answer = tokio::select! {
            answer = timeout(ANSWER_WITHIN, answered) => answer.ok().and_then(Result::ok),
            _ = stalled.wait_for(|stalled| *stalled) => None,
        };
        answer.unwrap_or(Answer::Unknown)
    }
}
