//! The program for `fuzz::live_line`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::live_line(data));
