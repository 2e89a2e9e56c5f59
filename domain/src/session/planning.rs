//! Whether another session may be held and when, and whether others may listen.

use super::{Event, Refusal, Setting};
use crate::rules::Rules;
use chrono::{DateTime, Utc};
use protocol::{
    dispute::Track,
    party::Side,
    session::{PlanSession, Publicity},
};

/// Plans the next session. `earlier` holds the starts of those that were not cancelled. 治安: as a rule one, at most a second
/// within seven working days after the first (程序规定 Art 183), and only once the facts stand (Art 180).
pub fn plan(
    setting: &Setting,
    earlier: &[DateTime<Utc>],
    plan: PlanSession,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<Event, Refusal> {
    if plan.starts_at < now || plan.ends_at <= plan.starts_at {
        return Err(Refusal::BadTime);
    }
    if setting.track == Track::PublicSecurity {
        public_security(setting, earlier, &plan, rules)?;
    }
    let number = u8::try_from(earlier.len() + 1).map_err(|_| Refusal::SessionLimit)?;
    Ok(Event::Planned { number, plan })
}

fn public_security(
    setting: &Setting,
    earlier: &[DateTime<Utc>],
    plan: &PlanSession,
    rules: &Rules,
) -> Result<(), Refusal> {
    if !setting.facts_established {
        return Err(Refusal::FactsNotEstablished);
    }
    let Some(first) = earlier.iter().min() else { return Ok(()) };
    if earlier.len() > 1 {
        Err(Refusal::SessionLimit)
    } else if plan.starts_at >= rules.second_public_security_session_by(*first) {
        Err(Refusal::SessionTooLate)
    } else {
        Ok(())
    }
}

/// People's mediation online is closed unless both sides ask to open it (人民调解法 Art 23); 治安调解 is open unless secrets or
/// privacy are at stake or both sides ask to close it (2007 norm Art 6).
pub fn publicity(track: Track, secret_or_private: bool, asked: &[(Side, Publicity)]) -> Publicity {
    let both = |wanted| Side::ALL.iter().all(|side| asked.contains(&(*side, wanted)));
    match track {
        _ if secret_or_private => Publicity::Closed,
        Track::PeopleMediation if both(Publicity::Open) => Publicity::Open,
        Track::PeopleMediation => Publicity::Closed,
        Track::PublicSecurity if both(Publicity::Closed) => Publicity::Closed,
        Track::PublicSecurity => Publicity::Open,
    }
}
