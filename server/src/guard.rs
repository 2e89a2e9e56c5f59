//! What has to hold before the first request is taken (SEC-CFG-01): a database that keeps what it acknowledges, a
//! role that owns nothing, and clocks that agree.

use anyhow::{Context, bail};
use chrono::{DateTime, Utc};
use sqlx::PgPool;

const OLDEST: i32 = 150_000;
const CLOCKS_DIFFER: chrono::Duration = chrono::Duration::seconds(2);

/// What the database says of itself and of us.
struct Facts {
    version: i32,
    fsync: String,
    full_page_writes: String,
    synchronous_commit: String,
    role: String,
    superuser: bool,
    owns_tables: bool,
    signed_in_as: String,
    signed_in_superuser: bool,
    now: DateTime<Utc>,
}

/// Refuses a database with which our promises would not hold; each reason is a sentence that says what to do.
pub async fn check(
    db: &PgPool,
    now: impl Fn() -> DateTime<Utc>,
    production: bool,
) -> anyhow::Result<()> {
    let asked = now();
    let facts = facts(db).await?;
    let answered = now();
    let reasons = reasons(&facts, asked, answered, production);
    if !reasons.is_empty() {
        bail!("the database cannot be used: {}", reasons.join("; "));
    }
    Ok(())
}

async fn facts(db: &PgPool) -> anyhow::Result<Facts> {
    sqlx::query_as!(
        Facts,
        r#"select current_setting('server_version_num')::int as "version!",
                  current_setting('fsync') as "fsync!",
                  current_setting('full_page_writes') as "full_page_writes!",
                  current_setting('synchronous_commit') as "synchronous_commit!",
                  current_user::text as "role!",
                  (select rolsuper from pg_roles where rolname = current_user) as "superuser!",
                  exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                      where n.nspname = 'public' and c.relkind in ('r', 'p')
                          and pg_get_userbyid(c.relowner) = current_user) as "owns_tables!",
                  session_user::text as "signed_in_as!",
                  (select rolsuper from pg_roles where rolname = session_user) as "signed_in_superuser!",
                  clock_timestamp() as "now!""#
    )
    .fetch_one(db)
    .await
    .context("the database does not answer; check DATABASE_URL and whether PostgreSQL runs")
}

fn reasons(
    facts: &Facts,
    asked: DateTime<Utc>,
    answered: DateTime<Utc>,
    production: bool,
) -> Vec<String> {
    let mut reasons = Vec::new();
    if facts.version < OLDEST {
        let major = facts.version / 10_000;
        reasons.push(format!("PostgreSQL {major} is too old; use 15 or newer"));
    }
    for (name, value) in [("fsync", &facts.fsync), ("full_page_writes", &facts.full_page_writes)] {
        if value != "on" {
            reasons
                .push(format!("{name} is {value}, a power cut would lose data; set {name} = on"));
        }
    }
    if matches!(facts.synchronous_commit.as_str(), "off" | "local") {
        reasons.push(format!(
            "synchronous_commit is {}, so what is acknowledged may be lost; set it to on",
            facts.synchronous_commit
        ));
    }
    if facts.superuser {
        let role = &facts.role;
        reasons
            .push(format!("the role {role} is a superuser; work as ala_app, which owns nothing"));
    }
    if facts.owns_tables {
        let role = &facts.role;
        reasons.push(format!(
            "the role {role} owns tables; migrate as another one (ALA_MIGRATION_URL)"
        ));
    }
    if production && facts.signed_in_superuser {
        reasons.push(format!(
            "DATABASE_URL signs in as the superuser {}; sign in as ala_app instead",
            facts.signed_in_as
        ));
    }
    if facts.now < asked - CLOCKS_DIFFER || facts.now > answered + CLOCKS_DIFFER {
        reasons.push(
            "its clock and this machine's differ by more than two seconds; synchronise both (NTP)"
                .to_owned(),
        );
    }
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_version_is_refused_by_name() {
        let now = DateTime::UNIX_EPOCH;
        let facts = |version| Facts {
            version,
            fsync: "on".into(),
            full_page_writes: "on".into(),
            synchronous_commit: "remote_apply".into(),
            role: "ala_app".into(),
            superuser: false,
            owns_tables: false,
            signed_in_as: "ala_app".into(),
            signed_in_superuser: false,
            now,
        };
        assert_eq!(reasons(&facts(150_000), now, now, true), Vec::<String>::new());
        let told = reasons(&facts(140_013), now, now, true);
        assert_eq!(told, ["PostgreSQL 14 is too old; use 15 or newer"]);
    }
}
