//! A private Redis for tests: a unix socket of its own, nothing on disk, gone with the process.
#![expect(clippy::expect_used, clippy::panic, reason = "a test whose set-up fails ends there")]

use std::env;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use server::embedded::{ShortLived, Signal, poll, spawn_tied};

/// Ends with the process: nothing drops a static, the kernel does it.
static SHARED: LazyLock<Redis> = LazyLock::new(Redis::start);

/// Where the Redis of this test binary is. It is shared: use keys and channels of your own.
pub fn url() -> String {
    SHARED.url()
}

/// A Redis that one test may stop.
pub struct Redis {
    server: Child,
    home: ShortLived,
}

impl Redis {
    /// Returns when it takes connections.
    pub fn start() -> Self {
        let home = ShortLived::create("ala-redis-").expect("a folder in /tmp");
        let mut redis = Self { server: launch(&home), home };
        redis.await_ready();
        redis
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("redis+unix://{}?protocol=resp3", self.socket().display())
    }

    /// Ends it at once; what it held is lost.
    pub fn stop(&mut self) {
        self.server.kill().expect("stop redis-server");
        self.server.wait().expect("wait for redis-server");
    }

    /// Neither answers nor hangs up, until told to go on.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let id = rustix::process::Pid::from_child(&self.server);
        rustix::process::kill_process(id, signal).expect("signal redis-server");
    }

    /// Starts it again, empty, at the same address.
    pub fn restart(&mut self) {
        self.stop();
        self.server = launch(&self.home);
        self.await_ready();
    }

    fn socket(&self) -> PathBuf {
        self.home.path().join("socket")
    }

    fn await_ready(&mut self) {
        let socket = self.socket();
        let ready = poll(Duration::from_secs(20), || {
            assert_eq!(self.server.try_wait()?, None, "redis-server ended while starting");
            Ok(UnixStream::connect(&socket).ok())
        });
        assert!(ready.expect("ask for redis-server").is_some(), "redis-server does not answer");
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.stop();
    }
}

fn launch(home: &ShortLived) -> Child {
    let mut command = Command::new(program());
    command.args(["--port", "0", "--unixsocket", "socket", "--unixsocketperm", "700"]);
    command.args(["--save", "", "--appendonly", "no", "--databases", "1"]);
    command.current_dir(home.path()).stdin(Stdio::null()).stdout(Stdio::null());
    spawn_tied(command, Signal::KILL).expect("start redis-server")
}

fn program() -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    let tools = concat!(env!("CARGO_MANIFEST_DIR"), "/../tools/.debian/bin");
    let mut folders = env::split_paths(&path).collect::<Vec<_>>();
    folders.extend(["/var/lib/ala/debian/bin".into(), PathBuf::from(tools)]);
    let found = folders.into_iter().map(|it| it.join("redis-server")).find(|it| it.is_file());
    found.unwrap_or_else(|| {
        panic!("no `redis-server` on this machine: `make test` finds or installs one")
    })
}

#[tokio::test]
async fn a_restarted_redis_is_empty_and_the_shared_one_knows_nothing_of_it() {
    use redis::AsyncCommands;

    let mut own = Redis::start();
    let connect = async |url| {
        redis::Client::open(url).unwrap().get_multiplexed_async_connection().await.unwrap()
    };
    let key = "a_restarted_redis";
    let () = connect(own.url()).await.set(key, 1).await.unwrap();
    own.restart();
    for url in [own.url(), url()] {
        assert_eq!(connect(url).await.get::<_, Option<i32>>(key).await.unwrap(), None);
    }
}
