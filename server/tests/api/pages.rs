//! Pages of lists: whatever somebody asks for as the next one, it is answered and is not our fault.

use crate::app::TestApp;
use crate::mediation::{JOINT, Mediation};
use protocol::ErrorCode;
use protocol::account::Role;

const ID: &str = "0123456789ab4cde8f0123456789abcd";

#[tokio::test]
async fn no_made_up_place_in_a_list_is_our_fault() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let auditor = test.person("审计员", Role::Auditor).await;
    let evidence = m.path("/evidence");
    let lists = [
        (&m.ana, "/v1/disputes"),
        (&m.ana, evidence.as_str()),
        (&m.officer, "/v1/notices"),
        (&auditor, "/v1/audit"),
    ];
    for (who, list) in lists {
        for after in [
            format!("-8000000000000000000~{ID}"),
            format!("-1~{ID}"),
            format!("8210266876799999999~{ID}x"),
            format!("9223372036854775807~{ID}"),
            format!("%2B1~{ID}"),
            format!("1~{}", ID.to_uppercase()),
            "%00".to_owned(),
            String::new(),
        ] {
            let answer = who.get(&format!("{list}?after={after}")).await;
            answer.is_refused(422, ErrorCode::Invalid);
            assert_eq!(answer.body["fields"][0]["path"], "after", "{list}?after={after}");
        }
        // The last moment that there is.
        who.get(&format!("{list}?after=8210266876799999999~{ID}")).await.ok();
        who.get(&format!("{list}?after=0~{ID}")).await.ok();
    }
}

#[tokio::test]
async fn no_number_and_no_word_in_an_address_is_our_fault() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let operator = test.person("管理员", Role::Operator).await;
    let entries = format!("/v1/rooms/{}/entries", m.room(JOINT).await);
    for after in [i64::MIN, -1, i64::MAX] {
        m.ana.get(&format!("{entries}?after={after}")).await.ok();
    }
    for after in ["9223372036854775808", "1.0", "x", "%00"] {
        m.ana.get(&format!("{entries}?after={after}")).await.is_refused(422, ErrorCode::Invalid);
    }
    for (path, status) in [
        ("/v1/staff-accounts?after=%00", 422),
        ("/v1/staff-accounts?after=a%00b", 422),
        ("/v1/staff-accounts?after=%E5%AD%97", 200),
        ("/v1/directory/communities?search=%00", 422),
        ("/v1/directory/communities?search=a%00b", 422),
        ("/v1/invitations/%00", 404),
        ("/v1/disputes/%00", 404),
    ] {
        assert_eq!(operator.get(path).await.status.as_u16(), status, "{path}");
    }
}
