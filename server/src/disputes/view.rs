//! What one person may see of a dispute.

use crate::disputes::store;
use crate::error::ApiError;
use crate::http::Actor;
use chrono::{DateTime, Utc};
use domain::dispute::{Dispute, Standing, next_for};
use protocol::dispute::{
    ApprovalView, DisputeView, NeutralView, NextCode, NextStep, Part, StationBrief,
};
use protocol::party::{AgentPower, AgentType, PartyView, RepresentativeKind, RepresentativeView};
use protocol::risk::RiskLevel;
use protocol::{AccountId, CommitteeId, DisputeId, PartyId, Phone, RepresentativeId, StationId};
use sqlx::PgConnection;
use std::collections::HashMap;

/// Reads a dispute for somebody who may see it.
pub async fn show(
    db: &mut PgConnection,
    id: DisputeId,
    actor: &Actor,
) -> Result<DisputeView, ApiError> {
    let (dispute, standing) = store::look_any(db, id, actor.account).await?;
    of(db, &dispute, &standing).await
}

/// To whom it is only offered, a dispute shows what it is about, not who is in it.
fn is_only_offered(standing: &Standing) -> bool {
    standing.parts == [Part::Candidate]
}

pub async fn of(
    db: &mut PgConnection,
    dispute: &Dispute,
    standing: &Standing,
) -> Result<DisputeView, ApiError> {
    let d = sqlx::query!(
        r#"select d.title, d.narrative, d.claims, d.happened_at, d.place, d.community_code,
                  d.committee_id as "committee: CommitteeId", d.risk_level as "risk_level: RiskLevel", d.dv_protection,
                  d.created_at, d.updated_at, next_due_at(d) as due_at,
                  next_session_at(d) is not null as "session_is_ahead!", s.id as "station: StationId", s.name as station_name, s.phone as station_phone
           from disputes d join stations s on s.id = d.station_id where d.id = $1"#,
        dispute.id as DisputeId,
    )
    .fetch_one(&mut *db)
    .await?;
    let offered = is_only_offered(standing);
    // Whoever is in charge has to be able to call. Where violence is indicated, nobody else sees as much as the ends of a
    // number (反家暴法 Art 5).
    let numbers = if standing.looks_inside() {
        Numbers::Whole
    } else if d.dv_protection {
        Numbers::None
    } else {
        Numbers::Ends
    };
    Ok(DisputeView {
        id: dispute.id,
        version: dispute.version,
        status: dispute.status,
        track: dispute.track,
        category: dispute.category,
        source: dispute.source,
        title: d.title,
        narrative: (!offered).then_some(d.narrative),
        claims: if offered { vec![] } else { d.claims },
        happened_at: d.happened_at,
        place: d.place.filter(|_| !offered),
        community_code: d.community_code,
        station: StationBrief { id: d.station, name: d.station_name, phone: d.station_phone },
        committee: d.committee,
        risk_level: standing.looks_inside().then_some(d.risk_level),
        parties: if offered { vec![] } else { parties(db, dispute, numbers, None).await? },
        neutrals: neutrals(db, dispute, standing).await?,
        approval: dispute.approval.as_ref().filter(|_| standing.looks_inside()).map(|a| {
            ApprovalView { ending: a.ending, reason: a.reason, proposed_by: a.proposed_by }
        }),
        your_parts: standing.parts.clone(),
        you_act_for: standing.acts_for.iter().map(|acts| acts.party).collect(),
        next: next_step(next_for(dispute, standing, d.session_is_ahead), d.due_at),
        ended_because: dispute.ended_because,
        created_at: d.created_at,
        updated_at: d.updated_at,
    })
}

/// How much of a phone number is told.
#[derive(Clone, Copy)]
pub enum Numbers {
    None,
    /// Enough for its owner to know it again.
    Ends,
    Whole,
}

impl Numbers {
    fn of(self, phone: &Phone) -> Option<String> {
        match self {
            Self::None => None,
            Self::Ends => Some(phone.masked()),
            Self::Whole => Some(phone.as_str().to_owned()),
        }
    }
}

/// With those who act for them now, or did at that moment.
pub async fn parties(
    db: &mut PgConnection,
    dispute: &Dispute,
    numbers: Numbers,
    as_of: Option<DateTime<Utc>>,
) -> sqlx::Result<Vec<PartyView>> {
    let rows = sqlx::query!(
        r#"select p.id as "id: PartyId", p.name, pe.phone from parties p join people pe on pe.id = p.person_id
           where p.dispute_id = $1"#,
        dispute.id as DisputeId,
    )
    .fetch_all(&mut *db)
    .await?;
    let mut named: HashMap<PartyId, (String, Option<String>)> =
        rows.into_iter().map(|row| (row.id, (row.name, row.phone))).collect();
    let mut helpers = representatives(db, dispute.id, as_of).await?;
    Ok(dispute
        .parties
        .iter()
        .map(|party| {
            let (name, phone) = named.remove(&party.id).unwrap_or_default();
            PartyView {
                id: party.id,
                side: party.side,
                name,
                phone: phone.and_then(|p| numbers.of(&p.parse().ok()?)),
                capacity: party.capacity,
                consent: party.consent,
                has_guardian: party.has_guardian,
                role: party.role,
                representatives: helpers.remove(&party.id).unwrap_or_default(),
            }
        })
        .collect())
}

async fn representatives(
    db: &mut PgConnection,
    id: DisputeId,
    as_of: Option<DateTime<Utc>>,
) -> sqlx::Result<HashMap<PartyId, Vec<RepresentativeView>>> {
    let rows = sqlx::query!(
        r#"select id as "id: RepresentativeId", party_id as "party: PartyId", name,
                  kind as "kind: RepresentativeKind", agent_type as "agent_type: AgentType",
                  powers as "powers: Vec<AgentPower>"
           from representatives
           where dispute_id = $1 and added_at <= coalesce($2, added_at) and (ended_at is null or ended_at > $2)
           order by added_at, id"#,
        id as DisputeId,
        as_of,
    )
    .fetch_all(db)
    .await?;
    let mut found: HashMap<PartyId, Vec<RepresentativeView>> = HashMap::new();
    for row in rows {
        found.entry(row.party).or_default().push(RepresentativeView {
            id: row.id,
            name: row.name,
            kind: row.kind,
            agent_type: row.agent_type,
            powers: row.powers,
        });
    }
    Ok(found)
}

async fn neutrals(
    db: &mut PgConnection,
    dispute: &Dispute,
    standing: &Standing,
) -> sqlx::Result<Vec<NeutralView>> {
    let rows = sqlx::query!(
        r#"select ap.account_id as "account: AccountId", pe.name, ap.disclosure
           from appointments ap join accounts a on a.id = ap.account_id join people pe on pe.id = a.person_id
           where ap.dispute_id = $1 and ap.ended_at is null"#,
        dispute.id as DisputeId,
    )
    .fetch_all(db)
    .await?;
    let mut told: HashMap<AccountId, (String, Option<String>)> =
        rows.into_iter().map(|row| (row.account, (row.name, row.disclosure))).collect();
    Ok(dispute
        .neutrals
        .iter()
        .map(|neutral| {
            let (name, disclosure) = told.remove(&neutral.account).unwrap_or_default();
            NeutralView {
                account: neutral.account,
                name,
                part: neutral.part,
                disclosure,
                disclosed: neutral.disclosed,
                accepted: neutral.is_accepted_by(&dispute.parties),
                awaits_you: neutral.awaits(standing.acts_for.iter().map(|acts| acts.party)),
            }
        })
        .collect())
}

/// What happens next, and when: it stands on every screen.
pub fn next_step(code: NextCode, due_at: Option<DateTime<Utc>>) -> NextStep {
    let text = match code {
        NextCode::SubmitIt => "请核对并提交,派出所收到后会尽快处理。",
        NextCode::StationTriages => "派出所正在受理,会告知走哪条路。",
        NextCode::YouTriage => "请受理:看走哪条路。",
        NextCode::PoliceClear => "民警先到现场处置,安全后再安排调解。",
        NextCode::PartiesConsent => "正在征求各方当事人的同意。",
        NextCode::YouConsent => "请答复是否同意调解。",
        NextCode::MediatorIsFound => "各方均已同意,正在确定调解员。",
        NextCode::YouAppoint => "各方均已同意,请确定调解员。",
        NextCode::InterestsAreTold => "调解员披露利害关系,各方确认。",
        NextCode::YouTellInterests => "请披露您与各方的利害关系。",
        NextCode::YouAnswerNeutral => "请确认是否接受这位调解员或律师。",
        NextCode::SessionIsHeld => "调解已约定时间,请按时参加。",
        NextCode::MediationGoesOn => "调解进行中。",
        NextCode::WaitsForResumption => "调解暂时中止,恢复时会通知。",
        NextCode::PartiesSign => "协议文本已确定,各方核对后签名。",
        NextCode::PromisesAreKept => "协议已生效,请按约定履行。",
        NextCode::StationUrges => "有约定未按期履行,派出所正在督促。",
        NextCode::StationVisits => "到期的约定已全部履行,派出所将回访。",
        NextCode::Nothing => "本次调解已结束。",
    };
    NextStep { code, text: text.to_owned(), due_at }
}
