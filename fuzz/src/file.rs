//! What a file says it is called and what it is.

use crate::refused::assert_refused;
use domain::evidence::{by_extension, declared, fits, is_text_document};
use http::{HeaderMap, HeaderValue};
use protocol::ErrorCode;
use protocol::evidence::MediaType;
use server::evidence::name::{HEADER, attachment, read};

pub fn file(data: &[u8]) {
    content(data);
    if let Ok(text) = std::str::from_utf8(data) {
        for kind in [declared(text), by_extension(text)].into_iter().flatten() {
            assert!(MediaType::ALL.contains(&kind));
        }
    }
    let Ok(header) = HeaderValue::from_bytes(data) else { return };
    match named(header) {
        Ok(name) => comes_back(&name),
        Err(error) => assert_refused(&error.to_problem(), ErrorCode::Invalid),
    }
}

fn named(header: HeaderValue) -> Result<String, server::error::ApiError> {
    read(&HeaderMap::from_iter([(http::HeaderName::from_static(HEADER), header)]))
}

/// Nothing is two things, but sound and film of the same family.
fn content(data: &[u8]) {
    let kinds: Vec<MediaType> = MediaType::ALL.iter().copied().filter(|k| fits(*k, data)).collect();
    let is_one = kinds.len() < 2
        || kinds == [MediaType::Mp4, MediaType::M4a]
        || kinds == [MediaType::M4a, MediaType::Mp4];
    assert!(is_one, "{kinds:?}");
    if is_text_document(data) {
        assert!(data.len() >= b"word/document.xml".len());
    }
}

/// A name that was taken is one header value when the file is given out, and the same name when it is read there.
fn comes_back(name: &str) {
    assert!((1..=200).contains(&name.chars().count()));
    assert!(!name.contains(['/', '\\']) && !name.contains(char::is_control), "{name:?}");
    let header = attachment(name);
    assert!(HeaderValue::from_str(&header).is_ok() && header.is_ascii());
    assert_eq!(header.matches('"').count(), 2);
    let (_, encoded) = header.rsplit_once("''").expect("the name, encoded");
    let encoded = HeaderValue::from_str(encoded).expect("visible letters");
    assert_eq!(named(encoded).ok().as_deref(), Some(name));
}
