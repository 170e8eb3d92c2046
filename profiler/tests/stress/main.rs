//! Programs that are hard on a sampler, sampled at the highest rate: nothing crashes,
//! hangs, or sees what it would not have seen alone.
//!
//! Each runs for a second, or for as many as `STRESS_SECONDS` says (`just stress`).
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![expect(unsafe_code, reason = "these programs do what safe ones cannot")]

mod calls;
mod memory;
mod process;
mod stacks;
mod support;
mod threads;
