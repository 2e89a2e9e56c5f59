//! Two kinds of plots, as SVG: how far each goal is from its bound, and latencies by quantile.

use super::goals::Goal;
use crate::figures::whole;
use std::fmt::Write;

const WIDTH: f64 = 760.0;
const ROW: f64 = 24.0;
const LEFT: f64 = 110.0;
const HEIGHT: f64 = 260.0;

#[derive(Clone)]
pub struct Line<'a> {
    pub name: &'a str,
    pub colour: &'a str,
    /// Quantile and milliseconds.
    pub points: &'a [(f64, f64)],
}

/// A bar for each goal: up to the line in the middle it is met. Each step outwards is a factor of two.
pub fn bars(goals: &[Goal]) -> String {
    let height = rows(goals.len()) + 20.0;
    let middle = LEFT + (WIDTH - LEFT) / 2.0;
    let mut svg = open(height);
    for (row, goal) in goals.iter().enumerate() {
        let top = rows(row) + 4.0;
        let doublings = goal.bound.share(goal.value).log2().clamp(-5.0, 5.0);
        let end =
            if doublings.is_nan() { LEFT } else { middle + doublings * (WIDTH - LEFT) / 12.0 };
        let colour = if goal.met { "#2a7f62" } else { "#b5452c" };
        // Writing to a string does not fail.
        let _ = write!(
            svg,
            r#"<text x="{}" y="{}" text-anchor="end">{}</text><rect x="{LEFT}" y="{top}" width="{:.1}" height="14" fill="{colour}"/><text x="{:.1}" y="{}">{:.2}</text>"#,
            LEFT - 6.0,
            top + 12.0,
            goal.id,
            (end - LEFT).max(1.0),
            end + 5.0,
            top + 12.0,
            goal.value,
        );
    }
    let _ = write!(
        svg,
        r##"<line x1="{middle}" y1="0" x2="{middle}" y2="{height}" stroke="#222" stroke-dasharray="3 3"/></svg>"##
    );
    svg
}

/// Milliseconds upwards, rarer to the right; both by factors.
pub fn curves(lines: &[Line]) -> String {
    let all = || lines.iter().flat_map(|line| line.points).map(|(_, ms)| ms.max(0.01));
    let low = all().fold(f64::INFINITY, f64::min).log10().floor();
    let high = all().fold(0.0, f64::max).log10().ceil().max(low + 1.0);
    let y = |ms: f64| (high - ms.max(0.01).log10()) / (high - low) * (HEIGHT - 50.0) + 20.0;
    // One in ten, in a hundred, in a thousand, in ten thousand: equal steps.
    let x = |q: f64| LEFT - 60.0 + -(1.0 - q).max(1e-4).log10() / 4.0 * (WIDTH - LEFT - 60.0);
    let mut svg = open(HEIGHT);
    let mut decade = low;
    while decade <= high {
        let (ms, at) = (10_f64.powf(decade), y(10_f64.powf(decade)));
        let _ = write!(
            svg,
            r##"<line x1="50" y1="{at:.1}" x2="{}" y2="{at:.1}" stroke="#ddd"/><text x="4" y="{:.1}">{ms} ms</text>"##,
            WIDTH - 100.0,
            at + 4.0,
        );
        decade += 1.0;
    }
    for (q, name) in [(0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (0.999, "p99.9")] {
        let _ = write!(
            svg,
            r#"<text x="{:.1}" y="{}" text-anchor="middle">{name}</text>"#,
            x(q),
            HEIGHT - 8.0
        );
    }
    for (place, line) in lines.iter().enumerate() {
        let points: Vec<String> =
            line.points.iter().map(|(q, ms)| format!("{:.1},{:.1}", x(*q), y(*ms))).collect();
        let _ = write!(
            svg,
            r#"<polyline points="{}" fill="none" stroke="{2}" stroke-width="2"/><text x="{3}" y="{4}" fill="{2}">{1}</text>"#,
            points.join(" "),
            line.name,
            line.colour,
            WIDTH - 95.0,
            30.0 + rows(place),
        );
    }
    svg.push_str("</svg>");
    svg
}

fn rows(number: usize) -> f64 {
    ROW * whole(number as u64)
}

fn open(height: f64) -> String {
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" font-size="12" font-family="sans-serif">"#
    )
}
