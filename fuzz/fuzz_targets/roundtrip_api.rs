//! See `comfy_fuzz::roundtrip_api`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| comfy_fuzz::roundtrip_api(data));
