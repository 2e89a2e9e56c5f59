//! A device's socket for sound: sends packets, and remembers what it has heard and from whom.

use crate::app::TestApp;
use futures_util::{SinkExt, StreamExt};
use protocol::PersonId;
use protocol::media::{AUDIO_SUBPROTOCOL, AudioPeople};
use serde_json::json;
use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, client_async, connect_async};

/// Longer than anything promised; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(25);

pub struct Audio {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub people: HashMap<u8, PersonId>,
    /// What was heard: from whom, and what.
    pub heard: Vec<(PersonId, Vec<u8>)>,
}

pub fn request(test: &TestApp) -> Request {
    let url = test.url.replace("http://", "ws://") + "/v1/media";
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", AUDIO_SUBPROTOCOL.parse().unwrap());
    request
}

/// A packet as a device sends it: sequence, timestamp, sound.
pub fn packet(seq: u16, sound: &[u8]) -> Vec<u8> {
    [&seq.to_be_bytes()[..], &(u32::from(seq) * 960).to_be_bytes(), sound].concat()
}

impl Audio {
    pub async fn open(test: &TestApp) -> Self {
        let (stream, _) = connect_async(request(test)).await.unwrap();
        Self { stream, people: HashMap::new(), heard: vec![] }
    }

    pub async fn hello(test: &TestApp, token: &str) -> Self {
        Self::open(test).await.greet(token).await
    }

    async fn greet(self, token: &str) -> Self {
        let mut audio = self;
        audio.send(Message::text(json!({"token": token}).to_string())).await;
        audio
    }

    /// In, as the list of those who are heard shows.
    pub async fn ready(test: &TestApp, token: &str) -> Self {
        let mut audio = Self::hello(test, token).await;
        assert_eq!(audio.next().await, None, "closed");
        audio
    }

    /// The same from this address.
    pub async fn ready_from(own: Ipv4Addr, test: &TestApp, token: &str) -> Self {
        let server = test.url.replace("http://", "").parse().unwrap();
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SocketAddr::new(own.into(), 0)).unwrap();
        let tcp = MaybeTlsStream::Plain(socket.connect(server).await.unwrap());
        let (stream, _) = client_async(request(test), tcp).await.unwrap();
        let mut audio = Self { stream, people: HashMap::new(), heard: vec![] }.greet(token).await;
        assert_eq!(audio.next().await, None, "closed");
        audio
    }

    pub async fn send(&mut self, message: Message) {
        let _ = self.stream.send(message).await;
    }

    pub async fn say(&mut self, seq: u16, sound: &[u8]) {
        self.send(Message::binary(packet(seq, sound))).await;
    }

    /// One message; the code if the socket is closed.
    pub async fn next(&mut self) -> Option<u16> {
        loop {
            match timeout(PATIENCE, self.stream.next()).await.expect("something in time") {
                Some(Ok(Message::Text(text))) => {
                    let told: AudioPeople = serde_json::from_str(&text).unwrap();
                    self.people =
                        told.others.into_iter().map(|one| (one.number, one.person)).collect();
                    return None;
                }
                Some(Ok(Message::Binary(packet))) => {
                    self.heard.push((self.people[&packet[0]], packet[1..].to_vec()));
                    return None;
                }
                Some(Ok(Message::Close(frame))) => {
                    return Some(frame.map_or(0, |frame| frame.code.into()));
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Some(0),
            }
        }
    }

    pub async fn until_heard(&mut self, count: usize) {
        while self.heard.len() < count {
            assert_eq!(self.next().await, None, "closed");
        }
    }

    pub async fn until_people(&mut self, count: usize) {
        while self.people.len() != count {
            assert_eq!(self.next().await, None, "closed");
        }
    }

    pub async fn closed(&mut self) -> u16 {
        loop {
            if let Some(code) = self.next().await {
                return code;
            }
        }
    }
}
