//! Saying something: the one way an entry of a person gets into a room, by REST and by socket.

use crate::app::App;
use crate::db::Hint;
use crate::error::{ApiError, Refused};
use crate::live::Asker;
use crate::rooms::store::{self, Entry, Outcome};
use protocol::room::{EntryBody, ReadMark, Said, Say};
use protocol::{AccountId, ErrorCode, PersonId, RoomId};
use tokio::sync::oneshot;

/// What an entry's sender is told.
pub fn answer(entry: &Entry, outcome: Outcome) -> Result<Said, ApiError> {
    match outcome {
        Outcome::Stored { seq, at, .. } => {
            Ok(Said { client_msg_id: entry.client_msg_id.clone(), room: entry.room, seq, at })
        }
        Outcome::Reused => Err(Refused::new(
            ErrorCode::MessageIdReused,
            "this client_msg_id was used for another message; send it with a new one",
        )
        .field("client_msg_id", "stands for another message")
        .into()),
        Outcome::Unseen => Err(ApiError::invalid(
            "body.evidence",
            "hand it in to this dispute first; where others are in the room, show it to all",
        )),
        Outcome::Closed => Err(ApiError::new(
            ErrorCode::WrongStatus,
            "this room takes no messages now; what was said can still be read",
        )),
        Outcome::Left => Err(ApiError::not_permitted()),
        Outcome::Foreign => Err(ApiError::not_found()),
        Outcome::Busy => Err(ApiError::unavailable()),
    }
}

/// What somebody wants to say, ready to be stored.
pub fn entry(person: PersonId, room: RoomId, say: Say) -> Result<Entry, ApiError> {
    match say.body {
        EntryBody::System { .. } => {
            Err(ApiError::invalid("body.kind", "only the service writes this kind of entry"))
        }
        _ => Entry::new(person, room, say),
    }
}

impl App {
    /// Goes on even if whoever asked is gone. The answer means: on disk.
    ///
    /// What one caller says in one room is stored in the order of the calls, not of the answers.
    pub fn say(
        &self,
        person: PersonId,
        room: RoomId,
        say: Say,
    ) -> impl Future<Output = Result<Said, ApiError>> + Send + use<> {
        let (answer, answered) = oneshot::channel();
        let queued =
            entry(person, room, say).and_then(|entry| self.append(entry, Asker::Request(answer)));
        async move {
            queued?;
            answered.await.unwrap_or_else(|_| Err(ApiError::unavailable()))
        }
    }

    /// Notes how far somebody has read, and tells the other members.
    pub async fn mark_read(
        &self,
        account: AccountId,
        room: RoomId,
        seq: i64,
    ) -> Result<ReadMark, ApiError> {
        let app = self.clone();
        self.detached(async move {
            let mut tx = app.begin().await?;
            let marked = store::mark_read(&mut tx, account, room, seq).await?;
            let (person, seq) = marked.ok_or_else(ApiError::not_found)?;
            tx.hint(Hint::Read { room, person, seq });
            app.tell(tx.commit().await?);
            Ok(ReadMark { room, seq })
        })
        .await
    }
}
