//! See `comfy_fuzz::edit`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| comfy_fuzz::edit(data));
