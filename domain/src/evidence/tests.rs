use super::*;
use crate::dispute::ActsFor;
use protocol::PartyId;

fn standing(parts: &[Part], sides: &[Side]) -> Standing {
    let own = PartyId(uuid::Uuid::nil());
    let acts_for = |side: &Side| ActsFor {
        party: own,
        side: *side,
        part: Part::Applicant,
        powers: Vec::new(),
    };
    Standing {
        account: AccountId(uuid::Uuid::nil()),
        parts: parts.to_vec(),
        acts_for: sides.iter().map(acts_for).collect(),
    }
}

#[test]
fn only_who_mediates_sees_what_one_side_handed_in() {
    for part in [Part::Mediator, Part::CoMediator, Part::InvitedLawyer] {
        assert!(Sight::of(&standing(&[part], &[])).is_neutral, "{part}");
    }
    for part in [Part::Owner, Part::StationLeader, Part::Director, Part::Candidate, Part::Filer] {
        let sight = Sight::of(&standing(&[part], &[]));
        assert!(!sight.is_neutral && sight.sides.is_empty(), "{part}");
    }
}

#[test]
fn evidence_belongs_to_the_one_side_it_is_handed_in_for() {
    let sight = |sides: &[Side]| Sight::of(&standing(&[], sides)).side();
    assert_eq!(sight(&[Side::Applicant, Side::Applicant]), Some(Side::Applicant));
    assert_eq!(sight(&[Side::Applicant, Side::Respondent]), None);
    assert_eq!(sight(&[]), None);
}

#[test]
fn a_file_is_what_its_first_bytes_say() {
    let samples: [(MediaType, &[u8]); 8] = [
        (MediaType::Jpeg, b"\xff\xd8\xff\xe0\0\x10JFIF"),
        (MediaType::Png, b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
        (MediaType::Webp, b"RIFF\x24\0\0\0WEBPVP8 "),
        (MediaType::Heic, b"\0\0\0\x18ftypheic\0\0\0\0"),
        (MediaType::Pdf, b"%PDF-1.7\n"),
        (MediaType::Mp4, b"\0\0\0\x18ftypM4V \0\0\0\0"),
        (MediaType::M4a, b"\0\0\0\x18ftypM4A \0\0\0\0"),
        (MediaType::Docx, b"PK\x03\x04\x14\0\0\0"),
    ];
    for (media, head) in samples {
        for (other, _) in samples {
            assert_eq!(fits(other, head), media == other, "{media} as {other}");
        }
        assert!(!fits(media, &head[..3.min(head.len() - 1)][..2]), "{media} cut short");
    }
    assert!(!fits(MediaType::Jpeg, b"<html><script>"));
    assert!(!fits(MediaType::Mp4, b"PK\x03\x04ftypisom"), "an archive that says it is a film");
}

#[test]
fn names_and_declared_types_are_read_as_phones_write_them() {
    assert_eq!(by_extension("照片.JPG"), Some(MediaType::Jpeg));
    assert_eq!(by_extension("a.pdf.exe"), None);
    assert_eq!(by_extension("noextension"), None);
    assert_eq!(declared("image/HEIF; x=1"), Some(MediaType::Heic));
    assert_eq!(declared("audio/x-m4a"), Some(MediaType::M4a));
    assert_eq!(declared("text/html"), None);
}

#[test]
fn a_text_document_has_a_text_and_no_programs() {
    assert!(is_text_document(b"..PK\x01\x02..word/document.xml.."));
    assert!(!is_text_document(b"..word/document.xml..word/vbaProject.bin.."));
    assert!(!is_text_document(b"..xl/workbook.xml.."));
}
