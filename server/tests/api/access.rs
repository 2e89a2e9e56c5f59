//! Every operation × everybody who could ask for it, driven through the real doors and held against the policy.
//!
//! The outcome is printed as docs/ACCESS.md (`WRITE_GENERATED=1` writes it): whoever changes who may what sees it there.

use crate::app::{Answer, Person, TestApp};
use protocol::account::Role;
use protocol::dispute::Part;
use reqwest::Method;
use serde_json::Value;
use server::http::docs::operations;
use server::http::policy::{self, Rule};
use server::router;
use std::collections::BTreeMap;
use std::fmt::Write;
use uuid::Uuid;

/// Everybody there is, in relation to one dispute.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Who {
    Nobody,
    Applicant,
    Respondent,
    Agent,
    Guardian,
    Mediator,
    CoMediator,
    InvitedLawyer,
    FormerMediator,
    Filer,
    Owner,
    StationOfficer,
    StationLeader,
    LegalReviewer,
    GridWorker,
    Director,
    Candidate,
    Stranger,
    OfficerElsewhere,
    Operator,
    Auditor,
}

const EVERYBODY: &[Who] = &[
    Who::Nobody,
    Who::Applicant,
    Who::Respondent,
    Who::Agent,
    Who::Guardian,
    Who::Mediator,
    Who::CoMediator,
    Who::InvitedLawyer,
    Who::FormerMediator,
    Who::Filer,
    Who::Owner,
    Who::StationOfficer,
    Who::StationLeader,
    Who::LegalReviewer,
    Who::GridWorker,
    Who::Director,
    Who::Candidate,
    Who::Stranger,
    Who::OfficerElsewhere,
    Who::Operator,
    Who::Auditor,
];

impl Who {
    const fn role(self) -> Role {
        match self {
            Self::Nobody
            | Self::Applicant
            | Self::Respondent
            | Self::Agent
            | Self::Guardian
            | Self::Stranger => Role::Resident,
            Self::Mediator | Self::CoMediator | Self::FormerMediator => Role::PeoplesMediator,
            Self::InvitedLawyer | Self::Candidate => Role::Lawyer,
            Self::Owner | Self::StationOfficer | Self::OfficerElsewhere => Role::Officer,
            Self::Filer | Self::GridWorker => Role::GridWorker,
            Self::StationLeader => Role::StationLeader,
            Self::LegalReviewer => Role::LegalReviewer,
            Self::Director => Role::CommitteeDirector,
            Self::Operator => Role::Operator,
            Self::Auditor => Role::Auditor,
        }
    }

    /// In the joint room: the parties, those who act for them, the neutrals. Nobody of the station.
    const fn is_in_room(self) -> bool {
        matches!(
            self,
            Self::Applicant
                | Self::Respondent
                | Self::Agent
                | Self::Guardian
                | Self::Mediator
                | Self::CoMediator
                | Self::InvitedLawyer
        )
    }

    /// What they are in the dispute. A former mediator is offered it like any other mediator.
    const fn parts(self) -> &'static [Part] {
        match self {
            Self::Applicant => &[Part::Applicant],
            Self::Respondent => &[Part::Respondent],
            Self::Agent => &[Part::Agent],
            Self::Guardian => &[Part::Guardian],
            Self::Mediator => &[Part::Mediator],
            Self::CoMediator => &[Part::CoMediator],
            Self::InvitedLawyer => &[Part::InvitedLawyer],
            Self::Filer => &[Part::Filer, Part::GridWorker],
            Self::Owner => &[Part::Owner],
            Self::StationOfficer => &[Part::StationOfficer],
            Self::StationLeader => &[Part::StationLeader],
            Self::LegalReviewer => &[Part::LegalReviewer],
            Self::GridWorker => &[Part::GridWorker],
            Self::Director => &[Part::Director],
            Self::Candidate | Self::FormerMediator => &[Part::Candidate],
            Self::Nobody
            | Self::Stranger
            | Self::OfficerElsewhere
            | Self::Operator
            | Self::Auditor => &[],
        }
    }
}

/// What the policy says must come of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Verdict {
    /// Anything but a refusal of the person: done, or not at this moment.
    Open,
    SignIn,
    Forbidden,
    Hidden,
}

fn expected(rule: Rule, who: Who) -> Verdict {
    match rule {
        Rule::Public => Verdict::Open,
        _ if who == Who::Nobody => Verdict::SignIn,
        Rule::SignedIn => Verdict::Open,
        Rule::Roles(roles) => open_or(roles.contains(&who.role()), Verdict::Forbidden),
        Rule::InRoom => open_or(who.is_in_room(), Verdict::Hidden),
        Rule::Parts(_) | Rule::Command(_) if who.parts().is_empty() => Verdict::Hidden,
        Rule::Parts(_) | Rule::Command(_) => {
            open_or(rule.permits_parts(who.parts()), Verdict::Forbidden)
        }
    }
}

fn open_or(open: bool, refusal: Verdict) -> Verdict {
    if open { Verdict::Open } else { refusal }
}

fn seen(rule: Rule, answer: &Answer) -> Verdict {
    match answer.status.as_u16() {
        // A public door knows no person to refuse: what it refuses is a code or an address.
        _ if matches!(rule, Rule::Public) => Verdict::Open,
        // One's own things: what is not among them is unknown, to everybody alike.
        404 if matches!(rule, Rule::SignedIn) => Verdict::Open,
        401 => Verdict::SignIn,
        403 => Verdict::Forbidden,
        404 => Verdict::Hidden,
        _ => Verdict::Open,
    }
}

struct Stage<'a> {
    test: &'a TestApp,
    people: BTreeMap<Who, Person<'a>>,
    /// An account on which the operator may do anything without anybody being missed.
    spare: Uuid,
    workroom: Uuid,
}

/// The ids that stand in paths and bodies of the examples, for one dispute.
struct Scene {
    ids: Vec<(&'static str, String)>,
}

impl<'a> Stage<'a> {
    async fn set(test: &'a TestApp) -> Self {
        let mut people = BTreeMap::new();
        for who in EVERYBODY.iter().filter(|who| **who != Who::Nobody) {
            let station = match who {
                Who::OfficerElsewhere => test.place.other_station,
                _ => test.place.station,
            };
            let person = test.person_at(&format!("{who:?}"), who.role(), station).await;
            people.insert(*who, person);
        }
        let spare = test.person("Spare", Role::Lawyer).await.account.0;
        let workroom = Uuid::new_v4();
        let stage = Self { test, people, spare, workroom };
        stage
            .run(format!(
                "insert into workrooms values ('{workroom}', '{}', '工作室', '邻里')",
                test.place.committee
            ))
            .await;
        stage
    }

    fn id(&self, who: Who) -> Uuid {
        self.people[&who].account.0
    }

    fn person(&self, who: Who) -> Uuid {
        self.people[&who].id.0
    }

    async fn run(&self, statement: String) {
        sqlx::raw_sql(sqlx::AssertSqlSafe(statement)).execute(&self.test.owner).await.unwrap();
    }

    /// A dispute in mediation with everybody in their part; one for each question, so that answers do not mix.
    async fn scene(&self, asking: Who) -> Scene {
        let [dispute, applicant, respondent, room, session] = [(); 5].map(|()| Uuid::new_v4());
        let [agreement, obligation, visit] = [(); 3].map(|()| Uuid::new_v4());
        let statements = [
            self.dispute(dispute),
            self.parties(dispute, applicant, respondent),
            self.representatives(dispute, applicant),
            self.neutrals(dispute, applicant, respondent),
            self.room(dispute, room),
            self.session(dispute, session, applicant, respondent),
            self.agreement(dispute, [agreement, obligation, visit], [applicant, respondent]),
        ];
        self.run(statements.concat()).await;
        let evidence = self.evidence(dispute, asking).await;
        let (own, side) = match asking {
            Who::Respondent => (respondent, "respondent"),
            _ => (applicant, "applicant"),
        };
        Scene {
            ids: vec![
                ("dsp", format!("dsp_{}", dispute.simple())),
                ("pty", format!("pty_{}", own.simple())),
                ("psn", format!("psn_{}", self.asking(asking).simple())),
                ("rom", format!("rom_{}", room.simple())),
                ("ses", format!("ses_{}", session.simple())),
                // In the body of disputes_add_party: a party brings in people of its own side.
                (r#""side":"respondent""#, format!(r#""side":"{side}""#)),
                ("evd", format!("evd_{}", evidence.simple())),
                ("acc", format!("acc_{}", self.id(Who::Mediator).simple())),
                ("spare", format!("acc_{}", self.spare.simple())),
                ("frm", format!("frm_{}", self.test.place.firm.simple())),
                ("stn", format!("stn_{}", self.test.place.station.simple())),
                ("com", format!("com_{}", self.test.place.committee.simple())),
                ("wrk", format!("wrk_{}", self.workroom.simple())),
                ("mediator", format!("acc_{}", self.spare.simple())),
                ("district", "330203".into()),
                ("community", "330203001001".into()),
                ("obl", format!("obl_{}", obligation.simple())),
                ("vst", format!("vst_{}", visit.simple())),
            ],
        }
    }

    fn dispute(&self, dispute: Uuid) -> String {
        let (now, place) = (self.now(), self.test.place);
        format!(
            "insert into disputes (id, version, status, track, category, source, title, narrative, community_code,
                 station_id, committee_id, filed_by, owner_id, created_at, updated_at)
             values ('{dispute}', 1, 'in_mediation', 'people_mediation', 'neighbor', 'grid', '噪音', '夜间噪音',
                 '330203001001', '{}', '{}', '{}', '{}', '{now}', '{now}');",
            place.station,
            place.committee,
            self.id(Who::Filer),
            self.id(Who::Owner),
        )
    }

    fn parties(&self, dispute: Uuid, applicant: Uuid, respondent: Uuid) -> String {
        [(applicant, Who::Applicant, "applicant"), (respondent, Who::Respondent, "respondent")]
            .map(|(party, who, side)| {
                format!(
                    "insert into parties (id, dispute_id, person_id, name, side, capacity, consent, added_at)
                     values ('{party}', '{dispute}', '{}', '某人', '{side}', 'full', 'given', '{}');",
                    self.person(who),
                    self.now()
                )
            })
            .concat()
    }

    fn representatives(&self, dispute: Uuid, party: Uuid) -> String {
        const POWERS: &str =
            "'lawyer', '{apply_or_end,choose_mediator,dispose_of_claims,attend_and_sign}'";
        [(Who::Agent, "agent", POWERS), (Who::Guardian, "guardian", "null, '{}'")]
            .map(|(who, kind, extra)| {
                format!(
                    "insert into representatives (id, dispute_id, party_id, person_id, name, kind, agent_type,
                         powers, added_at)
                     values ('{}', '{dispute}', '{party}', '{}', '某人', '{kind}', {extra}, '{}');",
                    Uuid::new_v4(),
                    self.person(who),
                    self.now()
                )
            })
            .concat()
    }

    /// Whom a body names: whoever asks, or for nobody somebody who is there.
    fn asking(&self, who: Who) -> Uuid {
        self.person(if who == Who::Nobody { Who::Applicant } else { who })
    }

    /// Everybody knows the neutrals and accepts them.
    fn neutrals(&self, dispute: Uuid, applicant: Uuid, respondent: Uuid) -> String {
        let answers = format!(
            r#"{{"pty_{}": true, "pty_{}": true}}"#,
            applicant.simple(),
            respondent.simple()
        );
        [
            (Who::Mediator, "mediator", "null".to_owned()),
            (Who::CoMediator, "co_mediator", "null".to_owned()),
            (Who::InvitedLawyer, "invited_lawyer", "null".to_owned()),
            (Who::FormerMediator, "mediator", format!("'{}'", self.now())),
        ]
        .map(|(who, part, ended)| {
            format!(
                "insert into appointments (id, dispute_id, account_id, part, appointed_by, appointed_at, ended_at,
                     disclosed_at, answers)
                 values ('{}', '{dispute}', '{}', '{part}', '{}', '{}', {ended}, '{}', '{answers}');",
                Uuid::new_v4(),
                self.id(who),
                self.id(Who::Director),
                self.now(),
                self.now()
            )
        })
        .concat()
    }

    /// A piece that the one who asks handed in and showed to all.
    async fn evidence(&self, dispute: Uuid, asking: Who) -> Uuid {
        let (id, now) = (Uuid::new_v4(), self.now());
        let by = self.id(if asking == Who::Nobody { Who::Applicant } else { asking });
        let object = id.simple();
        let sha256 = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
        std::fs::write(self.test.data.path().join(format!("evidence/{object}")), b"x").unwrap();
        self.run(format!(
            "insert into evidence (id, dispute_id, uploaded_by, object, file_name, media_type, size_bytes, sha256,
                 visibility, created_at, shared_at)
             values ('{id}', '{dispute}', '{by}', '{object}', 'a.jpg', 'image/jpeg', 1, '{sha256}', 'all', '{now}',
                 '{now}');"
        ))
        .await;
        id
    }

    fn room(&self, dispute: Uuid, room: Uuid) -> String {
        let members = EVERYBODY.iter().filter(|who| who.is_in_room()).map(|who| {
            format!(
                "insert into room_members (room_id, person_id, joined_seq, part, name)
                 values ('{room}', '{}', 1, '{}', '某人');",
                self.person(*who),
                who.parts()[0],
            )
        });
        [format!(
            "insert into rooms (id, dispute_id, kind) values ('{room}', '{dispute}', 'joint');
             insert into room_entries (room_id, seq, body, at)
             values ('{room}', 1, '{{\"kind\": \"system\", \"notice\": \"opened\"}}', '{}');",
            self.now()
        )]
        .into_iter()
        .chain(members)
        .collect()
    }

    /// A planned session, to which those who may come have come before; each scene's at a time of its own.
    fn session(&self, dispute: Uuid, session: Uuid, applicant: Uuid, respondent: Uuid) -> String {
        let planned = format!(
            "insert into sessions (id, dispute_id, number, status, host_id, plan, starts_at, ends_at)
             select '{session}', '{dispute}', 1, 'planned', '{}', jsonb_build_object('starts_at', n.at, 'ends_at',
                 n.at + interval '1 minute', 'manner', 'video'), n.at, n.at + interval '1 minute'
             from (select timestamptz '2030-01-01' + count(*) * interval '1 minute' as at from sessions) n;",
            self.id(Who::Mediator)
        );
        let came = [
            (Who::Applicant, applicant, "party"),
            (Who::Respondent, respondent, "party"),
            (Who::Agent, applicant, "agent"),
            (Who::Guardian, applicant, "guardian"),
        ]
        .map(|(who, party, acting)| {
            format!(
                "insert into session_attendance
                     (session_id, person_id, party_id, acting, rights, record, is_gone, place)
                 values ('{session}', '{}', '{party}', '{acting}', false, 'none', false, 0);",
                self.person(who)
            )
        });
        planned + &came.concat()
    }

    /// A text that is up for signing, and beside it something promised and a visit to make.
    fn agreement(
        &self,
        dispute: Uuid,
        [agreement, obligation, visit]: [Uuid; 3],
        [applicant, respondent]: [Uuid; 2],
    ) -> String {
        let (now, organ) = (self.now(), self.test.place.committee);
        format!(
            "insert into agreements (id, dispute_id, organ_id, number, version, revision, round, status, draft, text,
                 text_hash, created_at, updated_at)
             values ('{agreement}', '{dispute}', '{organ}', '{agreement}', 2, 1, 1, 'up_for_signing',
                 '{{\"form\": \"written\"}}', '协议', encode(sha256(convert_to('协议', 'UTF8')), 'hex'), '{now}', '{now}');
             insert into obligations (id, dispute_id, agreement_id, clause, obligor, beneficiary, act, due_on,
                 created_at, updated_at)
             values ('{obligation}', '{dispute}', '{agreement}', 0, '{respondent}', '{applicant}', '道歉',
                 '2026-12-01', '{now}', '{now}');
             insert into visits (id, dispute_id, due_on, reason, created_at)
             values ('{visit}', '{dispute}', '2026-12-01', 'risk', '{now}');"
        )
    }

    fn now(&self) -> String {
        self.test.now().to_rfc3339()
    }

    async fn ask(&self, who: Who, method: Method, path: &str, body: Option<Value>) -> Answer {
        let key = Uuid::new_v4().to_string();
        if let Some(person) = self.people.get(&who) {
            // Signed in anew: some operations end the login that asks.
            let person = self.test.sign_in(person.account, person.id).await;
            return person.request(method, path, body, Some(&key)).await;
        }
        crate::steps::anybody(self.test, method, path, body).await
    }
}

impl Scene {
    /// A path of the API document with the ids of this scene in it.
    fn path(&self, path: &str) -> String {
        let own = match path.split('/').nth(2) {
            Some("rooms") => "{rom}",
            Some("staff-accounts") => "{spare}",
            Some("sessions") => "{ses}",
            Some("obligations") => "{obl}",
            Some("visits") => "{vst}",
            Some("evidence") => "{evd}",
            _ => "{dsp}",
        };
        self.fill(&path.replace("{id}", own))
    }

    /// The same for a body.
    fn fill(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (prefix, id) in &self.ids {
            text = text.replace(&format!("{prefix}_0123456789ab4cde8f0123456789abcd"), id);
            text = text.replace(&format!("{{{prefix}}}"), id);
            if prefix.starts_with('"') {
                text = text.replace(prefix, id);
            }
        }
        text
    }
}

/// The example of a request's body in the document.
fn example(operation: &utoipa::openapi::path::Operation) -> Option<Value> {
    let body = operation.request_body.as_ref()?;
    let json = serde_json::to_value(body).unwrap();
    Some(json["content"]["application/json"]["example"].clone())
}

#[tokio::test]
async fn the_generated_access_table_is_the_policy_and_what_the_server_does() {
    let test = TestApp::start().await;
    let stage = Stage::set(&test).await;
    let (_, document) = router::api();
    let mut table = String::new();
    let mut wrong = Vec::new();
    for (path, item) in &document.paths.paths {
        for (method, operation) in operations(item) {
            let id = operation.operation_id.as_deref().unwrap();
            let rule = policy::rule_of(id).unwrap().rule;
            write!(table, "| `{id}` |").unwrap();
            for who in EVERYBODY {
                let scene = stage.scene(*who).await;
                let body = example(operation)
                    .map(|body| serde_json::from_str(&scene.fill(&body.to_string())).unwrap());
                let answer = stage.ask(*who, method.clone(), &scene.path(path), body).await;
                let (want, got) = (expected(rule, *who), seen(rule, &answer));
                if want != got || answer.status.is_server_error() {
                    wrong.push(format!(
                        "{id} by {who:?}: wanted {want:?}, got {} {}",
                        answer.status, answer.body
                    ));
                }
                table.push_str(match got {
                    Verdict::Open => " ● |",
                    Verdict::SignIn => " 401 |",
                    Verdict::Forbidden => " 403 |",
                    Verdict::Hidden => " 404 |",
                });
            }
            table.push('\n');
        }
    }
    assert!(wrong.is_empty(), "{} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
    check_document(&table);
}

fn check_document(table: &str) {
    let names: Vec<String> = EVERYBODY.iter().map(|who| format!("{who:?}")).collect();
    let document = format!(
        "# Who may what\n\nGenerated: every cell is the answer of a running server to somebody in that relation to a \
         dispute in mediation. `●` open (the moment may still be wrong), `401` sign in first, `403` not your part, \
         `404` as if it did not exist.\n\n| operation | {} |\n|---|{}\n{table}",
        names.join(" | "),
        "---|".repeat(names.len()),
    );
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/ACCESS.md");
    if std::env::var_os("WRITE_GENERATED").is_some() {
        std::fs::write(file, &document).unwrap();
    }
    let stored = std::fs::read_to_string(file).unwrap_or_default();
    assert!(stored == document, "docs/ACCESS.md is not what the server does: run `make prepare`");
}
