//! What an operator may set, all of it by environment variable; `deploy/.env.example` lists every one.

use clap::{Args, ValueEnum, value_parser};
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Environment {
    /// Codes go to the log, keys may be made on the spot.
    Development,
    /// Everything that protects people has to be configured; otherwise the server does not start.
    Production,
}

/// Fewer connections to PostgreSQL would leave too few for everything that is not said in rooms.
pub const LEAST_CONNECTIONS: i64 = 6;

#[derive(Clone, Debug, Args)]
pub struct Config {
    #[arg(long, env = "ALA_ENV", default_value = "development")]
    pub env: Environment,
    /// Address to listen on.
    #[arg(long, env = "ALA_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Address on which Prometheus finds figures; none are kept without it. Never the one people reach.
    #[arg(long, env = "ALA_METRICS_LISTEN")]
    pub metrics_listen: Option<SocketAddr>,
    /// Address under which people reach the service; it stands in text messages.
    #[arg(long, env = "ALA_PUBLIC_URL", default_value = "http://127.0.0.1:8080")]
    pub public_url: String,
    /// PostgreSQL; without it a private one is started.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// PostgreSQL as the owner of the tables, for migrations; defaults to DATABASE_URL.
    #[arg(long, env = "ALA_MIGRATION_URL", hide_env_values = true)]
    pub migration_url: Option<String>,
    /// Redis, for more than one server; without it everything it would carry stays in the process.
    #[arg(long, env = "REDIS_URL", hide_env_values = true)]
    pub redis_url: Option<String>,
    /// Where the private PostgreSQL and uploaded files are kept when nothing else is configured.
    #[arg(long, env = "ALA_DATA", default_value = ".data")]
    pub data: PathBuf,
    /// Ed25519 private key (PKCS#8, PEM) that signs access tokens.
    #[arg(long, env = "ALA_TOKEN_KEY_FILE")]
    pub token_key_file: Option<PathBuf>,
    /// A second one whose tokens are taken too: the next before a change of keys, the previous after it.
    #[arg(long, env = "ALA_TOKEN_OTHER_KEY_FILE", requires = "token_key_file")]
    pub token_other_key_file: Option<PathBuf>,
    /// Secret of at least 32 bytes with which short codes are hashed.
    #[arg(long, env = "ALA_CODE_SECRET_FILE")]
    pub code_secret_file: Option<PathBuf>,
    /// Key of 64 hexadecimal digits that seals what staff authenticators share with us.
    #[arg(long, env = "ALA_VAULT_KEY_FILE")]
    pub vault_key_file: Option<PathBuf>,
    /// HTTP gateway that sends text messages; without it they go to the log (development only).
    #[arg(long, env = "ALA_SMS_GATEWAY_URL")]
    pub sms_gateway_url: Option<String>,
    #[arg(long, env = "ALA_SMS_GATEWAY_TOKEN", hide_env_values = true)]
    pub sms_gateway_token: Option<SecretString>,
    /// Where uploads are kept: `file:///…` or `s3://bucket`; defaults to a folder of ALA_DATA.
    #[arg(long, env = "ALA_OBJECT_STORE_URL")]
    pub object_store_url: Option<String>,
    /// Bytes of evidence that one side can hand in to one dispute.
    #[arg(long, env = "ALA_EVIDENCE_PER_SIDE", default_value_t = 2 << 30)]
    pub evidence_per_side: i64,
    /// Bytes of evidence that one account can hand in to all disputes together.
    #[arg(long, env = "ALA_EVIDENCE_PER_ACCOUNT", default_value_t = 20 << 30)]
    pub evidence_per_account: i64,
    /// Origins from which a browser may use the API and the live socket, exactly as browsers send them.
    #[arg(long, env = "ALA_ORIGINS", value_delimiter = ',')]
    pub origins: Vec<String>,
    /// STUN and TURN servers for sound and picture, as `stun:…`, `turn:…` and `turns:…`.
    #[arg(long, env = "ALA_TURN_URLS", value_delimiter = ',')]
    pub turn_urls: Vec<String>,
    /// What the TURN servers share with us (coturn: `static-auth-secret`), at least 32 bytes.
    #[arg(long, env = "ALA_TURN_SECRET_FILE")]
    pub turn_secret_file: Option<PathBuf>,
    /// Address of this very server for sound over a WebSocket; defaults to ALA_PUBLIC_URL, which is right for one.
    #[arg(long, env = "ALA_MEDIA_URL")]
    pub media_url: Option<String>,
    /// How many reverse proxies of ours stand in front; each appends one address to X-Forwarded-For.
    #[arg(long, env = "ALA_TRUSTED_PROXIES", default_value_t = 0)]
    pub trusted_proxies: usize,
    /// Most connections held at once.
    #[arg(long, env = "ALA_MAX_CONNECTIONS", default_value_t = 10_000)]
    pub max_connections: usize,
    /// Requests that one account may send in a minute; one address may send ten times as many.
    #[arg(long, env = "ALA_REQUESTS_PER_MINUTE", default_value_t = 600)]
    pub requests_per_minute: u32,
    /// Live sockets that one address may hold; many phones share one where a network hides them behind it.
    #[arg(long, env = "ALA_SOCKETS_PER_ADDRESS", default_value_t = 50)]
    pub sockets_per_address: usize,
    /// Frames that one live socket may send at once.
    #[arg(long, env = "ALA_FRAMES_BURST", default_value_t = 20)]
    pub frames_burst: u32,
    /// Frames that one live socket may send in a second in the long run.
    #[arg(long, env = "ALA_FRAMES_PER_SECOND", default_value_t = 2)]
    pub frames_per_second: u32,
    /// Take a database that may lose what it acknowledged. For throwaway clusters; never in production.
    #[arg(long, env = "ALA_UNSAFE_DATABASE")]
    pub unsafe_database: bool,
    /// Connections to PostgreSQL, at least 6; two in five are for what is said in rooms.
    #[arg(long, env = "ALA_DATABASE_CONNECTIONS", default_value_t = 20, value_parser = value_parser!(u32).range(LEAST_CONNECTIONS..))]
    pub database_connections: u32,
}

impl Config {
    pub fn is_production(&self) -> bool {
        self.env == Environment::Production
    }

    /// Where sound goes over a WebSocket.
    pub fn audio_url(&self) -> String {
        let base = self.media_url.as_ref().unwrap_or(&self.public_url).trim_end_matches('/');
        format!("{}/v1/media", base.replacen("http", "ws", 1))
    }

    /// What production may not go without, each with what to set.
    pub fn missing_for_production(&self) -> Vec<&'static str> {
        if !self.is_production() {
            return Vec::new();
        }
        [
            (self.database_url.is_none(), "set DATABASE_URL to a PostgreSQL server"),
            (self.token_key_file.is_none(), "set ALA_TOKEN_KEY_FILE to an Ed25519 key in PEM"),
            (
                self.code_secret_file.is_none(),
                "set ALA_CODE_SECRET_FILE to a file of 32 random bytes",
            ),
            (
                self.vault_key_file.is_none(),
                "set ALA_VAULT_KEY_FILE to a file with 64 hexadecimal digits",
            ),
            (self.sms_gateway_url.is_none(), "set ALA_SMS_GATEWAY_URL to the text message gateway"),
            (
                self.sms_gateway_token.is_none(),
                "set ALA_SMS_GATEWAY_TOKEN to what the text message gateway knows us by",
            ),
            (self.object_store_url.is_none(), "set ALA_OBJECT_STORE_URL to where uploads are kept"),
            (self.origins.is_empty(), "set ALA_ORIGINS to the addresses of the web client"),
            (
                self.unsafe_database,
                "unset ALA_UNSAFE_DATABASE: what is acknowledged has to be kept",
            ),
            (!self.public_url.starts_with("https://"), "set ALA_PUBLIC_URL to an https:// address"),
        ]
        .into_iter()
        .filter_map(|(missing, what)| missing.then_some(what))
        .collect()
    }
}
