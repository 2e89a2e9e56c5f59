//! Who may do what: one row for every operation of the API. An operation without a row does not start.

use domain::dispute::{ACTS_FOR_A_PARTY, Kind, NEUTRALS, STATION, parts_that_may};
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
    /// Whoever is in the room named by the request or, to read, was: the database decides, for every entry. Of a
    /// dispute: whoever is or was among those who talk in it.
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

/// Several lists as one, so that a group of people is written down once.
macro_rules! together {
    ($($list:expr),+ $(,)?) => { &join::<_, { 0 $(+ $list.len())+ }>(&[$($list),+]) };
}

const fn join<T: Copy, const N: usize>(lists: &[&[T]]) -> [T; N] {
    let mut all = [lists[0][0]; N];
    let (mut list, mut from, mut to) = (0, 0, 0);
    while to < N {
        if from == lists[list].len() {
            (list, from) = (list + 1, 0);
        } else {
            all[to] = lists[list][from];
            (from, to) = (from + 1, to + 1);
        }
    }
    all
}

/// Those who lead a session.
const LEADING: &[Part] = &[Part::Mediator, Part::CoMediator];

/// A party, and who has to speak where a party cannot.
const IN_PERSON: &[Part] = &[Part::Applicant, Part::Respondent, Part::Guardian];

/// Those of station and committee who look at what others do in a dispute.
const LOOKING_ON: &[Part] = &[Part::LegalReviewer, Part::GridWorker, Part::Director];

/// Those between whom the mediation takes place: nobody else is in a room or session.
const TALKING: &[Part] = together!(ACTS_FOR_A_PARTY, NEUTRALS);

/// Those who come to a session, and those who note that somebody came.
const ATTENDING: &[Part] = together!(ACTS_FOR_A_PARTY, LEADING);

/// Those who may hand in evidence.
const HANDS_IN: &[Part] = together!(TALKING, &[Part::Filer], STATION);

/// Those an agreement concerns once its text is up. A grid worker visits by the obligations alone.
const AGREEING: &[Part] = together!(TALKING, STATION, &[Part::LegalReviewer, Part::Director]);

/// Those whom what was promised concerns.
const PERFORMING: &[Part] = together!(TALKING, STATION, LOOKING_ON);

/// Everybody who has any part in a dispute but to whom it is merely offered.
const INVOLVED: &[Part] = together!(PERFORMING, &[Part::Filer]);

/// Everybody who may see that a dispute exists.
pub const ANY_PART: &[Part] = together!(INVOLVED, &[Part::Candidate]);

/// Those who ask a party to come.
const INVITING: &[Part] = together!(STATION, &[Part::GridWorker, Part::Director]);

/// Those who see to it that it is performed (人民调解法 Art 31; 2007 norm Art 12).
const SUPERVISING: &[Part] = together!(&[Part::Mediator, Part::Director], STATION);

/// Those who go and see.
const VISITING: &[Part] = together!(STATION, &[Part::GridWorker]);

/// Visit records speak of risk: they are the station's, the mediator's and the committee's.
const READING_VISITS: &[Part] = together!(&[Part::Mediator], STATION, LOOKING_ON);

/// 调委会主任
const DIRECTOR: &[Role] = &[Role::CommitteeDirector];

/// Those who may come to mediate or to decide.
const NEUTRAL: &[Role] = &[
    Role::Lawyer,
    Role::PeoplesMediator,
    Role::Officer,
    Role::GridWorker,
    Role::StationLeader,
    Role::LegalReviewer,
    Role::CommitteeDirector,
];

/// Everybody who works for the service.
const STAFF: &[Role] = together!(NEUTRAL, &[Role::Operator, Role::Auditor]);

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
    row("agreements_agree_orally", Rule::Command(Kind::AgreeOrally)),
    row("agreements_put_up", Rule::Command(Kind::PutUpForSigning)),
    row("agreements_reopen", Rule::Command(Kind::ReopenDraft)),
    row("agreements_revise", Rule::Parts(NEUTRALS)),
    row("agreements_seal", Rule::Parts(&[Part::Director])),
    row("agreements_show", Rule::Parts(AGREEING)),
    row("agreements_sign", Rule::Parts(ACTS_FOR_A_PARTY)),
    row("agreements_sign_as_mediator", Rule::Parts(&[Part::Mediator])),
    row("agreements_signed_on_paper", Rule::Parts(&[Part::Mediator])),
    row("appointments_answer_disclosure", Rule::Command(Kind::AnswerDisclosure)),
    row("appointments_appoint", Rule::Command(Kind::Appoint)),
    row("appointments_claim", Rule::Command(Kind::Claim)),
    row("appointments_conflicts", Rule::Parts(&[Part::Candidate])),
    row("appointments_disclose", Rule::Command(Kind::Disclose)),
    row("appointments_step_down", Rule::Command(Kind::StepDown)),
    row("audit_list", Rule::Roles(&[Role::Auditor])),
    row("directory_appoint", Rule::Roles(DIRECTOR)),
    row("directory_change_workroom", Rule::Roles(DIRECTOR)),
    row("directory_committees", Rule::Public),
    row("directory_communities", Rule::Public),
    row("directory_create_committee", Rule::Roles(OPERATOR)),
    row("directory_create_firm", Rule::Roles(OPERATOR)),
    row("directory_create_station", Rule::Roles(OPERATOR)),
    row("directory_create_workroom", Rule::Roles(DIRECTOR)),
    row("directory_declare_kin", Rule::Roles(NEUTRAL)),
    row("directory_end_appointment", Rule::Roles(DIRECTOR)),
    row("directory_firms", Rule::Roles(STAFF)),
    row("directory_keep_community", Rule::Roles(OPERATOR)),
    row("directory_keep_district", Rule::Roles(OPERATOR)),
    row("directory_keep_skills", Rule::Roles(NEUTRAL)),
    row("directory_lawyers", Rule::Roles(STAFF)),
    row("directory_mediators", Rule::Public),
    row("directory_my_kin", Rule::Roles(NEUTRAL)),
    row("directory_station", Rule::Public),
    row("directory_workrooms", Rule::Public),
    row("disputes_add_party", Rule::Command(Kind::AddParty)),
    row("disputes_add_representative", Rule::Command(Kind::AddAgent)),
    row("disputes_approve_ending", Rule::Command(Kind::ApproveEnding)),
    row("disputes_ask_extension", Rule::Command(Kind::AskExtension)),
    row("disputes_bar", Rule::Command(Kind::Bar)),
    row("disputes_change_track", Rule::Command(Kind::ChangeTrack)),
    row("disputes_consent", Rule::Command(Kind::Consent)),
    row("disputes_create", Rule::SignedIn),
    row("disputes_decline", Rule::Command(Kind::Decline)),
    row("disputes_establish_facts", Rule::Command(Kind::EstablishFacts)),
    row("disputes_events", Rule::Parts(INVOLVED)),
    row("disputes_hand_over", Rule::Command(Kind::HandOver)),
    row("disputes_list", Rule::SignedIn),
    row("disputes_propose_ending", Rule::Command(Kind::ProposeEnding)),
    row("disputes_refuse_ending", Rule::Command(Kind::RefuseEnding)),
    row("disputes_resume", Rule::Command(Kind::Resume)),
    row("disputes_show", Rule::Parts(ANY_PART)),
    row("disputes_submit", Rule::Command(Kind::Submit)),
    row("disputes_suspend", Rule::Command(Kind::Suspend)),
    row("disputes_triage", Rule::Command(Kind::Triage)),
    row("disputes_view_as_of", Rule::InRoom),
    row("disputes_withdraw", Rule::Command(Kind::Withdraw)),
    row("evidence_add", Rule::Parts(HANDS_IN)),
    row("evidence_content", Rule::Parts(INVOLVED)),
    row("evidence_list", Rule::Parts(INVOLVED)),
    row("evidence_share", Rule::Parts(HANDS_IN)),
    row("follow_ups_archive", Rule::Command(Kind::Archive)),
    row("follow_ups_close", Rule::Command(Kind::Close)),
    row("follow_ups_confirm_risk", Rule::Parts(STATION)),
    row("follow_ups_due", Rule::Roles(&[Role::Officer, Role::GridWorker, Role::StationLeader])),
    row("follow_ups_record", Rule::Parts(VISITING)),
    row("follow_ups_visits", Rule::Parts(READING_VISITS)),
    row("health_live", Rule::Public),
    row("health_ready", Rule::Public),
    row("invitations_answer", Rule::Public),
    row("invitations_consent_text", Rule::Public),
    row("invitations_create", Rule::Parts(INVITING)),
    row("invitations_front", Rule::Public),
    row("invitations_list", Rule::Parts(INVITING)),
    row("invitations_open", Rule::Public),
    row("invitations_wish", Rule::Public),
    row("media_announce_recording", Rule::Parts(LEADING)),
    row("media_answer_recording", Rule::Parts(TALKING)),
    row("media_confirm_left", Rule::Parts(TALKING)),
    row("media_join", Rule::Parts(TALKING)),
    row("media_leave", Rule::Parts(TALKING)),
    row("media_show", Rule::Parts(TALKING)),
    row("media_stop_recording", Rule::Parts(LEADING)),
    row("notices_list", Rule::SignedIn),
    row("notices_read", Rule::SignedIn),
    row("obligations_advise_suit", Rule::Command(Kind::AdviseSuit)),
    row("obligations_confirm", Rule::Parts(ACTS_FOR_A_PARTY)),
    row("obligations_contest", Rule::Parts(ACTS_FOR_A_PARTY)),
    row("obligations_establish", Rule::Parts(SUPERVISING)),
    row("obligations_list", Rule::Parts(PERFORMING)),
    row("obligations_refer_for_penalty", Rule::Command(Kind::ReferForPenalty)),
    row("obligations_report", Rule::Parts(ACTS_FOR_A_PARTY)),
    row("obligations_urge", Rule::Command(Kind::Urge)),
    row("obligations_waive", Rule::Parts(ACTS_FOR_A_PARTY)),
    row("rooms_agree_to_meet", Rule::Parts(IN_PERSON)),
    row("rooms_entries", Rule::InRoom),
    row("rooms_list", Rule::Parts(TALKING)),
    row("rooms_read", Rule::InRoom),
    row("rooms_say", Rule::InRoom),
    row("rooms_view_as_of", Rule::InRoom),
    row("sessions_acknowledge_rights", Rule::Parts(ACTS_FOR_A_PARTY)),
    row("sessions_arrive", Rule::Parts(ATTENDING)),
    row("sessions_cancel", Rule::Parts(LEADING)),
    row("sessions_caucus", Rule::Parts(LEADING)),
    row("sessions_close_record", Rule::Parts(LEADING)),
    row("sessions_confirm_identities", Rule::Parts(LEADING)),
    row("sessions_confirm_record", Rule::Parts(ACTS_FOR_A_PARTY)),
    row("sessions_confirm_rights", Rule::Parts(LEADING)),
    row("sessions_depart", Rule::Parts(ATTENDING)),
    row("sessions_end", Rule::Parts(LEADING)),
    row("sessions_joint", Rule::Parts(LEADING)),
    row("sessions_list", Rule::Parts(INVOLVED)),
    row("sessions_note_refusal", Rule::Parts(LEADING)),
    row("sessions_notify", Rule::Parts(LEADING)),
    row("sessions_open", Rule::Parts(LEADING)),
    row("sessions_record", Rule::Parts(LEADING)),
    row("sessions_schedule", Rule::Command(Kind::Schedule)),
    row("sessions_show", Rule::Parts(INVOLVED)),
    row("sessions_verify", Rule::Parts(LEADING)),
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
