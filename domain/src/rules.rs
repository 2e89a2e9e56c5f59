//! Everything that differs by city, as data: clocks, intervals, weights. Ningbo's values are the default.

mod deadlines;

use crate::calendar::Calendar;
use protocol::risk::{RiskLevel, RiskSign};
use serde::{Deserialize, Serialize};

/// What is left out of a configured set keeps Ningbo's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    pub calendar: Calendar,
    pub clocks: Clocks,
    pub visits: VisitRules,
    pub reminders: ReminderRules,
    pub risk: RiskWeights,
    pub retention: Retention,
    /// Many parties on one side name at most so many representatives (宁波条例 Art 20).
    pub max_representatives: u8,
}

/// Limits in days (`_wd`: working days).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Clocks {
    /// A named mediator answers, else somebody else is named.
    pub mediator_response_wd: u16,
    /// The parties choose a mediator together, else one is appointed.
    pub joint_choice_wd: u16,
    /// 宁波条例 Art 27
    pub people_mediation_months: u16,
    /// 医疗条例 Art 38
    pub medical_wd: u16,
    /// 调解仲裁法 Art 14
    pub labor_days: u16,
    /// 治安: first session, from acceptance or from the injury or value report (2007 norm Art 9).
    pub public_security_first_wd: u16,
    /// 治安: second session, after the first (程序规定 Art 183).
    pub public_security_second_wd: u16,
    /// 人民调解法 Art 33
    pub judicial_confirmation_days: u16,
    /// Days before that limit on which the parties are reminded.
    pub judicial_confirmation_warnings: Vec<u16>,
    /// How long an invitation can be answered.
    pub invitation_days: u16,
    /// How long consent is waited for; after that the mediation ends, and the parties are told of other ways.
    pub consent_wait_days: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct VisitRules {
    /// Days after the agreement took effect.
    pub green: Vec<u16>,
    pub yellow: Vec<u16>,
    pub orange: Vec<u16>,
    pub red: Vec<u16>,
    /// 治安: days after a performance date within which it is checked (2007 norm Art 12).
    pub public_security_check_days: u16,
    /// Other tracks: the day after a performance date on which it becomes somebody's task.
    pub performance_task_days: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReminderRules {
    /// Days before an obligation's date; 0 is the day itself.
    pub before_due_days: Vec<u16>,
    /// The hour of the day in China at which reminders go out.
    pub hour: u8,
}

/// Points for each sign and the scores from which a level holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RiskWeights {
    pub threat: u16,
    pub weapon: u16,
    pub domestic_violence: u16,
    pub injury: u16,
    /// For each call after the first.
    pub repeat_call: u16,
    pub repeat_calls_at_most: u16,
    pub long_grudge: u16,
    pub drink: u16,
    pub crowd: u16,
    /// From how many people on it is a crowd.
    pub crowd_from: u16,
    pub minor_or_elder: u16,
    pub yellow_from: u16,
    pub orange_from: u16,
    pub red_from: u16,
}

/// Years for which files are kept; absent means for ever. No statute fixes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    pub ordinary_years: Option<u16>,
    pub written_agreement_years: Option<u16>,
    pub major_years: Option<u16>,
}

impl Default for Rules {
    fn default() -> Self {
        Self::ningbo()
    }
}

impl Default for Clocks {
    fn default() -> Self {
        Self {
            mediator_response_wd: 3,
            joint_choice_wd: 2,
            people_mediation_months: 1,
            medical_wd: 30,
            labor_days: 15,
            public_security_first_wd: 3,
            public_security_second_wd: 7,
            judicial_confirmation_days: 30,
            judicial_confirmation_warnings: vec![10, 3],
            invitation_days: 14,
            consent_wait_days: 14,
        }
    }
}

impl Default for VisitRules {
    fn default() -> Self {
        Self {
            green: vec![7],
            yellow: vec![7, 30],
            orange: vec![3, 7, 30],
            red: vec![1, 3, 7, 30, 90],
            public_security_check_days: 3,
            performance_task_days: 1,
        }
    }
}

impl VisitRules {
    pub fn days(&self, level: RiskLevel) -> &[u16] {
        match level {
            RiskLevel::Green => &self.green,
            RiskLevel::Yellow => &self.yellow,
            RiskLevel::Orange => &self.orange,
            RiskLevel::Red => &self.red,
        }
    }
}

impl Default for ReminderRules {
    fn default() -> Self {
        Self { before_due_days: vec![7, 3, 1, 0], hour: 9 }
    }
}

impl Default for RiskWeights {
    fn default() -> Self {
        Self {
            threat: 40,
            weapon: 40,
            domestic_violence: 30,
            injury: 20,
            repeat_call: 15,
            repeat_calls_at_most: 30,
            long_grudge: 15,
            drink: 10,
            crowd: 10,
            crowd_from: 5,
            minor_or_elder: 10,
            yellow_from: 15,
            orange_from: 35,
            red_from: 60,
        }
    }
}

impl RiskWeights {
    /// What `sign` adds; for `RepeatCalls`, each call after the first.
    pub const fn of(&self, sign: RiskSign) -> u16 {
        match sign {
            RiskSign::Threat => self.threat,
            RiskSign::Weapon => self.weapon,
            RiskSign::DomesticViolence => self.domestic_violence,
            RiskSign::Injury => self.injury,
            RiskSign::RepeatCalls => self.repeat_call,
            RiskSign::LongGrudge => self.long_grudge,
            RiskSign::Drink => self.drink,
            RiskSign::Crowd => self.crowd,
            RiskSign::MinorOrElder => self.minor_or_elder,
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self { ordinary_years: Some(10), written_agreement_years: Some(30), major_years: None }
    }
}

impl Rules {
    pub fn ningbo() -> Self {
        Self {
            calendar: Calendar::default(),
            clocks: Clocks::default(),
            visits: VisitRules::default(),
            reminders: ReminderRules::default(),
            risk: RiskWeights::default(),
            retention: Retention::default(),
            max_representatives: 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_read_back_and_what_is_left_out_is_ningbo_s() -> serde_json::Result<()> {
        let rules = Rules::ningbo();
        assert_eq!(serde_json::from_str::<Rules>(&serde_json::to_string(&rules)?)?, rules);
        assert_eq!(serde_json::from_str::<Rules>("{}")?, rules);
        let other: Rules = serde_json::from_str(r#"{"clocks":{"invitation_days":7}}"#)?;
        assert_eq!((other.clocks.invitation_days, other.clocks.joint_choice_wd), (7, 2));
        assert!(serde_json::from_str::<Rules>(r#"{"clock":{}}"#).is_err());
        Ok(())
    }
}
