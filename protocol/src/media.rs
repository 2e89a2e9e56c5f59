//! Sound and picture of a session: being admitted, moving, signalling, and what is recorded.

use crate::{MediaRoomId, PersonId, SessionId, room::RoomAddress};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// Where somebody is with sound and picture.
    MediaStanding {
        Out = "out",
        In = "in",
        /// The talk goes on elsewhere: stop sending, confirm it, then join again.
        Leaving = "leaving",
    }
}

words! {
    /// What is noted of a recording, in the order in which it happened.
    RecordingDeed {
        Announced = "announced",
        Consented = "consented",
        /// Also a consent that is taken back.
        Refused = "refused",
        Stopped = "stopped",
    }
}

words! {
    RecordingState {
        Off = "off",
        /// Everybody is asked; nothing is recorded yet.
        Announced = "announced",
        On = "on",
    }
}

/// Where you are with sound and picture, and who is with you.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MediaView {
    pub session: SessionId,
    pub standing: MediaStanding,
    /// Counts what happened to your place; `confirm_left` and `leave` name it.
    pub turn: i64,
    /// The media room you are in, or have to leave.
    pub media_room: Option<MediaRoomId>,
    /// Which room of the dispute it belongs to.
    pub room: Option<RoomAddress>,
    /// Grows when somebody was moved out: join again to get a token for it, and restart ICE where it failed.
    pub epoch: Option<i64>,
    /// Until when your place is kept; join again before. Who cannot, stops sending then.
    pub until: Option<DateTime<Utc>>,
    /// Who else is in; close what you have open to anybody else.
    pub others: Vec<PersonId>,
    pub recording: RecordingView,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecordingView {
    pub state: RecordingState,
    /// You are asked and have not answered.
    pub your_answer_is_due: bool,
}

/// You are in, until `until`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Admission {
    pub media: MediaView,
    /// Opens the audio socket of this media room and epoch; it is told once and kept nowhere.
    pub token: String,
    /// Seconds from the request on, for a device whose clock is wrong.
    pub lives_seconds: i64,
    pub ice_servers: Vec<IceServer>,
    /// Where sound goes over a WebSocket of ours when nothing else gets through.
    pub audio_url: String,
}

/// As `RTCPeerConnection` takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IceServer {
    pub urls: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// Names the moment of your place that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct MediaTurn {
    pub turn: i64,
}

/// Agrees to being recorded, refuses it, or takes an agreement back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AnswerRecording {
    pub consents: bool,
}

words! {
    /// What one asks for over the live socket; each is also a door.
    MediaStep {
        Join = "join",
        ConfirmLeft = "confirm_left",
        Leave = "leave",
    }
}

/// Subprotocol of the audio socket.
pub const AUDIO_SUBPROTOCOL: &str = "ala.media.v1";

/// Closes an audio socket: another server has this media room. Join again, which tells the right address.
pub const WRONG_SERVER: u16 = 4421;

/// The first message on an audio socket, as text.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AudioHello {
    /// The join token of an admission.
    pub token: String,
}

/// Who is heard on this audio socket, and by which number; sent as text at the beginning and whenever it changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AudioPeople {
    pub others: Vec<AudioPerson>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AudioPerson {
    /// The first byte of every packet of this person.
    pub number: u8,
    pub person: PersonId,
}
