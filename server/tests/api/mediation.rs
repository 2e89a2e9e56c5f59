//! A dispute whose people may talk: accepted, with a mediator and a lawyer whom both sides know and accept.

use crate::app::{Person, TestApp};
use crate::disputes::noise;
use crate::meeting::{Attending, planned, ready, step};
use protocol::account::Role;
use protocol::appointment::AppointmentRole;
use protocol::dispute::{DisputeView, Track};
use protocol::party::Side;
use protocol::room::{RoomAddress, RoomList, RoomView};
use protocol::session::SessionView;
use protocol::{DisputeId, PartyId, RoomId};
use serde_json::{Value, json};

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
        mediation.staffed(&mediation.mediator, AppointmentRole::Mediator).await;
        mediation.staffed(&mediation.lawyer, AppointmentRole::InvitedLawyer).await;
        mediation
    }

    /// Accepted; nobody mediates yet.
    pub async fn accepted(test: &'a TestApp, track: Track) -> Self {
        let ana = test.person("陈一", Role::Resident).await;
        let ben = test.person("林二", Role::Resident).await;
        // As if signed in with the number that the filing names.
        sqlx::query(
            "with mine as (update accounts set phone = '19000000002' where id = $1 returning person_id)
             update people set phone = '19000000002' where id in (select person_id from mine)",
        )
        .bind(ben.account.0)
        .execute(&test.owner)
        .await
        .unwrap();
        let officer = test.person("王警官", Role::Officer).await;
        let mediator = test.person("周调解", Role::PeoplesMediator).await;
        let lawyer = test.person("吴律师", Role::Lawyer).await;
        let draft: DisputeView = ana.post("/v1/disputes", filing(track)).await.to();
        let this = Self { test, id: draft.id, ana, ben, officer, mediator, lawyer };
        let shown = crate::steps::shown(test).await;
        let body = json!({"consenting": draft.you_act_for, "shown": shown});
        ana.post(&this.path("/submit"), body).await.ok();
        officer.post(&this.path("/triage"), findings(track)).await.ok();
        let body = json!({"party": this.party(&ben).await, "shown": shown});
        ben.post(&this.path("/consent"), body).await.ok();
        this
    }

    /// `/v1/disputes/{id}` and what follows.
    pub fn path(&self, rest: &str) -> String {
        format!("/v1/disputes/{}{rest}", self.id)
    }

    /// The party somebody is.
    pub async fn party(&self, who: &Person<'_>) -> PartyId {
        self.shown(who).await.you_act_for[0]
    }

    async fn shown(&self, who: &Person<'_>) -> DisputeView {
        who.get(&self.path("")).await.to()
    }

    /// Appointed, has told that there is nothing to tell, and is accepted by both sides.
    pub async fn staffed(&self, who: &Person<'_>, role: AppointmentRole) {
        // The station's leader: an officer does not appoint themselves.
        let by = self.test.person("孙所长", Role::StationLeader).await;
        let body = json!({"account": who.account, "role": role});
        by.post(&self.path("/appointments"), body).await.ok();
        who.post(&self.path("/disclosure"), json!({"interests": null})).await.ok();
        for party in [&self.ana, &self.ben] {
            let of = self.party(party).await;
            let answer = json!({"party": of, "neutral": who.account, "accepts": true});
            party.post(&self.path("/disclosure-answers"), answer).await.ok();
        }
    }

    /// Both sides are there and talk face to face.
    pub async fn in_session(&self, host: &Person<'_>) -> SessionView {
        let session: SessionView = planned(host, self.id, self.test.now()).await.to();
        let (ana, ben) = (self.party(&self.ana).await, self.party(&self.ben).await);
        let attending = [(&self.ana, ana), (&self.ben, ben)];
        let attending = attending.map(|(who, party)| Attending { who, party, acting: "party" });
        ready(host, &session, &attending).await;
        step(host, &session, "joint", json!({"full_recording": true})).await.to()
    }

    pub async fn rooms(&self, who: &Person<'_>) -> Vec<RoomView> {
        who.get(&self.path("/rooms")).await.to::<RoomList>().rooms
    }

    /// The id of a room, as the mediator knows it.
    pub async fn room(&self, address: RoomAddress) -> RoomId {
        let rooms = self.rooms(&self.mediator).await;
        rooms.iter().find(|room| room.address == address).unwrap().id
    }
}

fn filing(track: Track) -> Value {
    let mut filing = noise();
    if track == Track::PublicSecurity {
        filing["parties"][0]["role"] = json!("victim");
        filing["parties"][1]["role"] = json!("suspect");
    }
    filing
}

fn findings(track: Track) -> Value {
    let mut findings = json!({"findings": {"venue": "here"}});
    if track == Track::PublicSecurity {
        findings["findings"]["violation"] = json!({
            "act": "disturbing_life", "from_civil_dispute": true, "slight": true, "cause": "close_relations"
        });
    }
    findings
}
