//! A dispute whose people may talk: accepted, with a mediator and a lawyer whom both sides know and accept.

use crate::app::{Person, TestApp};
use crate::disputes::noise;
use domain::dispute::{Command, Nominee, Verdict};
use protocol::account::Role;
use protocol::dispute::{DisputeView, Part, Track};
use protocol::party::Side;
use protocol::room::{RoomAddress, RoomList, RoomView};
use protocol::{DisputeId, RoomId};
use serde_json::json;
use server::disputes::lifecycle;
use server::http::Actor;
use server::http::auth::Trace;
use server::http::policy::{ANY_PART, Rule};

pub const JOINT: RoomAddress = RoomAddress::JOINT;
pub const NEUTRALS: RoomAddress = RoomAddress::NEUTRALS;
pub const A: RoomAddress = RoomAddress::Caucus { side: Side::Applicant };
pub const B: RoomAddress = RoomAddress::Caucus { side: Side::Respondent };

pub struct Mediation<'a> {
    pub test: &'a TestApp,
    pub id: DisputeId,
    pub ana: Person<'a>,
    pub ben: Person<'a>,
    pub officer: Person<'a>,
    pub mediator: Person<'a>,
    pub lawyer: Person<'a>,
}

impl<'a> Mediation<'a> {
    /// Accepted and ready to be scheduled.
    pub async fn start(test: &'a TestApp) -> Self {
        let mediation = Self::accepted(test, Track::PeopleMediation).await;
        mediation.staffed(&mediation.mediator, Part::Mediator).await;
        mediation.staffed(&mediation.lawyer, Part::InvitedLawyer).await;
        mediation
    }

    /// Accepted; nobody mediates yet.
    pub async fn accepted(test: &'a TestApp, track: Track) -> Self {
        let ana = test.person("陈一", Role::Resident).await;
        let ben = test.person("林二", Role::Resident).await;
        sqlx::query("update accounts set phone = '19000000002' where id = $1")
            .bind(ben.account.0)
            .execute(&test.owner)
            .await
            .unwrap();
        let officer = test.person("王警官", Role::Officer).await;
        let mediator = test.person("周调解", Role::PeoplesMediator).await;
        let lawyer = test.person("吴律师", Role::Lawyer).await;
        let draft: DisputeView = ana.post("/v1/disputes", noise()).await.to();
        let path = format!("/v1/disputes/{}/submit", draft.id);
        let shown = crate::steps::shown(test).await;
        ana.post(&path, json!({"consenting": draft.you_act_for, "shown": shown})).await.ok();
        let this = Self { test, id: draft.id, ana, ben, officer, mediator, lawyer };
        this.lead(&officer, Command::Triage(Verdict::Accept(track))).await;
        let party = this.shown(&ben).await.you_act_for[0];
        this.lead(&ben, Command::Consent { party }).await;
        this
    }

    async fn shown(&self, who: &Person<'_>) -> DisputeView {
        who.get(&format!("/v1/disputes/{}", self.id)).await.to()
    }

    /// Gives a command as somebody, by the steps every door takes.
    pub async fn lead(&self, who: &Person<'_>, command: Command) {
        let (test, actor) = (self.test, actor(who));
        let mut tx = test.app.begin().await.unwrap();
        lifecycle::carry_out(&mut tx, &test.app.rules, &actor, self.id, command).await.unwrap();
        test.app.tell(tx.commit().await.unwrap());
    }

    /// Appointed by the officer, has told that there is nothing to tell, and is accepted by both sides.
    pub async fn staffed(&self, who: &Person<'_>, part: Part) {
        let nominee = Nominee {
            account: who.account,
            person: who.id,
            part,
            appointed_by_committee: true,
            is_officer: who.account == self.officer.account,
        };
        self.lead(&self.officer, Command::Appoint(nominee)).await;
        self.lead(who, Command::Disclose).await;
        for party in [&self.ana, &self.ben] {
            let of = self.shown(party).await.you_act_for[0];
            let answer =
                Command::AnswerDisclosure { party: of, neutral: who.account, accepts: true };
            self.lead(party, answer).await;
        }
    }

    pub async fn rooms(&self, who: &Person<'_>) -> Vec<RoomView> {
        who.get(&format!("/v1/disputes/{}/rooms", self.id)).await.to::<RoomList>().rooms
    }

    /// The id of a room, as the mediator knows it.
    pub async fn room(&self, address: RoomAddress) -> RoomId {
        let rooms = self.rooms(&self.mediator).await;
        rooms.iter().find(|room| room.address == address).unwrap().id
    }
}

/// The lifecycle asks how somebody stands to the dispute, not for the account's role.
fn actor(who: &Person<'_>) -> Actor {
    Actor {
        account: who.account,
        person: who.id,
        login: who.login,
        role: Role::Resident,
        station: None,
        committee: None,
        operation: "test",
        rule: Rule::Parts(ANY_PART),
        trace: Trace::default(),
    }
}
