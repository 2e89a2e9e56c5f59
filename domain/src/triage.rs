//! Triage: the ordered questions, the first that is answered yes decides.

use protocol::{
    ErrorCode,
    dispute::{PublicSecurityBar, Track},
    triage::{
        DomesticViolence, Findings, PriorHandling, Triage, TriageOutcome, Venue, Violation,
        ViolationAct, ViolationCause,
    },
};

/// Why a violation may not be mediated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotEligible {
    #[error("no violation of public security was found: use people's mediation")]
    NoViolation,
    #[error("the violation did not arise from a dispute between people: use the penalty procedure")]
    NotFromCivilDispute,
    #[error("this kind of violation is not open to mediation: use the penalty procedure")]
    ActNotListed,
    #[error("the circumstances are not slight: use the penalty procedure")]
    NotSlight,
    #[error(
        "none of the three grounds for mediating a violation is given: use the penalty procedure"
    )]
    NoGround,
    #[error("mediation is barred ({0}): use the penalty procedure")]
    Barred(PublicSecurityBar),
}

impl NotEligible {
    pub const fn code(&self) -> ErrorCode {
        ErrorCode::TrackBarred
    }

    pub const fn article(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoViolation => "程序规定 Art 178(2)",
            Self::Barred(_) => "程序规定 Art 179",
            _ => "程序规定 Art 178",
        })
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::NoViolation => "本纠纷不构成违反治安管理行为。",
            Self::NotFromCivilDispute => "该违法行为不是因民间纠纷引起,不适用治安调解。",
            Self::ActNotListed => "该违法行为不属于可以治安调解的行为。",
            Self::NotSlight => "该违法行为情节不属较轻,不适用治安调解。",
            Self::NoGround => "不具备可以治安调解的情形。",
            Self::Barred(bar) => barred(bar),
        }
    }
}

const fn barred(bar: PublicSecurityBar) -> &'static str {
    match bar {
        PublicSecurityBar::HiredInjury => "涉嫌雇凶伤害他人,不适用治安调解。",
        PublicSecurityBar::GangOrProvocation => "涉嫌结伙斗殴或者寻衅滋事,不适用治安调解。",
        // Never says what was found: earlier violations are sealed (治安管理处罚法 Art 136).
        PublicSecurityBar::RepeatViolation | PublicSecurityBar::Other => {
            "经民警审查,本案不适用治安调解。"
        }
        PublicSecurityBar::PartyUnwilling => "当事人一方不愿意调解,不适用治安调解。",
        PublicSecurityBar::NewViolation => "调解期间又针对对方实施违法行为,不适用治安调解。",
        PublicSecurityBar::SuspectFled => "违法嫌疑人逃跑,不适用治安调解。",
    }
}

/// Whether a violation may be mediated (程序规定 Art 178, 179). To be asked again whenever something new is known.
pub fn eligible(violation: Option<&Violation>) -> Result<(), NotEligible> {
    let violation = violation.ok_or(NotEligible::NoViolation)?;
    if let Some(bar) = violation.bars.first() {
        Err(NotEligible::Barred(*bar))
    } else if !violation.from_civil_dispute {
        Err(NotEligible::NotFromCivilDispute)
    } else if violation.act == ViolationAct::Other {
        Err(NotEligible::ActNotListed)
    } else if !violation.slight {
        Err(NotEligible::NotSlight)
    } else if violation.cause == ViolationCause::Neither {
        Err(NotEligible::NoGround)
    } else {
        Ok(())
    }
}

/// Where a dispute goes. The order is the law's and ours: danger, crime, domestic violence, violation, others'
/// business, place.
pub fn triage(findings: &Findings) -> Triage {
    let dv_protection = findings.domestic_violence.is_some();
    let (outcome, articles, explanation) = outcome(findings);
    Triage {
        outcome,
        track: match outcome {
            TriageOutcome::PublicSecurity => Some(Track::PublicSecurity),
            TriageOutcome::PeopleMediation => Some(Track::PeopleMediation),
            _ => None,
        },
        dv_protection,
        articles: articles.iter().map(|&article| article.to_owned()).collect(),
        explanation: explanation.to_owned(),
        next: next(outcome).to_owned(),
    }
}

type Found = (TriageOutcome, &'static [&'static str], &'static str);

fn outcome(findings: &Findings) -> Found {
    if !findings.emergency.is_empty() {
        let why = "现场可能有暴力、凶器或者生命危险,须先由公安机关出警处置。";
        return (TriageOutcome::EmergencyDispatch, &["人民调解法 Art 25"], why);
    }
    if findings.suspected_crime {
        let why = "本事项涉嫌犯罪,不属于人民调解和治安调解的范围。";
        return (TriageOutcome::CriminalProcedure, &["刑诉法 Art 288–290"], why);
    }
    if findings.domestic_violence == Some(DomesticViolence::Indicated) {
        let why = "本纠纷涉及家庭暴力,须先由公安机关依法处置,不得仅以调解结案。";
        return (TriageOutcome::DomesticViolenceFirst, &["反家暴法 Art 15–17"], why);
    }
    if let Some(violation) = &findings.violation {
        return violation_outcome(violation);
    }
    if let Some(prior) = findings.prior_handling {
        return (TriageOutcome::Reject, prior_articles(prior), prior_sentence(prior));
    }
    if findings.venue == Venue::Elsewhere {
        let why = "纠纷发生地和当事人住所地均不在本地,双方也未约定由本调解委员会调解并经其同意。";
        return (TriageOutcome::OtherVenue, &["宁波条例 Art 18"], why);
    }
    let why = "本纠纷属于民间纠纷,可以由人民调解委员会调解,不收取任何费用。";
    (TriageOutcome::PeopleMediation, &["人民调解法 Art 17", "宁波条例 Art 18"], why)
}

fn violation_outcome(violation: &Violation) -> Found {
    match eligible(Some(violation)) {
        Ok(()) => {
            let why = "本案系因民间纠纷引起、情节较轻的违反治安管理行为,可以治安调解。";
            (TriageOutcome::PublicSecurity, &["程序规定 Art 178"], why)
        }
        Err(reason @ NotEligible::Barred(_)) => {
            (TriageOutcome::PenaltyProcedure, &["程序规定 Art 179"], reason.sentence())
        }
        Err(reason) => (TriageOutcome::PenaltyProcedure, &["程序规定 Art 178"], reason.sentence()),
    }
}

const fn prior_articles(prior: PriorHandling) -> &'static [&'static str] {
    match prior {
        PriorHandling::MedicalElsewhere => &["医疗条例 Art 31"],
        _ => &["75号令 Art 22"],
    }
}

const fn prior_sentence(prior: PriorHandling) -> &'static str {
    match prior {
        PriorHandling::CourtAccepted => "人民法院已经受理本纠纷。",
        PriorHandling::CourtSettled => "人民法院已经处理本纠纷。",
        PriorHandling::PoliceHandling => "公安机关已经受理或者处理本纠纷。",
        PriorHandling::AgencyHandling => "其他行政机关已经受理本纠纷。",
        PriorHandling::AgencySettled => "其他行政机关已经处理本纠纷。",
        PriorHandling::Reserved => "法律规定本纠纷由专门机关管辖处理。",
        PriorHandling::MedicalElsewhere => "本医疗纠纷已由人民法院或者其他医疗纠纷调解组织受理。",
    }
}

const fn next(outcome: TriageOutcome) -> &'static str {
    match outcome {
        TriageOutcome::EmergencyDispatch => {
            "请立即拨打110,并先到安全的地方;公安机关确认危险解除后再继续。"
        }
        TriageOutcome::CriminalProcedure => {
            "已转公安机关依照刑事诉讼程序办理;您可以向办案民警了解进展。"
        }
        TriageOutcome::DomesticViolenceFirst => {
            "由民警先行处置并告知告诫书、人身安全保护令等途径;处置完成后,可在保护措施下自愿调解。"
        }
        TriageOutcome::PublicSecurity => {
            "由民警查明事实、收集证据后主持调解;违法嫌疑人须本人到场,未成年人须有监护人在场。"
        }
        TriageOutcome::PenaltyProcedure => {
            "由公安机关依法处理;民事赔偿部分可以申请人民调解,也可以向人民法院起诉。"
        }
        TriageOutcome::Reject => "请向正在办理或者有权办理的机关继续反映;对结果不服的,可依法起诉。",
        TriageOutcome::OtherVenue => {
            "请向纠纷发生地或者当事人住所地的人民调解委员会申请,也可以向人民法院起诉。"
        }
        TriageOutcome::PeopleMediation => "将征求各方当事人的意见;各方同意后确定调解员。",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::triage::EmergencySign;

    fn nothing() -> Findings {
        Findings {
            emergency: vec![],
            suspected_crime: false,
            domestic_violence: None,
            violation: None,
            prior_handling: None,
            venue: Venue::Here,
        }
    }

    fn beating() -> Violation {
        Violation {
            act: ViolationAct::Beating,
            from_civil_dispute: true,
            slight: true,
            cause: ViolationCause::CloseRelations,
            bars: vec![],
        }
    }

    #[test]
    fn each_question_decides_when_nothing_before_it_does() {
        let mut findings = Findings { venue: Venue::Elsewhere, ..nothing() };
        assert_eq!(triage(&nothing()).outcome, TriageOutcome::PeopleMediation);
        assert_eq!(triage(&nothing()).track, Some(Track::PeopleMediation));
        assert_eq!(triage(&findings).outcome, TriageOutcome::OtherVenue);
        findings.prior_handling = Some(PriorHandling::CourtAccepted);
        assert_eq!(triage(&findings).outcome, TriageOutcome::Reject);
        findings.violation = Some(beating());
        assert_eq!(triage(&findings).outcome, TriageOutcome::PublicSecurity);
        findings.domestic_violence = Some(DomesticViolence::Indicated);
        assert_eq!(triage(&findings).outcome, TriageOutcome::DomesticViolenceFirst);
        findings.suspected_crime = true;
        assert_eq!(triage(&findings).outcome, TriageOutcome::CriminalProcedure);
        findings.emergency = vec![EmergencySign::Weapon];
        assert_eq!(triage(&findings).outcome, TriageOutcome::EmergencyDispatch);
        let agreed = Findings { venue: Venue::AgreedHere, ..nothing() };
        assert_eq!(triage(&agreed).outcome, TriageOutcome::PeopleMediation);
    }

    #[test]
    fn after_the_protocol_domestic_violence_is_mediated_under_protection_only() {
        let done = Some(DomesticViolence::ProtocolDone);
        let found = triage(&Findings { domestic_violence: done, ..nothing() });
        assert_eq!((found.outcome, found.dv_protection), (TriageOutcome::PeopleMediation, true));
        assert!(!triage(&nothing()).dv_protection);
    }

    #[test]
    fn a_violation_is_mediated_only_where_articles_178_and_179_allow_it() {
        use NotEligible::{
            ActNotListed, Barred, NoGround, NoViolation, NotFromCivilDispute, NotSlight,
        };
        assert_eq!(eligible(Some(&beating())), Ok(()));
        assert_eq!(eligible(None), Err(NoViolation));
        let not = |change: fn(&mut Violation)| {
            let mut violation = beating();
            change(&mut violation);
            let outcome =
                triage(&Findings { violation: Some(violation.clone()), ..nothing() }).outcome;
            assert_eq!(outcome, TriageOutcome::PenaltyProcedure, "{violation:?}");
            eligible(Some(&violation))
        };
        assert_eq!(not(|v| v.from_civil_dispute = false), Err(NotFromCivilDispute));
        assert_eq!(not(|v| v.act = ViolationAct::Other), Err(ActNotListed));
        assert_eq!(not(|v| v.slight = false), Err(NotSlight));
        assert_eq!(not(|v| v.cause = ViolationCause::Neither), Err(NoGround));
        let fled = PublicSecurityBar::SuspectFled;
        assert_eq!(not(|v| v.bars = vec![PublicSecurityBar::SuspectFled]), Err(Barred(fled)));
        assert_eq!(Barred(fled).article(), Some("程序规定 Art 179"));
    }

    #[test]
    fn an_earlier_violation_is_not_told() {
        let with = |bar| {
            let violation = Violation { bars: vec![bar], ..beating() };
            triage(&Findings { violation: Some(violation), ..nothing() })
        };
        assert_eq!(with(PublicSecurityBar::RepeatViolation), with(PublicSecurityBar::Other));
    }

    proptest! {
        #[test]
        fn danger_goes_before_everything_and_words_are_never_missing(
            danger: bool, crime: bool, violent in 0..3, violation: bool, slight: bool,
            prior in proptest::option::of(proptest::sample::select(PriorHandling::ALL.to_vec())),
            venue in proptest::sample::select(Venue::ALL.to_vec()),
        ) {
            let found = triage(&Findings {
                emergency: if danger { vec![EmergencySign::ViolenceUnderWay] } else { vec![] },
                suspected_crime: crime,
                domestic_violence: match violent {
                    0 => None,
                    1 => Some(DomesticViolence::Indicated),
                    _ => Some(DomesticViolence::ProtocolDone),
                },
                violation: violation.then(|| Violation { slight, ..beating() }),
                prior_handling: prior,
                venue,
            });
            prop_assert_eq!(found.outcome == TriageOutcome::EmergencyDispatch, danger);
            prop_assert_eq!(found.dv_protection, violent > 0);
            prop_assert!(!found.articles.is_empty() && found.explanation.ends_with('。') && found.next.ends_with('。'));
            if found.track.is_some() {
                prop_assert!(!danger && !crime && violent != 1);
            }
        }
    }
}
