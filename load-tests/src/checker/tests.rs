//! For every rule a history that breaks this rule and no other.

use super::*;
use crate::history::{Member, Via};

const ROOM: &str = "room:a";

/// `item` is sent at `at` and answered at `at + 1`.
fn attempt(item: &str, at: u64, outcome: Outcome) -> Attempt {
    Attempt {
        log: ROOM.into(),
        item: item.into(),
        client: 0,
        via: Via::Http,
        began: at,
        ended: at + 1,
        outcome,
    }
}

fn acked(seq: i64) -> Outcome {
    Outcome::Acked { place: Some(Place::Seq(seq)) }
}

fn refusal() -> Outcome {
    Outcome::Refused { code: "not_found".into() }
}

fn seen(seq: i64, item: &str) -> Seen {
    Seen { place: Place::Seq(seq), item: Some(item.into()), content: item.into() }
}

fn reading(reader: &str, last: bool, entries: Vec<Seen>) -> Reading {
    let head = last.then_some(i64::try_from(entries.len()).unwrap());
    Reading {
        log: ROOM.into(),
        reader: reader.into(),
        via: Via::Http,
        after: 0,
        last,
        head,
        times: Vec::new(),
        entries,
    }
}

fn member(reader: &str, first: i64, left: Option<i64>) -> Member {
    Member { log: ROOM.into(), reader: reader.into(), first, left }
}

/// Three messages, one of them retried, two readers at the end and one during the run.
fn good() -> History {
    let all = vec![seen(1, "one"), seen(2, "two"), seen(3, "three")];
    History {
        attempts: vec![
            attempt("one", 10, acked(1)),
            attempt("two", 20, Outcome::Unknown),
            attempt("two", 30, acked(2)),
            attempt("three", 40, acked(3)),
            attempt("never", 50, Outcome::Unknown),
            attempt("refused", 60, refusal()),
        ],
        readings: vec![
            reading("ana", true, all.clone()),
            reading("ben", true, all.clone()),
            reading("ana", false, all[..2].to_vec()),
        ],
        members: vec![member("ana", 1, None), member("ben", 1, None)],
        resumes: Vec::new(),
    }
}

fn broken(history: &History) -> Vec<Rule> {
    let mut rules: Vec<Rule> = check(history).into_iter().map(|v| v.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

/// Changes what both readers find at the end.
fn at_the_end(change: impl Fn(&mut Reading)) -> History {
    let mut history = good();
    history.readings.iter_mut().filter(|reading| reading.last).for_each(change);
    history
}

#[test]
fn a_good_history_breaks_nothing() {
    assert_eq!(broken(&good()), []);
}

#[test]
fn lost() {
    let history = at_the_end(|reading| {
        reading.entries.pop();
        reading.head = Some(2);
    });
    assert_eq!(broken(&history), [Rule::Lost]);
}

#[test]
fn lost_when_nobody_reads_the_log_at_the_end() {
    let mut history = good();
    history.readings.clear();
    assert_eq!(broken(&history), [Rule::Lost]);
}

#[test]
fn lost_after_somebody_was_shown_it() {
    let mut history = good();
    history.readings[2].entries.extend([seen(3, "three"), seen(4, "never")]);
    assert_eq!(broken(&history), [Rule::Lost]);
}

#[test]
fn dup() {
    let history = at_the_end(|reading| {
        reading.entries.push(seen(4, "three"));
        reading.head = Some(4);
    });
    assert_eq!(broken(&history), [Rule::Dup]);
}

#[test]
fn phantom() {
    let history = at_the_end(|reading| {
        reading.entries.push(seen(4, "from nowhere"));
        reading.head = Some(4);
    });
    assert_eq!(broken(&history), [Rule::Phantom]);
}

#[test]
fn zombie() {
    let history = at_the_end(|reading| {
        reading.entries.push(seen(4, "refused"));
        reading.head = Some(4);
    });
    assert_eq!(broken(&history), [Rule::Zombie]);
}

#[test]
fn what_is_unknown_may_be_stored_once() {
    let stored = at_the_end(|reading| {
        reading.entries.push(seen(4, "never"));
        reading.head = Some(4);
    });
    assert_eq!(broken(&stored), []);
}

#[test]
fn gap() {
    let history = at_the_end(|reading| reading.head = Some(4));
    assert_eq!(broken(&history), [Rule::Gap]);
}

#[test]
fn gap_in_the_middle() {
    let mut history = good();
    history.attempts.retain(|attempt| attempt.item != "two");
    history.readings.pop();
    for reading in &mut history.readings {
        reading.entries.remove(1);
    }
    assert_eq!(broken(&history), [Rule::Gap]);
}

/// A socket is told at the end how far the room goes.
#[test]
fn gap_where_a_connection_did_not_get_everything() {
    let mut history = good();
    history.readings[2].head = Some(3);
    assert_eq!(broken(&history), [Rule::Gap]);
    history.readings[2].after = 2;
    history.readings[2].entries = vec![seen(3, "three")];
    assert_eq!(broken(&history), []);
}

#[test]
fn ackseq() {
    let mut history = good();
    history.attempts[3].outcome = acked(2);
    assert_eq!(broken(&history), [Rule::Ackseq]);
}

#[test]
fn realtime() {
    let mut history = good();
    // Sent before everything else was acknowledged, so it may stand anywhere; sent after, it may not.
    let late = attempt("one", 70, acked(1));
    history.attempts[0] = late;
    assert_eq!(broken(&history), [Rule::Realtime]);
}

#[test]
fn conn_order() {
    for entries in [vec![seen(2, "two")], vec![seen(1, "one"), seen(1, "one")]] {
        let mut history = good();
        history.readings[2].entries = entries;
        assert_eq!(broken(&history), [Rule::ConnOrder]);
    }
}

#[test]
fn divergent() {
    let mut history = good();
    history.readings[2].entries[1].content = "another text".into();
    assert_eq!(broken(&history), [Rule::Divergent]);
}

#[test]
fn leak() {
    let mut history = good();
    history.readings.push(reading("eve", false, vec![seen(1, "one")]));
    assert_eq!(broken(&history), [Rule::Leak]);
    // Nothing is nothing: whoever tries and is shown no entry has learned none.
    history.readings[3].entries.clear();
    assert_eq!(broken(&history), []);
}

#[test]
fn leak_of_what_was_said_before_somebody_came_and_after_they_left() {
    let mut history = good();
    let all = history.readings[0].entries.clone();
    history.readings.push(Reading { after: 1, ..reading("eve", false, all[1..].to_vec()) });
    history.members.push(member("eve", 2, None));
    assert_eq!(broken(&history), []);
    history.members[2].left = Some(3);
    assert_eq!(broken(&history), [Rule::Leak]);
    history.members[2] = member("eve", 3, None);
    assert_eq!(broken(&history), [Rule::Leak]);
}

#[test]
fn a_collection_is_judged_by_its_ids() {
    let id = |id: &str| Place::Id(id.into());
    let mut history = History::default();
    let filed = Attempt {
        log: "filed:1".into(),
        ..attempt("c1-1", 10, Outcome::Acked { place: Some(id("dsp_1")) })
    };
    history.attempts.push(filed);
    let entry = Seen { place: id("dsp_1"), item: Some("c1-1".into()), content: String::new() };
    history.readings.push(Reading {
        log: "filed:1".into(),
        reader: "c1".into(),
        via: Via::Http,
        after: 0,
        last: true,
        head: None,
        entries: vec![entry.clone()],
        times: Vec::new(),
    });
    assert_eq!(broken(&history), []);
    history.readings[0].entries.push(Seen { place: id("dsp_2"), ..entry });
    assert_eq!(broken(&history), [Rule::Dup]);
}
