//! Who may hand in evidence when, who sees which, and what a file really is.

use crate::dispute::Standing;
use protocol::AccountId;
use protocol::dispute::{Part, Status};
use protocol::evidence::MediaType;
use protocol::party::Side;

/// What somebody sees of the evidence of one dispute beside what all see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    pub account: AccountId,
    /// Sees what these sides handed in.
    pub sides: Vec<Side>,
    /// Mediates: sees everything. Stations and committees do not, unless they mediate.
    pub is_neutral: bool,
}

impl Sight {
    pub fn of(standing: &Standing) -> Self {
        let mut sides: Vec<Side> = standing.acts_for.iter().map(|acts| acts.side).collect();
        sides.sort();
        sides.dedup();
        let neutral = [Part::Mediator, Part::CoMediator, Part::InvitedLawyer];
        Self {
            account: standing.account,
            sides,
            is_neutral: neutral.iter().any(|part| standing.has(*part)),
        }
    }

    /// The side for which something is handed in. Whoever acts for both hands it in for neither.
    pub fn side(&self) -> Option<Side> {
        if let [only] = self.sides[..] { Some(only) } else { None }
    }
}

/// Until the file is closed; proof of performance comes late.
pub const fn may_add(status: Status) -> bool {
    !matches!(status, Status::Redirected | Status::Rejected | Status::Closed | Status::Archived)
}

const MIB: u64 = 1 << 20;

/// The largest file of a kind.
pub const fn most_bytes(media: MediaType) -> u64 {
    match media {
        MediaType::Mp4 => 200 * MIB,
        _ => 20 * MIB,
    }
}

/// As which kind a sender may declare a file; phones do not agree on all names.
pub fn declared(content_type: &str) -> Option<MediaType> {
    let essence = content_type.split(';').next()?.trim().to_ascii_lowercase();
    match essence.as_str() {
        "image/heif" => Some(MediaType::Heic),
        "audio/m4a" | "audio/x-m4a" => Some(MediaType::M4a),
        other => other.parse().ok(),
    }
}

pub fn by_extension(file_name: &str) -> Option<MediaType> {
    let (_, extension) = file_name.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => MediaType::Jpeg,
        "png" => MediaType::Png,
        "webp" => MediaType::Webp,
        "heic" | "heif" => MediaType::Heic,
        "pdf" => MediaType::Pdf,
        "mp4" => MediaType::Mp4,
        "m4a" => MediaType::M4a,
        "docx" => MediaType::Docx,
        _ => return None,
    })
}

/// As many first bytes as `fits` wants to see, where the file has them.
pub const HEAD: usize = 32;

/// Whether a file that begins with `head` can be what it is said to be.
pub fn fits(media: MediaType, head: &[u8]) -> bool {
    match media {
        MediaType::Jpeg => head.starts_with(b"\xff\xd8\xff"),
        MediaType::Png => head.starts_with(b"\x89PNG\r\n\x1a\n"),
        MediaType::Webp => head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"),
        MediaType::Pdf => head.starts_with(b"%PDF-"),
        MediaType::Docx => head.starts_with(b"PK\x03\x04"),
        MediaType::Heic => {
            brand(head).is_some_and(|b| [*b"heic", *b"heix", *b"mif1", *b"msf1"].contains(&b))
        }
        MediaType::Mp4 => brand(head).is_some_and(|b| is_movie(b) || b == *b"M4V "),
        // Recorders on phones write sound under the brands of films.
        MediaType::M4a => brand(head).is_some_and(|b| is_movie(b) || b == *b"M4A "),
    }
}

/// The major brand of an ISO base media file. It stands in a box of some dozen bytes: what gives a length of more than
/// 64 KiB has something else's beginning there.
fn brand(head: &[u8]) -> Option<[u8; 4]> {
    let is_film = head.starts_with(b"\0\0") && head.get(4..8)? == b"ftyp";
    if is_film { head.get(8..12)?.try_into().ok() } else { None }
}

fn is_movie(brand: [u8; 4]) -> bool {
    [*b"isom", *b"iso2", *b"iso4", *b"iso5", *b"iso6", *b"mp41", *b"mp42", *b"avc1", *b"3gp4"]
        .contains(&brand)
}

/// Whether an archive whose directory is in `tail` is a text document, and one without programs in it.
pub fn is_text_document(tail: &[u8]) -> bool {
    let has = |name: &[u8]| tail.windows(name.len()).any(|window| window == name);
    has(b"word/document.xml") && !has(b"vbaProject.bin")
}

#[cfg(test)]
mod tests;
