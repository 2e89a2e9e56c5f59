//! What reads bytes from outside, as functions that a fuzzer calls. Each fails by panicking, and demands more than that
//! nothing panics: what is read is what was written, and what is refused is refused with a reason.
//!
//! `make fuzz` runs them under libFuzzer. `cargo test` runs them over `seeds` and `regressions`; an input that once
//! failed is copied to the latter.
#![expect(
    clippy::panic,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a target fails by panicking"
)]

mod bus;
mod cursor;
mod file;
mod live_frame;
mod live_line;
mod nesting;
mod refused;
mod token;

pub use bus::bus;
pub use cursor::cursor;
pub use file::file;
pub use live_frame::live_frame;
pub use live_line::live_line;
pub use token::token;

pub type Target = fn(&[u8]);

/// Each by its name, which is also that of its program and its folders.
pub const TARGETS: [(&str, Target); 6] = [
    ("live_frame", live_frame),
    ("cursor", cursor),
    ("live_line", live_line),
    ("bus", bus),
    ("token", token),
    ("file", file),
];

#[cfg(test)]
mod replay;
