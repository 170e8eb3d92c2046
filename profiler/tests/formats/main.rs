//! Formats: what is written is read back, what other tools write is read right, other
//! tools read what is written, and damage is an error.

mod damage;
mod other_tools;
mod push;
mod readers;
mod round_trips;
mod support;
