//! A network of our own to lose packets in: a namespace with nothing in it but loopback, gone with its last process.

use crate::program;
use crate::socket::Ends;
use anyhow::{Context, bail, ensure};
use rustix::process::geteuid;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Set for the program that has been started again inside.
const INSIDE: &str = "ALA_LOAD_TESTS_NETWORK";
/// As on most lines: on loopback a packet is 64 KiB otherwise, and few of those make a message.
const LARGEST_PACKET: &str = "1500";
/// Least, first and most bytes that a socket takes before they are read: as little as a phone's, so that a client that
/// stops reading is felt by the server soon.
const RECEIVED: (&str, &str) = ("/proc/sys/net/ipv4/tcp_rmem", "4096 32768 32768");
/// How the kernel writes it down.
const ESTABLISHED: &str = "01";
/// Clients call from these; what holds the run together does not.
pub const CLIENTS: Ipv4Addr = Ipv4Addr::new(127, 1, 0, 0);

/// Starts this program again in a network of its own, unless that has been done. Returns inside only.
pub fn enter() -> anyhow::Result<()> {
    if std::env::var_os(INSIDE).is_some() {
        return prepare();
    }
    let mut command = Command::new("unshare");
    command.arg("--net");
    if !geteuid().is_root() {
        // A user who may make namespaces is master of a network inside one.
        command.args(["--user", "--map-current-user", "--keep-caps"]);
    }
    let may = command.get_args().map(ToOwned::to_owned).collect::<Vec<_>>();
    let tried = Command::new("unshare").args(may).arg("true").stderr(Stdio::null()).status();
    if !tried.is_ok_and(|status| status.success()) {
        bail!("no network of its own can be made here: run it as root");
    }
    command.arg("--").arg(std::env::current_exe()?).args(std::env::args_os().skip(1));
    Err(command.env(INSIDE, "1").exec()).context("cannot start again in a network of its own")
}

fn prepare() -> anyhow::Result<()> {
    let ip = program::find("ip")?;
    let up = ["link", "set", "lo", "up", "mtu", LARGEST_PACKET];
    let done = Command::new(ip).args(up).status().context("cannot run `ip`")?;
    ensure!(done.success(), "loopback does not come up ({done})");
    std::fs::write(RECEIVED.0, RECEIVED.1).context("cannot set how much a socket receives")?;
    nft(&format!(
        "table ip chaos {{
            set dark {{ type ipv4_addr; }}
            chain dark {{
                type filter hook input priority 0; policy accept;
                ip saddr @dark drop
                ip daddr @dark drop
            }}
            chain loss {{
                type filter hook input priority 1; policy accept;
                ip saddr != {CLIENTS}/16 ip daddr != {CLIENTS}/16 accept
            }}
        }}"
    ))
}

/// Each packet between clients and servers is lost with this chance, either way.
pub fn lose(percent: u8) -> anyhow::Result<()> {
    nft(&format!("add rule ip chaos loss numgen random mod 100 < {percent} drop"))
}

/// Nothing comes from there and nothing gets there, and nobody is told.
pub fn darken(addresses: &[Ipv4Addr]) -> anyhow::Result<()> {
    let list: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    nft(&format!("add element ip chaos dark {{ {} }}", list.join(", ")))
}

pub fn brighten() -> anyhow::Result<()> {
    nft("flush set ip chaos dark")
}

fn nft(rules: &str) -> anyhow::Result<()> {
    let done = Command::new(program::find("nft")?).arg(rules).output().context("cannot run nft")?;
    ensure!(done.status.success(), "nft: {}", String::from_utf8_lossy(&done.stderr).trim());
    Ok(())
}

/// How many of these are open as the servers see it, whatever their clients think.
pub fn open_at_the_server(connections: &[Ends]) -> anyhow::Result<usize> {
    let table = std::fs::read_to_string("/proc/self/net/tcp").context("cannot read the table")?;
    let open = |ends: &&Ends| has_open(&table, ends);
    Ok(connections.iter().filter(open).count())
}

fn has_open(table: &str, ends: &Ends) -> bool {
    let (own, other) = (as_told(ends.server), as_told(ends.local));
    table.lines().any(|line| {
        let mut words = line.split_whitespace().skip(1);
        words.next() == own.as_deref()
            && words.next() == other.as_deref()
            && words.next() == Some(ESTABLISHED)
    })
}

/// The kernel tells addresses as numbers of its own byte order.
fn as_told(address: SocketAddr) -> Option<String> {
    let SocketAddr::V4(address) = address else { return None };
    let number = u32::from_ne_bytes(address.ip().octets());
    Some(format!("{number:08X}:{:04X}", address.port()))
}

#[cfg(test)]
mod tests {
    use super::{Ends, open_at_the_server};
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_connection_is_open_until_its_server_closes_it() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, local) = listener.accept().unwrap();
        let ends = [Ends { local, server: client.peer_addr().unwrap() }];
        assert_eq!(open_at_the_server(&ends).unwrap(), 1);
        drop(accepted);
        assert_eq!(open_at_the_server(&ends).unwrap(), 0);
    }
}
