//! Leads one dispute of the demo from its filing to the status it is to have, step by step as its people would.

use crate::demo::data::{Dispute, Ending};
use crate::demo::directory::Known;
use crate::demo::session;
use crate::demo::stage::{Stage, text};
use anyhow::{Context, bail};
use chrono::{DateTime, Duration, Utc};
use protocol::account::Role;
use protocol::dispute::{Source, Status, Track};
use serde_json::{Value, json};

/// A dispute under way, with everybody who has a part in it.
pub struct Lead<'a> {
    pub stage: &'a Stage,
    pub data: &'a Dispute,
    pub id: String,
    pub applicant: Known,
    pub respondent: Known,
    pub officer: Known,
    pub leader: Known,
    pub director: Known,
    /// The applicant's and the respondent's.
    pub parties: [String; 2],
}

/// What has to have happened before, from `submitted` on.
const ROAD: &[Status] = &[
    Status::Submitted,
    Status::AwaitingConsent,
    Status::Matching,
    Status::Assigned,
    Status::Scheduled,
    Status::InMediation,
];

/// How far along the road a dispute comes before it turns off to where it ends.
fn furthest(data: &Dispute) -> Status {
    match (data.status, data.ending) {
        (Status::Suspended | Status::PenaltyReferral, _) => Status::InMediation,
        (Status::Terminated, Some(Ending::Decline)) => Status::AwaitingConsent,
        (Status::Terminated, _) => Status::Matching,
        (Status::Rejected | Status::Redirected | Status::EmergencyHeld, _) => Status::Submitted,
        (status, _) => status,
    }
}

pub async fn lead(stage: &Stage, data: &Dispute, now: DateTime<Utc>) -> anyhow::Result<()> {
    stage.at(now - Duration::days(data.days_ago) - Duration::hours(3));
    let lead = Lead::filed(stage, data).await.with_context(|| data.title.clone())?;
    lead.go().await.with_context(|| data.title.clone())
}

impl<'a> Lead<'a> {
    async fn filed(stage: &'a Stage, data: &'a Dispute) -> anyhow::Result<Self> {
        let directory = &stage.directory;
        let (code, station) = directory.communities.get(&data.community).context("no community")?;
        let applicant = directory.person(&data.applicant)?;
        let filer = match &data.filed_by {
            Some(username) => directory.person(username)?,
            None => applicant,
        };
        let body = filing(stage, data, code);
        let answer = stage.post(filer, "/v1/disputes", &body).await?;
        let party = |side: &str| {
            let all = answer["parties"].as_array().into_iter().flatten();
            let mut of_side = all.filter(|party| party["side"] == side);
            of_side.next().and_then(|party| party["id"].as_str()).unwrap_or_default().to_owned()
        };
        Ok(Self {
            stage,
            data,
            id: text(&answer, "/id")?,
            applicant,
            respondent: directory.person(&data.respondent)?,
            officer: directory.at(station, Role::Officer)?,
            leader: directory.at(station, Role::StationLeader)?,
            director: directory.at(station, Role::CommitteeDirector)?,
            parties: [party("applicant"), party("respondent")],
        })
    }

    async fn go(&self) -> anyhow::Result<()> {
        if self.data.status == Status::Draft {
            return Ok(());
        }
        let furthest = furthest(self.data);
        for step in ROAD {
            self.stage.wait(Duration::minutes(40));
            self.reach(*step).await.with_context(|| format!("to {step}"))?;
            if *step == furthest {
                break;
            }
        }
        self.turn_off().await?;
        let reached = text(&self.stage.get(self.leader, &self.path("")).await?, "/status")?;
        if reached != self.data.status.as_str() {
            bail!("it came to {reached} instead of {}", self.data.status);
        }
        Ok(())
    }

    async fn reach(&self, step: Status) -> anyhow::Result<()> {
        match step {
            Status::Submitted => self.submit().await,
            Status::AwaitingConsent => self.triage().await,
            Status::Matching => self.consent().await,
            Status::Assigned => self.appoint().await,
            Status::Scheduled => session::plan(self).await,
            Status::InMediation => session::begin(self).await,
            _ => Ok(()),
        }
    }

    /// The last step of those that do not end on the road.
    async fn turn_off(&self) -> anyhow::Result<()> {
        match (self.data.status, self.data.ending) {
            (Status::Rejected, _) => {
                self.triage().await?;
                self.command(self.leader, "/endings/approve").await
            }
            (Status::Redirected | Status::EmergencyHeld, _) => self.triage().await,
            (Status::Suspended, _) => {
                let host = self.host()?;
                self.post(host, "/suspend", &json!({"reason": "appraisal"})).await
            }
            (Status::PenaltyReferral, _) => {
                let wish = json!({"ending": "terminate", "reason": "no_agreement",
                    "explanation": "双方对赔偿数额分歧较大,多次沟通仍未达成一致。"});
                self.post(self.officer, "/endings", &wish).await?;
                self.command(self.leader, "/endings/approve").await
            }
            (Status::Terminated, Some(Ending::Decline)) => {
                self.post(self.respondent, "/decline", &json!({"party": self.parties[1]})).await
            }
            (Status::Terminated, _) => self.command(self.applicant, "/withdraw").await,
            _ => Ok(()),
        }
    }

    async fn submit(&self) -> anyhow::Result<()> {
        let consents = self.data.filed_by.is_none();
        let (filer, body) = if consents {
            let shown = self.shown().await?;
            (self.applicant, json!({"consenting": [self.parties[0]], "shown": shown}))
        } else {
            let filer = self.data.filed_by.as_deref().unwrap_or_default();
            (self.stage.directory.person(filer)?, json!({}))
        };
        self.post(filer, "/submit", &body).await
    }

    /// The consent text as it was shown: its digest, version and language.
    async fn shown(&self) -> anyhow::Result<Value> {
        let text = self.stage.get(self.applicant, "/v1/consent-text").await?;
        Ok(json!({"hash": text["hash"], "version": text["version"], "language": text["language"]}))
    }

    async fn triage(&self) -> anyhow::Result<()> {
        let plain = match (self.data.track, self.data.act) {
            (Track::PublicSecurity, Some(act)) => json!({"venue": "here", "violation": {
                "act": act, "from_civil_dispute": true, "slight": true, "cause": "close_relations"}}),
            _ => json!({"venue": "here"}),
        };
        let findings = self.data.findings.clone().unwrap_or(plain);
        self.post(self.officer, "/triage", &json!({"findings": findings})).await
    }

    async fn consent(&self) -> anyhow::Result<()> {
        let shown = self.shown().await?;
        let open = [(self.applicant, 0), (self.respondent, 1)];
        // Whoever filed it themselves consented with that.
        let asked = if self.data.filed_by.is_none() { &open[1..] } else { &open[..] };
        for (who, party) in asked {
            let body = json!({"party": self.parties[*party], "shown": shown});
            self.post(*who, "/consent", &body).await?;
        }
        Ok(())
    }

    async fn appoint(&self) -> anyhow::Result<()> {
        let host = self.host()?;
        let by = if self.data.track == Track::PublicSecurity { self.leader } else { self.director };
        let body = json!({"account": host.account, "role": "mediator"});
        self.post(by, "/appointments", &body).await?;
        self.post(host, "/disclosure", &json!({"interests": null})).await?;
        self.accept(host).await?;
        let Some(lawyer) = &self.data.lawyer else { return Ok(()) };
        let lawyer = self.stage.directory.person(lawyer)?;
        self.stage.wait(Duration::minutes(25));
        self.post(lawyer, "/claim", &json!({"role": "invited_lawyer"})).await?;
        self.post(lawyer, "/disclosure", &json!({"interests": null})).await?;
        self.accept(lawyer).await
    }

    async fn accept(&self, neutral: Known) -> anyhow::Result<()> {
        if self.data.status == Status::Assigned {
            return Ok(());
        }
        for (who, party) in [(self.applicant, 0), (self.respondent, 1)] {
            let body =
                json!({"party": self.parties[party], "neutral": neutral.account, "accepts": true});
            self.post(who, "/disclosure-answers", &body).await?;
        }
        Ok(())
    }

    /// Who leads the mediation: an officer in 治安调解, a people's mediator otherwise.
    pub fn host(&self) -> anyhow::Result<Known> {
        match (&self.data.mediator, self.data.track) {
            (_, Track::PublicSecurity) => Ok(self.officer),
            (Some(username), _) => self.stage.directory.person(username),
            (None, _) => bail!("nobody mediates"),
        }
    }

    pub fn path(&self, rest: &str) -> String {
        format!("/v1/disputes/{}{rest}", self.id)
    }

    pub async fn post(&self, who: Known, rest: &str, body: &Value) -> anyhow::Result<()> {
        self.stage.post(who, &self.path(rest), body).await?;
        Ok(())
    }

    pub async fn command(&self, who: Known, rest: &str) -> anyhow::Result<()> {
        self.stage.command(who, &self.path(rest)).await?;
        Ok(())
    }
}

fn filing(stage: &Stage, data: &Dispute, community: &str) -> Value {
    let phone = |name: &str| stage.directory.phones.get(name).cloned();
    let mut parties = [
        json!({"side": "applicant", "name": data.applicant}),
        json!({"side": "respondent", "name": data.respondent, "phone": phone(&data.respondent)}),
    ];
    if data.source == Source::PartyApplication {
        parties[0]["is_me"] = json!(true);
    } else {
        parties[0]["phone"] = json!(phone(&data.applicant));
    }
    if data.track == Track::PublicSecurity {
        parties[0]["role"] = json!("victim");
        parties[1]["role"] = json!("suspect");
    }
    json!({
        "category": data.category, "source": data.source, "title": data.title,
        "narrative": data.narrative.trim().replace('\n', ""), "claims": data.claims,
        "community_code": community, "place": data.community, "parties": parties,
    })
}
