//! One throwaway `PostgreSQL` a test binary, and a database of its own for every test.
#![expect(clippy::expect_used, clippy::panic, reason = "a test whose set-up fails ends there")]

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use server::embedded::Embedded;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::OnceCell;

/// Ends with the process: nothing drops a static, the kernel does it.
static CLUSTER: LazyLock<Embedded> = LazyLock::new(|| {
    Embedded::throwaway().unwrap_or_else(|error| panic!("no database to test with: {error:#}"))
});
static TEMPLATE: OnceCell<()> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A migrated database that no other test sees.
pub struct TestDb {
    /// Connected as the superuser that owns everything.
    pub owner: PgPool,
    /// How to reach it as the superuser.
    pub options: PgConnectOptions,
}

impl TestDb {
    /// How to reach it with the rights of `role` only.
    pub fn options_as(&self, role: &str) -> PgConnectOptions {
        self.options.clone().options([("role", role)])
    }

    /// A pool with the rights of `role` only.
    pub async fn pool_as(&self, role: &str) -> PgPool {
        let pool = PgPoolOptions::new().max_connections(5).connect_with(self.options_as(role));
        pool.await.expect("connect as the role")
    }
}

/// A copy of a template that is migrated once. It is not dropped: that forces a checkpoint, which costs more
/// than the test, and the whole cluster goes anyway.
pub async fn fresh_database(migrations: &Migrator) -> TestDb {
    let cluster = CLUSTER.options();
    TEMPLATE.get_or_init(|| make_template(&cluster, migrations)).await;
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    create(&cluster, &format!("{name} template migrated strategy file_copy")).await;
    let options = cluster.database(&name);
    let owner = PgPoolOptions::new().max_connections(5).connect_with(options.clone()).await;
    TestDb { owner: owner.expect("connect to the new database"), options }
}

async fn make_template(cluster: &PgConnectOptions, migrations: &Migrator) {
    create(cluster, "migrated").await;
    let options = cluster.clone().database("migrated");
    let mut connection =
        PgConnection::connect_with(&options).await.expect("connect to the template");
    migrations.run(&mut connection).await.expect("run the migrations");
    connection.close().await.expect("leave the template");
}

async fn create(cluster: &PgConnectOptions, what: &str) {
    let mut connection = PgConnection::connect_with(cluster).await.expect("connect to the cluster");
    let statement = AssertSqlSafe(format!("create database {what}"));
    sqlx::query(statement).execute(&mut connection).await.expect("create a database");
    connection.close().await.expect("leave the cluster");
}

#[tokio::test]
async fn a_fresh_database_is_its_tests_alone_and_a_role_keeps_its_rights() {
    static MIGRATIONS: Migrator = sqlx::migrate!("../migrations");
    let (one, other) = (fresh_database(&MIGRATIONS).await, fresh_database(&MIGRATIONS).await);
    for statement in
        ["create role reader", "create table books (id int)", "grant select on books to reader"]
    {
        sqlx::query(statement).execute(&one.owner).await.unwrap();
    }
    let reader = one.pool_as("reader").await;
    sqlx::query("select id from books").fetch_all(&reader).await.unwrap();
    sqlx::query("delete from books").execute(&reader).await.unwrap_err();
    sqlx::query("select id from books").fetch_all(&other.owner).await.unwrap_err();
}
