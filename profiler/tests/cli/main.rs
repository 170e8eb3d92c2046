//! The command `profiler` from outside: what is typed, what comes out, what is left behind.

mod accuracy;
mod bad_input;
mod child;
mod convert;
mod diff;
mod dump;
mod help;
mod push;
mod record;
mod recover;
mod report;
mod sandbox;
mod signals;
mod top;
