//! When each clock runs out: always the first instant that is too late, 24:00 in China.

use super::Rules;
use crate::calendar::{at_hour, end_of, local_day};
use chrono::{DateTime, Days, NaiveDate, Utc};
use protocol::dispute::Category;

impl Rules {
    /// When `n` working days after `from` are over.
    pub fn after_working_days(&self, from: DateTime<Utc>, n: u16) -> DateTime<Utc> {
        end_of(self.calendar.add_working_days(local_day(from), n))
    }

    pub fn after_days(&self, from: DateTime<Utc>, n: u16) -> DateTime<Utc> {
        end_of(self.calendar.add_days(local_day(from), n))
    }

    pub fn mediator_response_by(&self, named_at: DateTime<Utc>) -> DateTime<Utc> {
        self.after_working_days(named_at, self.clocks.mediator_response_wd)
    }

    pub fn joint_choice_by(&self, asked_at: DateTime<Utc>) -> DateTime<Utc> {
        self.after_working_days(asked_at, self.clocks.joint_choice_wd)
    }

    /// Nobody is promised more time to answer than is waited for consent.
    pub fn invitation_answer_by(
        &self,
        sent_at: DateTime<Utc>,
        consent_by: Option<DateTime<Utc>>,
    ) -> DateTime<Utc> {
        let own = self.after_days(sent_at, self.clocks.invitation_days);
        consent_by.map_or(own, |end| own.min(end))
    }

    pub fn consent_by(&self, asked_at: DateTime<Utc>) -> DateTime<Utc> {
        self.after_days(asked_at, self.clocks.consent_wait_days)
    }

    /// The end of people's mediation: one month (宁波条例 Art 27); medical 30 working days (医疗条例 Art 38); labour 15
    /// days (调解仲裁法 Art 14). Each can be extended when both sides ask.
    pub fn people_mediation_by(
        &self,
        category: Category,
        accepted_at: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let start = local_day(accepted_at);
        end_of(match category {
            Category::Medical => self.calendar.add_working_days(start, self.clocks.medical_wd),
            Category::Labor => self.calendar.add_days(start, self.clocks.labor_days),
            _ => self.calendar.add_months(start, self.clocks.people_mediation_months),
        })
    }

    /// 治安: the first session, from acceptance or from the injury or value report (2007 norm Art 9).
    pub fn first_public_security_session_by(&self, from: DateTime<Utc>) -> DateTime<Utc> {
        self.after_working_days(from, self.clocks.public_security_first_wd)
    }

    /// 治安: the second session, within seven working days after the first (程序规定 Art 183).
    pub fn second_public_security_session_by(&self, first: DateTime<Utc>) -> DateTime<Utc> {
        self.after_working_days(first, self.clocks.public_security_second_wd)
    }

    /// Both parties apply within thirty days from effect (人民调解法 Art 33; 民诉法 Art 205).
    pub fn judicial_confirmation_by(&self, effective_at: DateTime<Utc>) -> DateTime<Utc> {
        self.after_days(effective_at, self.clocks.judicial_confirmation_days)
    }

    /// When the parties are warned that the time for judicial confirmation runs out.
    pub fn judicial_confirmation_warnings(
        &self,
        effective_at: DateTime<Utc>,
    ) -> Vec<DateTime<Utc>> {
        let last =
            self.calendar.add_days(local_day(effective_at), self.clocks.judicial_confirmation_days);
        let warnings = &self.clocks.judicial_confirmation_warnings;
        warnings.iter().map(|before| self.reminder_at(last, *before)).collect()
    }

    /// The hour at which people are reminded, `before` days ahead of `day`.
    pub fn reminder_at(&self, day: NaiveDate, before: u16) -> DateTime<Utc> {
        at_hour(day - Days::new(before.into()), self.reminders.hour)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MONTH: chrono::Duration = chrono::Duration::days(30);

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_default()
    }

    #[test]
    fn the_clocks_of_a_dispute() {
        let rules = Rules::ningbo();
        let monday = at("2026-11-23T02:00:00Z");
        assert_eq!(rules.mediator_response_by(monday), at("2026-11-26T16:00:00Z"));
        assert_eq!(rules.joint_choice_by(monday), at("2026-11-25T16:00:00Z"));
        let (two_weeks, sooner) = (at("2026-12-07T16:00:00Z"), at("2026-12-01T16:00:00Z"));
        for (consent_by, expected) in
            [(None, two_weeks), (Some(sooner), sooner), (Some(two_weeks + MONTH), two_weeks)]
        {
            assert_eq!(rules.invitation_answer_by(monday, consent_by), expected);
        }
        assert_eq!(rules.first_public_security_session_by(monday), at("2026-11-26T16:00:00Z"));
        assert_eq!(rules.second_public_security_session_by(monday), at("2026-12-02T16:00:00Z"));
    }

    #[test]
    fn people_s_mediation_ends_by_its_kind() {
        let rules = Rules::ningbo();
        let accepted = at("2026-11-10T02:00:00Z");
        let by = |category| rules.people_mediation_by(category, accepted);
        assert_eq!(by(Category::Neighbor), at("2026-12-10T16:00:00Z"));
        assert_eq!(by(Category::Labor), at("2026-11-25T16:00:00Z"));
        assert_eq!(by(Category::Medical), at("2026-12-22T16:00:00Z"));
    }

    #[test]
    fn confirmation_is_warned_of_ten_and_three_days_before_its_end() {
        let rules = Rules::ningbo();
        let effective = at("2026-11-10T02:00:00Z");
        assert_eq!(rules.judicial_confirmation_by(effective), at("2026-12-10T16:00:00Z"));
        assert_eq!(
            rules.judicial_confirmation_warnings(effective),
            [at("2026-11-30T01:00:00Z"), at("2026-12-07T01:00:00Z")]
        );
    }
}
