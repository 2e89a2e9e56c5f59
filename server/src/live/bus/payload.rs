//! What servers tell one another as bytes: ids only, sealed, and read strictly.
//!
//! Version, the server that speaks, words one after the other, and a seal that only servers with the same code secret
//! can make. What is not exactly that is refused as a whole.

use crate::db::Hint;
use hmac::{Hmac, Mac};
use protocol::{DisputeId, LoginId, PersonId, RoomId};
use sha2::Sha256;
use std::collections::HashSet;
use uuid::Uuid;

/// Fits, in base64, into the 8 000 bytes that a notification of PostgreSQL may have.
pub const LARGEST: usize = 5 * 1024;
/// On different nodes of a cluster, as it comes; which one says nothing but the last bits of an id.
pub const CHANNELS: [&str; 4] = ["ala:bus:0", "ala:bus:1", "ala:bus:2", "ala:bus:3"];

const VERSION: u8 = 1;
const SEAL: usize = 16;

/// One run of one server; random, so that nothing has to be configured.
pub type ServerId = [u8; 16];

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Word {
    Hint(Hint),
    /// Somebody listens to the room on the server that says so, and still does.
    Here {
        room: RoomId,
        person: PersonId,
    },
    Gone {
        room: RoomId,
        person: PersonId,
    },
    /// Somebody has a socket there, since this moment.
    Open {
        socket: u64,
        person: PersonId,
        since: i64,
    },
    Shut {
        socket: u64,
        person: PersonId,
    },
    /// Everybody is to say again who is there.
    Ask,
    /// The server that says so stops.
    Bye,
}

impl Word {
    /// What is said of one room or person stays in order, so it goes through one channel.
    fn channel(self) -> usize {
        let id = match self {
            Self::Hint(Hint::Room(room) | Hint::Read { room, .. } | Hint::Typing { room, .. })
            | Self::Here { room, .. }
            | Self::Gone { room, .. } => room.0,
            Self::Hint(Hint::Dispute(dispute)) => dispute.0,
            Self::Hint(Hint::Login(login)) => login.0,
            Self::Hint(Hint::Media(person))
            | Self::Open { person, .. }
            | Self::Shut { person, .. } => person.0,
            Self::Hint(Hint::Jobs | Hint::Everything) | Self::Ask | Self::Bye => Uuid::nil(),
        };
        usize::from(id.as_bytes()[15]) % CHANNELS.len()
    }

    fn write(self, to: &mut Vec<u8>) {
        let (kind, ids, number): (u8, &[Uuid], Option<[u8; 8]>) = match self {
            Self::Hint(Hint::Dispute(id)) => (1, &[id.0], None),
            Self::Hint(Hint::Room(id)) => (2, &[id.0], None),
            Self::Hint(Hint::Read { room, person, seq }) => {
                (3, &[room.0, person.0], Some(seq.to_be_bytes()))
            }
            Self::Hint(Hint::Login(id)) => (4, &[id.0], None),
            Self::Hint(Hint::Jobs) => (5, &[], None),
            Self::Hint(Hint::Typing { room, person }) => (6, &[room.0, person.0], None),
            Self::Hint(Hint::Media(person)) => (7, &[person.0], None),
            // What one server has missed is no news to another.
            Self::Hint(Hint::Everything) => return,
            Self::Here { room, person } => (8, &[room.0, person.0], None),
            Self::Gone { room, person } => (9, &[room.0, person.0], None),
            Self::Open { socket, person, since } => {
                to.push(10);
                to.extend(socket.to_be_bytes());
                to.extend(person.0.as_bytes());
                to.extend(since.to_be_bytes());
                return;
            }
            Self::Shut { socket, person } => (11, &[person.0], Some(socket.to_be_bytes())),
            Self::Ask => (12, &[], None),
            Self::Bye => (13, &[], None),
        };
        to.push(kind);
        to.extend(ids.iter().flat_map(|id| *id.as_bytes()));
        to.extend(number.iter().flatten());
    }
}

/// What is left to read of a payload.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn id(&mut self) -> Option<Uuid> {
        self.take().map(Uuid::from_bytes)
    }

    fn room(&mut self) -> Option<RoomId> {
        self.id().map(RoomId)
    }

    fn person(&mut self) -> Option<PersonId> {
        self.id().map(PersonId)
    }

    fn number(&mut self) -> Option<i64> {
        self.take().map(i64::from_be_bytes)
    }

    fn word(&mut self) -> Option<Word> {
        let [kind] = self.take()?;
        Some(match kind {
            1 => Word::Hint(Hint::Dispute(DisputeId(self.id()?))),
            2 => Word::Hint(Hint::Room(self.room()?)),
            3 => {
                let (room, person, seq) = (self.room()?, self.person()?, self.number()?);
                Word::Hint(Hint::Read { room, person, seq })
            }
            4 => Word::Hint(Hint::Login(LoginId(self.id()?))),
            5 => Word::Hint(Hint::Jobs),
            6 => Word::Hint(Hint::Typing { room: self.room()?, person: self.person()? }),
            7 => Word::Hint(Hint::Media(self.person()?)),
            8 => Word::Here { room: self.room()?, person: self.person()? },
            9 => Word::Gone { room: self.room()?, person: self.person()? },
            10 => {
                let socket = self.take().map(u64::from_be_bytes)?;
                Word::Open { socket, person: self.person()?, since: self.number()? }
            }
            11 => {
                let person = self.person()?;
                Word::Shut { socket: self.take().map(u64::from_be_bytes)?, person }
            }
            12 => Word::Ask,
            13 => Word::Bye,
            _ => return None,
        })
    }
}

/// Makes and knows what servers of ours say.
#[derive(Clone)]
pub struct Seal(pub Hmac<Sha256>);

impl Seal {
    /// Each word once, where it was said last, in payloads that are not too large, with the channel for each.
    pub fn pack(&self, me: &ServerId, words: &[Word]) -> Vec<(&'static str, Vec<u8>)> {
        let mut open: [Vec<u8>; CHANNELS.len()] = Default::default();
        let (mut packed, mut said, mut next) = (Vec::new(), HashSet::new(), Vec::new());
        let mut once: Vec<&Word> = words.iter().rev().filter(|word| said.insert(**word)).collect();
        once.reverse();
        for word in once {
            next.clear();
            word.write(&mut next);
            let channel = word.channel();
            let body = &mut open[channel];
            if 1 + me.len() + body.len() + next.len() + SEAL > LARGEST {
                packed.push((CHANNELS[channel], self.close(me, body)));
                body.clear();
            }
            body.extend(&next);
        }
        for (channel, body) in open.iter().enumerate().filter(|(_, body)| !body.is_empty()) {
            packed.push((CHANNELS[channel], self.close(me, body)));
        }
        packed
    }

    fn close(&self, me: &ServerId, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![VERSION];
        bytes.extend(me);
        bytes.extend(body);
        let seal = self.0.clone().chain_update(&bytes).finalize().into_bytes();
        bytes.extend(&seal[..SEAL]);
        bytes
    }

    /// Who says what, or nothing if it is not wholly as one of our servers would say it.
    pub fn open(&self, bytes: &[u8]) -> Option<(ServerId, Vec<Word>)> {
        if bytes.len() > LARGEST {
            return None;
        }
        let (said, seal) = bytes.split_last_chunk::<SEAL>()?;
        self.0.clone().chain_update(said).verify_truncated_left(seal).ok()?;
        let mut rest = Rest(said);
        if rest.take()? != [VERSION] {
            return None;
        }
        let from = rest.take()?;
        let mut words = Vec::new();
        while !rest.0.is_empty() {
            words.push(rest.word()?);
        }
        Some((from, words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hmac::KeyInit;

    fn seal(secret: &[u8]) -> Seal {
        Seal(Hmac::new_from_slice(secret).unwrap())
    }

    fn every_word() -> Vec<Word> {
        let id = |n: u128| Uuid::from_u128(n);
        let (room, person) = (RoomId(id(1)), PersonId(id(2)));
        vec![
            Word::Hint(Hint::Dispute(DisputeId(id(3)))),
            Word::Hint(Hint::Room(room)),
            Word::Hint(Hint::Read { room, person, seq: -7 }),
            Word::Hint(Hint::Login(LoginId(id(4)))),
            Word::Hint(Hint::Jobs),
            Word::Hint(Hint::Typing { room, person }),
            Word::Hint(Hint::Media(person)),
            Word::Here { room, person },
            Word::Gone { room, person },
            Word::Open { socket: u64::MAX, person, since: 5 },
            Word::Shut { socket: 1, person },
            Word::Ask,
            Word::Bye,
        ]
    }

    #[test]
    fn what_is_said_is_heard_once_each() {
        let (seal, me) = (seal(b"one"), [7; 16]);
        let twice = [every_word(), every_word()].concat();
        let mut heard = HashSet::new();
        for (_, bytes) in seal.pack(&me, &twice) {
            let (from, words) = seal.open(&bytes).unwrap();
            assert_eq!(from, me);
            assert!(words.iter().all(|word| heard.insert(*word)), "said twice");
        }
        assert_eq!(heard, every_word().into_iter().collect());
        assert_eq!(seal.pack(&me, &[Word::Hint(Hint::Everything)]), []);
    }

    #[test]
    fn much_is_said_in_payloads_that_are_not_too_large() {
        let words: Vec<Word> =
            (0..2_000).map(|n| Word::Hint(Hint::Room(RoomId(Uuid::from_u128(n))))).collect();
        let seal = seal(b"one");
        let packed = seal.pack(&[7; 16], &words);
        assert!(packed.iter().all(|(_, bytes)| bytes.len() <= LARGEST));
        let heard: usize = packed.iter().map(|(_, bytes)| seal.open(bytes).unwrap().1.len()).sum();
        assert_eq!(heard, words.len());
        assert_eq!(packed.iter().map(|(channel, _)| channel).collect::<HashSet<_>>().len(), 4);
    }

    #[test]
    fn what_is_cut_changed_sealed_by_others_or_unknown_is_refused() {
        let (ours, theirs, me) = (seal(b"one"), seal(b"other"), [7; 16]);
        for (_, bytes) in ours.pack(&me, &every_word()) {
            for n in 0..bytes.len() {
                assert!(ours.open(&bytes[..n]).is_none(), "cut at {n}");
                let mut changed = bytes.clone();
                changed[n] ^= 1;
                assert!(ours.open(&changed).is_none(), "changed at {n}");
            }
            assert!(theirs.open(&bytes).is_none());
            assert!(ours.open(&[&bytes[..], &[0]].concat()).is_none());
        }
        // Sealed by us, and yet nothing that this version knows.
        for body in [&[0][..], &[14], &[255], &[2, 1], &[12, 12, 1]] {
            assert!(ours.open(&ours.close(&me, body)).is_none(), "{body:?}");
        }
        let mut other_version = vec![2];
        other_version.extend(me);
        let mac = ours.0.clone().chain_update(&other_version).finalize().into_bytes();
        other_version.extend(&mac[..SEAL]);
        assert!(ours.open(&other_version).is_none());
        assert!(ours.open(&ours.close(&me, &[12; LARGEST])).is_none());
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes: Vec<u8>) {
            let ours = seal(b"one");
            proptest::prop_assert!(ours.open(&bytes).is_none());
            let _ = ours.open(&ours.close(&[1; 16], &bytes));
        }
    }
}
