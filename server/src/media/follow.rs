//! What a step of the session or a change of who belongs where does to those who are in its media rooms.

use crate::db::{Hint, Tx};
use crate::error::ApiError;
use crate::media::store::{self, OpenRoom};
use crate::sessions;
use domain::media::{self, At, MediaRoom, Place};
use protocol::DisputeId;

/// Brings everybody's place to where they belong now: who belongs elsewhere is told to leave, who belongs nowhere is
/// out at once, and what is of no use any more is closed. Idempotent.
pub async fn settle(tx: &mut Tx, dispute: DisputeId) -> Result<(), ApiError> {
    for open in store::open_rooms(tx, dispute).await? {
        let session = sessions::store::one(tx, dispute, open.session).await?.session;
        let (mut stay, mut gone) = (Vec::new(), false);
        for place in store::lock_places_in(tx, open.room.id).await? {
            let rooms = store::rooms_of(tx, dispute, place.person).await?;
            let after = match media::belongs(&session, place.person, &rooms) {
                Ok(address) if address == open.address => place,
                Ok(_) => place.told_to_leave(),
                Err(_) => place.put_out(),
            };
            if after == place {
                stay.push(place);
            } else {
                gone = true;
                store::save(tx, &after, open.session, None).await?;
            }
        }
        if !media::is_used(&session, open.address) {
            store::close(tx, open.room.id).await?;
        } else if gone {
            let next = store::advance(tx, open.room).await?;
            carry(tx, &open, next, &stay).await?;
        }
    }
    Ok(())
}

/// Who stays goes with the epoch, and asks for a new token.
async fn carry(
    tx: &mut Tx,
    open: &OpenRoom,
    next: MediaRoom,
    stay: &[Place],
) -> Result<(), ApiError> {
    for place in stay {
        if matches!(place.at, At::In { .. }) {
            store::save(tx, &place.carried(next), open.session, None).await?;
        } else {
            tx.hint(Hint::Media(place.person));
        }
    }
    Ok(())
}
