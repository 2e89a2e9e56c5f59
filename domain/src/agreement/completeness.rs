//! What an agreement must say before anybody may sign it (人民调解法 Art 29; 程序规定 Art 184).

use super::{Ground, Refusal};
use crate::calendar::local_day;
use chrono::{DateTime, NaiveDate, Utc};
use protocol::{
    FieldError, PartyId,
    agreement::{
        AgreementDraft, ClauseDraft, ClauseTopic, PerformanceMode, PublicSecurityFacts, TimeLimit,
    },
    dispute::{Category, Track},
};

pub fn check(draft: &AgreementDraft, ground: &Ground, now: DateTime<Utc>) -> Result<(), Refusal> {
    let gaps = gaps(draft, ground, local_day(now));
    if gaps.is_empty() { Ok(()) } else { Err(Refusal::Incomplete(gaps)) }
}

/// Everything that is missing or cannot be, by its path in the draft.
pub fn gaps(draft: &AgreementDraft, ground: &Ground, today: NaiveDate) -> Vec<FieldError> {
    let mut gaps = Gaps(vec![]);
    gaps.need(draft.main_facts.is_some(), "main_facts", "say the main facts");
    gaps.need(draft.issues.is_some(), "issues", "say what is in dispute");
    gaps.need(!draft.clauses.is_empty(), "clauses", "agree on at least one term");
    responsibilities(&mut gaps, draft, ground);
    for (i, clause) in draft.clauses.iter().enumerate() {
        let at = |field: &str| format!("clauses[{i}].{field}");
        clause_gaps(&mut gaps, clause, ground, today, &at);
    }
    if ground.category == Category::MarriageFamily {
        let said = draft.personal_status.is_some();
        gaps.need(
            said,
            "personal_status",
            "say which matters of personal status it touches, if any",
        );
    }
    if ground.track == Track::PublicSecurity {
        public_security(&mut gaps, draft.public_security.as_ref());
    }
    gaps.0
}

struct Gaps(Vec<FieldError>);

impl Gaps {
    fn need(&mut self, holds: bool, path: impl Into<String>, detail: &str) {
        if !holds {
            self.0.push(FieldError { path: path.into(), detail: detail.to_owned() });
        }
    }
}

/// 各方当事人的责任
fn responsibilities(gaps: &mut Gaps, draft: &AgreementDraft, ground: &Ground) {
    let named = |party: PartyId| draft.responsibilities.iter().any(|r| r.party == party);
    let all = ground.parties.iter().all(|party| named(party.party));
    gaps.need(all, "responsibilities", "say what each party answers for");
    for (i, responsibility) in draft.responsibilities.iter().enumerate() {
        let known = ground.party(responsibility.party).is_some();
        gaps.need(known, format!("responsibilities[{i}].party"), "name a party of this dispute");
    }
}

fn clause_gaps(
    gaps: &mut Gaps,
    clause: &ClauseDraft,
    ground: &Ground,
    today: NaiveDate,
    at: &dyn Fn(&str) -> String,
) {
    let due_on = clause.time_limit.and_then(TimeLimit::due_on);
    let is_party = |id: Option<PartyId>| id.is_none_or(|id| ground.party(id).is_some());
    let needs_beneficiary = clause.amount.is_some() || due_on.is_some();
    gaps.need(clause.mode.is_some(), at("mode"), "say how it is to be performed");
    gaps.need(clause.time_limit.is_some(), at("time_limit"), "say by when");
    gaps.need(due_on.is_none_or(|day| day >= today), at("time_limit.date"), "choose a day to come");
    gaps.need(clause.obligor.is_some(), at("obligor"), "say who owes it");
    gaps.need(is_party(clause.obligor), at("obligor"), "name a party of this dispute");
    let named = clause.beneficiary.is_some() || !needs_beneficiary;
    gaps.need(named, at("beneficiary"), "say to whom it is owed");
    gaps.need(is_party(clause.beneficiary), at("beneficiary"), "name a party of this dispute");
    let distinct = clause.obligor.is_none() || clause.obligor != clause.beneficiary;
    gaps.need(
        distinct,
        at("beneficiary"),
        "nobody owes something to themselves: name the other party",
    );
    money(gaps, clause, at);
}

/// A sum is owed in money, and on a day: without a day nobody could say that it is late.
fn money(gaps: &mut Gaps, clause: &ClauseDraft, at: &dyn Fn(&str) -> String) {
    use PerformanceMode::{BankTransfer, Cash, MobilePayment};
    let in_money = clause.topic == ClauseTopic::Compensation
        || matches!(clause.mode, Some(Cash | BankTransfer | MobilePayment));
    gaps.need(clause.amount.is_some() || !in_money, at("amount"), "say how much");
    let standing = clause.amount.is_some() && clause.time_limit == Some(TimeLimit::Standing {});
    gaps.need(!standing, at("time_limit"), "a sum needs a day by which it is paid");
}

fn public_security(gaps: &mut Gaps, facts: Option<&PublicSecurityFacts>) {
    let none = PublicSecurityFacts::default();
    let facts = facts.unwrap_or(&none);
    for (said, field, detail) in [
        (facts.organ.is_some(), "organ", "name the police organ"),
        (facts.host.is_some(), "host", "name the officer who hosts"),
        (facts.others_present.is_some(), "others_present", "name who else was present, or nobody"),
        (facts.occurred_at.is_some(), "occurred_at", "say when it happened"),
        (facts.place.is_some(), "place", "say where it happened"),
        (facts.cause.is_some(), "cause", "say what caused it"),
        (facts.course.is_some(), "course", "say how it went"),
        (facts.circumstances.is_some(), "circumstances", "say under what circumstances"),
        (facts.result.is_some(), "result", "say what came of it"),
    ] {
        gaps.need(said, format!("public_security.{field}"), detail);
    }
}
