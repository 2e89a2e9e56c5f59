//! File names: read from a header, never used as a path, written back so that no reader is misled.

use crate::error::ApiError;
use axum::http::HeaderMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use protocol::Text;

pub const HEADER: &str = "x-file-name";

/// What RFC 8187 lets stand as it is.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The name in `X-File-Name`, percent-encoded UTF-8.
pub fn read(headers: &HeaderMap) -> Result<String, ApiError> {
    let bad = |why: &str| ApiError::invalid("X-File-Name", why);
    let raw = headers
        .get(HEADER)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| bad("send the file's name, percent-encoded"))?;
    let name = percent_decode_str(raw)
        .decode_utf8()
        .map_err(|_| bad("must be UTF-8, percent-encoded"))?
        .parse::<Text<1, 200>>()
        .map_err(|error| bad(&error.to_string()))?
        .into_string();
    if name.contains(['/', '\\', '\n', '\r', '\t']) || name.contains(is_misleading) {
        return Err(bad("must be a plain name without path or direction marks"));
    }
    Ok(name)
}

/// Marks that turn text around make `cod.exe` look like `exe.doc`.
fn is_misleading(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `Content-Disposition` for saving, never for showing.
pub fn attachment(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-._".contains(c) { c } else { '_' })
        .collect();
    format!(
        "attachment; filename=\"{plain}\"; filename*=UTF-8''{}",
        utf8_percent_encode(name, KEPT)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    fn of(raw: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, HeaderValue::from_str(raw).ok()?);
        read(&headers).ok()
    }

    #[test]
    fn a_name_is_a_plain_name() {
        assert_eq!(of("%E7%85%A7%E7%89%87.jpg"), Some("照片.jpg".into()));
        for bad in ["", "%2Fetc%2Fpasswd", "a%5Cb", "a%0Ab", "%FF", "a%E2%80%AEgpj.exe", "%00"] {
            assert_eq!(of(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_one_header_and_reads_back(name in "\\PC{1,60}") {
            let header = attachment(&name);
            let encoded = utf8_percent_encode(&name, KEPT).to_string();
            prop_assert!(HeaderValue::from_str(&header).is_ok());
            prop_assert_eq!(header.matches('"').count(), 2);
            prop_assert_eq!(percent_decode_str(&encoded).decode_utf8().unwrap(), name);
        }
    }
}
