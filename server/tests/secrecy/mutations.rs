//! Checks taken away in the database, one after the other: the comparison has to find each.

use crate::{Pair, search};
use sqlx::AssertSqlSafe;

/// Enough for every one of them to be found.
const HISTORIES: u32 = 40;

/// Replaces a text in a function of the database as it stands.
fn change(pair: &Pair, function: &str, from: &str, to: &str) {
    for (runtime, owner) in pair.owners() {
        runtime.block_on(async {
            let whole: String = sqlx::query_scalar(
                "select pg_get_functiondef(p.oid) from pg_proc p where p.proname = $1",
            )
            .bind(function)
            .fetch_one(owner)
            .await
            .unwrap();
            assert!(whole.contains(from), "{function} does not hold: {from}");
            let broken = whole.replace(from, to);
            sqlx::raw_sql(AssertSqlSafe(broken)).execute(owner).await.unwrap();
        });
    }
}

/// What somebody could add by mistake: `act` follows every entry in the applicant's caucus.
fn follow(pair: &Pair, act: &str) {
    let statement = format!(
        "create function followed() returns trigger language plpgsql security definer as $$
         declare v_dispute uuid := (select r.dispute_id from rooms r
             where r.id = new.room_id and r.side = 'applicant' and new.sender_id is not null);
         begin
             if v_dispute is not null then {act}; end if;
             return new;
         end $$;
         create trigger followed after insert on room_entries for each row execute function followed()"
    );
    for (runtime, owner) in pair.owners() {
        let statement = AssertSqlSafe(statement.clone());
        runtime.block_on(async { sqlx::raw_sql(statement).execute(owner).await.unwrap() });
    }
}

fn is_found(what: &str, break_it: impl FnOnce(&Pair)) {
    let pair = Pair::start();
    break_it(&pair);
    let leak = search(&pair, HISTORIES, 7, 0).err().unwrap_or_default();
    // A world that breaks down is no proof: what was observed has to differ.
    assert!(leak.starts_with("observation"), "not found: {what}: {leak}");
    println!("found     {what}");
}

const OWN: &str = "m.person_id = a.person_id and m.room_id = r.id";
const OF_DISPUTE: &str =
    "in (select y.id from rooms x join rooms y on y.dispute_id = x.dispute_id where x.id = p_room)";

#[test]
fn who_left_reads_on() {
    is_found("the end of a membership", |pair| {
        let from = "(m.left_seq is null or e.seq < m.left_seq)";
        change(pair, "room_log", from, "true");
        change(
            pair,
            "room_log",
            "coalesce(m.left_seq, 9223372036854775807)",
            "9223372036854775807",
        );
    });
}

#[test]
fn anybody_s_membership_counts_for_everybody() {
    is_found("whose membership it is", |pair| {
        change(pair, "room_log", "m.person_id = any (p_people)", "true");
    });
}

#[test]
fn rooms_are_listed_to_everybody() {
    is_found("whose rooms they are", |pair| change(pair, "rooms_of", OWN, "m.room_id = r.id"));
}

#[test]
fn a_caucus_is_known_to_exist() {
    is_found("that a caucus does not exist to others", |pair| {
        let to = "m.room_id = r.id and (m.person_id = a.person_id or r.kind = 'caucus')";
        change(pair, "rooms_of", OWN, to);
    });
}

#[test]
fn unread_is_counted_over_all_rooms() {
    is_found("unread for each room alone", |pair| {
        let to = "on e.room_id in (select x.id from rooms x where x.dispute_id = r.dispute_id)";
        change(pair, "rooms_of", "on e.room_id = m.room_id", to);
    });
}

#[test]
fn heads_are_counted_over_all_rooms() {
    is_found("a head of its own for each room", |pair| {
        let to = "(select sum(room_head(x.id))::bigint from rooms x
            where x.dispute_id = r.dispute_id) else";
        change(pair, "rooms_of", "room_head(r.id) else", to);
    });
}

#[test]
fn reading_in_a_caucus_is_told_in_the_joint_room() {
    is_found("read marks for each room alone", |pair| {
        change(pair, "mark_room_read", "m.room_id = p_room", &format!("m.room_id {OF_DISPUTE}"));
    });
}

#[test]
fn both_sides_are_in_every_caucus() {
    is_found("the side of a caucus", |pair| {
        let from =
            "where w.kind = v_room.kind and w.side is not distinct from v_room.side and not exists";
        let to = "where w.kind = v_room.kind
                and (w.side is not distinct from v_room.side or w.part = 'respondent') and not exists";
        change(pair, "sync_rooms", from, to);
    });
}

#[test]
fn a_caucus_counts_as_activity() {
    is_found("last activity", |pair| {
        let act = "update disputes set updated_at = updated_at + interval '1 second' where id = v_dispute";
        follow(pair, act);
    });
}

#[test]
fn a_caucus_is_in_the_timeline() {
    is_found("the timeline", |pair| {
        follow(
            pair,
            r#"insert into dispute_events (dispute_id, seq, event, happened_at)
               select v_dispute, 1000 + count(*), '{"type": "talked"}', new.at from dispute_events"#,
        );
    });
}

#[test]
fn a_caucus_is_told_to_both_sides() {
    is_found("notices", |pair| {
        follow(
            pair,
            "insert into notices (id, person_id, kind, dispute_id, created_at)
             select gen_random_uuid(), p.person_id, 'submitted', v_dispute, new.at from parties p
             where p.dispute_id = v_dispute",
        );
    });
}

#[test]
fn evidence_is_shown_to_all() {
    is_found("the visibility of evidence", |pair| {
        let statement = "create function shown() returns trigger language plpgsql as $$
             begin new.visibility := 'all'; new.shared_at := new.created_at; return new; end $$;
             create trigger shown before insert on evidence for each row execute function shown()";
        for (runtime, owner) in pair.owners() {
            runtime.block_on(async { sqlx::raw_sql(statement).execute(owner).await.unwrap() });
        }
    });
}
