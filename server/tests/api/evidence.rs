//! Evidence: in whole or not at all, out unchanged or not at all, and seen by whom it is for.

use crate::app::{Answer, Person, TestApp};
use crate::disputes::submitted;
use crate::mediation::Mediation;
use crate::s3::Bucket;
use protocol::account::Role;
use protocol::evidence::{EvidencePage, EvidenceView, Visibility};
use protocol::{DisputeId, ErrorCode, EvidenceId};
use reqwest::{Body, Method, Response, StatusCode};
use server::jobs::worker;
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use std::fs;
use std::path::PathBuf;
use tokio::io::AsyncWriteExt;

pub fn jpeg(bytes: usize) -> Vec<u8> {
    let mut file = b"\xff\xd8\xff\xe0\0\x10JFIF".to_vec();
    file.resize(bytes, 7);
    file
}

struct File {
    name: &'static str,
    media: &'static str,
    key: String,
    body: Body,
}

fn photo(bytes: usize) -> File {
    file("%E7%85%A7%E7%89%87.jpg", "image/jpeg", jpeg(bytes))
}

fn file(name: &'static str, media: &'static str, body: impl Into<Body>) -> File {
    File { name, media, key: uuid::Uuid::new_v4().to_string(), body: body.into() }
}

impl Person<'_> {
    async fn hand_in(&self, dispute: DisputeId, file: File) -> Answer {
        let url = format!("{}/v1/disputes/{dispute}/evidence", self.test.url);
        let request = self.test.http.post(url).bearer_auth(self.token());
        let request = request.header("content-type", file.media).header("x-file-name", file.name);
        let request = request.header("idempotency-key", file.key).body(file.body);
        Answer::read(request.send().await.unwrap()).await
    }

    async fn evidence(&self, dispute: DisputeId) -> Vec<EvidenceView> {
        let path = format!("/v1/disputes/{dispute}/evidence");
        self.get(&path).await.to::<EvidencePage>().evidence
    }

    async fn download(&self, id: EvidenceId) -> Response {
        let url = format!("{}/v1/evidence/{id}/content", self.test.url);
        self.test.http.get(url).bearer_auth(self.token()).send().await.unwrap()
    }
}

/// A photo.
pub async fn handed_in(who: &Person<'_>, dispute: DisputeId) -> EvidenceId {
    who.hand_in(dispute, photo(1_000)).await.to::<EvidenceView>().id
}

fn stored(test: &TestApp) -> Vec<PathBuf> {
    let folder = test.data.path().join("evidence");
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

async fn count(db: &PgPool, table: &'static str) -> i64 {
    let query = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
    sqlx::query_scalar(query).fetch_one(db).await.unwrap()
}

/// What was refused leaves nothing behind, neither in the store nor in the database.
async fn nothing_stays(test: &TestApp) {
    assert!(stored(test).is_empty(), "{:?}", stored(test));
    assert_eq!((count(&test.owner, "uploads").await, count(&test.owner, "evidence").await), (0, 0));
}

#[tokio::test]
async fn sec_up_07_08_a_file_comes_out_as_it_went_in_and_is_never_shown_in_the_browser() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let dispute = submitted(&ana).await;
    let piece: EvidenceView = ana.hand_in(dispute.id, photo(1_000_000)).await.to();
    let sha256 = hex::encode(Sha256::digest(jpeg(1_000_000)));
    assert_eq!((piece.size_bytes, piece.sha256.as_str()), (1_000_000, sha256.as_str()));
    assert_eq!(
        (piece.file_name.as_str(), piece.visibility),
        ("照片.jpg", Visibility::MineAndNeutrals)
    );
    assert_eq!(ana.evidence(dispute.id).await, vec![piece.clone()]);
    let response = ana.download(piece.id).await;
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(
        header("content-disposition"),
        "attachment; filename=\"__.jpg\"; filename*=UTF-8''%E7%85%A7%E7%89%87.jpg"
    );
    assert_eq!(header("content-type"), "image/jpeg");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-security-policy").starts_with("sandbox; default-src 'none'"));
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(header("content-length"), "1000000");
    assert!(header("repr-digest").starts_with("sha-256=:"));
    assert_eq!(response.bytes().await.unwrap(), jpeg(1_000_000));
    // Under a name that tells nothing.
    assert_eq!(stored(&test).len(), 1);
    assert!(!stored(&test)[0].to_string_lossy().contains("jpg"));
}

#[tokio::test]
async fn a_private_piece_is_seen_by_one_side_and_the_neutrals_until_its_owner_shows_it() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let offered = test.person("郑律师", Role::Lawyer).await;
    let leader = test.person("周所长", Role::StationLeader).await;
    let stranger = test.person("路人", Role::Resident).await;
    let piece: EvidenceView = m.ana.hand_in(m.id, photo(1_000)).await.to();
    let path = format!("/v1/evidence/{}", piece.id);
    let unknown = m.ben.get("/v1/evidence/evd_00000000000000000000000000000000/content").await;
    for seer in [&m.ana, &m.mediator, &m.lawyer] {
        assert_eq!(seer.evidence(m.id).await.len(), 1);
        assert_eq!(seer.download(piece.id).await.status(), 200);
    }
    for blind in [&m.ben, &m.officer, &leader] {
        assert_eq!(blind.evidence(m.id).await, []);
    }
    for blind in [&m.ben, &m.officer, &leader, &stranger] {
        assert_eq!(blind.get(&format!("{path}/content")).await, unknown);
        let shared = blind.command(&format!("{path}/share")).await;
        shared.is_refused(404, ErrorCode::NotFound);
    }
    for other in [&m.mediator, &m.lawyer] {
        let shared = other.command(&format!("{path}/share")).await;
        shared.is_refused(403, ErrorCode::NotPermitted);
    }
    let shared: EvidenceView = m.ana.command(&format!("{path}/share")).await.to();
    assert_eq!(shared.visibility, Visibility::All);
    assert_eq!(m.ana.command(&format!("{path}/share")).await.to::<EvidenceView>(), shared);
    for seer in [&m.ben, &m.officer, &leader] {
        assert_eq!(seer.evidence(m.id).await.len(), 1);
        assert_eq!(seer.download(piece.id).await.status(), 200);
    }
    assert_eq!(stranger.get(&format!("{path}/content")).await, unknown);
    let only_offered = offered.get(&format!("{path}/content")).await;
    only_offered.is_refused(403, ErrorCode::NotPermitted);
}

#[tokio::test]
async fn what_one_side_hands_in_changes_nothing_that_the_other_can_see() {
    let test = TestApp::start().await;
    let m = Mediation::start(&test).await;
    let path = format!("/v1/disputes/{}", m.id);
    let seen = || async {
        let list = m.ben.get(&format!("{path}/evidence")).await;
        (m.ben.get(&path).await, list, m.ben.get("/v1/notices").await)
    };
    worker::drain(&test.app).await.unwrap();
    let before = seen().await;
    for _ in 0..3 {
        m.ana.hand_in(m.id, photo(1_000)).await.ok();
    }
    worker::drain(&test.app).await.unwrap();
    assert_eq!(seen().await, before);
}

#[tokio::test]
async fn sec_up_02_content_name_and_declared_type_have_to_agree() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let dispute = submitted(&ana).await;
    let zip = b"PK\x03\x04\x14\0\0\0secret.txt, nothing of a letter in here".to_vec();
    let docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let wrong = [
        file("a.jpg", "image/jpeg", b"<html><script>alert(1)</script></html>".to_vec()),
        file("a.png", "image/png", jpeg(100)),
        file("a.png", "image/jpeg", jpeg(100)),
        file("a.jpg", "image/png", jpeg(100)),
        file("a.html", "text/html", b"<html>".to_vec()),
        file("a.zip", "application/zip", zip.clone()),
        file("a.docx", docx, zip),
        file("a.jpg", "image/jpeg", b"\xff\xd8".to_vec()),
    ];
    for file in wrong {
        let name = format!("{} as {}", file.name, file.media);
        let refused = ana.hand_in(dispute.id, file).await;
        assert_eq!(refused.body["code"], "file_type_not_allowed", "{name}: {}", refused.body);
        nothing_stays(&test).await;
    }
    let refused = ana.hand_in(dispute.id, file("..%2Fa.jpg", "image/jpeg", jpeg(100))).await;
    assert_eq!(
        refused.is_refused(422, ErrorCode::Invalid).body["fields"][0]["path"],
        "X-File-Name"
    );
    let empty = ana.hand_in(dispute.id, file("a.jpg", "image/jpeg", vec![])).await;
    empty.is_refused(400, ErrorCode::Malformed);
    nothing_stays(&test).await;
}

fn endless(bytes: usize) -> Body {
    let first = futures_util::stream::iter([jpeg(64 << 10)]);
    let rest = futures_util::stream::iter(std::iter::repeat_n(vec![7; 64 << 10], bytes >> 16));
    Body::wrap_stream(futures_util::StreamExt::map(
        futures_util::StreamExt::chain(first, rest),
        Ok::<_, std::io::Error>,
    ))
}

#[tokio::test]
async fn sec_up_01_what_is_too_large_is_cut_off_and_leaves_nothing() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let dispute = submitted(&ana).await;
    let at_most = ana.hand_in(dispute.id, photo(20 << 20)).await;
    assert_eq!(at_most.to::<EvidenceView>().size_bytes, 20 << 20);
    sqlx::query("delete from evidence").execute(&test.owner).await.unwrap();
    fs::remove_file(&stored(&test)[0]).unwrap();
    // Without a length in front: counted while it comes.
    let chunked = file("a.jpg", "image/jpeg", endless(20 << 20));
    ana.hand_in(dispute.id, chunked).await.is_refused(413, ErrorCode::TooLarge);
    nothing_stays(&test).await;
}

#[tokio::test]
async fn a_sender_who_goes_away_leaves_nothing() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let dispute = submitted(&ana).await;
    let address = test.url.strip_prefix("http://").unwrap();
    let mut phone = tokio::net::TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /v1/disputes/{}/evidence HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nx-file-name: a.jpg\r\n\
         content-type: image/jpeg\r\nidempotency-key: k\r\ncontent-length: 1000000\r\n\r\n",
        dispute.id,
        ana.token()
    );
    phone.write_all(head.as_bytes()).await.unwrap();
    phone.write_all(&jpeg(600_000)).await.unwrap();
    while stored(&test).is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(count(&test.owner, "uploads").await, 1);
    drop(phone);
    while count(&test.owner, "uploads").await > 0 {
        tokio::task::yield_now().await;
    }
    nothing_stays(&test).await;
}

#[tokio::test]
async fn an_upload_that_is_repeated_is_kept_once() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let dispute = submitted(&ana).await;
    let with_key = |bytes| File { key: "one".into(), ..photo(bytes) };
    let first = ana.hand_in(dispute.id, with_key(1_000)).await;
    assert_eq!(first.status, StatusCode::CREATED);
    assert_eq!(ana.hand_in(dispute.id, with_key(1_000)).await, first);
    let other = ana.hand_in(dispute.id, with_key(1_001)).await;
    other.is_refused(422, ErrorCode::IdempotencyKeyReused);
    assert_eq!((stored(&test).len(), count(&test.owner, "evidence").await), (1, 1));
    assert_eq!(count(&test.owner, "uploads").await, 0);
}

#[tokio::test]
async fn sec_up_09_there_is_room_for_each_side_and_for_each_account() {
    let room = ["--evidence-per-side", "3000", "--evidence-per-account", "5000"];
    let test = TestApp::start_with(&room).await;
    let m = Mediation::start(&test).await;
    m.ana.hand_in(m.id, photo(3_000)).await.ok();
    m.ana.hand_in(m.id, photo(100)).await.is_refused(413, ErrorCode::QuotaExceeded);
    // One side's room is not the other's to fill, nor to measure.
    m.ben.hand_in(m.id, photo(3_000)).await.ok();
    let second = submitted(&m.ana).await;
    m.ana.hand_in(second.id, photo(2_000)).await.ok();
    m.ana.hand_in(second.id, photo(100)).await.is_refused(413, ErrorCode::QuotaExceeded);
}

#[tokio::test]
async fn r17_a_file_changed_in_the_store_is_never_given_out_as_whole() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let dispute = submitted(&ana).await;
    let piece: EvidenceView = ana.hand_in(dispute.id, photo(300_000)).await.to();
    let mut changed = jpeg(300_000);
    changed[200_000] ^= 1;
    fs::write(&stored(&test)[0], changed).unwrap();
    let response = ana.download(piece.id).await;
    assert!(response.bytes().await.is_err(), "broken off");
    while count(&test.owner, "evidence where damaged_at is not null").await == 0 {
        tokio::task::yield_now().await;
    }
    let again = ana.get(&format!("/v1/evidence/{}/content", piece.id)).await;
    again.is_refused(500, ErrorCode::Internal);
    let noted: Vec<String> = sqlx::query_scalar(
        "select operation from audit_entries where object = $1 or outcome = $1 order by operation",
    )
    .bind(piece.id.to_string())
    .fetch_all(&test.owner)
    .await
    .unwrap();
    assert_eq!(noted, ["evidence_add", "evidence_content", "evidence_content", "evidence_damaged"]);
}

#[tokio::test]
async fn what_a_crash_left_behind_is_removed_after_an_hour() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let dispute = submitted(&ana).await;
    ana.hand_in(dispute.id, photo(1_000)).await.ok();
    let folder = test.data.path().join("evidence");
    for name in ["left", "half#1"] {
        fs::write(folder.join(name), b"x").unwrap();
        sqlx::query("insert into uploads values ($1, $2, $3, null, 1, $4)")
            .bind(name.trim_end_matches("#1"))
            .bind(dispute.id.0)
            .bind(ana.account.0)
            .bind(test.now())
            .execute(&test.owner)
            .await
            .unwrap();
    }
    worker::drain(&test.app).await.unwrap();
    assert_eq!(stored(&test).len(), 3);
    test.advance(chrono::Duration::minutes(61));
    worker::drain(&test.app).await.unwrap();
    assert_eq!((stored(&test).len(), count(&test.owner, "uploads").await), (1, 0));
    assert_eq!(ana.evidence(dispute.id).await.len(), 1);
}

#[tokio::test]
async fn r9_a_store_that_fails_is_told_and_nothing_is_recorded() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let dispute = submitted(&ana).await;
    let folder = test.data.path().join("evidence");
    fs::remove_dir(&folder).unwrap();
    fs::write(&folder, b"not a folder").unwrap();
    let refused = ana.hand_in(dispute.id, photo(1_000)).await;
    refused.is_refused(503, ErrorCode::Unavailable);
    assert_eq!(count(&test.owner, "evidence").await, 0);
    fs::remove_file(&folder).unwrap();
    fs::create_dir(&folder).unwrap();
    ana.hand_in(dispute.id, photo(1_000)).await.ok();
}

#[tokio::test]
async fn nobody_hands_in_to_what_is_not_theirs_or_has_ended() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let stranger = test.person("路人", Role::Resident).await;
    let director = test.person("孙主任", Role::CommitteeDirector).await;
    let dispute = submitted(&ana).await;
    stranger.hand_in(dispute.id, photo(100)).await.is_refused(404, ErrorCode::NotFound);
    director.hand_in(dispute.id, photo(100)).await.is_refused(403, ErrorCode::NotPermitted);
    sqlx::query("update disputes set status = 'archived'").execute(&test.owner).await.unwrap();
    ana.hand_in(dispute.id, photo(100)).await.is_refused(409, ErrorCode::WrongStatus);
    let path = format!("/v1/disputes/{}/evidence", dispute.id);
    let without_key = ana.request(Method::POST, &path, None, None).await;
    without_key.is_refused(400, ErrorCode::IdempotencyKeyRequired);
    nothing_stays(&test).await;
}

#[tokio::test]
async fn an_s3_bucket_takes_and_gives_files_part_by_part() {
    let bucket = Bucket::default();
    let files = bucket.serve().await;
    let test = TestApp::start_changed(&[], |parts| parts.files = files).await;
    let ana = test.person("陈一", Role::Resident).await;
    let dispute = submitted(&ana).await;
    let piece: EvidenceView = ana.hand_in(dispute.id, photo(12 << 20)).await.to();
    assert_eq!(bucket.part_sizes(), [vec![5 << 20, 5 << 20, 2 << 20]]);
    assert_eq!(ana.download(piece.id).await.bytes().await.unwrap(), jpeg(12 << 20));
    let wrong = file("a.jpg", "image/jpeg", b"GIF89a, which nobody asked for".to_vec());
    ana.hand_in(dispute.id, wrong).await.is_refused(415, ErrorCode::FileTypeNotAllowed);
    assert_eq!((bucket.objects(), bucket.unfinished()), (1, 0));
    bucket.breaks(Some(StatusCode::SERVICE_UNAVAILABLE));
    ana.hand_in(dispute.id, photo(1_000)).await.is_refused(503, ErrorCode::Unavailable);
    let unreadable = ana.get(&format!("/v1/evidence/{}/content", piece.id)).await;
    unreadable.is_refused(503, ErrorCode::Unavailable);
    bucket.breaks(None);
    assert_eq!(ana.evidence(dispute.id).await.len(), 1);
    ana.hand_in(dispute.id, photo(1_000)).await.ok();
}

#[tokio::test]
async fn handing_in_waits_for_whoever_is_deciding_on_the_dispute() {
    let test = TestApp::start().await;
    let ana = test.person("陈一", Role::Resident).await;
    let dispute = submitted(&ana).await;
    let mut rival = test.owner.begin().await.unwrap();
    sqlx::query("update disputes set status = 'archived', version = version + 1 where id = $1")
        .bind(dispute.id.0)
        .execute(&mut *rival)
        .await
        .unwrap();
    let (answer, ()) = tokio::join!(ana.hand_in(dispute.id, photo(100)), async {
        crate::app::until_somebody_waits_for_a_lock(&test.owner).await;
        rival.commit().await.unwrap();
    });
    answer.is_refused(409, ErrorCode::WrongStatus);
    nothing_stays(&test).await;
}
