//! What an agreement stands on: the dispute's organ, host and people at this moment.

use crate::error::{ApiError, Refused};
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::agreement::{Ground, Mandate, Signatory};
use domain::calendar::local_day;
use domain::dispute::{Dispute, Neutral};
use protocol::dispute::Track;
use protocol::party::{AgentPower, RepresentativeKind};
use protocol::text::{Line, Name};
use protocol::{CommitteeId, DisputeId, ErrorCode, PartyId, PersonId};
use sqlx::PgConnection;
use std::collections::HashMap;
use uuid::Uuid;

/// The committee or station whose agreement it becomes.
pub struct Organ {
    pub id: Uuid,
    pub name: Line,
    pub committee: Option<CommitteeId>,
    track: Track,
}

pub async fn organ(db: &mut PgConnection, dispute: &Dispute) -> Result<Organ, ApiError> {
    let row = sqlx::query!(
        r#"select d.committee_id as "committee: CommitteeId", c.name as "committee_name?: Line",
                  s.id as station, s.name as "station_name: Line"
           from disputes d join stations s on s.id = d.station_id
           left join committees c on c.id = d.committee_id where d.id = $1"#,
        dispute.id as DisputeId,
    )
    .fetch_one(db)
    .await?;
    let track = dispute.track.ok_or_else(not_triaged)?;
    match (track, row.committee, row.committee_name) {
        (Track::PublicSecurity, ..) => {
            Ok(Organ { id: row.station, name: row.station_name, committee: None, track })
        }
        (Track::PeopleMediation, Some(committee), Some(name)) => {
            Ok(Organ { id: committee.0, name, committee: Some(committee), track })
        }
        // 人民调解法 Art 29: without a committee there is no seal, and without a seal no effect.
        (Track::PeopleMediation, ..) => Err(ApiError::new(
            ErrorCode::SignaturesMissing,
            "no committee is in charge of this dispute; have the station name one first",
        )),
    }
}

fn not_triaged() -> ApiError {
    ApiError::new(ErrorCode::WrongStatus, "the dispute has to be triaged and a mediator appointed")
}

impl Organ {
    /// `(2026)人调字第7号`
    pub async fn next_number(
        &self,
        db: &mut PgConnection,
        now: DateTime<Utc>,
    ) -> Result<Line, ApiError> {
        let year = local_day(now).year();
        let last = sqlx::query_scalar!(
            "insert into agreement_numbers (organ_id, year, last) values ($1, $2, 1)
             on conflict (organ_id, year) do update set last = agreement_numbers.last + 1 returning last",
            self.id,
            i16::try_from(year).map_err(anyhow::Error::from)?,
        )
        .fetch_one(db)
        .await?;
        let kind = match self.track {
            Track::PeopleMediation => "人调字",
            Track::PublicSecurity => "治调字",
        };
        Ok(format!("({year}){kind}第{last}号").parse().map_err(anyhow::Error::from)?)
    }
}

/// The ground, or that there is none yet because nobody hosts the dispute.
pub async fn load(
    db: &mut PgConnection,
    dispute: &Dispute,
    number: Line,
) -> Result<Ground, ApiError> {
    let host = dispute.mediator().ok_or_else(|| {
        ApiError::from(Refused::new(
            ErrorCode::WrongStatus,
            "the dispute has no mediator at the moment; an agreement waits until one is appointed",
        ))
    })?;
    let organ = organ(db, dispute).await?;
    Ok(Ground {
        track: organ.track,
        category: dispute.category,
        number,
        parties: signatories(db, dispute).await?,
        host: host.person,
        host_name: name_of(db, host).await?,
        organ: organ.name,
        committee: organ.committee,
    })
}

async fn name_of(db: &mut PgConnection, host: &Neutral) -> sqlx::Result<Name> {
    sqlx::query_scalar!(
        r#"select name as "name: Name" from people where id = $1"#,
        host.person as PersonId
    )
    .fetch_one(db)
    .await
}

async fn signatories(db: &mut PgConnection, dispute: &Dispute) -> sqlx::Result<Vec<Signatory>> {
    let rows = sqlx::query!(
        r#"select p.id as "id: PartyId", p.name as "name: Name", pe.born_on
           from parties p join people pe on pe.id = p.person_id where p.dispute_id = $1"#,
        dispute.id as DisputeId,
    )
    .fetch_all(&mut *db)
    .await?;
    let mut named: HashMap<PartyId, (Name, Option<NaiveDate>)> =
        rows.into_iter().map(|row| (row.id, (row.name, row.born_on))).collect();
    let mut helpers = helpers(db, dispute.id).await?;
    let signatory = |party: &domain::dispute::Party| {
        let (name, born_on) = named.remove(&party.id)?;
        let (guardians, agents) = helpers.remove(&party.id).unwrap_or_default();
        Some(Signatory {
            party: party.id,
            person: party.person,
            side: party.side,
            name,
            // The year tells people of one name apart; address and phone are not told to the other side.
            about: born_on.and_then(|day| format!("{}年出生", day.year()).parse().ok()),
            capacity: party.capacity,
            guardians,
            agents,
            public_security: party.role,
        })
    };
    Ok(dispute.parties.iter().filter_map(signatory).collect())
}

type Helpers = (Vec<PersonId>, Vec<Mandate>);

async fn helpers(db: &mut PgConnection, id: DisputeId) -> sqlx::Result<HashMap<PartyId, Helpers>> {
    let rows = sqlx::query!(
        r#"select party_id as "party: PartyId", person_id as "person: PersonId",
                  kind as "kind: RepresentativeKind", powers as "powers: Vec<AgentPower>"
           from representatives where dispute_id = $1 and ended_at is null order by added_at, id"#,
        id as DisputeId,
    )
    .fetch_all(db)
    .await?;
    let mut found: HashMap<PartyId, Helpers> = HashMap::new();
    for row in rows {
        let (guardians, agents) = found.entry(row.party).or_default();
        match row.kind {
            RepresentativeKind::Guardian => guardians.push(row.person),
            RepresentativeKind::Agent => {
                agents.push(Mandate { person: row.person, powers: row.powers });
            }
        }
    }
    Ok(found)
}
