//! Making invitations: when a dispute reaches the parties, and again on request.

use crate::accounts::secrets;
use crate::app::App;
use crate::db::Tx;
use crate::error::ApiError;
use crate::invitations::store;
use crate::jobs::{self, Job};
use crate::notify::sms::{self, TextKind};
use domain::dispute::Dispute;
use domain::rules::Rules;
use protocol::invitation::InvitationSent;
use protocol::party::{Capacity, ConsentState};
use protocol::{ErrorCode, PartyId, PersonId, Phone};
use sqlx::PgConnection;

/// What an invitation needs to know of the service around it.
#[derive(Clone)]
pub struct Desk {
    pub public_url: String,
    pub rules: Rules,
}

impl Desk {
    pub fn of(app: &App) -> Self {
        Self { public_url: app.config.public_url.clone(), rules: app.rules.clone() }
    }
}

/// Somebody to be asked on behalf of a party.
struct Invitee {
    person: PersonId,
    phone: Option<Phone>,
}

/// Invites everybody who has not answered yet and can be reached by phone.
pub async fn invite_pending(tx: &mut Tx, desk: &Desk, dispute: &Dispute) -> Result<(), ApiError> {
    for party in dispute.parties.iter().filter(|party| party.consent == ConsentState::Pending) {
        if let Some(invitee) = invitee(tx, dispute, party.id).await?
            && invitee.phone.is_some()
        {
            send(tx, desk, dispute, party.id, &invitee).await?;
        }
    }
    Ok(())
}

/// Invites one party, by text message where a number is known, on paper otherwise.
pub async fn invite(
    tx: &mut Tx,
    desk: &Desk,
    dispute: &Dispute,
    party: PartyId,
    phone: Option<&Phone>,
) -> Result<InvitationSent, ApiError> {
    let pending = dispute.party(party).ok_or_else(ApiError::not_found)?;
    if pending.consent != ConsentState::Pending {
        return Err(ApiError::new(ErrorCode::AlreadyAnswered, "this party has already answered"));
    }
    let mut invitee = invitee(tx, dispute, party).await?.ok_or_else(|| {
        ApiError::new(
            ErrorCode::GuardianRequired,
            "add the guardian who answers for this party first",
        )
    })?;
    if let Some(phone) = phone {
        set_phone(tx, invitee.person, phone).await?;
        invitee.phone = Some(phone.clone());
    }
    send(tx, desk, dispute, party, &invitee).await
}

/// The party itself, or its guardian where it cannot answer alone (民法典 Art 19–23).
async fn invitee(
    db: &mut PgConnection,
    dispute: &Dispute,
    party: PartyId,
) -> Result<Option<Invitee>, ApiError> {
    let alone = dispute.party(party).is_some_and(|p| p.capacity == Capacity::Full);
    let found = sqlx::query!(
        r#"select pe.id as "person: PersonId", pe.phone as "phone: Phone" from people pe
           where pe.id = case when $2 then (select person_id from parties where id = $1)
               else (select r.person_id from representatives r
                     where r.party_id = $1 and r.kind = 'guardian' and r.ended_at is null
                     order by r.added_at, r.id limit 1) end"#,
        party as PartyId,
        alone,
    )
    .fetch_optional(db)
    .await?;
    Ok(found.map(|row| Invitee { person: row.person, phone: row.phone }))
}

/// Fills in what was not known; the number of an account is never overwritten from outside.
async fn set_phone(db: &mut PgConnection, person: PersonId, phone: &Phone) -> Result<(), ApiError> {
    sqlx::query!(
        "update people set phone = $2 where id = $1
             and not exists (select from accounts a where a.person_id = $1)",
        person as PersonId,
        phone.as_str(),
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn send(
    tx: &mut Tx,
    desk: &Desk,
    dispute: &Dispute,
    party: PartyId,
    invitee: &Invitee,
) -> Result<InvitationSent, ApiError> {
    let token = hex::encode(secrets::bytes::<16>()?);
    let code = secrets::digits()?;
    let expires_at = desk.rules.invitation_answer_by(tx.now, dispute.step_due_at);
    let whom = (dispute.id, party, invitee.person);
    let id = store::insert(tx, whom, (&token, &code), expires_at).await?;
    let lapsed = Job::InvitationLapsed { invitation: id, by_tries: false };
    jobs::enqueue(tx, &[lapsed], expires_at).await?;
    let link = format!("{}/i/{token}", desk.public_url);
    if let Some(phone) = &invitee.phone {
        let text = text_message(&link, &code);
        sms::queue(tx, phone, TextKind::Invitation, &text, expires_at).await?;
    }
    Ok(InvitationSent {
        id,
        party,
        expires_at,
        by_text_message: invitee.phone.is_some(),
        link,
        code,
    })
}

/// Neutral: neither the matter nor the other side is named, whoever reads over the shoulder.
fn text_message(link: &str, code: &str) -> String {
    format!(
        "【阿拉调解】您收到一份调解邀请,调解免费、自愿。打开 {link} 查看,验证码 {code}。我们不会要求您转账。"
    )
}
