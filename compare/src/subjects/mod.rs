//! The profilers, one a file.

mod austin;
mod in_process;
mod perf;
mod py_spy;
mod recorder;
mod samply;

use crate::subject::Subject;

/// Lists all subjects, ours first.
pub fn all() -> Vec<Box<dyn Subject>> {
    vec![
        Box::new(in_process::InProcess::OURS),
        Box::new(recorder::Recorder::Launched),
        Box::new(recorder::Recorder::Attached),
        Box::new(perf::Perf::FramePointer),
        Box::new(perf::Perf::Dwarf),
        Box::new(samply::Samply),
        Box::new(in_process::InProcess::PPROF_RS),
        Box::new(py_spy::PySpy),
        Box::new(austin::Austin),
    ]
}
