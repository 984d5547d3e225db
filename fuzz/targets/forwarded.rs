//! Gives what the engine makes up to [`fuzz::forwarded`].

#![no_main]
#![allow(unsafe_code, reason = "the macro exports the function that the engine calls")]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::forwarded::examine(data));
