//! A real TURN server for a test: coturn on loopback, knowing the secret, gone with the process.
#![expect(clippy::expect_used, clippy::panic, reason = "a test whose set-up fails ends there")]

use server::embedded::{ShortLived, Signal, poll, spawn_tied};
use std::env;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

pub struct Coturn {
    server: Child,
    pub port: u16,
    _home: ShortLived,
}

impl Coturn {
    /// Returns when it takes connections.
    pub fn start(secret: &str) -> Self {
        let home = ShortLived::create("ala-coturn-").expect("a folder in /tmp");
        let port = free_port();
        let mut command = Command::new(program("turnserver"));
        command.args([
            "--listening-ip",
            "127.0.0.1",
            "--relay-ip",
            "127.0.0.1",
            "--allow-loopback-peers",
        ]);
        command.args(["--listening-port", &port.to_string(), "--no-tls", "--no-dtls", "--no-cli"]);
        command.args(["--realm", "test", "--use-auth-secret", "--static-auth-secret", secret]);
        command.args(["-n", "--log-file", "stdout", "--no-stdout-log", "--pidfile", "pid"]);
        command.current_dir(home.path()).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::null());
        let server = spawn_tied(command, Signal::KILL).expect("start turnserver");
        let mut coturn = Self { server, port, _home: home };
        coturn.await_ready();
        coturn
    }

    /// What coturn's own client says of an allocation with this name and password, and whether it got one.
    pub fn allocate(&self, username: &str, password: &str) -> (bool, String) {
        self.allocate_from("127.0.0.1", username, password)
    }

    /// The same for a client that has this address.
    pub fn allocate_from(&self, own: &str, username: &str, password: &str) -> (bool, String) {
        // Where nothing comes back it would ask for much longer.
        let mut command = Command::new("timeout");
        command.arg("30").arg(program("turnutils_uclient")).args(["-L", own]);
        command.args(["-u", username, "-w", password, "-p", &self.port.to_string()]);
        // Messages through the relay to the client's own second allocation: some, because a busy machine drops one.
        command.args(["-n", "5", "-m", "1", "-y", "-c", "127.0.0.1"]);
        let output = command.stdin(Stdio::null()).output().expect("run turnutils_uclient");
        let said = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), said)
    }

    fn await_ready(&mut self) {
        let port = self.port;
        let ready = poll(Duration::from_secs(20), || {
            assert_eq!(self.server.try_wait()?, None, "turnserver ended while starting");
            Ok(TcpStream::connect(("127.0.0.1", port)).ok())
        });
        assert!(ready.expect("ask for turnserver").is_some(), "turnserver does not answer");
    }
}

impl Drop for Coturn {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// It takes no port of the system's choice, so one that is free at this moment, for both kinds.
fn free_port() -> u16 {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = tcp.local_addr().expect("its address").port();
        if UdpSocket::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

fn program(name: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/.debian/bin");
    let mut folders = env::split_paths(&path).collect::<Vec<_>>();
    folders.extend(["/var/lib/ala/debian/bin".into(), PathBuf::from(tools)]);
    let found = folders.into_iter().map(|it| it.join(name)).find(|it| it.is_file());
    found
        .unwrap_or_else(|| panic!("no `{name}` on this machine: `make test` finds or installs one"))
}
