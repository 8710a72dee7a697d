//! See `comfy_fuzz::front_ui`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| comfy_fuzz::front_ui(data));
