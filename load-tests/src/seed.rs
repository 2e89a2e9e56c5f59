//! A crowd: people with logins, disputes with rooms, and who is in them, put into the database as its owner.
//!
//! The one place that knows how rooms lie in the tables.

use crate::people::{COMMITTEE, COMMUNITY, STATION};
use crate::tokens::now;
use protocol::{AccountId, LoginId, RoomId};
use sqlx::PgConnection;
use uuid::Uuid;

/// Every room begins with one entry, and everybody is in it from there.
pub const HEAD: i64 = 1;

/// So many at once: a statement does not become too large.
const CHUNK: usize = 2_000;

/// Rooms of equal size. Several crowds in one database have nothing in common.
#[derive(Clone, Copy, Debug)]
pub struct Crowd {
    pub number: u8,
    pub rooms: usize,
    /// In each.
    pub members: usize,
}

#[derive(Clone, Copy)]
enum Kind {
    Person = 1,
    Account,
    Login,
    Dispute,
    Room,
    Party,
}

impl Crowd {
    fn id(self, kind: Kind, number: usize) -> Uuid {
        let (kind, crowd) = ((kind as u128) << 96, u128::from(self.number) << 64);
        Uuid::from_u128((0x0ac1 << 112) | kind | crowd | number as u128)
    }

    pub fn room(self, number: usize) -> RoomId {
        RoomId(self.id(Kind::Room, number))
    }

    /// By place: the members of the first room, then those of the second, and so on.
    pub fn member(self, number: usize) -> (AccountId, LoginId) {
        (AccountId(self.id(Kind::Account, number)), LoginId(self.id(Kind::Login, number)))
    }

    /// Puts all of it in. What is in place already is the city: see `people::place`.
    pub async fn seed(self, db: &mut PgConnection) -> anyhow::Result<()> {
        let everybody: Vec<usize> = (0..self.rooms * self.members).collect();
        for chunk in everybody.chunks(CHUNK) {
            self.people(db, chunk).await?;
        }
        let rooms: Vec<usize> = (0..self.rooms).collect();
        for chunk in rooms.chunks(CHUNK) {
            self.disputes(db, chunk).await?;
        }
        for chunk in everybody.chunks(CHUNK) {
            self.places(db, chunk).await?;
        }
        sqlx::query("analyze").execute(db).await?;
        Ok(())
    }

    fn ids(self, kind: Kind, numbers: &[usize]) -> Vec<Uuid> {
        numbers.iter().map(|number| self.id(kind, *number)).collect()
    }

    async fn people(self, db: &mut PgConnection, numbers: &[usize]) -> anyhow::Result<()> {
        // 19x xxx xxxxx: numbers that nobody has.
        let phone = |n: &usize| format!("19{:02}{n:07}", self.number);
        let phones: Vec<String> = numbers.iter().map(phone).collect();
        sqlx::query(
            "with people as (
                 insert into people (id, name, phone, created_at)
                 select p, '居民', phone, $5 from unnest($1::uuid[], $4::text[]) as t (p, phone)
             ), accounts as (
                 insert into accounts (id, person_id, role, phone, created_at)
                 select a, p, 'resident', phone, $5
                 from unnest($1::uuid[], $2::uuid[], $4::text[]) as t (p, a, phone)
             )
             insert into logins (id, account_id, device, created_at, last_seen_at, expires_at)
             select l, a, 'load-tests', $5, $5, $5 + interval '30 days'
             from unnest($2::uuid[], $3::uuid[]) as t (a, l)",
        )
        .bind(self.ids(Kind::Person, numbers))
        .bind(self.ids(Kind::Account, numbers))
        .bind(self.ids(Kind::Login, numbers))
        .bind(phones)
        .bind(now())
        .execute(db)
        .await?;
        Ok(())
    }

    async fn disputes(self, db: &mut PgConnection, rooms: &[usize]) -> anyhow::Result<()> {
        let filers: Vec<usize> = rooms.iter().map(|room| room * self.members).collect();
        let (disputes, ids) = (self.ids(Kind::Dispute, rooms), self.ids(Kind::Room, rooms));
        sqlx::query(
            "insert into disputes (id, status, track, category, source, title, narrative, community_code, station_id,
                 committee_id, filed_by, created_at, updated_at)
             select d, 'in_mediation', 'people_mediation', 'neighbor', 'party_application', '楼上夜间噪音', '…',
                 $3, $4, $5, f, $6, $6
             from unnest($1::uuid[], $2::uuid[]) as t (d, f)",
        )
        .bind(&disputes)
        .bind(self.ids(Kind::Account, &filers))
        .bind(COMMUNITY)
        .bind(STATION)
        .bind(COMMITTEE)
        .bind(now())
        .execute(&mut *db)
        .await?;
        sqlx::query(
            "insert into rooms (id, dispute_id, kind) select r, d, 'joint' from unnest($1::uuid[], $2::uuid[]) as t (r, d)",
        )
        .bind(&ids)
        .bind(&disputes)
        .execute(&mut *db)
        .await?;
        sqlx::query(
            r#"insert into room_entries (room_id, seq, body, at)
               select r, $2, '{"kind":"system","notice":"opened"}', $3 from unnest($1::uuid[]) as t (r)"#,
        )
        .bind(&ids)
        .bind(HEAD)
        .bind(now())
        .execute(db)
        .await?;
        Ok(())
    }

    /// Everybody is a party, the first of a room the applicant, and in the room from its first entry on.
    async fn places(self, db: &mut PgConnection, members: &[usize]) -> anyhow::Result<()> {
        let rooms: Vec<usize> = members.iter().map(|member| member / self.members).collect();
        let sides: Vec<&str> = members
            .iter()
            .map(|member| if member % self.members == 0 { "applicant" } else { "respondent" })
            .collect();
        sqlx::query(
            "with parties as (
                 insert into parties (id, dispute_id, person_id, name, side, capacity, consent, added_at)
                 select i, d, p, '居民', side, 'full', 'given', $7
                 from unnest($1::uuid[], $2::uuid[], $4::uuid[], $5::text[]) as t (i, d, p, side)
             )
             insert into room_members (room_id, person_id, joined_seq, part, name, read_seq)
             select r, p, $6, side, '居民', $6
             from unnest($3::uuid[], $4::uuid[], $5::text[]) as t (r, p, side)",
        )
        .bind(self.ids(Kind::Party, members))
        .bind(self.ids(Kind::Dispute, &rooms))
        .bind(self.ids(Kind::Room, &rooms))
        .bind(self.ids(Kind::Person, members))
        .bind(sides)
        .bind(HEAD)
        .bind(now())
        .execute(db)
        .await?;
        Ok(())
    }
}
