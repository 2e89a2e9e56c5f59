//! The whole result: options, goals, every round.

use super::Options;
use super::goals::{Bound, Goal, goals};
use super::round::Round;
use serde::Serialize;
use std::fmt::Write;

#[derive(Serialize)]
pub struct Report {
    pub options: Options,
    pub cores: usize,
    pub postgres: String,
    pub goals: Vec<Goal>,
    pub rounds: Vec<Round>,
}

impl Report {
    pub fn of(options: Options, postgres: String, rounds: Vec<Round>) -> Self {
        let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let goals = goals(&rounds);
        Self { options, cores, postgres, goals, rounds }
    }

    /// Ours lost, doubled, moved, refused and cut off nothing; with `--strict`, all goals are met too.
    pub fn is_good(&self) -> bool {
        let clean = self.rounds.iter().all(|round| {
            round.ours().all(crate::figures::Figures::is_clean)
                && round.back.ala.is_clean()
                && round.idle.ala.dropped == 0
        });
        clean && (!self.options.strict || self.goals.iter().all(|goal| goal.met))
    }

    pub fn table(&self) -> String {
        let mut table =
            String::from("| goal | what | goal | measured | |\n|---|---|---|---|---|\n");
        for goal in &self.goals {
            let Goal { id, what, value, .. } = goal;
            let met = if goal.met { "met" } else { "missed" };
            // Writing to a string does not fail.
            let _ =
                writeln!(table, "| {id} | {what} | {} | {value:.3} | {met} |", goal.bound.told());
        }
        for round in &self.rounds {
            for trouble in round.ours().filter_map(|turn| turn.first_trouble.as_deref()) {
                let _ = writeln!(table, "trouble: {trouble}");
            }
        }
        table
    }

    /// Everything on one line.
    pub fn figures(&self) -> String {
        let mut line = String::new();
        for goal in &self.goals {
            let _ = write!(line, "{}={:.3} ", goal.id, goal.value);
        }
        let met = self.goals.iter().filter(|goal| goal.met).count();
        let _ = write!(line, "met={met} missed={}", self.goals.len() - met);
        line
    }
}

impl Bound {
    pub fn told(self) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {most}"),
            Self::AtLeast(least) => format!("≥ {least}"),
        }
    }
}
