//! Who is to mediate: how somebody is found, what is told beforehand, and what stands against it.

use crate::{PersonId, text::Paragraph};
use serde::{Deserialize, Serialize};

words! {
    AppointmentRole {
        /// Mediator of record; for 治安调解 the hosting officer.
        Mediator = "mediator",
        CoMediator = "co_mediator",
        InvitedLawyer = "invited_lawyer",
    }
}

words! {
    /// How somebody came to a dispute.
    AppointmentWay {
        /// Took it from the list offered.
        Claim = "claim",
        /// The parties chose.
        Choose = "choose",
        /// An officer or director appointed.
        Appoint = "appoint",
    }
}

words! {
    AppointmentStatus {
        /// Named; has not yet accepted.
        Offered = "offered",
        /// Interests are told; the parties have not all answered.
        Disclosing = "disclosing",
        Active = "active",
        Declined = "declined",
        /// Did not answer in time, or a party objected.
        Replaced = "replaced",
        Ended = "ended",
    }
}

words! {
    /// A party's answer to what was disclosed.
    DisclosureAnswer {
        Pending = "pending",
        Accepted = "accepted",
        Objected = "objected",
    }
}

words! {
    /// 近亲属及姻亲, as declared
    KinRelation {
        Spouse = "spouse",
        Parent = "parent",
        Child = "child",
        Sibling = "sibling",
        Grandparent = "grandparent",
        Grandchild = "grandchild",
        InLaw = "in_law",
        Other = "other",
    }
}

/// A relative somebody has declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DeclaredKin {
    pub person: PersonId,
    pub relation: KinRelation,
}

words! {
    /// What stands between a candidate and the people of a dispute.
    ConflictKind {
        SamePerson = "same_person",
        SameFirm = "same_firm",
        Kin = "kin",
        /// Was once in a dispute with one of them.
        EarlierParty = "earlier_party",
        /// Once acted for or against one of them.
        EarlierCounsel = "earlier_counsel",
        /// Was taken off this dispute, or mediated it and may not act for a side later.
        Barred = "barred",
    }
}

/// A conflict as it is shown: never with the name behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConflictView {
    pub kind: ConflictKind,
    /// All parties may accept it after it has been disclosed to them in writing.
    pub waivable: bool,
    pub article: String,
    pub explanation: String,
}

/// What a mediator tells the parties before they accept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Disclosure {
    /// The interests and relations; absent where there are none.
    #[serde(default)]
    pub interests: Option<Paragraph>,
}

/// What stands between somebody and a dispute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConflictCheck {
    /// Nothing that excludes; what is left has to be disclosed and accepted by every party.
    pub may_take_part: bool,
    pub conflicts: Vec<ConflictView>,
}
