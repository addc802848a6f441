#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| signalr_fuzz::check(input, signalr::fuzzing::bodies));
