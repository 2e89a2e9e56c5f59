//! What somebody could see at a moment, put together.

use crate::as_of::store::{self, Known, Was};
use crate::disputes::view::Numbers;
use crate::disputes::{self, timeline};
use crate::error::ApiError;
use crate::http::Actor;
use crate::sessions;
use chrono::{DateTime, SubsecRound, Utc};
use domain::dispute::{Dispute, Standing, next_for, rooms_are_open};
use domain::session::Session;
use protocol::as_of::{DisputeAsOf, NeutralAsOf, RoomAsOf, ViewAsOf};
use protocol::dispute::Status;
use protocol::room::RoomAddress;
use protocol::{AccountId, DisputeId, RoomId};
use sqlx::PgConnection;

/// The moment asked for, as exactly as the database keeps moments. It has to have come.
pub fn moment(asked: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<DateTime<Utc>, ApiError> {
    let at = asked.unwrap_or(now);
    if at > now {
        return Err(ApiError::invalid("at", "this moment has not come yet; ask for one that has"));
    }
    Ok(at.trunc_subsecs(6))
}

/// What somebody could look at, if it was anything at all.
struct Looked {
    was: Option<Was>,
    rooms: Vec<Known>,
}

impl Looked {
    async fn at(
        db: &mut PgConnection,
        account: AccountId,
        id: DisputeId,
        at: DateTime<Utc>,
    ) -> Result<Option<Self>, ApiError> {
        let was = store::dispute(db, account, id, at).await?;
        let was = was.filter(|was| !was.standing.parts.is_empty());
        let rooms = store::rooms(db, account, id, None, at).await?;
        Ok((was.is_some() || !rooms.is_empty()).then_some(Self { was, rooms }))
    }
}

/// Who could see nothing then is answered as if there were nothing. Only who can see something of it today is told that
/// the dispute did not exist yet.
pub async fn of(
    db: &mut PgConnection,
    actor: &Actor,
    id: DisputeId,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<ViewAsOf, ApiError> {
    let account = actor.account;
    let since = store::since(db, id).await?.ok_or_else(ApiError::not_found)?;
    let asked = if at < since { now } else { at };
    let looked = Looked::at(db, account, id, asked).await?.ok_or_else(ApiError::not_found)?;
    existed(since, at)?;
    let standing = looked.was.as_ref().map(|was| was.standing.clone());
    let dispute = match &looked.was {
        Some(was) => state(db, id, was).await?,
        None => None,
    };
    let events = match &looked.was {
        Some(was) => timeline::read(db, id, &was.standing, Some(was.version)).await?.entries,
        None => Vec::new(),
    };
    let status = dispute.as_ref().map(|dispute| dispute.status);
    let rooms = rooms(db, account, looked.rooms, at, status).await?;
    let dispute = match (&dispute, &standing) {
        (Some(dispute), Some(standing)) => Some(shown(db, dispute, standing, at).await?),
        _ => None,
    };
    let (your_parts, acts_for) = standing.map(|s| (s.parts, s.acts_for)).unwrap_or_default();
    let you_act_for = acts_for.iter().map(|acts| acts.party).collect();
    Ok(ViewAsOf { id, at, your_parts, you_act_for, dispute, events, rooms })
}

/// The dispute that a room belongs to has to have existed, and whoever asks to have been in that room by then.
pub async fn in_room(
    db: &mut PgConnection,
    actor: &Actor,
    room: RoomId,
    at: DateTime<Utc>,
) -> Result<(), ApiError> {
    let today = crate::rooms::store::find(db, actor.account, room).await?;
    let dispute = today.ok_or_else(ApiError::not_found)?.dispute;
    let since = store::since(db, dispute).await?.ok_or_else(ApiError::not_found)?;
    existed(since, at)?;
    let then = store::rooms(db, actor.account, dispute, Some(room), at).await?;
    if then.is_empty() { Err(ApiError::not_found()) } else { Ok(()) }
}

fn existed(since: DateTime<Utc>, at: DateTime<Utc>) -> Result<(), ApiError> {
    if at < since {
        return Err(ApiError::invalid(
            "at",
            "the dispute did not exist yet; ask for a later moment",
        ));
    }
    Ok(())
}

/// The state that was kept with its last event by then. If that was the very last, it is the state of today.
async fn state(
    db: &mut PgConnection,
    id: DisputeId,
    was: &Was,
) -> Result<Option<Dispute>, ApiError> {
    if was.is_current {
        let (dispute, _) = disputes::store::look_any(db, id, was.standing.account).await?;
        return Ok(Some(dispute));
    }
    Ok(was.state.clone())
}

async fn shown(
    db: &mut PgConnection,
    dispute: &Dispute,
    standing: &Standing,
    at: DateTime<Utc>,
) -> Result<DisputeAsOf, ApiError> {
    let sessions = sessions::store::as_of(db, dispute.id, at).await?;
    Ok(DisputeAsOf {
        version: dispute.version,
        status: dispute.status,
        track: dispute.track,
        parties: disputes::view::parties(db, dispute, Numbers::None, Some(at)).await?,
        neutrals: dispute
            .neutrals
            .iter()
            .map(|neutral| NeutralAsOf {
                account: neutral.account,
                part: neutral.part,
                disclosed: neutral.disclosed,
                accepted: neutral.is_accepted_by(&dispute.parties),
                awaits_you: neutral.awaits(standing.acts_for.iter().map(|acts| acts.party)),
            })
            .collect(),
        next: next_for(dispute, standing, sessions.iter().any(Session::is_ahead)),
        ended_because: dispute.ended_because,
        sessions: sessions
            .iter()
            .map(|session| sessions::view::of(dispute, standing, session))
            .collect(),
    })
}

async fn rooms(
    db: &mut PgConnection,
    account: AccountId,
    known: Vec<Known>,
    at: DateTime<Utc>,
    status: Option<Status>,
) -> Result<Vec<RoomAsOf>, ApiError> {
    let mut rooms = Vec::with_capacity(known.len());
    for room in known {
        // Rooms follow the dispute in the same transaction.
        let open = if room.is_member { status.map(rooms_are_open) } else { Some(false) };
        rooms.push(RoomAsOf {
            id: room.id,
            address: RoomAddress::of(room.kind, room.side),
            member: room.is_member,
            open,
            first: room.first,
            head: room.head,
            members: store::members(db, account, room.id, at).await?,
        });
    }
    Ok(rooms)
}
