//! Saying something: the one way an entry of a person gets into a room, by REST and by socket.

use crate::app::App;
use crate::db::{Hint, Tx};
use crate::error::{ApiError, Refused};
use crate::rooms::store::{self, Outcome};
use protocol::room::{EntryBody, ReadMark, Said, Say};
use protocol::{AccountId, ErrorCode, RoomId};

/// Stores it, or finds it stored. Whoever gets the answer may rely on it only after the commit.
pub async fn append(
    tx: &mut Tx,
    account: AccountId,
    room: RoomId,
    say: Say,
) -> Result<Said, ApiError> {
    if matches!(say.body, EntryBody::System { .. }) {
        return Err(ApiError::invalid("body.kind", "only the service writes this kind of entry"));
    }
    let now = tx.now;
    match store::append(tx, account, room, &say, now).await? {
        Outcome::Stored { seq, at, new } => {
            if new {
                tx.hint(Hint::Room(room));
            }
            Ok(Said { client_msg_id: say.client_msg_id, room, seq, at })
        }
        Outcome::Reused => Err(Refused::new(
            ErrorCode::MessageIdReused,
            "this client_msg_id was used for another message; send it with a new one",
        )
        .field("client_msg_id", "stands for another message")
        .into()),
        Outcome::Closed => Err(ApiError::new(
            ErrorCode::WrongStatus,
            "this room takes no messages now; what was said can still be read",
        )),
        Outcome::Left => Err(ApiError::not_permitted()),
        Outcome::Foreign => Err(ApiError::not_found()),
    }
}

impl App {
    /// In a transaction of its own that ends even if the socket that asked is gone. The answer means: on disk.
    pub async fn say(&self, account: AccountId, room: RoomId, say: Say) -> Result<Said, ApiError> {
        let app = self.clone();
        self.detached(async move {
            let mut tx = app.begin().await?;
            let said = append(&mut tx, account, room, say).await?;
            app.tell(tx.commit().await?);
            Ok(said)
        })
        .await
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
