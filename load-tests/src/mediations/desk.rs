//! Where it is written down how long everything took and what went wrong.

use hdrhistogram::Histogram;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub struct Desk(Mutex<Book>);

#[derive(Default)]
pub struct Book {
    /// Microseconds, by the step.
    pub steps: BTreeMap<&'static str, Histogram<u64>>,
    pub errors: Vec<String>,
}

impl Desk {
    pub fn new() -> Self {
        Self(Mutex::default())
    }

    pub fn took(&self, step: &'static str, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let mut book = self.book();
        let book = &mut *book;
        if !book.steps.contains_key(step)
            && let Ok(empty) = Histogram::new(3)
        {
            book.steps.insert(step, empty);
        }
        if let Some(histogram) = book.steps.get_mut(step) {
            // Grows with what is put in; what cannot be told is not told wrongly.
            if histogram.record(micros).is_err() {
                book.errors.push(format!("{step} took {took:?}"));
            }
        }
    }

    pub fn failed(&self, number: u32, error: &anyhow::Error) {
        self.book().errors.push(format!("mediation {number}: {error:#}"));
    }

    pub fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
