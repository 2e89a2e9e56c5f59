//! Ids: random UUIDs behind a typed prefix, so that one kind cannot be taken for another.
//!
//! They carry no time: an id that told when it was made would tell when something was said in private.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The text is not an id of the kind asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnId(pub &'static str);

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected an id that starts with \"{}_\" and 32 hexadecimal digits", self.0)
    }
}

impl std::error::Error for NotAnId {}

fn parse(text: &str, prefix: &'static str) -> Result<Uuid, NotAnId> {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|rest| {
            rest.len() == 32 && rest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        })
        .and_then(|rest| Uuid::try_parse(rest).ok())
        .ok_or(NotAnId(prefix))
}

macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident = $prefix:literal),+ $(,)?) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type), sqlx(transparent))]
        pub struct $name(pub Uuid);

        impl $name {
            pub const PREFIX: &'static str = $prefix;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text, $prefix).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!("`", $prefix, "_` and 32 hexadecimal digits.")))
                    .pattern(Some(concat!("^", $prefix, "_[0-9a-f]{32}$")))
                    .examples([concat!($prefix, "_0123456789ab4cde8f0123456789abcd")])
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    )+};
}

ids! {
    AccountId = "acc",
    AgreementId = "agr",
    AppointmentId = "apt",
    AuditId = "aud",
    ClauseId = "cls",
    CommitteeId = "com",
    DisputeId = "dsp",
    EvidenceId = "evd",
    FirmId = "frm",
    InvitationId = "inv",
    /// One sending of a code by text message.
    LoginCodeId = "lcd",
    /// An authenticated device.
    LoginId = "lgn",
    /// Made anew for every caucus, so that nothing of an earlier one leads into it.
    MediaRoomId = "mrm",
    NoticeId = "ntc",
    ObligationId = "obl",
    PartyId = "pty",
    /// A person is not an account: a respondent exists before ever signing in.
    PersonId = "psn",
    RepresentativeId = "rep",
    RoomId = "rom",
    SessionId = "ses",
    StationId = "stn",
    TextMessageId = "txt",
    VisitId = "vst",
    WorkroomId = "wrk",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_writes_and_nothing_else() {
        let id = DisputeId(Uuid::from_u128(0x0123_4567_89ab_4cde_8f01_2345_6789_abcd));
        let text = id.to_string();
        assert_eq!(text, "dsp_0123456789ab4cde8f0123456789abcd");
        assert_eq!(text.parse(), Ok(id));
        for wrong in [
            "acc_0123456789ab4cde8f0123456789abcd",
            "dsp_0123456789AB4CDE8F0123456789ABCD",
            "dsp_01234567-89ab-4cde-8f01-23456789abcd",
            "0123456789ab4cde8f0123456789abcd",
            "dsp_",
            "",
        ] {
            assert_eq!(wrong.parse::<DisputeId>(), Err(NotAnId("dsp")), "{wrong}");
        }
    }
}
