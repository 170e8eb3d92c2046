//! The command `backtest` from outside: what is typed, what comes out, what is left behind.

mod help;
mod run;
mod sandbox;
