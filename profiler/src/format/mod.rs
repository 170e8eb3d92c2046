//! What leaves the process: one format a file.
//!
//! Each output is a pure function of a profile: same profile, same bytes.

pub mod flame_graph;
pub mod folded;
pub mod table;
