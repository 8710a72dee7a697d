//! See `comfy_fuzz::diagram`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| comfy_fuzz::diagram(data));
