//! A socket by hand: frames as bytes, also those that no library would send.

use crate::app::TestApp;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::handshake::client::generate_key;

pub const TEXT: u8 = 0x81;
pub const CLOSE: u8 = 0x88;
pub const PING: u8 = 0x89;
pub const PONG: u8 = 0x8a;

const MASK: [u8; 4] = [0x5a, 0, 0xc3, 0x7f];

/// A frame as a client sends it.
pub fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let masked = payload.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask);
    head(first, payload.len() as u64).into_iter().chain(masked).collect()
}

/// What stands before so many bytes.
pub fn head(first: u8, length: u64) -> Vec<u8> {
    let mut head = vec![first];
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(short @ ..126), _) => head.push(0x80 | short),
        (_, Ok(length)) => {
            head.push(0xfe);
            head.extend(length.to_be_bytes());
        }
        _ => {
            head.push(0xff);
            head.extend(length.to_be_bytes());
        }
    }
    head.extend(MASK);
    head
}

pub fn text(text: impl AsRef<str>) -> Vec<u8> {
    frame(TEXT, text.as_ref().as_bytes())
}

/// Connected; has not said who it is.
pub async fn open(test: &TestApp) -> TcpStream {
    open_at(test, "/v1/live", &[]).await
}

/// The same at an address of its own, with some bytes right behind the request.
pub async fn open_at(test: &TestApp, address: &str, behind: &[u8]) -> TcpStream {
    let address_of_server = test.url.trim_start_matches("http://").parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    // Whoever does not read has soon been sent as much as the network takes.
    socket.set_recv_buffer_size(16 * 1_024).unwrap();
    let mut tcp = socket.connect(address_of_server).await.unwrap();
    let upgrade = format!(
        "GET {address} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\nSec-WebSocket-Protocol: ala.v1\r\n\r\n",
        generate_key()
    );
    tcp.write_all(&[upgrade.as_bytes(), behind].concat()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(tcp.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"));
    tcp
}

/// The first byte of the next frame and what it carries; a server does not mask.
pub async fn next(tcp: &mut (impl AsyncRead + Unpin)) -> Option<(u8, Vec<u8>)> {
    let (first, length) = (tcp.read_u8().await.ok()?, tcp.read_u8().await.ok()?);
    let length = match length {
        126 => tcp.read_u16().await.ok()?.into(),
        127 => tcp.read_u64().await.ok()?,
        short => u64::from(short),
    };
    let mut payload = vec![0; usize::try_from(length).unwrap()];
    tcp.read_exact(&mut payload).await.ok()?;
    Some((first, payload))
}

/// The code that a close frame carries.
pub fn code(payload: &[u8]) -> u16 {
    u16::from_be_bytes([payload[0], payload[1]])
}

/// The code in the close frame among what comes.
pub async fn close_code(tcp: &mut (impl AsyncRead + Unpin)) -> Option<u16> {
    loop {
        if let (CLOSE, payload) = next(tcp).await? {
            return Some(code(&payload));
        }
    }
}
