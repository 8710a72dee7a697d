//! See `comfy_fuzz::read_rust`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| comfy_fuzz::read_rust(data));
