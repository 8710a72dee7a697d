//! See `comfy_fuzz::lower`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| comfy_fuzz::lower(data));
