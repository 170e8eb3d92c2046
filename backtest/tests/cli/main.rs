//! The command `backtest` from outside: what is typed, what comes out, what is left behind.

mod bad_input;
mod case_study;
mod data;
mod data_files;
mod disk;
mod exchange;
mod help;
mod run;
mod sandbox;
mod sweep;
mod tables;
