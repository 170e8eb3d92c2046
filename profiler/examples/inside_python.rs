//! A library that Python loads with `ctypes`, and that samples the interpreter from inside.
//!
//! ```text
//! PROFILE=profile.folded python -c '
//! import ctypes
//! library = ctypes.CDLL("target/debug/examples/libinside_python.so")
//! library.start(1000)
//! ...
//! library.stop()'
//! ```
//!
//! An extension module does the same, with an interface of its own.

#![expect(
    unsafe_code,
    reason = "C finds functions by names that are not mangled"
)]

use std::env;
use std::ffi::c_int;
use std::fs::File;
use std::hint::black_box;
use std::sync::Mutex;

use profiler::format::{Format, WriteOptions};
use profiler::{Options, PythonFrames, Sampler, Session};

static SESSION: Mutex<Option<Session>> = Mutex::new(None);

/// Starts to sample this process at so many samples a second; returns 0 if that succeeded.
#[unsafe(no_mangle)]
pub extern "C" fn start(rate_hz: c_int) -> c_int {
    let mut options = Options::new();
    options.rate_hz = f64::from(rate_hz);
    options.python = PythonFrames::Joined;
    options.gil = env::var_os("GIL_ONLY").is_some();
    match Sampler::start(options) {
        Ok(session) => {
            *SESSION.lock().expect("nobody panics with it") = Some(session);
            0
        }
        Err(error) => {
            eprintln!("{error}");
            1
        }
    }
}

/// Stops, writes the file that the variable `PROFILE` names, in our own format, and says on
/// standard error how good the profile is; returns 0 if that succeeded.
#[unsafe(no_mangle)]
pub extern "C" fn stop() -> c_int {
    let session = SESSION.lock().expect("nobody panics with it").take();
    let Some(profile) = session.and_then(|session| session.stop().ok()) else {
        return 1;
    };
    eprintln!("{}", profile.quality());
    let file = env::var_os("PROFILE").and_then(|path| File::create(path).ok());
    let written = file.map(|file| Format::Json.write(&profile, &WriteOptions::new(), file));
    c_int::from(!matches!(written, Some(Ok(()))))
}

/// Something that takes time, to be called from Python.
#[unsafe(no_mangle)]
pub extern "C" fn sum_of_roots(n: c_int) -> f64 {
    (0..n).map(|i| black_box(f64::from(i)).sqrt()).sum()
}
