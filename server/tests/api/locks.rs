//! Every `lock` function makes a decision wait for the one before it.

use crate::app::{TestApp, until_somebody_waits_for_a_lock};
use crate::disputes::submitted;
use protocol::ErrorCode;
use protocol::account::Role;

#[tokio::test]
async fn a_decision_on_a_dispute_waits_for_the_one_before_it() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let dispute = submitted(&ana).await;
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("update disputes set status = 'terminated', version = version + 1 where id = $1")
        .bind(dispute.id.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    let path = format!("/v1/disputes/{}/withdraw", dispute.id);
    let (answer, ()) = tokio::join!(ana.command(&path), async {
        until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.is_refused(409, ErrorCode::WrongStatus);
}
