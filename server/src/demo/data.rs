//! The demo's places, people and disputes, as they stand in the files of `data/`.

use anyhow::Context;
use chrono::NaiveDate;
use protocol::account::Role;
use protocol::agreement::PerformanceMode;
use protocol::dispute::{Category, Source, Status, Track};
use protocol::triage::ViolationAct;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Places {
    pub district: Vec<District>,
    pub station: Vec<Station>,
    pub committee: Vec<Committee>,
    pub workroom: Vec<Workroom>,
    pub firm: Vec<Firm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct District {
    pub code: String,
    pub name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Station {
    pub name: String,
    pub district: String,
    pub phone: String,
    /// Code and name.
    pub communities: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Committee {
    pub name: String,
    pub station: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workroom {
    pub name: String,
    pub committee: String,
    pub about: String,
    pub specialities: Vec<String>,
    pub members: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firm {
    pub name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    pub username: String,
    pub name: String,
    pub role: Role,
    pub station: Option<String>,
    /// A director's, or the one that appointed a mediator.
    pub committee: Option<String>,
    pub firm: Option<String>,
    pub licence: Option<String>,
    pub licence_expires_on: Option<NaiveDate>,
    #[serde(default)]
    pub specialities: Vec<String>,
    #[serde(default)]
    pub dialects: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resident {
    pub name: String,
    pub phone: String,
}

/// A dispute and how far it has come.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispute {
    pub title: String,
    pub category: Category,
    #[serde(default = "by_the_applicant")]
    pub source: Source,
    /// Somebody of the staff; the applicant where absent.
    pub filed_by: Option<String>,
    pub community: String,
    pub applicant: String,
    pub respondent: String,
    #[serde(default = "people_mediation")]
    pub track: Track,
    /// In 治安调解: what was done, by the respondent.
    pub act: Option<ViolationAct>,
    /// What triage finds, where it is not simply people's mediation or 治安调解.
    pub findings: Option<Value>,
    pub status: Status,
    /// How a terminated one ended.
    pub ending: Option<Ending>,
    pub days_ago: i64,
    pub mediator: Option<String>,
    pub lawyer: Option<String>,
    pub narrative: String,
    pub claims: Vec<String>,
    #[serde(default)]
    pub agreed: Vec<Promise>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The respondent does not want to be mediated.
    Decline,
    /// The applicant steps back.
    Withdraw,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    pub by: protocol::party::Side,
    pub act: String,
    pub yuan: Option<i64>,
    pub mode: PerformanceMode,
    pub in_days: i64,
}

const fn by_the_applicant() -> Source {
    Source::PartyApplication
}

const fn people_mediation() -> Track {
    Track::PeopleMediation
}

pub fn places() -> anyhow::Result<Places> {
    read(include_str!("data/places.toml"), "places.toml")
}

pub fn staff() -> anyhow::Result<Vec<Staff>> {
    #[derive(Deserialize)]
    struct File {
        staff: Vec<Staff>,
    }
    Ok(read::<File>(include_str!("data/people.toml"), "people.toml")?.staff)
}

pub fn residents() -> anyhow::Result<Vec<Resident>> {
    #[derive(Deserialize)]
    struct File {
        resident: Vec<Resident>,
    }
    Ok(read::<File>(include_str!("data/residents.toml"), "residents.toml")?.resident)
}

pub fn disputes() -> anyhow::Result<Vec<Dispute>> {
    #[derive(Deserialize)]
    struct File {
        dispute: Vec<Dispute>,
    }
    let mut all = read::<File>(include_str!("data/disputes_1.toml"), "disputes_1.toml")?.dispute;
    all.extend(read::<File>(include_str!("data/disputes_2.toml"), "disputes_2.toml")?.dispute);
    Ok(all)
}

fn read<T: DeserializeOwned>(text: &str, file: &str) -> anyhow::Result<T> {
    toml::from_str(text).with_context(|| format!("demo data {file}"))
}
