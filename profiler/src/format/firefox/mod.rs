//! The Firefox Profiler's processed profile format, which samply writes too.
//!
//! What is written is version 55 of the format, samply's own, which every later front
//! end reads. It is written here rather than by `fxprof-processed-profile`, whose frames
//! with a name have neither file nor line, and whose weights end at 2³¹. Without a
//! timeline, samples follow each other as if each had taken its share of the CPU time.
//!
//! The reader takes tables of each thread or shared by all, and callers by place or by
//! distance, as versions up to 70 differ.

mod read;
mod write;

pub use self::read::read;
pub use self::write::write;
