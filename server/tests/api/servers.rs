//! Several servers for one test: who belongs to which, where the next request goes, and the Redis between them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use protocol::PersonId;
use server::app::App;
use std::collections::HashMap;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use tempfile::TempDir;

/// The Redis between two servers, and when it is stopped: before which socket that says hello, or else before the
/// request after so many.
pub struct Between {
    pub url: String,
    pub stops: Option<(usize, usize)>,
    pub stop: Box<dyn FnMut() + Send>,
}

/// The second server of a test, and what the two have in common.
pub struct Several {
    pub app: App,
    pub url: String,
    between: Mutex<Between>,
    /// By how many people came before, and how many sockets each has opened.
    people: Mutex<HashMap<PersonId, usize>>,
    requests: AtomicUsize,
    sockets: AtomicUsize,
    alone: AtomicBool,
}

impl Several {
    pub fn new(app: App, url: String, between: Between) -> Self {
        let (requests, sockets) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self {
            app,
            url,
            between: Mutex::new(between),
            people: Mutex::default(),
            requests,
            sockets,
            alone: AtomicBool::new(false),
        }
    }

    /// The first person belongs to the first server, the second to the second.
    pub fn belongs(&self, person: PersonId) {
        let mut people = self.people.lock().unwrap();
        let next = people.len();
        people.entry(person).or_insert(next);
    }

    /// From now on all requests go to the first server.
    pub fn only_the_first(&self) {
        self.alone.store(true, Ordering::SeqCst);
    }

    /// Nothing where it is the first server's turn.
    pub fn next_request(&self) -> Option<&str> {
        let before = self.requests.fetch_add(1, Ordering::SeqCst);
        self.perhaps_stop(|(_, requests)| before >= requests);
        let alone = self.alone.load(Ordering::SeqCst);
        (before % 2 == 1 && !alone).then_some(self.url.as_str())
    }

    pub fn next_socket(&self, person: PersonId) -> Option<&str> {
        let before = self.sockets.fetch_add(1, Ordering::SeqCst);
        self.perhaps_stop(|(sockets, _)| before >= sockets);
        let mut people = self.people.lock().unwrap();
        let turn = people.get_mut(&person).unwrap();
        *turn += 1;
        turn.is_multiple_of(2).then_some(self.url.as_str())
    }

    fn perhaps_stop(&self, when: impl Fn((usize, usize)) -> bool) {
        let mut between = self.between.lock().unwrap();
        if between.stops.is_some_and(when) {
            between.stops = None;
            (between.stop)();
        }
    }
}

/// How both servers are started: with the same keys and the same folder.
pub fn arguments(data: &TempDir, between: &Between) -> Vec<String> {
    let folder = data.path();
    let (token_key, code_secret) = (folder.join("token.pem"), folder.join("code-secret"));
    let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
    let key = BASE64_STANDARD.encode(key.as_ref());
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n");
    fs::write(&token_key, pem).unwrap();
    fs::write(&code_secret, "a secret of this test alone, long enough").unwrap();
    let settings = [
        ("--database-connections", "15".to_owned()),
        ("--data", folder.display().to_string()),
        ("--redis-url", between.url.clone()),
        ("--token-key-file", token_key.display().to_string()),
        ("--code-secret-file", code_secret.display().to_string()),
    ];
    let settings = settings.into_iter().flat_map(|(name, value)| [name.to_owned(), value]);
    std::iter::once("ala".to_owned()).chain(settings).collect()
}
