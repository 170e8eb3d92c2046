//! The sampler at work on known programs, judged by what the programs' own CPU clocks
//! say.
//!
//! All live tests are in this one target, because only one sampler may run in a
//! process: under `cargo test` they take turns.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod accuracy;
mod budget;
mod lifecycle;
mod stacks;
mod support;
mod workloads;
