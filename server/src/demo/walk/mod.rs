//! `ala demo walk`: one dispute from its filing to the archive, through the public API of a running demo.

mod answer;
mod beginning;
mod follow_up;
mod line;
mod login;
mod meeting;
mod people;
mod signing;
mod time;
mod walker;

use crate::demo::serve;
use anyhow::Context;
use clap::Args;
use people::Cast;
use std::path::{Path, PathBuf};
use std::time::Instant;
use walker::Walker;

#[derive(Args)]
pub struct Arguments {
    /// Where the running demo keeps its data.
    #[arg(long, env = "ALA_DATA", default_value = ".data")]
    data: PathBuf,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let begun = Instant::now();
        let url = address(&self.data)?;
        println!("walking one dispute from its filing to the archive, at {url}");
        let mut walker = Walker::new(url, self.data)?;
        let told = story(&mut walker).await;
        told.with_context(|| format!("walk: not as expected at “{}”", walker.place()))?;
        let (steps, seconds) = (walker.steps(), begun.elapsed().as_secs_f32());
        println!("\nwalk: {steps} steps, all as expected, in {seconds:.0} s");
        Ok(())
    }
}

/// The demo writes down where it listens.
fn address(data: &Path) -> anyhow::Result<String> {
    let file = serve::address(data);
    let text = std::fs::read_to_string(&file).with_context(|| {
        format!(
            "no demo has run with the data in {}: start one with `ala demo` (or `make run`), or name its folder with --data",
            data.display()
        )
    })?;
    Ok(format!("http://{}", text.trim()))
}

/// Neighbours and noise: with a lawyer, a caucus, two instalments, a late payment, visits, and an end.
async fn story(w: &mut Walker) -> anyhow::Result<()> {
    w.wait_for_nine().await?;
    let cast = Cast::fresh();
    let dispute = beginning::file(w, &cast).await?;
    beginning::accept(w, &cast, &dispute).await?;
    beginning::invite(w, &cast, &dispute).await?;
    beginning::appoint(w, &cast, &dispute).await?;
    meeting::meet(w, &cast, &dispute).await?;
    signing::sign(w, &cast, &dispute).await?;
    follow_up::perform(w, &cast, &dispute).await?;
    follow_up::visit_and_close(w, &cast, &dispute).await
}
