//! pprof's `profile.proto`, packed by gzip: what Go, and most engines for fleets, read.
//!
//! What is written has the sample types `samples/count` and, where the sampling rate is
//! known, `cpu/nanoseconds`; the labels `thread`, `pid` and `tid`; and no time of day
//! unless the caller gives one. The reader takes any producer's file: samples where it
//! counts them, otherwise its default type. The format is documented in
//! `github.com/google/pprof/proto/profile.proto`.

mod proto;
mod read;
mod write;

pub use self::read::read;
pub use self::write::write;
