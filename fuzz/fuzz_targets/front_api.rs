//! See `comfy_fuzz::front_api`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| comfy_fuzz::front_api(data));
