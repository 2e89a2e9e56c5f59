//! The program for `fuzz::live_frame`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::live_frame(data));
