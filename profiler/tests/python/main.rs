//! Python's frames, read from outside and from inside, in every version that is there.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

mod attached;
mod command;
mod inside;
mod interpreters;
mod workload;
