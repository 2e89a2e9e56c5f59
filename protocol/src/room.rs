//! Rooms and what can be said in them.

use crate::{EvidenceId, party::Side, text::Line, text::Text};
use serde::{Deserialize, Serialize};

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
