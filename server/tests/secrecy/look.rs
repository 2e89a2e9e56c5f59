//! What is left to those outside: everything that can be asked for, by every door and past the doors.

use crate::app::Person;
use crate::contract::DOCUMENT;
use crate::model::phone;
use crate::stage::Stage;
use crate::world::base;
use protocol::{EvidenceId, RoomId};
use reqwest::Method;
use serde_json::{Value, json};
use server::jobs::worker;
use std::sync::LazyLock;
use uuid::Uuid;

/// Every address that can be read, as the API document has them: a new one is asked for as soon as it is there.
static READABLE: LazyLock<Vec<String>> = LazyLock::new(|| {
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    let readable = paths.filter(|(_, item)| item["get"].is_object());
    readable.map(|(path, _)| path.clone()).collect()
});

/// What is about no dispute, and open to everybody.
const PUBLIC: [&str; 4] = ["/v1/directory/", "/v1/health/", "/v1/consent-text", "/v1/invitations/"];

impl<'a> Stage<'a> {
    pub async fn observe(
        &mut self,
        who: Person<'a>,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (u16, Vec<u8>) {
        let url = format!("{}{path}", self.world.test.url);
        let mut request =
            self.world.test.http.request(method.clone(), url).bearer_auth(who.token());
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        self.seen.answer(&format!("{method} {path}"), response).await
    }

    async fn read(&mut self, who: Person<'a>, paths: Vec<String>) {
        for path in paths {
            self.observe(who, Method::GET, &path, None).await;
        }
    }

    fn about_dispute(&self) -> Vec<String> {
        let of = READABLE.iter().filter(|path| path.starts_with("/v1/disputes/{id}"));
        of.map(|path| path.replace("{id}", &self.cast.dispute.to_string())).collect()
    }

    /// Every readable address, with the ids that the respondent may know and those of what is kept from them.
    fn addresses(&self) -> Vec<String> {
        let rooms = [self.cast.joint, self.cast.caucus_b, self.cast.caucus_a, self.cast.neutrals];
        let mut all = self.about_dispute();
        for path in READABLE.iter().filter(|path| !path.starts_with("/v1/disputes/{id}")) {
            let ids: Vec<String> = match path.split('/').nth(2) {
                _ if PUBLIC.iter().any(|public| path.starts_with(public)) => continue,
                _ if !path.contains('{') => vec![String::new()],
                Some("rooms") => rooms.iter().map(ToString::to_string).collect(),
                Some("sessions") => self.cast.session.iter().map(ToString::to_string).collect(),
                Some("evidence") => self
                    .pieces
                    .iter()
                    .chain(&self.secrets_to_guess())
                    .map(ToString::to_string)
                    .collect(),
                _ => panic!("say here with which ids {path} is to be asked"),
            };
            all.extend(ids.iter().map(|id| path.replace("{id}", id)));
        }
        all
    }

    /// Pieces as the other side would have handed them in lately, in either world.
    fn secrets_to_guess(&self) -> Vec<EvidenceId> {
        let lately = self.step.saturating_sub(4)..self.step;
        let steps = lately.flat_map(|step| [(0, step), (1, step)]);
        steps.map(|(world, step)| self.secret_piece(world, step)).collect()
    }

    /// What a piece is called that is handed in at this step in this world alone.
    pub fn secret_piece(&self, world: usize, step: u64) -> EvidenceId {
        let base = base(self.history, step, Some(world));
        EvidenceId(Uuid::from_u128(u128::from(base + 3)))
    }

    pub async fn look_at_dispute(&mut self) {
        self.world.after(self.history, self.step);
        let paths = self.about_dispute();
        self.read(self.ben, paths).await;
    }

    /// Addresses that only the other side could know, or that never were: the answers are the same.
    pub async fn guess(&mut self) {
        self.world.after(self.history, self.step);
        let (step, unknown) = (self.step, RoomId(Uuid::from_u128(7)));
        let mut first = None;
        for room in [unknown, self.cast.caucus_a, self.cast.neutrals] {
            let (entries, read) =
                (format!("/v1/rooms/{room}/entries"), format!("/v1/rooms/{room}/read"));
            let say = json!({"client_msg_id": "x", "body": {"kind": "text", "text": "在吗"}});
            let answers = [
                self.observe(self.ben, Method::GET, &entries, None).await,
                self.observe(self.ben, Method::POST, &entries, Some(say)).await,
                self.observe(self.ben, Method::POST, &read, Some(json!({"seq": 1}))).await,
            ];
            if *first.get_or_insert_with(|| answers.clone()) != answers {
                self.seen.fault("a foreign room is not answered as an unknown one is");
            }
            self.ask_by_socket(room).await;
        }
        for piece in self.secrets_to_guess() {
            let path = format!("/v1/evidence/{piece}/content");
            self.observe(self.ben, Method::GET, &path, None).await;
            // Shown in a room, it would tell whether there is such a piece.
            let body = json!({"kind": "image", "evidence": piece});
            let say = json!({"client_msg_id": format!("{step}-{piece}"), "body": body});
            let path = format!("/v1/rooms/{}/entries", self.cast.caucus_b);
            self.observe(self.ben, Method::POST, &path, Some(say)).await;
        }
    }

    async fn ask_by_socket(&mut self, room: RoomId) {
        let phone = self.phone.as_mut().unwrap();
        phone.send(json!({"type": "subscribe", "room": room, "after": 0})).await;
        phone.send(json!({"type": "typing", "room": room})).await;
        phone.send(json!({"type": "read", "room": room, "seq": 1})).await;
        phone.send(json!({"type": "unsubscribe", "room": room})).await;
    }

    /// As the role of the server, past the doors, in the name of the respondent.
    async fn ask_database(&mut self) {
        let (ben, room) = (self.cast.ben, self.cast.caucus_a.0);
        for (what, ask) in [
            ("room_log", "room_log(array[$1::uuid], $3::uuid, 0, 500)"),
            ("read_room_entries", "read_room_entries($2::uuid, $3::uuid, 0, 500)"),
            ("room_now", "room_now(array[$1::uuid], $3::uuid)"),
            ("rooms_of", "rooms_of($2::uuid, null, $3::uuid)"),
            ("members_of_room", "members_of_room($2::uuid, $3::uuid)"),
            ("room_entries", "(select body from room_entries where room_id = $3::uuid)"),
            ("room_members", "(select * from room_members where room_id = $3::uuid)"),
            ("rooms", "(select * from rooms where id = $3::uuid)"),
        ] {
            let statement = format!(
                "select coalesce(jsonb_agg(to_jsonb(x))::text, '') from {ask} x where $1::uuid is distinct from $2::uuid"
            );
            let answer: Result<String, sqlx::Error> =
                sqlx::query_scalar(sqlx::AssertSqlSafe(statement))
                    .bind(ben.id.0)
                    .bind(ben.account.0)
                    .bind(room)
                    .fetch_one(&self.world.test.app.db)
                    .await;
            let answer = answer.unwrap_or_else(|error| {
                error.into_database_error().unwrap().code().unwrap().into_owned()
            });
            self.seen.note(format!("database: {what}"), answer);
        }
    }

    /// The last that happens, in both worlds alike; then everything is looked at.
    pub async fn end(mut self) -> crate::observed::Observed {
        self.next(false);
        self.quit_sound().await;
        let said = self.text(self.ben, self.cast.caucus_b, "end", "再见").await;
        self.went("say", &said);
        let ended = self.post(self.ana, &self.of_dispute("/withdraw"), Value::Null).await;
        self.went("withdraw", &ended);
        self.world.after(self.history, self.step);
        worker::drain(&self.world.test.app).await.unwrap();
        self.listen().await;
        self.next(false);
        let paths = self.addresses();
        self.read(self.ben, paths).await;
        let paths = self.about_dispute();
        self.read(self.world.person(self.cast.officer), paths.clone()).await;
        let former = self.world.person(self.cast.former);
        self.read(former, paths).await;
        for room in [self.cast.joint, self.cast.caucus_a, self.cast.caucus_b, self.cast.neutrals] {
            self.read(former, vec![format!("/v1/rooms/{room}/entries?limit=500")]).await;
        }
        self.ask_database().await;
        for text in self.world.gateway.sent_to(&phone(self.history, 2)) {
            self.seen.note("text message", text);
        }
        self.heard_of_media();
        drop(self.phone.take());
        self.gone(self.ben).await;
        self.seen
    }
}
