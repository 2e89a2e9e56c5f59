//! From an event to the notices of everybody it concerns.

use crate::db::Tx;
use crate::error::ApiError;
use domain::dispute::Event;
use domain::notice::{self, Audience};
use protocol::notice::NoticeKind;
use protocol::{AccountId, DisputeId, PartyId, PersonId};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Tells of one event. Doing it again tells nobody anything new.
pub async fn dispute_event(tx: &mut Tx, dispute: DisputeId, seq: i64) -> Result<(), ApiError> {
    let Some(happened) = sqlx::query!(
        r#"select e.event as "event: Json<Event>", a.person_id as "by?: PersonId"
           from dispute_events e left join accounts a on a.id = e.caused_by
           where e.dispute_id = $1 and e.seq = $2"#,
        dispute as DisputeId,
        seq,
    )
    .fetch_optional(&mut **tx)
    .await?
    else {
        return Ok(());
    };
    let mut told: BTreeMap<PersonId, NoticeKind> = BTreeMap::new();
    for telling in notice::tellings(&happened.event) {
        for person in people(tx, dispute, telling.to).await? {
            if happened.by != Some(person) {
                told.entry(person).or_insert(telling.kind);
            }
        }
    }
    insert(tx, dispute, Some(seq), &told).await
}

/// Tells a party, and who acts for it, of what no event brought. The caller commits it together with "done".
pub async fn party(
    tx: &mut Tx,
    dispute: DisputeId,
    party: PartyId,
    kind: NoticeKind,
) -> Result<(), ApiError> {
    let people = sqlx::query_scalar!(
        r#"select person_id as "person!: PersonId" from parties where id = $1
           union
           select person_id from representatives where party_id = $1 and ended_at is null"#,
        party as PartyId,
    )
    .fetch_all(&mut **tx)
    .await?;
    let told = people.into_iter().map(|person| (person, kind)).collect();
    insert(tx, dispute, None, &told).await
}

async fn insert(
    tx: &mut Tx,
    dispute: DisputeId,
    seq: Option<i64>,
    told: &BTreeMap<PersonId, NoticeKind>,
) -> Result<(), ApiError> {
    let now = tx.now;
    let ids: Vec<Uuid> = told.iter().map(|_| tx.ids.next()).collect();
    let people: Vec<Uuid> = told.keys().map(|person| person.0).collect();
    let kinds: Vec<String> = told.values().map(ToString::to_string).collect();
    sqlx::query!(
        "insert into notices (id, person_id, kind, dispute_id, event_seq, created_at)
         select n.id, n.person_id, n.kind, $4, $5, $6
         from unnest($1::uuid[], $2::uuid[], $3::text[]) as n (id, person_id, kind)
         on conflict on constraint notices_tell_once do nothing",
        &ids,
        &people,
        &kinds,
        dispute as DisputeId,
        seq,
        now,
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The people of an audience, as the dispute is now: who has left is told nothing more.
async fn people(
    db: &mut PgConnection,
    dispute: DisputeId,
    audience: Audience,
) -> sqlx::Result<Vec<PersonId>> {
    match audience {
        Audience::Applicants => side(db, dispute, false).await,
        Audience::Parties => side(db, dispute, true).await,
        Audience::Neutrals => neutrals(db, dispute).await,
        Audience::Owner => owner(db, dispute).await,
        Audience::Station => {
            let owner = owner(db, dispute).await?;
            if owner.is_empty() { on_duty(db, dispute).await } else { Ok(owner) }
        }
        Audience::Superiors => superiors(db, dispute).await,
        Audience::Account(account) => named(db, account).await,
    }
}

async fn side(
    db: &mut PgConnection,
    dispute: DisputeId,
    both: bool,
) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"with told as (
               select p.id, p.person_id from parties p join disputes d on d.id = p.dispute_id
               where d.id = $1 and (p.side = 'applicant' or ($2 and d.track is not null)))
           select person_id as "person!: PersonId" from told
           union
           select r.person_id from representatives r join told on told.id = r.party_id where r.ended_at is null
           union
           select a.person_id from disputes d join accounts a on a.id = d.filed_by
           where d.id = $1 and a.role = 'resident'"#,
        dispute as DisputeId,
        both,
    )
    .fetch_all(db)
    .await
}

async fn neutrals(db: &mut PgConnection, dispute: DisputeId) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select a.person_id as "person: PersonId"
           from appointments ap join accounts a on a.id = ap.account_id
           where ap.dispute_id = $1 and ap.ended_at is null"#,
        dispute as DisputeId,
    )
    .fetch_all(db)
    .await
}

async fn owner(db: &mut PgConnection, dispute: DisputeId) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select a.person_id as "person: PersonId" from disputes d join accounts a on a.id = d.owner_id
           where d.id = $1"#,
        dispute as DisputeId,
    )
    .fetch_all(db)
    .await
}

async fn on_duty(db: &mut PgConnection, dispute: DisputeId) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select a.person_id as "person: PersonId" from disputes d join accounts a on a.station_id = d.station_id
           where d.id = $1 and a.role in ('officer', 'station_leader') and a.disabled_at is null"#,
        dispute as DisputeId,
    )
    .fetch_all(db)
    .await
}

async fn superiors(db: &mut PgConnection, dispute: DisputeId) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select a.person_id as "person: PersonId" from disputes d join accounts a
               on (a.role = 'station_leader' and a.station_id = d.station_id)
               or (a.role = 'committee_director' and a.committee_id = d.committee_id)
           where d.id = $1 and a.disabled_at is null"#,
        dispute as DisputeId,
    )
    .fetch_all(db)
    .await
}

async fn named(db: &mut PgConnection, account: AccountId) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select person_id as "person: PersonId" from accounts where id = $1"#,
        account as AccountId,
    )
    .fetch_all(db)
    .await
}
