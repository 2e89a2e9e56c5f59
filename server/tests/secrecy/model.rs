//! Disputes as histories begin with them. Each kind is brought there once, by the doors that people use; every history
//! has a copy of its rows, people and all, so that none knows of another.

use crate::app::{COMMUNITY, Person};
use crate::history::Start;
use crate::world::World;
use protocol::account::Role;
use protocol::dispute::DisputeView;
use protocol::room::{RoomAddress, RoomList};
use protocol::session::SessionView;
use protocol::{AccountId, DisputeId, LoginId, PartyId, PersonId, RoomId, SessionId};
use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

const STARTS: [Start; 3] = [Start::Staffed, Start::Ready, Start::Withheld];

/// Whoever takes part in a history.
#[derive(Clone, Copy, Debug)]
pub struct Someone {
    pub account: AccountId,
    pub id: PersonId,
    pub login: LoginId,
}

/// The ids of a dispute and its people.
#[derive(Clone, Copy, Debug)]
pub struct Cast {
    pub ana: Someone,
    pub ben: Someone,
    pub officer: Someone,
    pub leader: Someone,
    pub mediator: Someone,
    /// Comes when the mediator goes.
    pub other: Someone,
    /// Was among the neutrals and is no more.
    pub former: Someone,
    pub dispute: DisputeId,
    pub of_ana: PartyId,
    pub of_ben: PartyId,
    pub joint: RoomId,
    pub caucus_a: RoomId,
    pub caucus_b: RoomId,
    pub neutrals: RoomId,
    pub session: Option<SessionId>,
}

/// One kind of beginning: the ids, and the rows by table as JSON.
#[derive(Clone)]
pub struct Model {
    pub start: Start,
    /// Where its ids come from.
    history: u64,
    cast: Cast,
    rows: Vec<(String, String)>,
}

/// The id of the same thing in another history.
fn moved(id: Uuid, history: u64) -> Uuid {
    let bits = id.as_u128();
    Uuid::from_u128((bits & !(0xff_ffff << 32)) | (u128::from(history) << 32))
}

impl Someone {
    fn of(person: &Person<'_>) -> Self {
        Self { account: person.account, id: person.id, login: person.login }
    }

    fn moved(self, history: u64) -> Self {
        Self {
            account: AccountId(moved(self.account.0, history)),
            id: PersonId(moved(self.id.0, history)),
            login: LoginId(moved(self.login.0, history)),
        }
    }
}

impl Cast {
    fn moved(self, history: u64) -> Self {
        let room = |room: RoomId| RoomId(moved(room.0, history));
        Self {
            ana: self.ana.moved(history),
            ben: self.ben.moved(history),
            officer: self.officer.moved(history),
            leader: self.leader.moved(history),
            mediator: self.mediator.moved(history),
            other: self.other.moved(history),
            former: self.former.moved(history),
            dispute: DisputeId(moved(self.dispute.0, history)),
            of_ana: PartyId(moved(self.of_ana.0, history)),
            of_ben: PartyId(moved(self.of_ben.0, history)),
            joint: room(self.joint),
            caucus_a: room(self.caucus_a),
            caucus_b: room(self.caucus_b),
            neutrals: room(self.neutrals),
            session: self.session.map(|session| SessionId(moved(session.0, history))),
        }
    }
}

/// The phone of somebody in a history: the applicant is 1, the respondent 2.
pub fn phone(history: u64, who: u64) -> String {
    format!("18{:09}", history * 10 + who)
}

/// How ids of a history begin, with dashes and without.
fn prefixes(history: u64) -> [String; 2] {
    let hex = format!("{:016x}", (1_u64 << 58) | (history << 32));
    let (first, second) = (&hex[..4], &hex[4..8]);
    [format!("00000000-0000-0000-{first}-{second}"), format!("{}{first}{second}", "0".repeat(16))]
}

/// Nothing of these belongs to a beginning: it is done, or it is somebody's memory of it.
const LEFT_OUT: &str = "'audit_entries', 'idempotency_keys', 'invitations', 'jobs', 'text_messages', 'media_signals', '_sqlx_migrations'";

impl Model {
    pub async fn all(world: &World) -> Vec<Self> {
        let mut all = Vec::new();
        for (history, start) in (1..).zip(STARTS) {
            all.push(Self::make(world, history, start).await);
        }
        all
    }

    async fn make(world: &World, history: u64, start: Start) -> Self {
        world.at(history, 0, false);
        let cast = staged(world, history, start).await;
        server::jobs::worker::drain(&world.test.app).await.unwrap();
        let rows = rows(&world.test.owner, &prefixes(history)).await;
        Self { start, history, cast, rows }
    }

    /// A copy for this history.
    pub async fn copy(&self, db: &PgPool, history: u64) -> Cast {
        let (own, theirs) = (prefixes(self.history), prefixes(history));
        let mut tx = db.begin().await.unwrap();
        sqlx::query("set local session_replication_role = replica")
            .execute(&mut *tx)
            .await
            .unwrap();
        for (table, rows) in &self.rows {
            let mut rows = rows.clone();
            for (from, to) in own.iter().zip(&theirs) {
                rows = rows.replace(from, to);
            }
            for who in [1, 2] {
                rows = rows.replace(&phone(self.history, who), &phone(history, who));
            }
            let insert = format!(
                "insert into {table} overriding system value
                 select * from jsonb_populate_recordset(null::{table}, $1::jsonb)"
            );
            sqlx::query(sqlx::AssertSqlSafe(insert)).bind(rows).execute(&mut *tx).await.unwrap();
        }
        tx.commit().await.unwrap();
        self.cast.moved(history)
    }
}

/// Every row of any table in which an id of the history stands.
async fn rows(db: &PgPool, [dashed, plain]: &[String; 2]) -> Vec<(String, String)> {
    let tables: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "select tablename::text from pg_tables where schemaname = 'public'
             and tablename not in ({LEFT_OUT}) order by 1"
    )))
    .fetch_all(db)
    .await
    .unwrap();
    let mut all = Vec::new();
    for table in tables {
        let found: Option<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
            "select jsonb_agg(to_jsonb(t))::text from {table} t
             where to_jsonb(t)::text like '%{dashed}%' or to_jsonb(t)::text like '%{plain}%'"
        )))
        .fetch_one(db)
        .await
        .unwrap();
        all.extend(found.map(|rows| (table, rows)));
    }
    all
}

async fn shown(world: &World) -> Value {
    let url = format!("{}/v1/consent-text", world.test.url);
    let current: Value = world.test.http.get(url).send().await.unwrap().json().await.unwrap();
    json!({"hash": current["hash"], "version": current["version"], "language": current["language"]})
}

async fn has_phone(world: &World, who: &Person<'_>, phone: &str) {
    sqlx::query(
        "with mine as (update accounts set phone = $2 where id = $1 returning person_id)
         update people set phone = $2 where id in (select person_id from mine)",
    )
    .bind(who.account.0)
    .bind(phone)
    .execute(&world.test.owner)
    .await
    .unwrap();
}

fn filing(history: u64) -> Value {
    json!({
        "category": "neighbor", "title": "楼上夜间噪音", "narrative": "每晚十一点后拖动家具。",
        "claims": ["晚十点后不再拖动家具"], "community_code": COMMUNITY,
        "parties": [
            {"side": "applicant", "name": "陈一", "is_me": true},
            {"side": "respondent", "name": "林二", "phone": phone(history, 2)}
        ]
    })
}

async fn staged(world: &World, history: u64, start: Start) -> Cast {
    let test = &world.test;
    let ana = test.person("陈一", Role::Resident).await;
    let ben = test.person("林二", Role::Resident).await;
    has_phone(world, &ana, &phone(history, 1)).await;
    has_phone(world, &ben, &phone(history, 2)).await;
    let officer = test.person("王警官", Role::Officer).await;
    let leader = test.person("孙所长", Role::StationLeader).await;
    let mediator = test.person("周调解", Role::PeoplesMediator).await;
    let other = test.person("郑调解", Role::PeoplesMediator).await;
    let former = test.person("吴律师", Role::Lawyer).await;
    let draft: DisputeView = ana.post("/v1/disputes", filing(history)).await.to();
    let path = |rest: &str| format!("/v1/disputes/{}{rest}", draft.id);
    let shown = shown(world).await;
    let of_ana = draft.you_act_for[0];
    ana.post(&path("/submit"), json!({"consenting": [of_ana], "shown": shown})).await.ok();
    officer.post(&path("/triage"), json!({"findings": {"venue": "here"}})).await.ok();
    let of_ben = ben.get(&path("")).await.to::<DisputeView>().you_act_for[0];
    ben.post(&path("/consent"), json!({"party": of_ben, "shown": shown})).await.ok();
    if start == Start::Withheld {
        let statement = "update disputes set dv_protection = true where id = $1";
        sqlx::query(statement).bind(draft.id.0).execute(&test.owner).await.unwrap();
    }
    let parties = [(&ana, of_ana), (&ben, of_ben)];
    staffed(&leader, &mediator, "mediator", &parties, draft.id).await;
    staffed(&leader, &former, "invited_lawyer", &parties, draft.id).await;
    former.command(&path("/step-down")).await.ok();
    let rooms = mediator.get(&path("/rooms")).await.to::<RoomList>().rooms;
    let [joint, caucus_a, caucus_b, neutrals] =
        RoomAddress::ALL.map(|at| rooms.iter().find(|room| room.address == at).unwrap().id);
    let session = match start {
        Start::Staffed => None,
        _ => Some(ready(world, &mediator, &parties, draft.id).await),
    };
    let [ana, ben, officer, leader, mediator, other, former] =
        [&ana, &ben, &officer, &leader, &mediator, &other, &former].map(Someone::of);
    let dispute = draft.id;
    Cast {
        ana,
        ben,
        officer,
        leader,
        mediator,
        other,
        former,
        dispute,
        of_ana,
        of_ben,
        joint,
        caucus_a,
        caucus_b,
        neutrals,
        session,
    }
}

/// Appointed, has told that there is nothing to tell, and is accepted by both sides.
async fn staffed(
    leader: &Person<'_>,
    who: &Person<'_>,
    role: &str,
    parties: &[(&Person<'_>, PartyId); 2],
    dispute: DisputeId,
) {
    let path = format!("/v1/disputes/{dispute}");
    let body = json!({"account": who.account, "role": role});
    leader.post(&format!("{path}/appointments"), body).await.ok();
    who.post(&format!("{path}/disclosure"), json!({"interests": null})).await.ok();
    for (party, of) in parties {
        let answer = json!({"party": of, "neutral": who.account, "accepts": true});
        party.post(&format!("{path}/disclosure-answers"), answer).await.ok();
    }
}

/// A session by video: both sides came, were verified, and know their rights.
async fn ready(
    world: &World,
    host: &Person<'_>,
    parties: &[(&Person<'_>, PartyId); 2],
    dispute: DisputeId,
) -> SessionId {
    let at = world.test.now();
    let plan = json!({
        "starts_at": at, "ends_at": at + chrono::Duration::hours(2), "manner": "video"
    });
    let planned: SessionView =
        host.post(&format!("/v1/disputes/{dispute}/sessions"), plan).await.to();
    let path = |verb: &str| format!("/v1/sessions/{}/{verb}", planned.id);
    host.command(&path("notify")).await.ok();
    host.command(&path("open")).await.ok();
    for (who, party) in parties {
        let body = json!({"person": who.id, "party": party, "as": "party"});
        who.post(&path("arrive"), body).await.ok();
        let body = json!({"person": who.id, "method": "document_seen"});
        host.post(&path("verify"), body).await.ok();
    }
    host.command(&path("confirm-identities")).await.ok();
    for (who, _) in parties {
        who.command(&path("acknowledge-rights")).await.ok();
    }
    host.command(&path("confirm-rights")).await.ok();
    planned.id
}
