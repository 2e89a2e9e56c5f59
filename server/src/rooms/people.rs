//! Who is in the rooms of a dispute: brought up to date with everything that happens to it.

use crate::db::{Hint, Tx};
use crate::error::ApiError;
use crate::rooms::store::{self, Wanted};
use domain::dispute::{Dispute, Event, Refusal, Standing};
use domain::room::{JointRoom, Member, is_neutral, rooms_of};
use protocol::dispute::{Part, Status};
use protocol::party::Side;
use protocol::room::{EntryBody, RoomAddress, SystemNotice};
use protocol::text::Line;
use protocol::{DisputeId, PartyId, PersonId};
use sqlx::PgConnection;
use std::collections::{BTreeMap, BTreeSet};

/// A dispute has rooms from the moment it is accepted.
pub async fn open(tx: &mut Tx, after: &Dispute, events: &[Event]) -> Result<(), ApiError> {
    if !events.iter().any(|event| matches!(event, Event::Accepted { .. })) {
        return Ok(());
    }
    let ids = [tx.ids.next(), tx.ids.next(), tx.ids.next(), tx.ids.next()];
    if store::open(tx, after.id, &ids).await? {
        sync(tx, after).await?;
    }
    Ok(())
}

/// Brings every room of the dispute to the people it has now. To be called, in the same transaction, after
/// anything that changes who they are, whether rooms take entries, or whether the parties may meet. Idempotent.
pub async fn sync_members(tx: &mut Tx, dispute: &Dispute) -> Result<(), ApiError> {
    if matches!(
        dispute.status,
        Status::Draft
            | Status::Submitted
            | Status::EmergencyHeld
            | Status::Redirected
            | Status::Rejected
    ) {
        return Ok(());
    }
    sync(tx, dispute).await
}

async fn sync(tx: &mut Tx, dispute: &Dispute) -> Result<(), ApiError> {
    let people = people(tx, dispute).await?;
    let joint = joint_room(tx, dispute.id).await?;
    for room in store::sync(tx, dispute, &wanted(&people, joint)).await? {
        tx.hint(Hint::Room(room));
    }
    Ok(())
}

/// The party itself or its guardian agrees; an agent cannot (反家暴法 Art 15–17).
pub async fn agree_to_meet(
    tx: &mut Tx,
    dispute: &Dispute,
    standing: &Standing,
    party: PartyId,
) -> Result<(), ApiError> {
    if standing.for_party(party).is_none_or(|acts| acts.part == Part::Agent) {
        return Err(Refusal::NotYourParty.into());
    }
    let now = tx.now;
    sqlx::query!(
        "update parties set agrees_to_meet_at = coalesce(agrees_to_meet_at, $2) where id = $1",
        party as PartyId,
        now,
    )
    .execute(&mut **tx)
    .await?;
    sync_members(tx, dispute).await
}

/// Writes a line of the service itself into one room.
pub async fn note(
    tx: &mut Tx,
    dispute: DisputeId,
    room: RoomAddress,
    notice: SystemNotice,
    detail: Option<&str>,
) -> Result<(), ApiError> {
    let detail: Option<Line> = detail.and_then(|text| text.parse().ok());
    store::note(tx, dispute, room, &EntryBody::System { notice, detail }).await
}

struct Someone {
    person: PersonId,
    member: Member,
    name: String,
}

/// The people of the dispute: parties, those who act for them, and the neutrals every party knowingly accepts
/// (在线调解规则 Art 13): until then a mediator hears nothing that was meant for a mediator.
async fn people(db: &mut PgConnection, dispute: &Dispute) -> Result<Vec<Someone>, ApiError> {
    let rows = sqlx::query!(
        r#"select p.person_id as "person!: PersonId", p.side as "part!: Part", p.side as "side!: Side", p.name as "name!"
           from parties p where p.dispute_id = $1
           union all
           select r.person_id, r.kind, p.side, r.name
           from representatives r join parties p on p.id = r.party_id
           where r.dispute_id = $1 and r.ended_at is null"#,
        dispute.id as DisputeId,
    )
    .fetch_all(&mut *db)
    .await?;
    let mut people: Vec<Someone> = rows
        .into_iter()
        .map(|row| Someone {
            person: row.person,
            member: Member { part: row.part, side: Some(row.side) },
            name: row.name,
        })
        .collect();
    for neutral in dispute.neutrals.iter().filter(|n| n.is_accepted_by(&dispute.parties)) {
        let name = sqlx::query_scalar!(
            "select name from people where id = $1",
            neutral.person as PersonId
        )
        .fetch_one(&mut *db)
        .await?;
        let member = Member { part: neutral.part, side: None };
        people.push(Someone { person: neutral.person, member, name });
    }
    Ok(people)
}

/// Where domestic violence is indicated, the joint room waits until every party has agreed to meet.
async fn joint_room(db: &mut PgConnection, dispute: DisputeId) -> Result<JointRoom, ApiError> {
    let withheld = sqlx::query_scalar!(
        r#"select d.dv_protection and exists (
               select from parties p where p.dispute_id = d.id and p.agrees_to_meet_at is null) as "withheld!"
           from disputes d where d.id = $1"#,
        dispute as DisputeId,
    )
    .fetch_one(db)
    .await?;
    Ok(if withheld { JointRoom::Withheld } else { JointRoom::Open })
}

/// One line a person and room. Whoever stands on both sides, or on one and among the neutrals, hears no secrets.
fn wanted(people: &[Someone], joint: JointRoom) -> Vec<Wanted> {
    let mut stands: BTreeMap<PersonId, BTreeSet<Option<Side>>> = BTreeMap::new();
    for someone in people {
        let side = someone.member.side.filter(|_| !is_neutral(someone.member.part));
        stands.entry(someone.person).or_default().insert(side);
    }
    let mut seen = BTreeSet::new();
    let mut wanted = Vec::new();
    for someone in people {
        let torn = stands.get(&someone.person).is_some_and(|stands| stands.len() > 1);
        for room in rooms_of(someone.member, joint) {
            let secret = room != RoomAddress::JOINT;
            if !(secret && torn) && seen.insert((someone.person, room)) {
                wanted.push(Wanted {
                    room,
                    person: someone.person,
                    part: someone.member.part,
                    name: someone.name.clone(),
                });
            }
        }
    }
    wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn someone(id: u128, part: Part, side: Option<Side>) -> Someone {
        Someone {
            person: PersonId(Uuid::from_u128(id)),
            member: Member { part, side },
            name: format!("{id}"),
        }
    }

    fn rooms(people: &[Someone], id: u128, joint: JointRoom) -> Vec<RoomAddress> {
        let person = PersonId(Uuid::from_u128(id));
        wanted(people, joint).into_iter().filter(|w| w.person == person).map(|w| w.room).collect()
    }

    #[test]
    fn whoever_stands_on_both_sides_or_helps_both_and_one_is_told_no_secrets() {
        let (applicant, respondent) = (Some(Side::Applicant), Some(Side::Respondent));
        let people = [
            someone(1, Part::Applicant, applicant),
            someone(2, Part::Respondent, respondent),
            someone(3, Part::Agent, applicant),
            someone(3, Part::Agent, respondent),
            someone(4, Part::Mediator, None),
            someone(5, Part::InvitedLawyer, None),
            someone(5, Part::Guardian, applicant),
        ];
        let caucus = |side| RoomAddress::Caucus { side };
        assert_eq!(
            rooms(&people, 1, JointRoom::Open),
            [RoomAddress::JOINT, caucus(Side::Applicant)]
        );
        assert_eq!(rooms(&people, 1, JointRoom::Withheld), [caucus(Side::Applicant)]);
        assert_eq!(rooms(&people, 3, JointRoom::Open), [RoomAddress::JOINT]);
        assert_eq!(rooms(&people, 4, JointRoom::Open), RoomAddress::ALL);
        assert_eq!(rooms(&people, 5, JointRoom::Open), [RoomAddress::JOINT]);
    }
}
