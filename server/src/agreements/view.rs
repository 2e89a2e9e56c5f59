//! What one person may see of an agreement.

use crate::agreements::ground;
use crate::agreements::store::Stored;
use crate::error::ApiError;
use chrono::{DateTime, Utc};
use domain::agreement::{Agreement, Ground, Signature, completeness, text};
use domain::calendar::local_day;
use domain::dispute::{Dispute, Standing};
use domain::money;
use domain::rules::Rules;
use protocol::agreement::{
    AgreementStatus, AgreementView, AmountInWords, SignatureView, SigningView, WaitingFor,
};
use protocol::dispute::{Part, Track};
use protocol::{FieldError, PersonId};
use sqlx::PgConnection;

/// Drafts are the neutrals': they may hold what somebody said in a caucus. The text is everybody's once it is up.
pub fn may_see(standing: &Standing, agreement: &Agreement) -> bool {
    writes(standing) || agreement.frozen.is_some()
}

/// How often a draft was written is its authors' too: it would tell one side how much was talked about with the other.
fn writes(standing: &Standing) -> bool {
    let neutral = [Part::Mediator, Part::CoMediator, Part::InvitedLawyer];
    neutral.iter().any(|part| standing.has(*part))
}

/// Who looks at an agreement.
pub struct Viewer<'a> {
    pub person: PersonId,
    pub standing: &'a Standing,
}

pub async fn of(
    db: &mut PgConnection,
    dispute: &Dispute,
    stored: &Stored,
    viewer: Viewer<'_>,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<AgreementView, ApiError> {
    let agreement = &stored.agreement;
    let frozen = agreement.frozen.as_ref();
    // What the ground lacks, such as a mediator, is one more thing that is missing.
    let (ground, lacking) = match ground::load(db, dispute, stored.number.clone()).await {
        Ok(ground) => (Some(ground), None),
        Err(ApiError::Refused(refused)) => (None, Some(refused.detail.into_owned())),
        Err(error) => return Err(error),
    };
    let confirmable = ground.as_ref().is_some_and(|ground| agreement.confirmable(ground));
    Ok(AgreementView {
        id: agreement.id,
        dispute: dispute.id,
        number: stored.number.to_string(),
        status: agreement.status,
        revision: writes(viewer.standing).then_some(stored.revision),
        draft: agreement.draft.clone(),
        amounts: amounts(agreement),
        text: match (frozen, &ground) {
            (Some(frozen), _) => frozen.text.clone(),
            (None, Some(ground)) => text::canonical(&agreement.draft, ground),
            (None, None) => String::new(),
        },
        text_hash: frozen.map(|frozen| frozen.text_hash.clone()),
        requires_wet_ink: domain::agreement::writing::requires_wet_ink(&agreement.draft),
        missing: missing(agreement, ground.as_ref(), lacking, now),
        signing: ground.as_ref().and_then(|ground| signing(agreement, ground, viewer.person)),
        effective_at: agreement.effective_at,
        confirmable_until: agreement
            .effective_at
            .filter(|_| confirmable)
            .map(|at| rules.judicial_confirmation_by(at)),
    })
}

fn amounts(agreement: &Agreement) -> Vec<AmountInWords> {
    let clauses = agreement.draft.clauses.iter().enumerate();
    clauses
        .filter_map(|(clause, draft)| Some((clause, draft.amount?)))
        .map(|(clause, amount)| AmountInWords {
            clause,
            figures: money::figures(amount),
            capitals: money::capitals(amount),
        })
        .collect()
}

fn missing(
    agreement: &Agreement,
    ground: Option<&Ground>,
    lacking: Option<String>,
    now: DateTime<Utc>,
) -> Vec<FieldError> {
    if agreement.status != AgreementStatus::Draft {
        return vec![];
    }
    let mut missing: Vec<FieldError> = lacking
        .map(|detail| FieldError { path: "dispute".to_owned(), detail })
        .into_iter()
        .collect();
    if let Some(ground) = ground {
        missing.extend(completeness::gaps(&agreement.draft, ground, local_day(now)));
    }
    missing
}

fn signing(agreement: &Agreement, ground: &Ground, viewer: PersonId) -> Option<SigningView> {
    let (waiting_for, shown) = match agreement.status {
        AgreementStatus::Draft | AgreementStatus::Void => return None,
        AgreementStatus::UpForSigning => {
            (waiting_for(agreement, ground), agreement.signatures_shown_to(ground, viewer))
        }
        AgreementStatus::Effective => (WaitingFor::Nobody, agreement.signatures.clone()),
    };
    let view = |s: Signature| SignatureView { party: s.party, acting: s.acting, method: s.method };
    Some(SigningView { waiting_for, signatures: shown.into_iter().map(view).collect() })
}

/// The mediator's own act is told only after the parties', so that it cannot be counted among theirs.
fn waiting_for(agreement: &Agreement, ground: &Ground) -> WaitingFor {
    if !agreement.is_signed_by_all(ground) {
        WaitingFor::Parties
    } else if !agreement.mediator_signed {
        WaitingFor::Mediator
    } else if ground.track == Track::PeopleMediation && agreement.sealed_by.is_none() {
        WaitingFor::Seal
    } else {
        WaitingFor::Nobody
    }
}
