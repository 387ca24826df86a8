//! The fuzz target `xlsx`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| renkei_fuzz::xlsx(data));
