#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| testimony_fuzz::proof(bytes));
