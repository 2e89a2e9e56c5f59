//! The start-up guard (SEC-CFG-01), each reason with a real cluster.
#![expect(clippy::unwrap_used, reason = "a test's helpers fail by panicking")]

use chrono::{DateTime, Duration, Utc};
use server::clock::Clock;
use server::db::{self, MIGRATOR};
use server::embedded::{Embedded, Profile};
use server::guard;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, PgPool};

struct Place {
    database: Embedded,
    _folder: tempfile::TempDir,
}

/// A durable cluster, migrated.
async fn durable() -> Place {
    let folder = tempfile::tempdir_in("/tmp").unwrap();
    std::os::unix::fs::chown(folder.path(), None, None).unwrap();
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let database = Embedded::start(&folder.path().join("pg"), Profile::Durable).unwrap();
    MIGRATOR.run(&mut database.options().connect().await.unwrap()).await.unwrap();
    Place { database, _folder: folder }
}

/// As the server works, but for these settings.
fn pool(options: PgConnectOptions, settings: &[(&str, &str)]) -> PgPool {
    let options = options.options(settings.iter().copied());
    PgPoolOptions::new().max_connections(1).connect_lazy_with(options)
}

fn now() -> DateTime<Utc> {
    Clock::System.now()
}

async fn reason(pool: &PgPool, production: bool) -> String {
    guard::check(pool, now, production)
        .await
        .map_or_else(|error| error.to_string(), |()| "none".into())
}

#[tokio::test]
async fn sec_cfg_01_each_thing_that_would_break_a_promise_is_refused_in_one_sentence() {
    let place = durable().await;
    let options = || place.database.options();
    let as_app = |more: &[(&str, &str)]| {
        let mut settings = vec![("role", db::APP_ROLE)];
        settings.extend_from_slice(more);
        pool(options(), &settings)
    };
    assert_eq!(reason(&as_app(&[]), false).await, "none");
    let told = reason(&as_app(&[]), true).await;
    assert!(told.contains("signs in as the superuser ala"), "{told}");
    assert_eq!(reason(&pool(options().username(db::APP_ROLE), &[]), true).await, "none");
    for value in ["off", "local"] {
        let told = reason(&as_app(&[("synchronous_commit", value)]), false).await;
        assert!(told.contains(&format!("synchronous_commit is {value}")), "{told}");
    }
    let told = reason(&pool(options(), &[]), false).await;
    assert!(told.contains("is a superuser") && told.contains("owns tables"), "{told}");
    for wrong in [-3, 3] {
        let shifted = || now() + Duration::seconds(wrong);
        let told = guard::check(&as_app(&[]), shifted, false).await.unwrap_err().to_string();
        assert!(told.contains("differ by more than two seconds"), "{told}");
    }
    let near = || now() + Duration::seconds(1);
    guard::check(&as_app(&[]), near, false).await.unwrap();
}

#[tokio::test]
async fn sec_cfg_01_a_cluster_that_flushes_nothing_is_refused() {
    let database = Embedded::throwaway().unwrap();
    MIGRATOR.run(&mut database.options().connect().await.unwrap()).await.unwrap();
    let told = reason(&pool(database.options(), &[("role", db::APP_ROLE)]), false).await;
    for setting in ["fsync is off", "full_page_writes is off", "synchronous_commit is off"] {
        assert!(told.contains(setting), "{told}");
    }
}
