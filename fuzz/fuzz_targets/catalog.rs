//! See `comfy_fuzz::catalog`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| comfy_fuzz::catalog(data));
