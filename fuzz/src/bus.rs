//! What servers tell one another.

use hmac::{Hmac, KeyInit, Mac};
use server::live::bus::{LARGEST, Seal, Word};
use sha2::Sha256;
use std::collections::HashSet;

pub fn bus(data: &[u8]) {
    let seal = Seal(Hmac::<Sha256>::new_from_slice(b"of this target").expect("any key is good"));
    assert!(seal.open(data).is_none(), "nobody sealed this");
    // As if it came from a server of ours: version, sender and words, sealed.
    let said = [&[1][..], data].concat();
    let mac = seal.0.clone().chain_update(&said).finalize().into_bytes();
    let sealed = [&said[..], &mac[..16]].concat();
    let Some((from, words)) = seal.open(&sealed) else { return };
    assert!(sealed.len() <= LARGEST);
    let mut again = HashSet::new();
    for (_, bytes) in seal.pack(&from, &words) {
        assert!(bytes.len() <= LARGEST);
        let (by, words) = seal.open(&bytes).expect("what is packed opens");
        assert_eq!(by, from);
        again.extend(words);
    }
    assert_eq!(again, words.into_iter().collect::<HashSet<Word>>());
}
