//! A network that lets no UDP through: TURN is out of reach, and sound goes over our own socket.

use crate::audio::{Audio, packet};
use crate::coturn::Coturn;
use crate::media::{by_video, joined};
use crate::mediation::Mediation;
use crate::network;
use crate::turn::{SECRET, start, turn};
use chrono::Utc;
use server::clock::Clock;
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};
use tokio::time::interval;

/// Ben's phone is in that network.
const BEN: Ipv4Addr = Ipv4Addr::new(127, 1, 0, 2);
const ANA: Ipv4Addr = Ipv4Addr::new(127, 1, 0, 1);
/// A second of it.
const PACKETS: u16 = 50;

#[tokio::test]
async fn sound_gets_through_in_a_network_of_its_own_that_blocks_udp() {
    let name = "udp_blocked::sound_gets_through_in_a_network_of_its_own_that_blocks_udp";
    if !network::is_inside(name) {
        return;
    }
    let coturn = Coturn::start(SECRET);
    let urls = format!("turn:127.0.0.1:{}?transport=udp", coturn.port);
    let test = start(&urls, Clock::manual(Utc::now())).await;
    let m = Mediation::start(&test).await;
    let session = by_video(&m, 0).await;
    let (ana, ben) = (joined(&m.ana, &session).await, joined(&m.ben, &session).await);
    let gets_a_relay = |from: Ipv4Addr| {
        let (name, password) = turn(&ben.ice_servers);
        coturn.allocate_from(&from.to_string(), &name, &password).0
    };
    assert!(gets_a_relay(BEN), "before");
    network::nft(&format!(
        "table ip blocked {{
            chain blocked {{
                type filter hook input priority 0; policy accept;
                ip saddr {BEN} meta l4proto udp drop
                ip daddr {BEN} meta l4proto udp drop
            }}
        }}"
    ));
    assert!(!gets_a_relay(BEN), "UDP is not blocked");
    assert!(gets_a_relay(ANA), "it is blocked for everybody");

    let mut listener = Audio::ready_from(ANA, &test, &ana.token).await;
    let mut speaker = Audio::ready_from(BEN, &test, &ben.token).await;
    listener.until_people(1).await;
    speaker.until_people(1).await;
    // As a device does: a packet every 20 ms, either way.
    let (mut every, began, mut sent) =
        (interval(Duration::from_millis(20)), Instant::now(), vec![]);
    for seq in 0..PACKETS {
        every.tick().await;
        let sound = [seq.to_be_bytes()[1]; 80];
        speaker.say(seq, &sound).await;
        listener.say(seq, &sound).await;
        sent.push(packet(seq, &sound));
    }
    listener.until_heard(PACKETS.into()).await;
    speaker.until_heard(PACKETS.into()).await;
    println!("{PACKETS} packets either way, the last after {:?}", began.elapsed());
    let from = |who| sent.iter().map(|packet| (who, packet.clone())).collect::<Vec<_>>();
    assert_eq!(listener.heard, from(m.ben.id));
    assert_eq!(speaker.heard, from(m.ana.id));
}
