//! The directory: what everybody may read, and who keeps it.

use crate::app::{Answer, Person, TestApp, until_somebody_waits_for_a_lock};
use chrono::Duration;
use protocol::account::Role;
use protocol::directory::{
    Committees, Communities, DeclareKin, Lawyers, Mediators, StationView, WorkroomView, Workrooms,
};
use protocol::{CommitteeId, ErrorCode, StationId};
use reqwest::Method;
use serde_json::{Value, json};

async fn read(test: &TestApp, path: &str) -> Answer {
    Answer::of(&Method::GET, path, test.http.get(format!("{}{path}", test.url))).await
}

async fn put(person: &Person<'_>, path: &str, body: Value) -> Answer {
    person.request(Method::PUT, path, Some(body), None).await
}

#[tokio::test]
async fn anybody_finds_the_station_in_charge_by_name_or_code() {
    let test = TestApp::start().await;
    for search in ["月湖", "330203001002"] {
        let found: Communities =
            read(&test, &format!("/v1/directory/communities?search={search}")).await.to();
        assert_eq!(found.communities.len(), 1, "{search}");
        assert_eq!(found.communities[0].station.id, StationId(test.place.other_station));
    }
    let all: Communities = read(&test, "/v1/directory/communities").await.to();
    assert_eq!(all.communities.len(), 2);
    let none: Communities = read(&test, "/v1/directory/communities?search=%25").await.to();
    assert!(none.communities.is_empty());
    let long = "长".repeat(65);
    read(&test, &format!("/v1/directory/communities?search={long}"))
        .await
        .is_refused(422, ErrorCode::Invalid);
    let path = format!("/v1/directory/stations/{}", StationId(test.place.station));
    let station: StationView = read(&test, &path).await.to();
    assert_eq!(station.communities, ["古城社区"]);
    assert_eq!(station.committees, [CommitteeId(test.place.committee)]);
    read(&test, "/v1/directory/stations/stn_00000000000000000000000000000000")
        .await
        .is_refused(404, ErrorCode::NotFound);
}

#[tokio::test]
async fn the_operator_lays_out_a_district() {
    let test = TestApp::start().await;
    let operator = test.person("管理员", Role::Operator).await;
    let district = json!({"name": "鄞州区", "city_code": "330200", "city_name": "宁波市"});
    let path = "/v1/directory/districts/330212";
    put(&operator, path, district.clone()).await.ok();
    let officer = test.person("王警官", Role::Officer).await;
    put(&officer, path, district).await.is_refused(403, ErrorCode::NotPermitted);
    let station =
        json!({"name": "首南派出所", "district_code": "330212", "phone": "0574-00000009"});
    let station: StationView = operator.post("/v1/directory/stations", station).await.to();
    let community = json!({"name": "首南社区", "station": station.id});
    put(&operator, "/v1/directory/communities/330212001001", community).await.ok();
    let committee = json!({"name": "首南人民调解委员会", "seal_name": "首南人民调解委员会",
        "district_code": "330212", "station": station.id});
    operator.post("/v1/directory/committees", committee).await.ok();
    operator.post("/v1/directory/firms", json!({"name": "三江律师事务所"})).await.ok();
    let found: Communities = read(&test, "/v1/directory/communities?search=首南").await.to();
    assert_eq!(found.communities[0].station.name, "首南派出所");
    let committees: Committees = read(&test, "/v1/directory/committees").await.to();
    assert_eq!(committees.committees.len(), 2);
    let nowhere = json!({"name": "某派出所", "district_code": "990000", "phone": "0574-00000009"});
    operator.post("/v1/directory/stations", nowhere).await.is_refused(422, ErrorCode::Invalid);
    operator
        .post("/v1/directory/firms", json!({"name": "三江律师事务所"}))
        .await
        .is_refused(422, ErrorCode::Invalid);
}

#[tokio::test]
async fn mediators_are_published_while_their_appointment_runs() {
    let test = TestApp::start().await;
    let director = test.person("李主任", Role::CommitteeDirector).await;
    let mediator = test.person("周调解", Role::PeoplesMediator).await;
    let skills = json!({"specialities": ["邻里"], "languages": ["zh"], "dialects": ["宁波话"]});
    put(&mediator, "/v1/me/skills", skills).await.ok();
    let published =
        async || read(&test, "/v1/directory/mediators").await.to::<Mediators>().mediators;
    let all = published().await;
    assert_eq!((all.len(), all[0].name.as_str()), (1, "周调解"));
    assert_eq!(
        (all[0].specialities.as_slice(), all[0].dialects.as_slice()),
        (["邻里".to_owned()].as_slice(), ["宁波话".to_owned()].as_slice())
    );
    let committee =
        format!("/v1/directory/committees/{}/mediators", CommitteeId(test.place.committee));
    let renew = json!({"account": mediator.account, "appointed_on": "2027-12-31"});
    let early = director.post(&committee, renew).await;
    early.is_refused(409, ErrorCode::AlreadyAppointed);
    let renew = json!({"account": mediator.account, "appointed_on": "2028-01-01"});
    director.post(&committee, renew).await.ok();
    director.command(&format!("{committee}/{}/end", mediator.account)).await.ok();
    assert!(published().await.is_empty());
    test.advance(Duration::days(500));
    assert!(published().await.is_empty(), "what had not begun is forgotten too");
}

#[tokio::test]
async fn a_director_keeps_their_own_committee_alone() {
    let test = TestApp::start().await;
    let director = test.person("李主任", Role::CommitteeDirector).await;
    let (mediator, officer) = (
        test.person("周调解", Role::PeoplesMediator).await,
        test.person("王警官", Role::Officer).await,
    );
    let elsewhere = "/v1/directory/committees/com_00000000000000000000000000000000/mediators";
    let body = json!({"account": mediator.account, "appointed_on": "2028-01-01"});
    director.post(elsewhere, body).await.is_refused(403, ErrorCode::NotPermitted);
    let own = format!("/v1/directory/committees/{}/mediators", CommitteeId(test.place.committee));
    let body = json!({"account": officer.account, "appointed_on": "2028-01-01"});
    director.post(&own, body).await.is_refused(422, ErrorCode::Invalid);
    let room = |members: Value| json!({"name": "阿拉娘舅工作室", "about": "邻里纠纷", "specialities": ["邻里"], "members": members});
    director
        .post("/v1/directory/workrooms", room(json!([officer.account])))
        .await
        .is_refused(422, ErrorCode::Invalid);
    let made: WorkroomView =
        director.post("/v1/directory/workrooms", room(json!([mediator.account]))).await.to();
    assert_eq!(made.members, ["周调解"]);
    let changed: WorkroomView =
        put(&director, &format!("/v1/directory/workrooms/{}", made.id), room(json!([]))).await.to();
    assert!(changed.members.is_empty());
    let all: Workrooms = read(&test, "/v1/directory/workrooms").await.to();
    assert_eq!(all.workrooms.len(), 1);
}

#[tokio::test]
async fn a_lawyer_whose_licence_has_expired_may_not_practise() {
    let test = TestApp::start().await;
    let lawyer = test.person("郑律师", Role::Lawyer).await;
    let officer = test.person("王警官", Role::Officer).await;
    let resident = test.person("陈一", Role::Resident).await;
    resident.get("/v1/directory/lawyers").await.is_refused(403, ErrorCode::NotPermitted);
    let may = async || {
        let all: Lawyers = officer.get("/v1/directory/lawyers").await.to();
        all.lawyers.iter().map(|one| (one.account, one.may_practise)).collect::<Vec<_>>()
    };
    assert_eq!(may().await, [(lawyer.account, true)]);
    sqlx::query("update lawyers set licence_expires_on = '2026-11-01'")
        .execute(&test.owner)
        .await
        .unwrap();
    assert_eq!(may().await, [(lawyer.account, false)]);
}

#[tokio::test]
async fn declared_kin_are_found_by_their_number_whatever_the_filer_calls_them() {
    let test = TestApp::start().await;
    let mediator = test.person("周调解", Role::PeoplesMediator).await;
    let resident = test.person("陈一", Role::Resident).await;
    let kin = json!({"kin": [{"name": "林二妹", "phone": "190 0000 0002", "relation": "sibling"}]});
    put(&resident, "/v1/me/kin", kin.clone()).await.is_refused(403, ErrorCode::NotPermitted);
    let declared: DeclareKin = put(&mediator, "/v1/me/kin", kin.clone()).await.to();
    let again: DeclareKin = put(&mediator, "/v1/me/kin", kin).await.to();
    assert_eq!(declared.kin, again.kin);
    let dispute = crate::disputes::submitted(&resident).await;
    let mut db = test.owner.acquire().await.unwrap();
    let actor_sees = server::disputes::store::lock_for_clock(&mut db, dispute.id).await.unwrap();
    let found =
        server::appointments::conflicts::find(&mut db, &actor_sees.unwrap().0, mediator.account)
            .await;
    let kinds: Vec<_> = found.unwrap().iter().map(|conflict| conflict.kind).collect();
    assert_eq!(kinds, [protocol::appointment::ConflictKind::Kin]);
    put(&mediator, "/v1/me/kin", json!({"kin": []})).await.ok();
    let none: DeclareKin = mediator.get("/v1/me/kin").await.to();
    assert!(none.kin.is_empty());
}

#[tokio::test]
async fn an_appointment_waits_for_the_one_before_it() {
    let test = TestApp::start().await;
    let director = test.person("李主任", Role::CommitteeDirector).await;
    let mediator = test.person("周调解", Role::PeoplesMediator).await;
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("select id from accounts where id = $1 for update")
        .bind(mediator.account.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    sqlx::query(
        "insert into mediator_appointments (account_id, committee_id, appointed_on, ends_on)
         values ($1, $2, '2028-06-01', '2031-06-01')",
    )
    .bind(mediator.account.0)
    .bind(test.place.committee)
    .execute(&mut *rival)
    .await
    .unwrap();
    let path = format!("/v1/directory/committees/{}/mediators", CommitteeId(test.place.committee));
    let body = json!({"account": mediator.account, "appointed_on": "2028-01-01"});
    let (answer, ()) = tokio::join!(director.post(&path, body), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.is_refused(409, ErrorCode::AlreadyAppointed);
}

#[tokio::test]
async fn a_change_of_a_workroom_waits_for_the_one_before_it() {
    let test = TestApp::start().await;
    let director = test.person("李主任", Role::CommitteeDirector).await;
    let room = json!({"name": "阿拉娘舅工作室", "about": "邻里纠纷"});
    let made: WorkroomView = director.post("/v1/directory/workrooms", room.clone()).await.to();
    let mut rival = test.owner.begin().await.unwrap();
    for statement in [
        "insert into committees select gen_random_uuid(), district_code, null, '别的', '别的' from committees limit 1",
        "update workrooms set committee_id = (select id from committees where name = '别的')",
    ] {
        sqlx::query(statement).execute(&mut *rival).await.unwrap();
    }
    let path = format!("/v1/directory/workrooms/{}", made.id);
    let (answer, ()) = tokio::join!(put(&director, &path, room), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.is_refused(403, ErrorCode::NotPermitted);
}
