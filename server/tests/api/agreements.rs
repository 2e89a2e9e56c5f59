//! Agreements: drafted, put up, signed sealed from one another, in effect.

use crate::agreed::Agreed;
use crate::app::TestApp;
use protocol::ErrorCode;
use protocol::account::Role;
use protocol::agreement::{AgreementStatus, AgreementView, WaitingFor};
use protocol::dispute::Status;
use protocol::follow_up::VisitList;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::PgPool;

#[tokio::test]
async fn the_last_act_makes_it_binding_with_all_that_follows() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    it.write(&it.lawyer, 0, &it.draft()).await.ok();
    for early in [&it.ana, &it.ben, &it.leader, &it.director] {
        early.get(&it.path("/agreement")).await.is_refused(404, ErrorCode::NotFound);
    }
    let draft = it.agreement(&it.mediator).await;
    assert_eq!((draft.revision, draft.text_hash, draft.missing.len()), (Some(1), None, 0));
    let wording: AgreementView = it.mediator.command(&it.path("/agreement/put-up")).await.to();
    assert_eq!(wording.text, draft.text);
    assert!(wording.text.contains("500元(大写:伍佰元整)"), "{}", wording.text);
    assert_eq!(wording.number, "(2026)人调字第1号");
    assert_eq!(it.status().await, Status::PendingSignature);
    it.signed_by_all(&wording).await;
    let waiting = it.agreement(&it.ben).await;
    assert_eq!((waiting.status, waiting.revision), (AgreementStatus::UpForSigning, None));
    assert_eq!(waiting.signing.unwrap().waiting_for, WaitingFor::Seal);
    let sealed: AgreementView = it.attest(&it.director, "seal", &wording).await.to();
    assert_eq!(sealed.status, AgreementStatus::Effective);
    assert_eq!(sealed.signing.unwrap().signatures.len(), 2);
    assert_eq!(sealed.confirmable_until.unwrap().to_rfc3339(), "2026-12-02T16:00:00+00:00");
    assert_eq!(it.status().await, Status::Performing);
    assert_eq!(it.obligations().await.len(), 2, "clauses with a day");
    let visits: VisitList = it.officer.get(&it.path("/visits")).await.to();
    let days: Vec<String> = visits.visits.iter().map(|v| v.due_on.to_string()).collect();
    assert_eq!(days, ["2026-11-09", "2026-11-17", "2026-12-17"]);
    assert_eq!(
        reminders(&test.owner).await,
        [("confirmation_ends".into(), 4), ("due_soon".into(), 6), ("due_today".into(), 2)]
    );
}

async fn reminders(db: &PgPool) -> Vec<(String, i64)> {
    sqlx::query_as(
        "select payload->>'about', count(*) from jobs where kind = 'remind' group by 1 order by 1",
    )
    .fetch_all(db)
    .await
    .unwrap()
}

#[tokio::test]
async fn what_is_missing_is_told_by_path_and_nothing_goes_up() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let mut draft = it.draft();
    draft["main_facts"] = Value::Null;
    draft["clauses"][1]["time_limit"] = Value::Null;
    let written: AgreementView = it.write(&it.mediator, 0, &draft).await.to();
    let missing: Vec<&str> = written.missing.iter().map(|field| field.path.as_str()).collect();
    assert_eq!(missing, ["main_facts", "clauses[1].time_limit"]);
    let refused = it.mediator.command(&it.path("/agreement/put-up")).await;
    refused.is_refused(409, ErrorCode::AgreementIncomplete);
    assert_eq!(refused.body["fields"], json!(written.missing));
    assert_eq!(refused.body["article"], "人民调解法 Art 29");
    assert_eq!(it.status().await, Status::InMediation);
    it.ana.get(&it.path("/agreement")).await.is_refused(404, ErrorCode::NotFound);
    let mut strange = it.draft();
    strange["clauses"][0]["amount"] = json!(0);
    let refused = it.write(&it.mediator, 1, &strange).await;
    assert_eq!(
        refused.is_refused(422, ErrorCode::Invalid).body["fields"][0]["path"],
        "draft.clauses[0].amount"
    );
    it.write(&it.ana, 1, &it.draft()).await.is_refused(403, ErrorCode::NotPermitted);
}

#[tokio::test]
async fn people_sign_the_text_they_read_or_not_at_all() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let first = it.put_up(&it.draft()).await;
    it.write(&it.mediator, 1, &it.draft()).await.is_refused(409, ErrorCode::WrongStatus);
    it.sign(&it.ana, it.applicant, &first).await.ok();
    it.sign(&it.ana, it.applicant, &first).await.is_refused(409, ErrorCode::AlreadyAnswered);
    it.sign(&it.ana, it.respondent, &first).await.is_refused(403, ErrorCode::NotPermitted);
    let reopened: AgreementView = it.mediator.command(&it.path("/agreement/reopen")).await.to();
    assert_eq!((reopened.status, reopened.revision), (AgreementStatus::Draft, Some(1)));
    it.ben.get(&it.path("/agreement")).await.is_refused(404, ErrorCode::NotFound);
    it.sign(&it.ben, it.respondent, &first).await.is_refused(404, ErrorCode::NotFound);
    let mut changed = it.draft();
    changed["clauses"][0]["amount"] = json!(60_000);
    it.write(&it.mediator, 0, &changed).await.is_refused(409, ErrorCode::TextChanged);
    it.write(&it.mediator, 1, &changed).await.ok();
    let second: AgreementView = it.mediator.command(&it.path("/agreement/put-up")).await.to();
    assert_ne!(first.text_hash, second.text_hash);
    it.sign(&it.ben, it.respondent, &first).await.is_refused(409, ErrorCode::TextChanged);
    it.sign(&it.ben, it.respondent, &second).await.ok();
    it.attest(&it.mediator, "sign-as-mediator", &second).await.ok();
    it.attest(&it.director, "seal", &second).await.is_refused(409, ErrorCode::SignaturesMissing);
    it.sign(&it.ana, it.applicant, &second).await.ok();
    it.attest(&it.director, "seal", &first).await.is_refused(409, ErrorCode::TextChanged);
    it.attest(&it.director, "seal", &second).await.ok();
}

/// Whatever somebody can ask for that might show that another has signed.
async fn observed(it: &Agreed<'_>, who: &crate::app::Person<'_>) -> Vec<Value> {
    let mut seen = Vec::new();
    for path in ["", "/agreement", "/obligations"] {
        seen.push(who.get(&it.path(path)).await.body);
    }
    seen
}

#[tokio::test]
async fn nobody_sees_who_has_signed_before_all_have() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let wording = it.put_up(&it.draft()).await;
    let mut hints = test.app.hints.subscribe();
    let watchers = [&it.ben, &it.mediator, &it.lawyer, &it.leader, &it.director];
    let mut before = Vec::new();
    for who in watchers {
        before.push(observed(&it, who).await);
    }
    test.advance(chrono::Duration::minutes(5));
    let own: AgreementView = it.sign(&it.ana, it.applicant, &wording).await.to();
    let own = own.signing.unwrap();
    assert_eq!((own.waiting_for, own.signatures.len()), (WaitingFor::Parties, 1));
    it.attest(&it.mediator, "sign-as-mediator", &wording).await.ok();
    for (who, before) in watchers.into_iter().zip(before) {
        assert_eq!(observed(&it, who).await, before);
    }
    assert!(hints.try_recv().is_err(), "not even that something happened");
    it.sign(&it.ben, it.respondent, &wording).await.ok();
    assert_eq!(it.agreement(&it.director).await.signing.unwrap().signatures.len(), 2);
    assert!(hints.try_recv().is_ok());
}

#[tokio::test]
async fn a_ward_signs_together_with_the_guardian() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let guardian = test.person("陈母", Role::Resident).await;
    sqlx::query("update parties set capacity = 'limited', has_guardian = true where id = $1")
        .bind(it.applicant.0)
        .execute(&test.owner)
        .await
        .unwrap();
    it.acts_for(&guardian, it.applicant, "guardian", &[]).await;
    let wording = it.put_up(&it.draft()).await;
    it.signed_by_all(&wording).await;
    it.attest(&it.director, "seal", &wording).await.is_refused(409, ErrorCode::SignaturesMissing);
    it.sign(&guardian, it.applicant, &wording).await.ok();
    it.attest(&it.director, "seal", &wording).await.ok();
    let obligation = &it.obligations().await[0];
    it.on(&it.ana, obligation, "confirm", None).await.is_refused(409, ErrorCode::GuardianRequired);
    it.on(&guardian, obligation, "confirm", None).await.ok();
}

#[tokio::test]
async fn an_agent_signs_within_recorded_powers() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let (weak, strong) =
        (test.person("甲", Role::Resident).await, test.person("乙", Role::Resident).await);
    it.acts_for(&weak, it.applicant, "agent", &["attend_and_sign"]).await;
    it.acts_for(&strong, it.applicant, "agent", &["attend_and_sign", "dispose_of_claims"]).await;
    let wording = it.put_up(&it.draft()).await;
    it.sign(&weak, it.applicant, &wording).await.is_refused(403, ErrorCode::PowerMissing);
    it.sign(&strong, it.applicant, &wording).await.ok();
}

#[tokio::test]
async fn an_oral_agreement_binds_at_once_unless_the_law_asks_for_writing() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let path = it.path("/agreement/agree-orally");
    let orally = || it.mediator.request(Method::POST, &path, None, Some("once"));
    let mut draft = it.draft();
    draft["form"] = json!("oral");
    it.write(&it.mediator, 0, &draft).await.ok();
    let refused = orally().await;
    refused.is_refused(409, ErrorCode::WrittenFormRequired);
    draft["clauses"] = json!([{
        "topic": "apology", "act": "当面赔礼道歉", "obligor": it.respondent, "beneficiary": it.applicant,
        "mode": "in_person", "time_limit": {"kind": "at_once"}
    }]);
    it.write(&it.mediator, 1, &draft).await.ok();
    it.mediator
        .command(&it.path("/agreement/put-up"))
        .await
        .is_refused(409, ErrorCode::WrongStatus);
    let recorded: AgreementView = orally().await.to();
    assert_eq!(recorded.status, AgreementStatus::Effective);
    assert_eq!(recorded.confirmable_until, None, "without a seal no court confirms it");
    assert_eq!(orally().await.to::<AgreementView>().text_hash, recorded.text_hash);
    assert_eq!(it.agreement(&it.ben).await.text, recorded.text);
    assert_eq!(it.status().await, Status::Performed, "done at once, nothing is owed");
}

#[tokio::test]
async fn personal_status_is_signed_on_paper_alone() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let mut draft = it.draft();
    draft["personal_status"] = json!(["inheritance"]);
    let wording = it.put_up(&draft).await;
    assert!(wording.requires_wet_ink);
    let refused = it.sign(&it.ana, it.applicant, &wording).await;
    assert_eq!(
        refused.is_refused(409, ErrorCode::WetInkRequired).body["article"],
        "电子签名法 Art 3"
    );
    it.attest(&it.mediator, "sign-as-mediator", &wording)
        .await
        .is_refused(409, ErrorCode::WetInkRequired);
    let own = json!({"text_hash": wording.text_hash, "party": it.applicant, "method": "wet_ink"});
    it.ana.post(&it.path("/agreement/sign"), own).await.is_refused(409, ErrorCode::WetInkRequired);
    let path = it.path("/agreement/signed-on-paper");
    let paper = |applicant: &str| {
        json!({
            "text_hash": wording.text_hash, "evidence": "ab".repeat(32), "mediator": "wet_ink",
            "signatures": [
                {"party": it.applicant, "method": applicant}, {"party": it.respondent, "method": "fingerprint"}
            ]
        })
    };
    it.ana.post(&path, paper("wet_ink")).await.is_refused(403, ErrorCode::NotPermitted);
    it.mediator.post(&path, paper("electronic")).await.is_refused(422, ErrorCode::Invalid);
    it.mediator.post(&path, paper("wet_ink")).await.ok();
    let sealed: AgreementView = it.attest(&it.director, "seal", &wording).await.to();
    assert_eq!(sealed.status, AgreementStatus::Effective);
    assert!(sealed.confirmable_until.is_some(), "an inheritance can be confirmed");
}

#[tokio::test]
async fn a_suspect_signs_in_person_and_police_need_no_seal() {
    let test = TestApp::start().await;
    let it = Agreed::before_police(&test).await;
    let agent = test.person("甲", Role::Resident).await;
    it.acts_for(&agent, it.respondent, "agent", &["attend_and_sign", "dispose_of_claims"]).await;
    it.write(&it.mediator, 0, &it.draft()).await.ok();
    let refused = it.mediator.command(&it.path("/agreement/put-up")).await;
    refused.is_refused(409, ErrorCode::AgreementIncomplete);
    assert_eq!(refused.body["fields"][0]["path"], "public_security.organ");
    it.write(&it.mediator, 1, &it.police_draft()).await.ok();
    let wording: AgreementView = it.mediator.command(&it.path("/agreement/put-up")).await.to();
    assert_eq!(wording.number, "(2026)治调字第1号");
    let refused = it.sign(&agent, it.respondent, &wording).await;
    refused.is_refused(409, ErrorCode::DelegationNotAllowed);
    assert_eq!(refused.body["article"], "程序规定 Art 181");
    it.signed_by_all(&wording).await;
    let signed = it.agreement(&it.ana).await;
    assert_eq!((signed.status, signed.confirmable_until), (AgreementStatus::Effective, None));
    assert_eq!(it.status().await, Status::Performing);
}

#[tokio::test]
async fn an_agreement_follows_its_dispute_out_of_signing() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let wording = it.put_up(&it.draft()).await;
    it.sign(&it.ana, it.applicant, &wording).await.ok();
    it.mediator.command(&it.path("/step-down")).await.ok();
    let draft = it.agreement(&it.lawyer).await;
    assert_eq!((draft.status, draft.missing[0].path.as_str()), (AgreementStatus::Draft, "dispute"));
}

#[tokio::test]
async fn who_steps_back_before_effect_makes_it_void() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let wording = it.put_up(&it.draft()).await;
    it.ben.command(&it.path("/withdraw")).await.ok();
    assert_eq!(it.agreement(&it.ana).await.status, AgreementStatus::Void);
    it.sign(&it.ana, it.applicant, &wording).await.is_refused(409, ErrorCode::WrongStatus);
}

#[tokio::test]
async fn the_database_keeps_signatures_and_the_text_they_stand_under() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let wording = it.put_up(&it.draft()).await;
    it.sign(&it.ana, it.applicant, &wording).await.ok();
    for (statement, why) in [
        ("update signatures set method = 'wet_ink'", "permission denied"),
        ("delete from signatures", "permission denied"),
        ("delete from agreement_events", "permission denied"),
        ("delete from agreements", "permission denied"),
        ("update agreements set text = text || 'x', text_hash = encode(sha256(convert_to(text || 'x', 'UTF8')), 'hex')", "frozen"),
        ("update agreements set draft = '{}'", "frozen"),
        ("insert into signatures select agreement_id, round, kind, party_id, committee_id, given_by, acting, method,
            repeat('0', 64), evidence, given_by, login_id, signed_at from signatures", "not the text"),
    ] {
        let refused = sqlx::query(statement).execute(&test.app.db).await.unwrap_err().to_string();
        assert!(refused.contains(why), "{statement}: {refused}");
    }
}

#[tokio::test]
async fn two_hands_of_one_person_sign_once() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let wording = it.put_up(&it.draft()).await;
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("select id from disputes where id = $1 for update")
        .bind(it.id.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    let (one, other, ()) = tokio::join!(
        it.sign(&it.ana, it.applicant, &wording),
        it.sign(&it.ana, it.applicant, &wording),
        async {
            crate::app::until_so_many_wait_for_a_lock(&test.owner, 2).await;
            rival.commit().await.unwrap();
        }
    );
    let (won, lost) = if one.status.is_success() { (one, other) } else { (other, one) };
    won.ok();
    lost.is_refused(409, ErrorCode::AlreadyAnswered);
}

#[tokio::test]
async fn a_signature_waits_for_who_reopens_the_draft() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let wording = it.put_up(&it.draft()).await;
    let mut rival = test.owner.begin().await.unwrap();
    for statement in [
        "update disputes set status = 'in_mediation', version = version + 1 where id = $1",
        "update agreements set status = 'draft', text = null, text_hash = null where dispute_id = $1",
    ] {
        sqlx::query(statement).bind(it.id.0).execute(&mut *rival).await.unwrap();
    }
    let (answer, ()) = tokio::join!(it.sign(&it.ana, it.applicant, &wording), async {
        crate::app::until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.is_refused(404, ErrorCode::NotFound);
}

#[tokio::test]
async fn a_foreign_agreement_is_like_an_unknown_one() {
    let test = TestApp::start().await;
    let it = Agreed::in_mediation(&test).await;
    let wording = it.put_up(&it.draft()).await;
    let stranger = test.person("路人", Role::Resident).await;
    let unknown = "/v1/disputes/dsp_00000000000000000000000000000000/agreement";
    assert_eq!(stranger.get(&it.path("/agreement")).await, stranger.get(unknown).await);
    it.sign(&stranger, it.applicant, &wording).await.is_refused(404, ErrorCode::NotFound);
    it.grid.get(&it.path("/agreement")).await.is_refused(403, ErrorCode::NotPermitted);
}
