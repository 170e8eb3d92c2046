//! Orders of every kind, bar by bar: where each is filled, and what becomes of it.

mod cost;
mod group;
mod kind;
mod law;
mod margin;
mod script;
mod time_in_force;
mod trailing_stop;
