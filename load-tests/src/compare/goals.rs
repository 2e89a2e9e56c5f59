//! The goals for speed, each as one figure of a round and where it has to lie.

use super::round::Round;
use crate::figures::{Figures, median, whole};
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

#[derive(Clone, Debug, Serialize)]
pub struct Goal {
    pub id: String,
    pub what: String,
    pub bound: Bound,
    /// The median of the rounds.
    pub value: f64,
    /// Of each round.
    pub values: Vec<f64>,
    pub met: bool,
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }

    /// At most 1 where the goal is met.
    pub fn share(self, value: f64) -> f64 {
        match self {
            Self::AtMost(most) => value / most,
            Self::AtLeast(least) => least / value,
        }
    }
}

use Bound::{AtLeast, AtMost};

/// One that is the same whatever was asked for.
struct Fixed {
    id: &'static str,
    bound: Bound,
    what: &'static str,
    of: fn(&Round) -> f64,
}

const FIRST: [Fixed; 6] = [
    Fixed {
        id: "P1",
        bound: AtMost(0.2),
        what: "CPU of server and PostgreSQL a message, one outstanding: ours to the rival's",
        of: |r| r.one.ratio(Figures::cpu_us),
    },
    Fixed {
        id: "P2",
        bound: AtLeast(3.5),
        what: "acknowledged a second, the same load: ours to the rival's",
        of: |r| r.one.ratio(|f| f.acked_per_second),
    },
    Fixed {
        id: "P3",
        bound: AtLeast(15.0),
        what: "acknowledged a second in a burst: ours to the rival's",
        of: |r| r.burst.ratio(|f| f.acked_per_second),
    },
    Fixed {
        id: "P4",
        bound: AtMost(2.2),
        what: "CPU of PostgreSQL a message in a burst to that of a row of `unnest`, 512 a commit",
        of: |r| r.burst.ala.postgres_cpu_us / r.floor.row_cpu_us,
    },
    Fixed {
        id: "P5",
        bound: AtMost(2.0),
        what: "CPU of the server for one more delivery to that of a raw send",
        of: |r| a_delivery(r) / r.floor.send_cpu_us,
    },
    Fixed {
        id: "P5_paced",
        bound: AtMost(2.0),
        what: "the same to that of a raw send, as many at once and a second",
        of: |r| a_delivery(r) / r.floor.paced_send_cpu_us,
    },
];

const LAST: [Fixed; 6] = [
    Fixed {
        id: "P7",
        bound: AtMost(10.0),
        what: "twice what the rival can: p99 to the p50 of one client's commit",
        of: |r| r.overload.ack.p99 / r.floor.commit.p50,
    },
    Fixed {
        id: "P7_lost",
        bound: AtMost(0.0),
        what: "twice what the rival can: lost, refused, unanswered or cut off",
        of: |r| whole(r.overload.not_good()),
    },
    Fixed {
        id: "P8",
        bound: AtMost(8.0),
        what: "KB of the server for an idle connection",
        of: |r| r.idle.ala.kb_a_connection,
    },
    Fixed {
        id: "P9",
        bound: AtLeast(2.5),
        what: "clients a second that come back and catch up: ours to the rival's",
        of: |r| r.back.ratio(|back| back.per_second),
    },
    Fixed {
        id: "P10",
        bound: AtMost(0.0),
        what: "gaps, duplicates, reorderings, whatever else should never be, in all of it",
        of: |r| {
            let back = r.back.ala.violations.sum();
            whole(back + r.ours().map(|f| f.violations.sum()).sum::<u64>())
        },
    },
    Fixed {
        id: "P14",
        bound: AtMost(1.2),
        what: "CPU of server and PostgreSQL a message: with more rooms to that with few",
        of: |r| r.large.cpu_us() / r.small.cpu_us(),
    },
];

/// All of them, from rounds that measured the same. What must never be counts with its worst round.
pub fn goals(rounds: &[Round]) -> Vec<Goal> {
    let fixed = |goal: &Fixed| {
        Goal::of(rounds, goal.id.to_owned(), goal.bound, goal.what.to_owned(), goal.of)
    };
    let open = rounds.first().map_or(0, |round| round.open.len());
    let mut goals: Vec<Goal> = FIRST.iter().map(fixed).collect();
    goals.extend((0..open).flat_map(|place| open_loop(rounds, place)));
    goals.extend(LAST.iter().map(fixed));
    goals
}

/// P6, for one of the rates.
fn open_loop(rounds: &[Round], place: usize) -> [Goal; 4] {
    let rate = rounds.first().map_or(f64::NAN, |round| round.open[place].rate);
    let goal = |part: &str, most: f64, what: &str, of: &dyn Fn(&Round) -> f64| {
        let (id, what) = (format!("P6_{rate}_{part}"), format!("{rate} messages a second: {what}"));
        Goal::of(rounds, id, AtMost(most), what, of)
    };
    [
        goal("p50", 1.1, "p50, ours to the rival's", &|r| {
            r.open[place].figures.ratio(|f| f.ack.p50)
        }),
        goal("commit", 1.3, "p50 to that of one client's commit", &|r| {
            r.open[place].figures.ala.ack.p50 / r.floor.commit.p50
        }),
        goal("paced", 1.3, "p50 to that of one client's commit, as many a second", &|r| {
            r.open[place].figures.ala.ack.p50 / r.floor.paced[place].commit.p50
        }),
        goal("p99", 1.15, "p99, ours to the rival's", &|r| {
            r.open[place].figures.ratio(|f| f.ack.p99)
        }),
    ]
}

impl Goal {
    fn of(
        rounds: &[Round],
        id: String,
        bound: Bound,
        what: String,
        of: impl Fn(&Round) -> f64,
    ) -> Self {
        let values: Vec<f64> = rounds.iter().map(of).collect();
        let value = match bound {
            AtMost(0.0) => values.iter().copied().fold(0.0, f64::max),
            _ => median(&values, |value| *value),
        };
        Self { id, what, bound, value, values, met: bound.holds(value) }
    }
}

/// Microseconds of the server for one more member who is told: what a message costs more in a room with more
/// members, at the same rate, by the number of members more. What does not depend on them drops out.
fn a_delivery(round: &Round) -> f64 {
    (round.many.server_cpu_us - round.few.server_cpu_us) / whole(round.more_members)
}

#[cfg(test)]
mod tests {
    use super::Bound;

    #[test]
    fn a_goal_is_met_on_its_side_and_at_its_edge() {
        let (most, least) = (Bound::AtMost(2.0), Bound::AtLeast(2.0));
        assert!(most.holds(2.0) && most.holds(1.0) && !most.holds(2.1));
        assert!(least.holds(2.0) && least.holds(3.0) && !least.holds(1.9));
        assert!(!most.holds(f64::NAN) && !least.holds(f64::NAN));
        assert!(most.share(4.0) > 1.0 && least.share(4.0) < 1.0);
    }
}
