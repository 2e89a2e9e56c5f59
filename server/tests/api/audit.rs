//! The audit trail: every deed in it, nothing personal, and no way to change it.

use crate::app::TestApp;
use crate::disputes::{noise, submitted};
use protocol::ErrorCode;
use protocol::account::Role;
use protocol::audit::AuditPage;
use protocol::dispute::DisputeView;

#[tokio::test]
async fn sec_aud_every_write_is_noted_with_the_deed_and_refused_ones_are_not() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let auditor = test.person("审计员", Role::Auditor).await;
    let answer = ana.post("/v1/disputes", noise()).await;
    let dispute: DisputeView = answer.to();
    let path = format!("/v1/disputes/{}", dispute.id);
    test.advance(chrono::Duration::seconds(1));
    ana.command(&format!("{path}/withdraw")).await.ok();
    ana.command(&format!("{path}/withdraw")).await.is_refused(409, ErrorCode::WrongStatus);
    let page: AuditPage = auditor.get(&format!("/v1/audit?object={}", dispute.id)).await.to();
    let told: Vec<_> = page.entries.iter().map(|e| e.operation.as_str()).collect();
    assert_eq!(told, ["disputes_withdraw", "disputes_create"]);
    let [withdrawn, created] = &page.entries[..] else { panic!("two") };
    assert_eq!(
        (created.object.as_ref(), created.outcome.clone()),
        (None, Some(dispute.id.to_string()))
    );
    assert_eq!(
        (withdrawn.object.clone(), withdrawn.outcome.as_ref()),
        (Some(dispute.id.to_string()), None)
    );
    for entry in &page.entries {
        assert_eq!((entry.account, entry.role), (Some(ana.account), Some(Role::Resident)));
        assert_eq!(entry.request.len(), 32);
    }
    ana.get("/v1/audit").await.is_refused(403, ErrorCode::NotPermitted);
    auditor.get("/v1/audit?object=x").await.is_refused(422, ErrorCode::Invalid);
}

#[tokio::test]
async fn sec_aud_02_nobody_changes_what_was_noted() {
    let test = TestApp::start().await;
    submitted(&test.person("陈一", Role::Resident).await).await;
    for statement in [
        "update audit_entries set operation = 'x'",
        "delete from audit_entries",
        "truncate audit_entries",
    ] {
        for db in [&test.owner, &test.app.db] {
            let refused = sqlx::query(statement).execute(db).await.unwrap_err();
            let code = refused.as_database_error().unwrap().code().unwrap().into_owned();
            assert_eq!(code, "42501", "{statement}");
        }
    }
}

#[tokio::test]
async fn sec_aud_03_what_cannot_be_noted_is_not_done() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    sqlx::query("revoke insert on audit_entries from ala_app").execute(&test.owner).await.unwrap();
    ana.post("/v1/disputes", noise()).await.is_refused(500, ErrorCode::Internal);
    let filed: i64 =
        sqlx::query_scalar("select count(*) from disputes").fetch_one(&test.owner).await.unwrap();
    assert_eq!(filed, 0);
}
