//! What to do about an error.

use std::io::{self, ErrorKind};

use profiler::Error;

use super::refusal::Hinted;

/// What went wrong, the effect before its cause, without the advice.
pub fn chain(error: &anyhow::Error) -> String {
    let texts = error
        .chain()
        .map(|cause| match cause.downcast_ref::<Error>() {
            // Its own text says what to do, which here comes on a line of its own.
            Some(Error::Forbidden { action, .. }) => format!("may not {action}"),
            Some(Error::UnknownFormat { problem }) => problem.clone(),
            Some(Error::NoProgram { pid, what, .. }) => format!("process {pid} {what}"),
            Some(Error::NoSuchProcess { pid }) => format!("there is no process {pid}"),
            _ => cause.to_string(),
        });
    texts.collect::<Vec<_>>().join(": ")
}

/// The advice that the first cause with one gives.
pub fn of(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        if let Some(hinted) = cause.downcast_ref::<Hinted>() {
            return Some(hinted.hint.clone());
        }
        if let Some(error) = cause.downcast_ref::<Error>() {
            return of_library(error);
        }
        of_system(cause.downcast_ref::<io::Error>()?)
    })
}

fn of_library(error: &Error) -> Option<String> {
    match error {
        Error::Forbidden { hint, .. } => {
            Some(hint.replace("the ptrace backend", "--backend ptrace"))
        }
        Error::NoProgram { hint, .. } => Some(hint.clone()),
        Error::NoSuchProcess { .. } => Some(
            "`ps -e` lists the processes there are; `profiler record -- COMMAND` starts one"
                .to_owned(),
        ),
        Error::UnknownPython { .. } => Some("--no-python shows native frames alone".to_owned()),
        Error::NoSpool { .. } => {
            Some("`profiler recover` lists the spools in the current folder".to_owned())
        }
        Error::BadFile { format, .. } if *format == "description of a profiler" => {
            Some("`profiler accuracy run --help` shows how a profiler is described".to_owned())
        }
        Error::BadFile { format, .. } if *format == "result of an accuracy suite" => {
            Some("`profiler accuracy run --json FILE` writes one".to_owned())
        }
        Error::BadFile { .. } | Error::UnknownFormat { .. } => Some(
            "profiles are read from folded stacks, pprof, perf script, speedscope, Firefox \
             (samply), py-spy raw, and our own JSON"
                .to_owned(),
        ),
        Error::Io { source, .. } | Error::System { source, .. } => of_system(source),
        Error::Empty => Some("record longer, or with a higher --rate".to_owned()),
        _ => None,
    }
}

fn of_system(error: &io::Error) -> Option<String> {
    let hint = match error.kind() {
        ErrorKind::NotFound => "check the path for a typing mistake",
        ErrorKind::PermissionDenied => "choose another place, or see to the permissions",
        ErrorKind::IsADirectory => "name a file in this folder",
        ErrorKind::StorageFull => "free space on the disk, or write elsewhere",
        _ => return None,
    };
    Some(hint.to_owned())
}
