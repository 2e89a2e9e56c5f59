//! The report as one page that needs nothing else.

use super::plot::{Line, bars, curves};
use super::report::Report;
use super::round::Round;
use crate::figures::Figures;
use std::fmt::Write;

const HEAD: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Ours beside the rival</title>\
<style>body{font:15px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}\
table{border-collapse:collapse}td,th{border-bottom:1px solid #ddd;padding:.2rem .6rem;text-align:left}\
.missed{color:#b5452c}.met{color:#2a7f62}</style></head><body>\n";

const OURS: &str = "#2a7f62";
const RIVAL: &str = "#b5452c";
const COMMIT: &str = "#777";

pub fn page(report: &Report) -> String {
    let mut page = HEAD.to_owned();
    // Writing to a string does not fail.
    let _ = write!(
        page,
        "<h1>Ours beside the rival</h1><p>{} rooms of {}, {} speaking; {} clients idle and coming back; {} rounds of \
         {} s a turn ({} parts of half as long in the open loops); {} cores, PostgreSQL {}. Ratios are medians of the rounds.</p>",
        report.options.rooms,
        report.options.members,
        report.options.senders,
        report.options.clients,
        report.rounds.len(),
        report.options.seconds,
        report.options.parts,
        report.cores,
        report.postgres,
    );
    page.push_str(
        "<h2>Goals</h2><table><tr><th></th><th></th><th>goal</th><th>measured</th><th></th></tr>",
    );
    for goal in &report.goals {
        let met = if goal.met { "met" } else { "missed" };
        let _ = write!(
            page,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td>{:.3}</td><td class=\"{met}\">{met}</td></tr>",
            goal.id,
            goal.what,
            goal.bound.told(),
            goal.value,
        );
    }
    let _ = write!(
        page,
        "</table><p>Up to the line a goal is met; each tick of the scale is a factor.</p>{}",
        bars(&report.goals)
    );
    if let Some(round) = report.rounds.last() {
        page.push_str("<h2>Latency of acknowledgements, last round</h2>");
        let commit = Line { name: "one commit", colour: COMMIT, points: &round.floor.commit.curve };
        for open in &round.open {
            let _ = write!(page, "<h3>{:.0} messages a second</h3>", open.rate);
            let (ours, rival) = (&open.figures.ala, &open.figures.baseline);
            page.push_str(&curves(&[
                line("ours", OURS, ours),
                line("rival", RIVAL, rival),
                commit.clone(),
            ]));
        }
        page.push_str("<h3>Twice what the rival can</h3>");
        page.push_str(&curves(&[line("ours", OURS, &round.overload), commit]));
    }
    page.push_str("<h2>Turns</h2>");
    page.push_str(&turns(report));
    page.push_str("</body></html>\n");
    page
}

fn line<'a>(name: &'a str, colour: &'a str, figures: &'a Figures) -> Line<'a> {
    Line { name, colour, points: &figures.ack.curve }
}

fn turns(report: &Report) -> String {
    let mut table = String::from(
        "<table><tr><th>round</th><th>turn</th><th>server</th><th>acknowledged /s</th><th>p50 / p99 ms</th>\
         <th>CPU µs: server + PostgreSQL</th><th>client busy</th><th>violations</th></tr>",
    );
    for (number, round) in report.rounds.iter().enumerate() {
        let pairs = [("one outstanding", &round.one), ("burst", &round.burst)];
        let mut rows: Vec<(&str, &Figures)> = pairs
            .iter()
            .flat_map(|(name, pair)| [(*name, &pair.ala), (*name, &pair.baseline)])
            .collect();
        let open = round.open.iter().map(|open| &open.figures);
        rows.extend(
            open.flat_map(|pair| [("open loop", &pair.ala), ("open loop", &pair.baseline)]),
        );
        let Round { overload, few, many, small, large, .. } = round;
        rows.extend([("overload", overload), ("few members", few), ("many members", many)]);
        rows.extend([("few rooms", small), ("many rooms", large)]);
        for (name, figures) in rows {
            let _ = write!(
                table,
                "<tr><td>{}</td><td>{name}</td><td>{}</td><td>{:.0}</td><td>{:.2} / {:.2}</td><td>{:.1} + {:.1}</td>\
                 <td>{:.0} %</td><td>{}</td></tr>",
                number + 1,
                figures.server.name(),
                figures.acked_per_second,
                figures.ack.p50,
                figures.ack.p99,
                figures.server_cpu_us,
                figures.postgres_cpu_us,
                figures.client_busy * 100.0,
                figures.violations.sum(),
            );
        }
    }
    table.push_str("</table>");
    table
}
