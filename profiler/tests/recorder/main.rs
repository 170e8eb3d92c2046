//! The recorder, on this test program itself, run again to do one of its jobs.
//!
//! Where perf events or tracing are forbidden, the tests that need them say so and pass.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod accuracy;
mod jobs;
mod lifecycle;
mod repeats;
mod support;
