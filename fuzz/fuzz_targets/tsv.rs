//! The fuzz target `tsv`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| renkei_fuzz::tsv(data));
