//! Every clock of a dispute, with the test's own time: nothing before its moment, the right thing after it.

use crate::app::{Person, TestApp, until_somebody_waits_for_a_lock};
use crate::disputes::submitted;
use chrono::{DateTime, Duration, Utc};
use domain::dispute::{Command, Nominee, Verdict};
use protocol::account::Role;
use protocol::dispute::{
    DisputeView, Part, Status, TerminationReason, Timeline, TimelineEntry, Track,
};
use protocol::notice::{NoticeKind, NoticePage};
use protocol::{DisputeId, PartyId};
use server::disputes::{lifecycle, store};
use server::jobs::worker;

/// A station with a leader, an officer and a mediator, and a dispute whose respondent has an account too.
struct Scene<'a> {
    test: &'a TestApp,
    applicant: Person<'a>,
    respondent: Person<'a>,
    officer: Person<'a>,
    leader: Person<'a>,
    mediator: Person<'a>,
    id: DisputeId,
    parties: Vec<PartyId>,
}

impl<'a> Scene<'a> {
    async fn new(test: &'a TestApp) -> Self {
        let applicant = test.person("陈一", Role::Resident).await;
        let respondent = test.person("林二", Role::Resident).await;
        let officer = test.person("王警官", Role::Officer).await;
        let leader = test.person("周所长", Role::StationLeader).await;
        let mediator = test.person("何调解", Role::PeoplesMediator).await;
        let dispute = submitted(&applicant).await;
        let parties: Vec<PartyId> = dispute.parties.iter().map(|party| party.id).collect();
        sqlx::query("update parties set person_id = $2 where id = $1")
            .bind(parties[1].0)
            .bind(respondent.id.0)
            .execute(&test.owner)
            .await
            .unwrap();
        let id = dispute.id;
        Self { test, applicant, respondent, officer, leader, mediator, id, parties }
    }

    /// Gives a command as somebody, past the doors: these are tests of the clock.
    async fn give(&self, who: &Person<'_>, command: Command) {
        let mut tx = self.test.app.begin().await.unwrap();
        let (before, standing) = store::look_any(&mut tx, self.id, who.account).await.unwrap();
        lifecycle::apply(&mut tx, &self.test.app.rules, before, &standing, command).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn timeline(&self, who: &Person<'_>) -> Vec<TimelineEntry> {
        let timeline: Timeline = who.get(&format!("/v1/disputes/{}/events", self.id)).await.to();
        timeline.entries
    }

    async fn accepted_on(test: &'a TestApp, track: Track) -> Self {
        let scene = Self::new(test).await;
        scene.give(&scene.officer, Command::Triage(Verdict::Accept(track))).await;
        for (who, party) in [&scene.applicant, &scene.respondent].into_iter().zip(&scene.parties) {
            if scene.view().await.status == Status::AwaitingConsent {
                let open = scene.view().await.parties.into_iter().find(|p| p.id == *party);
                if open.is_some_and(|p| p.consent == protocol::party::ConsentState::Pending) {
                    scene.give(who, Command::Consent { party: *party }).await;
                }
            }
        }
        assert_eq!(scene.view().await.status, Status::Matching);
        scene
    }

    async fn appoint(&self, who: &Person<'_>) {
        let nominee = Nominee {
            account: who.account,
            person: who.id,
            part: Part::Mediator,
            appointed_by_committee: true,
            is_officer: true,
        };
        self.give(&self.leader, Command::Appoint(nominee)).await;
    }

    async fn in_mediation(&self, host: &Person<'_>) {
        self.appoint(host).await;
        self.give(host, Command::Disclose).await;
        for (who, party) in [&self.applicant, &self.respondent].into_iter().zip(&self.parties) {
            let answer =
                Command::AnswerDisclosure { party: *party, neutral: host.account, accepts: true };
            self.give(who, answer).await;
        }
        self.give(host, Command::Schedule).await;
        self.give(host, Command::Begin).await;
    }

    async fn view(&self) -> DisputeView {
        self.leader.get(&format!("/v1/disputes/{}", self.id)).await.to()
    }

    /// Nothing happens one second before `due`; what happens at `due` is answered.
    async fn expires_exactly_at(&self, due: &str) -> DisputeView {
        let due: DateTime<Utc> = due.parse().unwrap();
        let before = self.view().await;
        self.test.advance(due - self.test.now() - Duration::seconds(1));
        worker::drain(&self.test.app).await.unwrap();
        assert_eq!(self.view().await.version, before.version, "too early");
        self.test.advance(Duration::seconds(1));
        worker::drain(&self.test.app).await.unwrap();
        let after = self.view().await;
        assert!(after.version > before.version, "too late");
        worker::drain(&self.test.app).await.unwrap();
        assert_eq!(self.view().await.version, after.version, "twice");
        after
    }

    async fn told(&self, who: &Person<'_>) -> Vec<NoticeKind> {
        let page: NoticePage = who.get("/v1/notices?limit=100").await.to();
        page.notices.into_iter().map(|notice| notice.kind).collect()
    }
}

#[tokio::test]
async fn without_consent_in_fourteen_days_it_ends_as_unreachable() {
    let test = TestApp::start().await;
    let scene = Scene::new(&test).await;
    scene.give(&scene.officer, Command::Triage(Verdict::Accept(Track::PeopleMediation))).await;
    let after = scene.expires_exactly_at("2026-11-17T00:00:00+08:00").await;
    assert_eq!(
        (after.status, after.ended_because),
        (Status::Terminated, Some(TerminationReason::Unreachable))
    );
    assert!(scene.told(&scene.respondent).await.contains(&NoticeKind::Terminated));
}

#[tokio::test]
async fn without_a_choice_in_two_working_days_the_leader_has_to_appoint() {
    let test = TestApp::start().await;
    let scene = Scene::accepted_on(&test, Track::PeopleMediation).await;
    let after = scene.expires_exactly_at("2026-11-05T00:00:00+08:00").await;
    assert_eq!(after.status, Status::Matching);
    assert_eq!(scene.told(&scene.leader).await[0], NoticeKind::Overdue);
    assert!(!scene.told(&scene.applicant).await.contains(&NoticeKind::Overdue));
    // And again when that time passes too: what is late stays in view.
    scene.expires_exactly_at("2026-11-10T00:00:00+08:00").await;
}

#[tokio::test]
async fn a_mediator_silent_for_three_working_days_gives_way() {
    let test = TestApp::start().await;
    let scene = Scene::accepted_on(&test, Track::PeopleMediation).await;
    scene.appoint(&scene.mediator).await;
    let after = scene.expires_exactly_at("2026-11-06T00:00:00+08:00").await;
    assert_eq!((after.status, after.neutrals.len()), (Status::Matching, 0));
    assert!(scene.told(&scene.mediator).await.contains(&NoticeKind::NeutralLeft));
}

#[tokio::test]
async fn people_s_mediation_ends_after_a_month_unless_both_ask_for_more() {
    let test = TestApp::start().await;
    let scene = Scene::accepted_on(&test, Track::PeopleMediation).await;
    scene.in_mediation(&scene.mediator).await;
    for (who, party) in [&scene.applicant, &scene.respondent].into_iter().zip(&scene.parties) {
        scene.give(who, Command::AskExtension { party: *party }).await;
    }
    // 2026-12-02 without the extension.
    let after = scene.expires_exactly_at("2027-01-05T00:00:00+08:00").await;
    assert_eq!(
        (after.status, after.ended_because),
        (Status::Terminated, Some(TerminationReason::TimeLimit))
    );
}

#[tokio::test]
async fn people_s_mediation_that_nobody_extends_ends_after_a_month() {
    let test = TestApp::start().await;
    let scene = Scene::accepted_on(&test, Track::PeopleMediation).await;
    scene.in_mediation(&scene.mediator).await;
    let after = scene.expires_exactly_at("2026-12-03T00:00:00+08:00").await;
    assert_eq!(after.ended_because, Some(TerminationReason::TimeLimit));
}

#[tokio::test]
async fn a_first_public_security_session_later_than_three_working_days_goes_to_the_leader_once() {
    let test = TestApp::start().await;
    let scene = Scene::accepted_on(&test, Track::PublicSecurity).await;
    scene.give(&scene.officer, Command::EstablishFacts).await;
    scene.appoint(&scene.officer).await;
    scene.give(&scene.officer, Command::Disclose).await;
    for (who, party) in [&scene.applicant, &scene.respondent].into_iter().zip(&scene.parties) {
        let neutral = scene.officer.account;
        let answer = Command::AnswerDisclosure { party: *party, neutral, accepts: true };
        scene.give(who, answer).await;
    }
    scene.give(&scene.officer, Command::Schedule).await;
    let after = scene.expires_exactly_at("2026-11-06T00:00:00+08:00").await;
    assert_eq!(after.status, Status::Scheduled);
    assert_eq!(scene.told(&scene.leader).await[0], NoticeKind::Overdue);
    let late = |entry: &TimelineEntry| entry.event == "first_session_late";
    let seen = scene.timeline(&scene.officer).await;
    assert_eq!(seen.iter().find(|entry| late(entry)).map(|entry| entry.by), Some(None));
    assert!(!scene.timeline(&scene.applicant).await.iter().any(late), "that is the staff's own");
}

#[tokio::test]
async fn without_a_second_public_security_session_in_seven_working_days_the_leader_is_told() {
    let test = TestApp::start().await;
    let scene = Scene::accepted_on(&test, Track::PublicSecurity).await;
    scene.give(&scene.officer, Command::EstablishFacts).await;
    scene.in_mediation(&scene.officer).await;
    let after = scene.expires_exactly_at("2026-11-12T00:00:00+08:00").await;
    assert_eq!(after.status, Status::InMediation);
    assert_eq!(scene.told(&scene.leader).await[0], NoticeKind::Overdue);
}

#[tokio::test]
async fn the_clock_waits_for_whoever_is_deciding_and_then_sees_what_they_decided() {
    let test = TestApp::start().await;
    let scene = Scene::accepted_on(&test, Track::PeopleMediation).await;
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("update disputes set status = 'terminated', version = version + 1 where id = $1")
        .bind(scene.id.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    test.advance(Duration::days(4));
    let (drained, ()) = tokio::join!(worker::drain(&test.app), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    drained.unwrap();
    assert_eq!(scene.view().await.status, Status::Terminated, "not written over");
}
