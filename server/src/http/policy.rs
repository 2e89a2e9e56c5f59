//! Who may do what: one row for every operation of the API. An operation without a row does not start.

use domain::dispute::{Kind, parts_that_may};
use protocol::account::Role;
use protocol::dispute::Part;

/// Who may ask for an operation.
#[derive(Clone, Copy, Debug)]
pub enum Rule {
    /// No account needed.
    Public,
    /// Any account.
    SignedIn,
    /// An account with one of these roles.
    Roles(&'static [Role]),
    /// One of these parts in the dispute named by the request.
    Parts(&'static [Part]),
    /// The parts that the lifecycle permits this command to.
    Command(Kind),
    /// Whoever is in the room named by the request or, to read, was: the database decides, for every entry.
    InRoom,
}

impl Rule {
    /// The parts in the dispute that are needed, where the rule speaks of a dispute.
    pub const fn parts(self) -> Option<&'static [Part]> {
        match self {
            Self::Parts(parts) => Some(parts),
            Self::Command(kind) => Some(parts_that_may(kind)),
            Self::Public | Self::SignedIn | Self::Roles(_) | Self::InRoom => None,
        }
    }

    pub fn permits_role(self, role: Role) -> bool {
        match self {
            Self::Roles(roles) => roles.contains(&role),
            _ => true,
        }
    }

    pub fn permits_parts(self, parts: &[Part]) -> bool {
        self.parts().is_some_and(|needed| needed.iter().any(|part| parts.contains(part)))
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The operation's id in the API document.
    pub operation: &'static str,
    pub rule: Rule,
}

const fn row(operation: &'static str, rule: Rule) -> Row {
    Row { operation, rule }
}

/// Everybody who has any part in a dispute but to whom it is merely offered.
pub const INVOLVED: &[Part] = &[
    Part::Applicant,
    Part::Respondent,
    Part::Agent,
    Part::Guardian,
    Part::Mediator,
    Part::CoMediator,
    Part::InvitedLawyer,
    Part::Filer,
    Part::Owner,
    Part::StationOfficer,
    Part::StationLeader,
    Part::LegalReviewer,
    Part::GridWorker,
    Part::Director,
];

/// Those between whom the mediation takes place: nobody else is in a room or session.
pub const TALKING: &[Part] = &[
    Part::Applicant,
    Part::Respondent,
    Part::Agent,
    Part::Guardian,
    Part::Mediator,
    Part::CoMediator,
    Part::InvitedLawyer,
];

/// Those who may hand in evidence.
pub const HANDS_IN: &[Part] = &[
    Part::Applicant,
    Part::Respondent,
    Part::Agent,
    Part::Guardian,
    Part::Mediator,
    Part::CoMediator,
    Part::InvitedLawyer,
    Part::Filer,
    Part::Owner,
    Part::StationOfficer,
    Part::StationLeader,
];

/// Everybody who may see that a dispute exists.
pub const ANY_PART: &[Part] = &[
    Part::Applicant,
    Part::Respondent,
    Part::Agent,
    Part::Guardian,
    Part::Mediator,
    Part::CoMediator,
    Part::InvitedLawyer,
    Part::Filer,
    Part::Owner,
    Part::StationOfficer,
    Part::StationLeader,
    Part::LegalReviewer,
    Part::GridWorker,
    Part::Director,
    Part::Candidate,
];

/// Keeps stations, accounts and keys.
const OPERATOR: &[Role] = &[Role::Operator];

/// The whole policy. Rows are ordered as the API document is: by feature, then by operation.
pub const POLICY: &[Row] = &[
    row("accounts_ask_code", Rule::Public),
    row("accounts_change_me", Rule::SignedIn),
    row("accounts_end_current_login", Rule::SignedIn),
    row("accounts_end_login", Rule::SignedIn),
    row("accounts_logins", Rule::SignedIn),
    row("accounts_me", Rule::SignedIn),
    row("accounts_refresh", Rule::Public),
    row("accounts_sign_in", Rule::Public),
    row("disputes_add_party", Rule::Command(Kind::AddParty)),
    row("disputes_add_representative", Rule::Command(Kind::AddAgent)),
    row("disputes_answer_disclosure", Rule::Command(Kind::AnswerDisclosure)),
    row("disputes_appoint", Rule::Command(Kind::Appoint)),
    row("disputes_approve_ending", Rule::Command(Kind::ApproveEnding)),
    row("disputes_ask_extension", Rule::Command(Kind::AskExtension)),
    row("disputes_bar", Rule::Command(Kind::Bar)),
    row("disputes_change_track", Rule::Command(Kind::ChangeTrack)),
    row("disputes_claim", Rule::Command(Kind::Claim)),
    row("disputes_conflicts", Rule::Parts(&[Part::Candidate])),
    row("disputes_consent", Rule::Command(Kind::Consent)),
    row("audit_list", Rule::Roles(&[Role::Auditor])),
    row("disputes_create", Rule::SignedIn),
    row("disputes_decline", Rule::Command(Kind::Decline)),
    row("disputes_disclose", Rule::Command(Kind::Disclose)),
    row("disputes_establish_facts", Rule::Command(Kind::EstablishFacts)),
    row("disputes_events", Rule::Parts(INVOLVED)),
    row("disputes_hand_over", Rule::Command(Kind::HandOver)),
    row("disputes_list", Rule::SignedIn),
    row("disputes_propose_ending", Rule::Command(Kind::ProposeEnding)),
    row("disputes_refuse_ending", Rule::Command(Kind::RefuseEnding)),
    row("disputes_resume", Rule::Command(Kind::Resume)),
    row("disputes_show", Rule::Parts(ANY_PART)),
    row("disputes_step_down", Rule::Command(Kind::StepDown)),
    row("disputes_submit", Rule::Command(Kind::Submit)),
    row("disputes_suspend", Rule::Command(Kind::Suspend)),
    row("disputes_triage", Rule::Command(Kind::Triage)),
    row("disputes_withdraw", Rule::Command(Kind::Withdraw)),
    row("evidence_add", Rule::Parts(HANDS_IN)),
    row("evidence_content", Rule::Parts(INVOLVED)),
    row("evidence_list", Rule::Parts(INVOLVED)),
    row("evidence_share", Rule::Parts(HANDS_IN)),
    row("health_live", Rule::Public),
    row("health_ready", Rule::Public),
    row("notices_list", Rule::SignedIn),
    row("notices_read", Rule::SignedIn),
    row("rooms_entries", Rule::InRoom),
    row("rooms_list", Rule::Parts(TALKING)),
    row("rooms_read", Rule::InRoom),
    row("rooms_say", Rule::InRoom),
    row("invitations_answer", Rule::Public),
    row("invitations_consent_text", Rule::Public),
    row(
        "invitations_create",
        Rule::Parts(&[
            Part::Owner,
            Part::StationOfficer,
            Part::StationLeader,
            Part::GridWorker,
            Part::Director,
        ]),
    ),
    row("invitations_front", Rule::Public),
    row("invitations_open", Rule::Public),
    row("staff_confirm_enrolment", Rule::Public),
    row("staff_create", Rule::Roles(OPERATOR)),
    row("staff_disable", Rule::Roles(OPERATOR)),
    row("staff_enable", Rule::Roles(OPERATOR)),
    row("staff_enrol", Rule::Public),
    row("staff_list", Rule::Roles(&[Role::Operator, Role::Auditor])),
    row("staff_new_enrolment", Rule::Roles(OPERATOR)),
    row("staff_renew_licence", Rule::Roles(OPERATOR)),
    row("staff_sign_in", Rule::Public),
];

pub fn rule_of(operation: &str) -> Option<&'static Row> {
    POLICY.iter().find(|row| row.operation == operation)
}
