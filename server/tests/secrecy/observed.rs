//! Everything that those outside the caucus got to see, as raw bytes.

use reqwest::Response;

#[derive(Default)]
pub struct Observed(Vec<(String, Vec<u8>)>);

impl Observed {
    pub fn note(&mut self, what: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.push((what.into(), bytes.into()));
    }

    /// Status, headers and body. The one header left out is the wall clock's.
    pub async fn answer(&mut self, what: &str, response: Response) -> Vec<u8> {
        let mut lines: Vec<String> = response
            .headers()
            .iter()
            .filter(|(name, _)| *name != "date")
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
            .collect();
        lines.sort();
        let mut bytes = format!("{}\n{}\n\n", response.status(), lines.join("\n")).into_bytes();
        let body = response.bytes().await.unwrap().to_vec();
        bytes.extend(&body);
        self.note(what, bytes);
        body
    }

    pub fn bytes(&self) -> usize {
        self.0.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    pub fn differs_from(&self, other: &Self) -> Option<String> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let pairs = self.0.iter().zip(&other.0);
        for (n, (one, two)) in pairs.enumerate() {
            if one != two {
                let (a, b) = (text(&one.1), text(&two.1));
                return Some(format!("observation {n}, {} or {}:\n{a}\n---\n{b}", one.0, two.0));
            }
        }
        (self.0.len() != other.0.len()).then(|| "one world shows more than the other".to_owned())
    }
}
