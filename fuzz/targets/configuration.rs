//! Gives what the engine makes up to [`fuzz::configuration`].

#![no_main]
#![allow(unsafe_code, reason = "the macro exports the function that the engine calls")]

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::configuration::examine(data));
