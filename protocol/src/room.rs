//! Rooms and what can be said in them.

use crate::dispute::Part;
use crate::{
    DisputeId, EvidenceId, PartyId, PersonId, RoomId, party::Side, text::Line, text::Text,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;
use std::str::FromStr;

words! {
    RoomKind {
        /// 面对面: everybody.
        Joint = "joint",
        /// 背对背: one side and the neutrals.
        Caucus = "caucus",
        /// Mediators, invited lawyer, hosting officer.
        Neutrals = "neutrals",
    }
}

words! {
    EntryKind {
        Text = "text",
        Voice = "voice",
        Image = "image",
        QuickPhrase = "quick_phrase",
        /// Written by the server only.
        System = "system",
        Card = "card",
    }
}

words! {
    /// Sentences one tap away, for those who do not write.
    QuickPhrase {
        Agree = "agree",
        Disagree = "disagree",
        PleaseRepeat = "please_repeat",
        SlowDown = "slow_down",
        CannotHear = "cannot_hear",
        NeedBreak = "need_break",
        /// 我想单独和调解员谈
        TalkAlone = "talk_alone",
        NeedTime = "need_time",
        ThankYou = "thank_you",
    }
}

words! {
    /// What the server itself notes in a room.
    SystemNotice {
        Opened = "opened",
        MemberJoined = "member_joined",
        MemberLeft = "member_left",
        SessionStarted = "session_started",
        SessionEnded = "session_ended",
        RecordingStarted = "recording_started",
        RecordingStopped = "recording_stopped",
        TextPutUp = "text_put_up",
        AgreementEffective = "agreement_effective",
        Closed = "closed",
    }
}

words! {
    /// What a card asks.
    CardKind {
        Proposal = "proposal",
        TimeChoice = "time_choice",
        RightsNotice = "rights_notice",
        RecordReview = "record_review",
    }
}

words! {
    CardReply {
        Yes = "yes",
        No = "no",
        Later = "later",
    }
}

/// What stands in one entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum EntryBody {
    Text {
        text: Text<1, 4_000>,
    },
    Voice {
        evidence: EvidenceId,
        seconds: u16,
        /// What was said, where it has been written down.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transcript: Option<Text<1, 4_000>>,
    },
    Image {
        evidence: EvidenceId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caption: Option<Line>,
    },
    QuickPhrase {
        phrase: QuickPhrase,
    },
    System {
        notice: SystemNotice,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        detail: Option<Line>,
    },
    Card {
        card: CardKind,
        /// What the card is about: a title, or the `seq` of the card that is answered.
        subject: Line,
        /// Absent in the question, present in an answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply: Option<CardReply>,
    },
}

impl EntryBody {
    /// The file that it shows.
    pub const fn evidence(&self) -> Option<EvidenceId> {
        match self {
            Self::Voice { evidence, .. } | Self::Image { evidence, .. } => Some(*evidence),
            _ => None,
        }
    }

    pub const fn kind(&self) -> EntryKind {
        match self {
            Self::Text { .. } => EntryKind::Text,
            Self::Voice { .. } => EntryKind::Voice,
            Self::Image { .. } => EntryKind::Image,
            Self::QuickPhrase { .. } => EntryKind::QuickPhrase,
            Self::System { .. } => EntryKind::System,
            Self::Card { .. } => EntryKind::Card,
        }
    }
}

/// Which room of a dispute: its kind, and for a caucus whose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum RoomAddress {
    Joint {},
    Caucus { side: Side },
    Neutrals {},
}

impl RoomAddress {
    pub const JOINT: Self = Self::Joint {};
    pub const NEUTRALS: Self = Self::Neutrals {};
    /// The rooms every dispute has from the moment it is accepted.
    pub const ALL: [Self; 4] = [
        Self::JOINT,
        Self::Caucus { side: Side::Applicant },
        Self::Caucus { side: Side::Respondent },
        Self::NEUTRALS,
    ];

    /// The room of this kind; a caucus without a side there is not.
    pub const fn of(kind: RoomKind, side: Option<Side>) -> Self {
        match (kind, side) {
            (RoomKind::Caucus, Some(side)) => Self::Caucus { side },
            (RoomKind::Neutrals, _) => Self::NEUTRALS,
            _ => Self::JOINT,
        }
    }

    pub const fn kind(self) -> RoomKind {
        match self {
            Self::Joint {} => RoomKind::Joint,
            Self::Caucus { .. } => RoomKind::Caucus,
            Self::Neutrals {} => RoomKind::Neutrals,
        }
    }

    pub const fn side(self) -> Option<Side> {
        match self {
            Self::Caucus { side } => Some(side),
            Self::Joint {} | Self::Neutrals {} => None,
        }
    }
}

/// What the sender's device calls a message, so that sending it again stores it once.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct ClientMsgId(String);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAClientMsgId;

impl fmt::Display for NotAClientMsgId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must have 1 to 64 letters, digits, dashes or underscores")
    }
}

impl std::error::Error for NotAClientMsgId {}

impl ClientMsgId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ClientMsgId {
    type Err = NotAClientMsgId;

    fn from_str(text: &str) -> Result<Self, NotAClientMsgId> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let good = (1..=64).contains(&text.len()) && text.bytes().all(plain);
        if good { Ok(Self(text.to_owned())) } else { Err(NotAClientMsgId) }
    }
}

impl<'de> Deserialize<'de> for ClientMsgId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ClientMsgId {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^[A-Za-z0-9_-]{1,64}$"))
            .examples(["7f3a-1"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ClientMsgId {}

/// A room as one member may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomView {
    pub id: RoomId,
    pub dispute: DisputeId,
    #[serde(flatten)]
    pub address: RoomAddress,
    /// Takes entries now.
    pub open: bool,
    /// The first entry you may read.
    pub first: i64,
    /// The last entry.
    pub head: i64,
    /// How far you have read.
    pub read: i64,
    /// Entries of others past that; 1000 stands for that many or more.
    pub unread: i64,
    pub members: Vec<MemberView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberView {
    pub person: PersonId,
    pub part: Part,
    pub name: String,
    /// 对方已看: how far this member has read.
    pub read: i64,
}

/// The rooms of one dispute that you are in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoomList {
    pub rooms: Vec<RoomView>,
}

/// One entry. It has no id but its room and its number, so that no id tells when something was said elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntryView {
    pub seq: i64,
    /// Absent for what the service notes.
    pub sender: Option<PersonId>,
    pub at: DateTime<Utc>,
    pub body: EntryBody,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntryPage {
    pub room: RoomId,
    pub entries: Vec<EntryView>,
    /// Pass it as `after` to get the next page; absent when this was the last one.
    pub next: Option<i64>,
}

/// A party agrees to meet the other side, where domestic violence is indicated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AgreeToMeet {
    pub party: PartyId,
}

/// Something to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Say {
    pub client_msg_id: ClientMsgId,
    pub body: EntryBody,
}

/// It is on disk, as this entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Said {
    pub client_msg_id: ClientMsgId,
    pub room: RoomId,
    pub seq: i64,
    pub at: DateTime<Utc>,
}

/// Everything up to this entry has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MarkRead {
    pub seq: i64,
}

/// How far you have read: never backwards, never past the last entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadMark {
    pub room: RoomId,
    pub seq: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_reads_back_and_takes_nothing_unknown() -> serde_json::Result<()> {
        let body = r#"{"kind":"quick_phrase","phrase":"slow_down"}"#;
        let read: EntryBody = serde_json::from_str(body)?;
        assert_eq!(read, EntryBody::QuickPhrase { phrase: QuickPhrase::SlowDown });
        assert_eq!(serde_json::to_string(&read)?, body);
        for wrong in [
            r#"{"kind":"quick_phrase","phrase":"slow_down","x":1}"#,
            r#"{"kind":"text","text":""}"#,
            r#"{"kind":"shout","text":"a"}"#,
            r#"{"text":"a"}"#,
        ] {
            assert!(serde_json::from_str::<EntryBody>(wrong).is_err(), "{wrong}");
        }
        Ok(())
    }

    #[test]
    fn the_kind_on_the_wire_is_the_entry_kind() -> serde_json::Result<()> {
        let body = EntryBody::System { notice: SystemNotice::Opened, detail: None };
        assert_eq!(serde_json::to_value(&body)?["kind"], body.kind().as_str());
        for room in RoomAddress::ALL {
            let json = serde_json::to_value(room)?;
            assert_eq!(json["kind"], room.kind().as_str());
            assert_eq!(serde_json::from_value::<RoomAddress>(json)?, room);
        }
        Ok(())
    }
}
