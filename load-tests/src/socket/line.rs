//! The end of a socket that its person holds.

use crate::client::Answer;
use protocol::RoomId;
use protocol::room::{Said, Say};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
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

/// Orders wait in it while the socket is away.
pub struct Line(mpsc::Sender<Order>);

impl Line {
    pub fn new() -> (Self, mpsc::Receiver<Order>) {
        let (orders, receiver) = mpsc::channel(64);
        (Self(orders), receiver)
    }

    pub async fn hear(&self, room: RoomId, known: Option<i64>) {
        // A socket that has ended hears nothing more, and its own history says so.
        let _ = self.0.send(Order::Hear(room, known)).await;
    }

    pub async fn pry(&self, room: RoomId) {
        // Who has ended does not get in either.
        let _ = self.0.send(Order::Pry(room)).await;
    }

    pub async fn say(&self, room: RoomId, say: Say) -> Answer<Said> {
        let (answer, answered) = oneshot::channel();
        if self.0.send(Order::Say(room, say, answer)).await.is_err() {
            return Answer::Unknown;
        }
        let answer = timeout(ANSWER_WITHIN, answered).await;
        answer.ok().and_then(Result::ok).unwrap_or(Answer::Unknown)
    }
}
