//! What the conflict check needs to know, read inside the transaction that appoints or claims.

use crate::error::ApiError;
use domain::conflict::{
    self, Candidate, Concerned, Conflict, Earlier, EarlierRole, Matter, PostMediationBar,
};
use domain::dispute::Dispute;
use protocol::appointment::{DeclaredKin, KinRelation};
use protocol::dispute::Track;
use protocol::{AccountId, DisputeId, FirmId, PersonId};
use sqlx::PgConnection;

/// Everything that stands between this account's person and the people of the dispute.
pub async fn find(
    db: &mut PgConnection,
    dispute: &Dispute,
    account: AccountId,
) -> Result<Vec<Conflict>, ApiError> {
    let people = concerned(db, dispute.id).await?;
    let candidate = candidate(db, account, &people).await?;
    Ok(conflict::conflicts(&candidate, &matter(dispute), &people))
}

fn matter(dispute: &Dispute) -> Matter {
    Matter {
        dispute: dispute.id,
        related: Vec::new(),
        track: dispute.track.unwrap_or(Track::PeopleMediation),
    }
}

async fn concerned(db: &mut PgConnection, dispute: DisputeId) -> Result<Vec<Concerned>, ApiError> {
    let rows = sqlx::query!(
        r#"select p.person_id as "person!: PersonId", null::uuid as "firm: FirmId" from parties p
           where p.dispute_id = $1
           union
           select r.person_id, r.firm_id from representatives r
           where r.dispute_id = $1 and r.ended_at is null"#,
        dispute as DisputeId,
    )
    .fetch_all(&mut *db)
    .await?;
    let mut people = Vec::with_capacity(rows.len());
    for row in rows {
        people.push(Concerned {
            person: row.person,
            firm: row.firm,
            kin: kin(db, row.person).await?,
        });
    }
    Ok(people)
}

async fn kin(db: &mut PgConnection, person: PersonId) -> sqlx::Result<Vec<DeclaredKin>> {
    sqlx::query_as!(
        DeclaredKin,
        // Whoever shares the number of somebody declared is the same for us: filers write names in many ways.
        r#"select distinct q.id as "person: PersonId", k.relation as "relation: KinRelation"
           from kin k join people p on p.id = k.kin_id join people q on q.id = p.id or q.phone = p.phone
           where k.person_id = $1"#,
        person as PersonId,
    )
    .fetch_all(db)
    .await
}

async fn candidate(
    db: &mut PgConnection,
    account: AccountId,
    people: &[Concerned],
) -> Result<Candidate, ApiError> {
    let who = sqlx::query!(
        r#"select a.person_id as "person: PersonId", l.firm_id as "firm?: FirmId"
           from accounts a left join lawyers l on l.account_id = a.id where a.id = $1"#,
        account as AccountId,
    )
    .fetch_optional(&mut *db)
    .await?
    .ok_or_else(|| ApiError::invalid("account", "there is no such account"))?;
    let others: Vec<_> = people.iter().map(|concerned| concerned.person.0).collect();
    Ok(Candidate {
        person: who.person,
        firm: who.firm,
        kin: kin(db, who.person).await?,
        history: history(db, who.person, &others).await?,
        excluded_from: excluded_from(db, account).await?,
    })
}

/// Where this person stood in a dispute beside or against one of them, or acted for one of them.
async fn history(
    db: &mut PgConnection,
    person: PersonId,
    others: &[uuid::Uuid],
) -> Result<Vec<Earlier>, ApiError> {
    let rows = sqlx::query!(
        r#"select other.person_id as "with!: PersonId", mine.dispute_id as "dispute!: DisputeId", 'party' as "role!"
           from parties mine join parties other on other.dispute_id = mine.dispute_id
           where mine.person_id = $1 and other.person_id = any ($2)
           union
           select other.person_id, mine.dispute_id,
                  case when mine.agent_type = 'lawyer' then 'counsel' else 'agent' end
           from representatives mine join parties other on other.dispute_id = mine.dispute_id
           where mine.person_id = $1 and other.person_id = any ($2)"#,
        person as PersonId,
        others,
    )
    .fetch_all(db)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Earlier {
            with: row.with,
            role: match row.role.as_str() {
                "party" => EarlierRole::Party,
                "counsel" => EarlierRole::Counsel,
                _ => EarlierRole::Agent,
            },
            dispute: Some(row.dispute),
        })
        .collect())
}

/// Disputes from which this account stood down, or was refused by a party.
async fn excluded_from(db: &mut PgConnection, account: AccountId) -> sqlx::Result<Vec<DisputeId>> {
    sqlx::query_scalar!(
        r#"select distinct dispute_id as "id: DisputeId" from appointments
           where account_id = $1 and ended_at is not null"#,
        account as AccountId,
    )
    .fetch_all(db)
    .await
}

/// Whether somebody may act for a side: whoever mediated here may not, nor a colleague (特邀规定 Art 16).
pub async fn may_act(
    db: &mut PgConnection,
    dispute: &Dispute,
    person: PersonId,
    firm: Option<FirmId>,
) -> Result<(), ApiError> {
    let rows = sqlx::query!(
        r#"select person_id as "person: PersonId", firm_id as "firm: FirmId" from mediation_bars where dispute_id = $1"#,
        dispute.id as DisputeId,
    )
    .fetch_all(db)
    .await?;
    let bars: Vec<PostMediationBar> = rows
        .into_iter()
        .map(|row| PostMediationBar {
            person: row.person,
            firm: row.firm,
            dispute: dispute.id,
            related: Vec::new(),
        })
        .collect();
    Ok(conflict::may_act(person, firm, &matter(dispute), &bars, false)?)
}
