//! Checks taken away in the database, one after the other: the comparison has to find each.

use crate::{Pair, search};
use sqlx::AssertSqlSafe;

/// Enough for every one of them to be found.
const HISTORIES: u64 = 120;

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

/// Everything as it is given, in both worlds.
fn run(pair: &Pair, statements: &str) {
    for (runtime, owner) in pair.owners() {
        let statements = AssertSqlSafe(statements.to_owned());
        runtime.block_on(async { sqlx::raw_sql(statements).execute(owner).await.unwrap() });
    }
}

/// What somebody could add by mistake: `act` follows whenever `when` happens; `of` says in which dispute, if at all.
fn follow_what(pair: &Pair, when: &str, of: &str, act: &str) {
    run(
        pair,
        &format!(
            "create function followed() returns trigger language plpgsql security definer as $$
             declare v_dispute uuid := ({of});
             begin
                 if v_dispute is not null then {act}; end if;
                 return new;
             end $$;
             create trigger followed after {when} for each row execute function followed()"
        ),
    );
}

/// After every entry in the applicant's caucus.
fn follow(pair: &Pair, act: &str) {
    let of = "select r.dispute_id from rooms r
              where r.id = new.room_id and r.side = 'applicant' and new.sender_id is not null";
    follow_what(pair, "insert on room_entries", of, act);
}

fn is_found(what: &str, break_it: impl FnOnce(&Pair)) {
    let pair = Pair::start([None, None]);
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
        run(
            pair,
            "create function shown() returns trigger language plpgsql as $$
             begin new.visibility := 'all'; new.shared_at := new.created_at; return new; end $$;
             create trigger shown before insert on evidence for each row execute function shown()",
        );
    });
}

#[test]
fn hidden_evidence_may_be_shown_in_a_room() {
    is_found("that a picture is seen where it is shown", |pair| {
        let from = "(e.visibility = 'all' or r.kind = 'neutrals' or e.side = r.side)";
        change(pair, "append_room_entries", from, "true");
    });
}

#[test]
fn who_comes_later_reads_what_was_said_before() {
    is_found("the beginning of a membership", |pair| {
        change(pair, "room_log", "e.seq >= m.joined_seq and", "");
    });
}

#[test]
fn a_foreign_room_can_be_read_up_to() {
    is_found("whose read mark it is", |pair| {
        change(pair, "mark_room_read", "m.person_id = a.person_id and", "");
    });
}

#[test]
fn the_members_of_a_foreign_room_are_listed() {
    is_found("that members are listed to members", |pair| {
        change(pair, "members_of_room", "and me.room_id = p_room", "");
    });
}

#[test]
fn a_foreign_room_tells_how_long_it_is() {
    is_found("that a room is known to who is or was in it", |pair| {
        let from = "exists (select from room_members h where h.room_id = r.id and h.person_id = any (p_people))";
        change(pair, "room_now", from, "true");
    });
}

#[test]
fn the_servers_role_reads_entries() {
    is_found("the rights of the server's role", |pair| {
        run(pair, "grant select on room_entries to ala_app");
    });
}

#[test]
fn a_caucus_is_told_by_text_message() {
    is_found("text messages", |pair| {
        follow(
            pair,
            r"with told as (
                   insert into text_messages (id, kind, phone, body, created_at, expires_at)
                   select gen_random_uuid(), 'notice', a.phone, '您有新消息', new.at, new.at + interval '1 day'
                   from parties p join accounts a on a.person_id = p.person_id
                   where p.dispute_id = v_dispute and p.side = 'respondent'
                   returning id)
               insert into jobs (kind, payload, dedupe_key, run_at)
               select 'send_text', jsonb_build_object('kind', 'send_text',
                          'message', 'txt_' || replace(t.id::text, '-', '')), t.id::text, new.at from told t",
        );
    });
}

#[test]
fn where_a_session_talks_counts_as_activity() {
    is_found("the moves of a session", |pair| {
        follow_what(
            pair,
            "update on sessions",
            "select new.dispute_id where new.side = 'applicant'",
            "update disputes set updated_at = updated_at + interval '1 second' where id = v_dispute",
        );
    });
}

#[test]
fn work_on_a_draft_is_told() {
    is_found("how often a draft is written", |pair| {
        follow_what(
            pair,
            "update on agreements",
            "select new.dispute_id where new.revision > old.revision and new.revision > 1",
            "insert into notices (id, person_id, kind, dispute_id, created_at)
             select gen_random_uuid(), p.person_id, 'submitted', v_dispute, new.updated_at from parties p
             where p.dispute_id = v_dispute",
        );
    });
}
