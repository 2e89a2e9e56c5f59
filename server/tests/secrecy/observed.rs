//! Everything that those outside the caucus got to see, as raw bytes.

use reqwest::Response;

/// Stands in everything that is confidential. No byte outside the caucus may hold it.
pub const CANARY: &str = "canary-";

#[derive(Default)]
pub struct Observed {
    seen: Vec<(String, Vec<u8>)>,
    faults: Vec<String>,
}

pub fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

impl Observed {
    pub fn note(&mut self, what: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        let (what, bytes) = (what.into(), bytes.into());
        if holds(&bytes, CANARY) {
            self.fault(format!("{what} holds a canary: {}", String::from_utf8_lossy(&bytes)));
        }
        self.seen.push((what, bytes));
    }

    /// What no world may show.
    pub fn fault(&mut self, what: impl Into<String>) {
        self.faults.push(what.into());
    }

    /// Status, headers and body; answers with status and body. The one header left out is the wall clock's.
    pub async fn answer(&mut self, what: &str, response: Response) -> (u16, Vec<u8>) {
        let mut lines: Vec<String> = response
            .headers()
            .iter()
            .filter(|(name, _)| *name != "date")
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        lines.sort();
        let status = response.status();
        let mut bytes = format!("{status}\n{}\n\n", lines.join("\n")).into_bytes();
        let body = response.bytes().await.unwrap().to_vec();
        bytes.extend(&body);
        self.note(what, bytes);
        (status.as_u16(), body)
    }

    pub fn bytes(&self) -> usize {
        self.seen.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    pub fn differs_from(&self, other: &Self) -> Option<String> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if let Some(fault) = self.faults.iter().chain(&other.faults).next() {
            return Some(format!("observation: {fault}"));
        }
        let pairs = self.seen.iter().zip(&other.seen);
        for (n, (one, two)) in pairs.enumerate() {
            if one != two {
                let (a, b) = (text(&one.1), text(&two.1));
                return Some(format!("observation {n}, {} or {}:\n{a}\n---\n{b}", one.0, two.0));
            }
        }
        (self.seen.len() != other.seen.len())
            .then(|| "observation: one world shows more than the other".to_owned())
    }
}
