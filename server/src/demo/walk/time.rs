//! The demo's clock, moved by the walker.

use crate::demo::clock;
use crate::demo::walk::walker::{Ask, Walker};
use anyhow::ensure;
use chrono::{Duration, NaiveDate, Timelike};
use domain::calendar::{CST, local_day};
use serde_json::json;

impl Walker {
    /// A new morning: no code of the authenticator was used yet, and appointments have decent hours.
    pub async fn wait_for_nine(&mut self) -> anyhow::Result<()> {
        let now = self.ask(None, Ask::get("/demo/clock")).await?.read::<clock::Now>()?.now;
        let hours = 33 - i64::from(now.with_timezone(&CST).hour());
        self.wait(hours, "the next morning").await
    }

    /// Lets time pass; what falls due meanwhile happens before the clock answers.
    pub async fn wait(&mut self, hours: i64, until: &str) -> anyhow::Result<()> {
        println!("\n      ({until})");
        let asked = Ask::post("/demo/clock", json!({"advance_hours": hours}));
        self.now = self.ask(None, asked).await?.read::<clock::Now>()?.now;
        let local = self.now.with_timezone(&CST);
        println!("        it is {} in Ningbo", local.format("%Y-%m-%d %H:%M"));
        for login in self.logins.values_mut() {
            login.access_token = None;
        }
        Ok(())
    }

    pub async fn wait_for(&mut self, day: NaiveDate, what: &str) -> anyhow::Result<()> {
        let wait = day - local_day(self.now);
        ensure!(wait > Duration::zero(), "{day} does not lie ahead");
        self.wait(wait.num_hours(), what).await
    }
}
