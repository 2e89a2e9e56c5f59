//! Which event tells whom what: the one table behind every notice.

use crate::dispute::Event;
use crate::obligation::{self, Promise};
use protocol::notice::NoticeKind;
use protocol::{AccountId, PartyId};

/// Who is told. Nobody is told of what they did themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Applicants, those who act for them, and who filed it for them.
    Applicants,
    /// Everybody on either side and those who act for them; respondents once they have been asked to take part.
    Parties,
    /// Those of the parties who have not said yet whether they agree, and who act for them.
    Undecided,
    Neutrals,
    Owner,
    /// The owner, or whoever at the station may take the dispute while it has none.
    Station,
    /// Station leaders and committee directors: who looks when something is late, and who approves.
    Superiors,
    /// The one whom the event is about.
    Account(AccountId),
    /// One party and those who act for it.
    Party(PartyId),
}

/// Whether a neutral text message goes out beside the notice: where somebody has to answer, come, sign or pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    App,
    Text,
    /// Not even held back because there was a message a moment ago: it may be about what begins now.
    TextAtOnce,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Telling {
    pub to: Audience,
    pub kind: NoticeKind,
    pub reach: Reach,
}

const fn app(to: Audience, kind: NoticeKind) -> Telling {
    Telling { to, kind, reach: Reach::App }
}

const fn text(to: Audience, kind: NoticeKind) -> Telling {
    Telling { to, kind, reach: Reach::Text }
}

fn each<const N: usize>(audiences: [Audience; N], kind: NoticeKind) -> Vec<Telling> {
    audiences.map(|to| app(to, kind)).into()
}

fn to_all(kind: NoticeKind) -> Vec<Telling> {
    each([Audience::Parties, Audience::Neutrals, Audience::Owner], kind)
}

/// Parties by text message too.
fn to_all_urgently(kind: NoticeKind) -> Vec<Telling> {
    to_all_by(Reach::Text, kind)
}

/// To parties by this way.
fn to_all_by(reach: Reach, kind: NoticeKind) -> Vec<Telling> {
    let others = each([Audience::Neutrals, Audience::Owner], kind);
    [Telling { to: Audience::Parties, kind, reach }].into_iter().chain(others).collect()
}

/// Whom `event` concerns. Who stands in two audiences is told once, by the first.
pub fn tellings(event: &Event) -> Vec<Telling> {
    use Audience::{Account, Applicants, Neutrals, Owner, Parties, Station, Superiors, Undecided};
    use NoticeKind as K;
    match event {
        Event::Submitted => each([Station], K::Submitted),
        Event::HandedOver { to } => each([Account(*to)], K::HandedToYou),
        Event::HeldForEmergency => each([Applicants], K::PoliceFirst),
        Event::Redirected => each([Applicants], K::Redirected),
        Event::Rejected => each([Applicants, Owner], K::Rejected),
        Event::Returned => each([Applicants, Owner], K::Returned),
        // The invitation brings the respondent a text message of its own.
        Event::TrackChosen { .. } => each([Undecided], K::ConsentAsked),
        Event::TrackChanged { .. } => vec![text(Undecided, K::ConsentAsked)],
        Event::EndingProposed { .. } => each([Superiors], K::ApprovalAsked),
        Event::EndingRefused { .. } => each([Owner, Neutrals], K::ApprovalRefused),
        Event::Accepted { .. } => each([Parties, Owner, Superiors], K::Accepted),
        Event::Appointed { account, .. } => {
            vec![app(Account(*account), K::YouAreAppointed), app(Parties, K::NeutralAppointed)]
        }
        Event::InterestDisclosed { .. } => vec![text(Parties, K::InterestsTold)],
        Event::DisclosureAnswered { neutral, .. } => {
            each([Account(*neutral)], K::DisclosureAnswered)
        }
        Event::NeutralStoodDown { account, .. } => {
            each([Account(*account), Parties, Owner], K::NeutralLeft)
        }
        Event::SessionScheduled => to_all_by(Reach::TextAtOnce, K::SessionScheduled),
        Event::Suspended { .. } => to_all(K::Suspended),
        Event::Resumed => to_all(K::Resumed),
        Event::ExtensionAsked { .. } => to_all(K::ExtensionAsked),
        Event::Extended { .. } => to_all(K::Extended),
        Event::PutUpForSigning => {
            vec![text(Parties, K::SignatureAsked), app(Superiors, K::SignatureAsked)]
        }
        Event::DraftReopened => to_all(K::TextReopened),
        Event::AgreementTookEffect { .. } => to_all_urgently(K::AgreementInEffect),
        Event::PerformanceCompleted => to_all(K::AllPerformed),
        Event::Defaulted => to_all_urgently(K::NotPerformed),
        Event::Urged => vec![text(Parties, K::Urged)],
        Event::SuitAdvised => each([Parties], K::CourtAdvised),
        Event::ReferredForPenalty => to_all(K::PenaltyProcedure),
        Event::Terminated { .. } => to_all_urgently(K::Terminated),
        Event::Escalated { .. } | Event::FirstSessionLate { .. } => {
            each([Superiors, Owner], K::Overdue)
        }
        Event::Closed => to_all(K::Closed),
        // What goes with another event that tells, or is news to nobody.
        Event::PartyAdded { .. }
        | Event::GuardianAdded { .. }
        | Event::AgentAdded { .. }
        | Event::OwnershipTaken { .. }
        | Event::ConsentGiven { .. }
        | Event::ConsentDeclined { .. }
        | Event::Withdrawn
        | Event::FactsEstablished
        | Event::Barred { .. }
        | Event::MediationBegun { .. }
        | Event::OralAgreementRecorded
        | Event::Archived => vec![],
    }
}

/// Whom a step of performing concerns. That it became late is told with the dispute's own event.
pub fn performance(event: &obligation::Event, promise: &Promise) -> Vec<(Audience, NoticeKind)> {
    use obligation::Event;
    let (obligor, beneficiary) =
        (Audience::Party(promise.obligor), Audience::Party(promise.beneficiary));
    let told = |audiences: &[Audience], kind| audiences.iter().map(|to| (*to, kind)).collect();
    match event {
        Event::Reported { .. } => told(&[beneficiary], NoticeKind::PerformanceReported),
        Event::Performed { finding: None, .. } => {
            told(&[obligor], NoticeKind::PerformanceConfirmed)
        }
        Event::Performed { finding: Some(_), .. } => {
            told(&[obligor, beneficiary], NoticeKind::PerformanceConfirmed)
        }
        Event::Contested { .. } => {
            let who = [obligor, Audience::Neutrals, Audience::Owner];
            told(&who, NoticeKind::PerformanceContested)
        }
        Event::FoundUnperformed { .. } => {
            told(&[obligor, beneficiary], NoticeKind::PerformanceMissing)
        }
        Event::Waived => told(&[obligor], NoticeKind::Waived),
        Event::BecameOverdue => vec![],
    }
}

/// All that a text message says: never the kind of case, the other party, or who talks with whom.
pub const NEUTRAL_TEXT: &str = "您有一条新的调解消息";

/// What the list in the app says. No names, no content: it may be read over a shoulder.
pub const fn words(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Submitted => "有新的调解申请待受理。",
        NoticeKind::HandedToYou => "一件调解已移交给您负责。",
        NoticeKind::PoliceFirst => "民警将先行处置,安全后再安排调解。",
        NoticeKind::Redirected => "您的申请已转交有权处理的部门。",
        NoticeKind::Rejected => "您的申请未被受理,请查看原因和其他途径。",
        NoticeKind::Returned => "您的申请已退回,请补充后重新提交。",
        NoticeKind::ConsentAsked => "请决定是否同意调解。",
        NoticeKind::InvitationLapsed => "一份调解邀请已失效且未获答复,请以其他方式联系当事人。",
        NoticeKind::CallAsked => "一位被邀请的当事人希望您回电。",
        NoticeKind::TimesSuggested => "一位被邀请的当事人提出了方便的时间。",
        NoticeKind::Accepted => "各方均已同意,调解已受理。",
        NoticeKind::ApprovalAsked => "有一项办理决定等待您审核。",
        NoticeKind::ApprovalRefused => "办理决定未获批准,调解继续。",
        NoticeKind::YouAreAppointed => "您已被指定参加调解,请披露利害关系。",
        NoticeKind::NeutralAppointed => "调解人员已确定。",
        NoticeKind::InterestsTold => "调解人员已披露利害关系,请确认是否接受。",
        NoticeKind::DisclosureAnswered => "当事人已答复您的披露。",
        NoticeKind::NeutralLeft => "一名调解人员已退出,将另行安排。",
        NoticeKind::SessionScheduled => "调解时间已约定,请查看。",
        NoticeKind::Suspended => "调解已中止,恢复时会通知您。",
        NoticeKind::Resumed => "调解已恢复。",
        NoticeKind::ExtensionAsked => "有一方请求延长调解期限。",
        NoticeKind::Extended => "调解期限已延长。",
        NoticeKind::SignatureAsked => "协议文本已确定,请核对。",
        NoticeKind::TextReopened => "协议文本将修改,签名须重新进行。",
        NoticeKind::AgreementInEffect => "协议已生效。",
        NoticeKind::PartiesSigned => "各方当事人均已签名,请签名或者盖章。",
        NoticeKind::PerformanceReported => "对方表示已履行一项约定,请确认。",
        NoticeKind::PerformanceConfirmed => "一项约定已确认履行。",
        NoticeKind::PerformanceContested => "对一项约定是否履行有不同说法,将由调解人员核实。",
        NoticeKind::PerformanceMissing => "经核实,一项约定尚未履行。",
        NoticeKind::Waived => "对方已免除您的一项约定义务。",
        NoticeKind::AllPerformed => "约定事项已全部履行。",
        NoticeKind::NotPerformed => "有约定事项未按期履行。",
        NoticeKind::Urged => "请按约定履行,如有困难请联系派出所。",
        NoticeKind::CourtAdvised => "您可以通过诉讼等途径维护权益,请查看说明。",
        NoticeKind::PenaltyProcedure => "调解未成,将依法继续处理。",
        NoticeKind::Terminated => "调解已终止,请查看其他途径。",
        NoticeKind::Overdue => "有一件调解超过期限无人办理,请处理。",
        NoticeKind::Closed => "调解已办结。",
        NoticeKind::DueSoon => "有约定事项即将到期。",
        NoticeKind::DueToday => "有约定事项今天到期。",
        NoticeKind::ConfirmationEnds => "申请司法确认的期限将满,请双方决定是否共同申请。",
    }
}

#[cfg(test)]
mod tests;
