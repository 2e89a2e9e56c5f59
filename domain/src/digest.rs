//! SHA-256 of what is shown and signed.

use protocol::Digest;
use sha2::{Digest as _, Sha256};

pub fn of(bytes: &[u8]) -> Digest {
    let bytes: [u8; 32] = Sha256::digest(bytes).into();
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_known_digest() {
        // FIPS 180-2, appendix B.1
        assert_eq!(
            of(b"abc").as_str(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
