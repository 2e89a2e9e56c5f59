//! The steps of writing and signing, each on a dispute that is locked first.

use crate::agreements::store::{self, Hand, Stored};
use crate::agreements::{effect, ground, view};
use crate::db::{Hint, Tx};
use crate::disputes::{self, lifecycle};
use crate::error::{ApiError, Refused};
use crate::http::Actor;
use crate::notices;
use domain::agreement::{self, Command, Event, Ground};
use domain::dispute::{self, Dispute, Standing};
use domain::notice::Audience;
use domain::rules::Rules;
use protocol::agreement::{
    AgreementDraft, AgreementStatus, AgreementView, AttestAgreement, ReviseAgreement,
    SignAgreement, SigningMethod,
};
use protocol::dispute::Status;
use protocol::notice::NoticeKind;
use protocol::{DisputeId, ErrorCode};
use sqlx::PgConnection;

/// The dispute, locked, with its agreement and what that stands on.
pub struct Held {
    pub dispute: Dispute,
    pub standing: Standing,
    pub stored: Stored,
    pub ground: Ground,
}

impl Held {
    pub async fn lock(tx: &mut Tx, id: DisputeId, actor: &Actor) -> Result<Self, ApiError> {
        let (dispute, standing) = disputes::store::lock(tx, id, actor).await?;
        let stored = known(tx, id, &standing).await?;
        let ground = ground::load(tx, &dispute, stored.number.clone()).await?;
        Ok(Self { dispute, standing, stored, ground })
    }

    /// Decides, records, and lets take effect what is complete.
    pub async fn give(
        &mut self,
        tx: &mut Tx,
        rules: &Rules,
        command: Command,
        hand: &Hand,
    ) -> Result<(), ApiError> {
        let events = agreement::decide(&self.stored.agreement, &self.ground, command, tx.now)?;
        let signed_before = self.stored.agreement.is_signed_by_all(&self.ground);
        self.stored = store::record(tx, self.stored.clone(), &events, Some(hand)).await?;
        let agreement = &self.stored.agreement;
        if agreement.status == AgreementStatus::Effective {
            let form = agreement.draft.form;
            let command = dispute::Command::TakeEffect { form };
            let clock = Standing::clock();
            let dispute =
                lifecycle::apply(tx, rules, self.dispute.clone(), &clock, command).await?;
            self.dispute = effect::follow(tx, rules, dispute, agreement, &self.ground).await?;
        } else if agreement.is_signed_by_all(&self.ground) {
            // Before, even that something happened would tell that somebody signed.
            tx.hint(Hint::Dispute(self.dispute.id));
            if !signed_before {
                let who = [Audience::Neutrals, Audience::Superiors];
                let told = who.map(|to| (to, NoticeKind::PartiesSigned));
                notices::tell::in_app(tx, self.dispute.id, &told).await?;
            }
        }
        Ok(())
    }

    pub async fn show(
        &self,
        tx: &mut Tx,
        rules: &Rules,
        actor: &Actor,
    ) -> Result<AgreementView, ApiError> {
        let now = tx.now;
        let viewer = view::Viewer { person: actor.person, standing: &self.standing };
        view::of(tx, &self.dispute, &self.stored, viewer, rules, now).await
    }
}

/// The agreement, if the actor may know of it: a draft is its authors' alone.
pub async fn known(
    db: &mut PgConnection,
    id: DisputeId,
    standing: &Standing,
) -> Result<Stored, ApiError> {
    store::find(db, id)
        .await?
        .filter(|stored| view::may_see(standing, &stored.agreement))
        .ok_or_else(ApiError::not_found)
}

pub fn hand(actor: &Actor) -> Hand {
    Hand { account: actor.account, login: actor.login, evidence: None }
}

pub async fn revise(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
    ReviseAgreement { revision, draft }: ReviseAgreement,
) -> Result<AgreementView, ApiError> {
    check_size(&draft)?;
    let (dispute, standing) = disputes::store::lock(tx, id, actor).await?;
    if !dispute.is_before_effect() {
        return Err(dispute::Refusal::WrongStatus(dispute.status).into());
    }
    let stored = in_place(tx, &dispute, revision, &draft).await?;
    let ground = ground::load(tx, &dispute, stored.number.clone()).await?;
    let command = Command::Revise { draft: Box::new(draft) };
    let events = agreement::decide(&stored.agreement, &ground, command, tx.now)?;
    let stored = store::record(tx, stored, &events, Some(&hand(actor))).await?;
    Held { dispute, standing, stored, ground }.show(tx, rules, actor).await
}

/// The agreement the draft is written into, under a number of the organ that is in charge now.
async fn in_place(
    tx: &mut Tx,
    dispute: &Dispute,
    revision: i32,
    draft: &AgreementDraft,
) -> Result<Stored, ApiError> {
    let organ = ground::organ(tx, dispute).await?;
    let found = store::find(tx, dispute.id).await?;
    if found.as_ref().map_or(0, |stored| stored.revision) != revision {
        return Err(ApiError::new(
            ErrorCode::TextChanged,
            "somebody else wrote the draft in the meantime; read it again and write yours from there",
        ));
    }
    let now = tx.now;
    match found {
        Some(stored) if stored.organ == organ.id => Ok(stored),
        Some(mut stored) => {
            stored.number = organ.next_number(tx, now).await?;
            stored.organ = organ.id;
            Ok(stored)
        }
        None => {
            let number = organ.next_number(tx, now).await?;
            store::create(tx, dispute.id, (organ.id, number), draft.clone()).await
        }
    }
}

fn check_size(draft: &AgreementDraft) -> Result<(), ApiError> {
    const MOST: usize = 100;
    let others = draft.public_security.as_ref().and_then(|facts| facts.others_present.as_ref());
    for (path, len) in [
        ("draft.clauses", draft.clauses.len()),
        ("draft.responsibilities", draft.responsibilities.len()),
        ("draft.public_security.others_present", others.map_or(0, Vec::len)),
        ("draft.personal_status", draft.personal_status.as_ref().map_or(0, Vec::len)),
    ] {
        if len > MOST {
            return Err(ApiError::invalid(path, "name at most 100"));
        }
    }
    Ok(())
}

pub async fn put_up(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
) -> Result<AgreementView, ApiError> {
    let mut held = Held::lock(tx, id, actor).await?;
    let command = dispute::Command::PutUpForSigning;
    held.dispute =
        lifecycle::apply(tx, rules, held.dispute.clone(), &held.standing, command).await?;
    held.give(tx, rules, Command::PutUpForSigning, &hand(actor)).await?;
    held.show(tx, rules, actor).await
}

/// Back to the draft. The agreement follows the dispute, as it does when a mediator steps down.
pub async fn reopen(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
) -> Result<AgreementView, ApiError> {
    let mut held = Held::lock(tx, id, actor).await?;
    let command = dispute::Command::ReopenDraft;
    held.dispute = lifecycle::apply(tx, rules, held.dispute, &held.standing, command).await?;
    held.stored = known(tx, id, &held.standing).await?;
    held.show(tx, rules, actor).await
}

pub async fn sign(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
    SignAgreement { text_hash, party, method }: SignAgreement,
) -> Result<AgreementView, ApiError> {
    let mut held = Held::lock(tx, id, actor).await?;
    let wet_ink = held.stored.agreement.frozen.as_ref().is_some_and(|f| f.requires_wet_ink);
    if method != SigningMethod::Electronic && !wet_ink {
        return Err(on_paper_by_the_mediator(ErrorCode::Invalid));
    }
    if method != SigningMethod::Electronic {
        return Err(on_paper_by_the_mediator(ErrorCode::WetInkRequired));
    }
    let command = Command::Sign { party, by: actor.person, text_hash, method };
    held.give(tx, rules, command, &hand(actor)).await?;
    held.show(tx, rules, actor).await
}

fn on_paper_by_the_mediator(code: ErrorCode) -> ApiError {
    let detail = "what is signed on paper is signed in front of the mediator, who records it";
    Refused::new(code, detail).field("method", "send `electronic`, or sign on paper").into()
}

pub async fn sign_as_mediator(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
    AttestAgreement { text_hash }: AttestAgreement,
) -> Result<AgreementView, ApiError> {
    let mut held = Held::lock(tx, id, actor).await?;
    let method = SigningMethod::Electronic;
    let command = Command::MediatorSign { by: actor.person, text_hash, method };
    held.give(tx, rules, command, &hand(actor)).await?;
    held.show(tx, rules, actor).await
}

/// 人民调解委员会印章, by the director of the committee that mediates (人民调解法 Art 29).
pub async fn seal(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
    AttestAgreement { text_hash }: AttestAgreement,
) -> Result<AgreementView, ApiError> {
    let mut held = Held::lock(tx, id, actor).await?;
    let committee = actor.committee.ok_or_else(ApiError::not_permitted)?;
    let command = Command::ApplySeal { committee, by: actor.person, text_hash };
    held.give(tx, rules, command, &hand(actor)).await?;
    held.show(tx, rules, actor).await
}

/// 口头协议: in effect when reached, its content recorded (人民调解法 Art 28, 30).
pub async fn agree_orally(
    tx: &mut Tx,
    rules: &Rules,
    actor: &Actor,
    id: DisputeId,
) -> Result<AgreementView, ApiError> {
    let Held { dispute, standing, stored, ground } = Held::lock(tx, id, actor).await?;
    let written_form_required =
        agreement::writing::required_by(&stored.agreement.draft, &ground).is_some();
    let command = dispute::Command::AgreeOrally { written_form_required };
    let dispute = lifecycle::apply(tx, rules, dispute, &standing, command).await?;
    let command = Command::Record { by: actor.person };
    let events = agreement::decide(&stored.agreement, &ground, command, tx.now)?;
    let stored = store::record(tx, stored, &events, Some(&hand(actor))).await?;
    let dispute = effect::follow(tx, rules, dispute, &stored.agreement, &ground).await?;
    Held { dispute, standing, stored, ground }.show(tx, rules, actor).await
}

/// What a step of the dispute means for its agreement: a text that is up falls when signing stops, and with the
/// mediation the agreement ends.
pub async fn follow_dispute(tx: &mut Tx, before: Status, after: &Dispute) -> Result<(), ApiError> {
    let signing_stopped =
        before == Status::PendingSignature && after.status != Status::PendingSignature;
    let ended = dispute::is_before_effect(before)
        && matches!(after.status, Status::Terminated | Status::PenaltyReferral);
    if !signing_stopped && !ended {
        return Ok(());
    }
    let Some(stored) = store::find(tx, after.id).await? else { return Ok(()) };
    let event = match stored.agreement.status {
        AgreementStatus::Draft | AgreementStatus::UpForSigning if ended => Event::Voided,
        AgreementStatus::UpForSigning => Event::Reopened,
        _ => return Ok(()),
    };
    store::record(tx, stored, &[event], None).await?;
    Ok(())
}
