//! A sampling profiler whose every share carries its error bar.
//!
//! A [`Sampler`] interrupts the threads of its own process at random moments of their
//! CPU time, walks their stacks and counts what it sees. A [`Recording`] does the same to
//! another process, from outside.
//!
//! You provide:
//!
//! - a program with a symbol table; with line tables (`debug = "line-tables-only"`)
//!   inlined functions are seen as well;
//! - a call to [`Sampler::start`], or the number of a process that you may trace.
//!
//! You get a [`Profile`]:
//!
//! - shares with 95 % confidence intervals ([`Profile::share_of`], [`Profile::functions`])
//!   and [`changes`] between two;
//! - flame graphs, a page to explore, and files for other tools ([`format`](mod@format));
//! - an account of what was lost, late, truncated or unreadable ([`Quality`]).
//!
//! Of CPython 3.8 to 3.13 both see the frames that the program has in Python, alone or
//! between native ones ([`PythonFrames`]). Neither is for counting calls. It works on Linux
//! on x86-64; elsewhere it compiles, untested, and says [`Error::Unsupported`].
//!
//! ```
//! # #[cfg(all(target_os = "linux", target_arch = "x86_64"))] {
//! use profiler::{Options, Sampler};
//!
//! #[inline(never)]
//! fn sum_of_roots(n: u32) -> f64 {
//!     (0..n).map(|i| std::hint::black_box(f64::from(i)).sqrt()).sum()
//! }
//!
//! let mut options = Options::new();
//! options.rate_hz = 2000.0;
//! let session = Sampler::start(options)?;
//! let mut sum = 0.0;
//! for _ in 0..200 {
//!     sum += sum_of_roots(20_000);
//! }
//! let profile = session.stop()?;
//!
//! assert!(sum > 0.0);
//! let share = profile.share_of(|function| function.ends_with("sum_of_roots"));
//! println!("sum_of_roots: {share} ({})", profile.quality());
//! assert!(share.high > 0.9, "{share}");
//! # }
//! # Ok::<(), profiler::Error>(())
//! ```

#[cfg(feature = "accuracy")]
pub mod accuracy;
mod analysis;
#[cfg(feature = "criterion")]
mod criterion;
mod error;
pub mod format;
mod nanos;
mod profile;
#[cfg(feature = "push")]
mod push;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod python;
mod recorder;
mod sampler;

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod dice;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod module_path;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod modules;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod symbolize;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod sys;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod unwind;

pub use self::analysis::{Change, Difference, FunctionShare, Share, changes};
#[cfg(feature = "criterion")]
pub use self::criterion::FlameGraphProfiler;
pub use self::error::{Error, Result};
pub use self::profile::{
    Frame, FrameId, Moment, Profile, Quality, Sample, Source, StackId, Thread, ThreadId, Weight,
    WeightUnit,
};
#[cfg(feature = "push")]
pub use self::push::{Push, PushOptions, PushReport};
pub use self::recorder::{
    Backend, DumpOptions, Mode, PythonFrames, RecordOptions, Recording, State, ThreadStack, dump,
    recover,
};
pub use self::sampler::{Intervals, Options, Sampler, Session, Trigger};
