//! Red, orange, yellow or green: a score whose reasons are shown. A person confirms every level.

use crate::rules::RiskWeights;
use protocol::{
    ErrorCode,
    risk::{RiskAssessment, RiskFindings, RiskLevel, RiskReason, RiskSign},
};

/// The level that the findings propose, with what each sign added (PIPL Art 24). A threat or a weapon is always red.
pub fn assess(findings: &RiskFindings, weights: &RiskWeights) -> RiskAssessment {
    let reasons: Vec<RiskReason> = RiskSign::ALL
        .iter()
        .map(|&sign| RiskReason { sign, points: points(sign, findings, weights) })
        .filter(|reason| reason.points > 0 || is_seen(reason.sign, findings))
        .collect();
    let score = reasons.iter().fold(0_u16, |sum, reason| sum.saturating_add(reason.points));
    let alarming = is_seen(RiskSign::Threat, findings) || is_seen(RiskSign::Weapon, findings);
    let level = match score {
        _ if alarming => RiskLevel::Red,
        s if s >= weights.red_from => RiskLevel::Red,
        s if s >= weights.orange_from => RiskLevel::Orange,
        s if s >= weights.yellow_from => RiskLevel::Yellow,
        _ => RiskLevel::Green,
    };
    RiskAssessment { score, level, reasons }
}

fn is_seen(sign: RiskSign, findings: &RiskFindings) -> bool {
    findings.signs.contains(&sign)
}

fn points(sign: RiskSign, findings: &RiskFindings, weights: &RiskWeights) -> u16 {
    let seen = is_seen(sign, findings);
    match sign {
        RiskSign::RepeatCalls => {
            let repeats = findings.calls.saturating_sub(1).max(u16::from(seen));
            repeats.saturating_mul(weights.repeat_call).min(weights.repeat_calls_at_most)
        }
        RiskSign::Crowd if seen || findings.people >= weights.crowd_from => weights.crowd,
        sign if seen => weights.of(sign),
        _ => 0,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(
        "a risk level is lowered by the station leader only: ask the station leader to confirm {0}"
    )]
    LeaderLowers(RiskLevel),
}

impl Refusal {
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::LeaderLowers(_) => ErrorCode::NotPermitted,
        }
    }

    pub const fn article(&self) -> Option<&'static str> {
        match self {
            Self::LeaderLowers(_) => None,
        }
    }
}

/// A person confirms `to` in place of `from`; raising it is open to all who may confirm, lowering it to the station leader.
pub fn confirm(from: RiskLevel, to: RiskLevel, by_leader: bool) -> Result<RiskLevel, Refusal> {
    if to < from && !by_leader { Err(Refusal::LeaderLowers(to)) } else { Ok(to) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn assessed(signs: &[RiskSign], calls: u16, people: u16) -> RiskAssessment {
        assess(&RiskFindings { signs: signs.to_vec(), calls, people }, &RiskWeights::default())
    }

    #[test]
    fn levels_begin_where_the_rules_say() {
        use RiskSign::{DomesticViolence, Drink, Injury, LongGrudge, MinorOrElder, Threat, Weapon};
        for (signs, calls, people, score, level) in [
            (&[][..], 1, 2, 0, RiskLevel::Green),
            (&[Drink], 1, 2, 10, RiskLevel::Green),
            (&[LongGrudge], 1, 2, 15, RiskLevel::Yellow),
            (&[Injury, Drink], 1, 2, 30, RiskLevel::Yellow),
            (&[Injury, LongGrudge], 1, 2, 35, RiskLevel::Orange),
            (&[DomesticViolence, Injury], 1, 4, 50, RiskLevel::Orange),
            (&[DomesticViolence, Injury], 1, 5, 60, RiskLevel::Red),
            (&[Threat], 1, 2, 40, RiskLevel::Red),
            (&[Weapon], 1, 2, 40, RiskLevel::Red),
            (&[MinorOrElder], 2, 2, 25, RiskLevel::Yellow),
            (&[], 9, 2, 30, RiskLevel::Yellow),
            (&[RiskSign::RepeatCalls], 0, 0, 15, RiskLevel::Yellow),
            (&[RiskSign::Crowd], 1, 9, 10, RiskLevel::Green),
        ] {
            let found = assessed(signs, calls, people);
            assert_eq!((found.score, found.level), (score, level), "{signs:?} {calls} {people}");
        }
    }

    #[test]
    fn every_point_has_its_reason() {
        let found = assessed(&[RiskSign::Injury, RiskSign::Injury], 3, 6);
        let reason = |sign, points| RiskReason { sign, points };
        assert_eq!(
            found.reasons,
            [
                reason(RiskSign::Injury, 20),
                reason(RiskSign::RepeatCalls, 30),
                reason(RiskSign::Crowd, 10)
            ]
        );
    }

    #[test]
    fn only_the_leader_lowers_a_level() {
        use RiskLevel::{Orange, Red};
        assert_eq!(confirm(Orange, Red, false), Ok(Red));
        assert_eq!(confirm(Red, Orange, false), Err(Refusal::LeaderLowers(Orange)));
        assert_eq!(confirm(Red, Orange, true), Ok(Orange));
    }

    proptest! {
        #[test]
        fn more_signs_never_mean_less_risk(
            signs in proptest::sample::subsequence(RiskSign::ALL.to_vec(), 0..=RiskSign::ALL.len()),
            more in proptest::sample::select(RiskSign::ALL.to_vec()),
            calls in 0_u16..5, people in 0_u16..8,
        ) {
            let before = assessed(&signs, calls, people);
            let mut grown = signs;
            grown.push(more);
            let after = assessed(&grown, calls, people);
            prop_assert!(after.score >= before.score && after.level >= before.level);
            prop_assert_eq!(after.score, after.reasons.iter().map(|r| r.points).sum::<u16>());
        }
    }
}
