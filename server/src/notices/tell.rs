//! From an event to the notices of everybody it concerns.

use crate::db::Tx;
use crate::error::ApiError;
use crate::notify::sms::{self, TextKind};
use chrono::Duration;
use domain::dispute::Event;
use domain::notice::{self, Audience, Reach, Telling};
use protocol::account::Role;
use protocol::notice::NoticeKind;
use protocol::{AccountId, DisputeId, PartyId, PersonId, Phone};
use sqlx::PgConnection;
use sqlx::types::Json;
use std::collections::BTreeMap;
use uuid::Uuid;

/// However much happens, one text message in this time: the list in the app has it all.
const ONE_TEXT_IN: Duration = Duration::minutes(10);
/// However often something is to begin at once.
const ONE_AT_ONCE_IN: Duration = Duration::minutes(1);
/// After that it says nothing new.
const TEXT_IS_NEWS: Duration = Duration::days(1);

/// Tells of one event. Doing it again tells nobody anything new.
pub async fn dispute_event(
    tx: &mut Tx,
    public_url: &str,
    dispute: DisputeId,
    seq: i64,
) -> Result<(), ApiError> {
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
    let mut told: BTreeMap<PersonId, Telling> = BTreeMap::new();
    for telling in notice::tellings(&happened.event) {
        for person in people(tx, dispute, telling.to).await? {
            if happened.by != Some(person) {
                told.entry(person).or_insert(telling);
            }
        }
    }
    let new = insert(tx, dispute, Some(seq), &told).await?;
    for person in new {
        match told.get(&person).map(|telling| telling.reach) {
            Some(Reach::Text) => text(tx, public_url, person, ONE_TEXT_IN).await?,
            Some(Reach::TextAtOnce) => text(tx, public_url, person, ONE_AT_ONCE_IN).await?,
            Some(Reach::App) | None => {}
        }
    }
    Ok(())
}

/// Tells, in the app alone, what no event of the dispute brought. The caller commits it together with what it did.
pub async fn in_app(
    tx: &mut Tx,
    dispute: DisputeId,
    tellings: &[(Audience, NoticeKind)],
) -> Result<(), ApiError> {
    let mut told = BTreeMap::new();
    for (to, kind) in tellings {
        for person in people(tx, dispute, *to).await? {
            told.entry(person).or_insert(Telling { to: *to, kind: *kind, reach: Reach::App });
        }
    }
    insert(tx, dispute, None, &told).await?;
    Ok(())
}

/// Answers with those who had not been told before.
async fn insert(
    tx: &mut Tx,
    dispute: DisputeId,
    seq: Option<i64>,
    told: &BTreeMap<PersonId, Telling>,
) -> sqlx::Result<Vec<PersonId>> {
    let now = tx.now;
    let ids: Vec<Uuid> = told.iter().map(|_| tx.ids.next()).collect();
    let people: Vec<Uuid> = told.keys().map(|person| person.0).collect();
    let kinds: Vec<String> = told.values().map(|telling| telling.kind.to_string()).collect();
    sqlx::query_scalar!(
        r#"insert into notices (id, person_id, kind, dispute_id, event_seq, created_at)
           select n.id, n.person_id, n.kind, $4, $5, $6
           from unnest($1::uuid[], $2::uuid[], $3::text[]) as n (id, person_id, kind)
           on conflict on constraint notices_tell_once do nothing
           returning person_id as "person: PersonId""#,
        &ids,
        &people,
        &kinds,
        dispute as DisputeId,
        seq,
        now,
    )
    .fetch_all(&mut **tx)
    .await
}

/// Queues a text message that says no more than that there is news, unless there was one in the time before; several
/// things at once make one message.
async fn text(
    tx: &mut Tx,
    public_url: &str,
    person: PersonId,
    unless_in: Duration,
) -> Result<(), ApiError> {
    let now = tx.now;
    let told = sqlx::query!(
        r#"with marked as (
             update notices set texted_at = $2
             where person_id = $1 and created_at = $2 and texted_at is null
                 and not exists (select from notices t where t.person_id = $1 and t.texted_at > $3)
             returning person_id)
         select coalesce(a.phone, p.phone) as phone, a.role as "role?: Role"
         from people p left join accounts a on a.person_id = p.id
         where p.id in (select person_id from marked)"#,
        person as PersonId,
        now,
        now - unless_in,
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(told) = told else { return Ok(()) };
    if let Some(phone) = told.phone.and_then(|phone| phone.parse::<Phone>().ok()) {
        let text =
            format!("【阿拉调解】{} {public_url}{}", notice::NEUTRAL_TEXT, list_for(told.role));
        sms::queue(tx, &phone, TextKind::Notice, &text, now + TEXT_IS_NEWS).await?;
    }
    Ok(())
}

/// Where somebody reads what is new.
const fn list_for(role: Option<Role>) -> &'static str {
    match role {
        Some(
            Role::Officer
            | Role::StationLeader
            | Role::LegalReviewer
            | Role::GridWorker
            | Role::CommitteeDirector,
        ) => "/desk/notices",
        _ => "/app/notices",
    }
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
        Audience::Undecided => undecided(db, dispute).await,
        Audience::Neutrals => neutrals(db, dispute).await,
        Audience::Owner => owner(db, dispute).await,
        Audience::Station => {
            let owner = owner(db, dispute).await?;
            if owner.is_empty() { on_duty(db, dispute).await } else { Ok(owner) }
        }
        Audience::Superiors => superiors(db, dispute).await,
        Audience::Account(account) => named(db, account).await,
        Audience::Party(party) => acting_for(db, party).await,
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

async fn undecided(db: &mut PgConnection, dispute: DisputeId) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"with told as (
               select id, person_id from parties where dispute_id = $1 and consent = 'pending')
           select person_id as "person!: PersonId" from told
           union
           select r.person_id from representatives r join told on told.id = r.party_id where r.ended_at is null"#,
        dispute as DisputeId,
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

async fn acting_for(db: &mut PgConnection, party: PartyId) -> sqlx::Result<Vec<PersonId>> {
    sqlx::query_scalar!(
        r#"select person_id as "person!: PersonId" from parties where id = $1
           union
           select person_id from representatives where party_id = $1 and ended_at is null"#,
        party as PartyId,
    )
    .fetch_all(db)
    .await
}
