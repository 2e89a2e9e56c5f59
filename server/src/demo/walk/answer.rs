//! What came back: printed field by field, and compared with what the story says must come.

use anyhow::{Context, ensure};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Longer texts are cut when printed.
const WIDTH: usize = 96;

pub struct Answer(pub Value);

impl Answer {
    /// Prints a field, which has to be this.
    pub fn shows(self, field: &str, expected: impl Into<Value>) -> anyhow::Result<Self> {
        let (found, expected) = (self.field(field)?, expected.into());
        ensure!(*found == expected, "{field} is {found} instead of {expected}");
        print(field, found);
        Ok(self)
    }

    /// Prints a field, whatever it is.
    pub fn tells(self, field: &str) -> anyhow::Result<Self> {
        print(field, self.field(field)?);
        Ok(self)
    }

    /// A field by its path, as in `parties.0.id`.
    pub fn field(&self, path: &str) -> anyhow::Result<&Value> {
        let pointer = format!("/{}", path.replace('.', "/"));
        self.0.pointer(&pointer).with_context(|| format!("there is no {path} in {}", self.0))
    }

    /// The whole, as what the protocol says it is.
    pub fn read<T: DeserializeOwned>(self) -> anyhow::Result<T> {
        Ok(serde_json::from_value(self.0)?)
    }
}

fn print(field: &str, value: &Value) {
    println!("        {field}: {}", cut(&plain(value)));
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// What is left out is seen to be left out.
pub fn cut(text: &str) -> String {
    let line = text.replace('\n', " ");
    if line.chars().count() <= WIDTH {
        return line;
    }
    line.chars().take(WIDTH).chain(['…']).collect()
}
