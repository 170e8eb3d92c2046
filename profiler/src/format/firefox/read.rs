//! Reads the processed format of any version since tables became columns.

use std::collections::HashMap;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Number, Value};

use crate::error::{Error, Result};
use crate::format::input::units;
use crate::profile::{Frame, Profile, Quality, StackId, Thread, Weight, WeightUnit};

const FORMAT: &str = "Firefox profile";

#[derive(Deserialize)]
struct File {
    meta: Meta,
    #[serde(default)]
    libs: Vec<Lib>,
    threads: Vec<ThreadTables>,
    #[serde(default)]
    shared: Tables,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Meta {
    #[serde(default)]
    interval: f64,
    preprocessed_profile_version: Option<u32>,
}

#[derive(Deserialize)]
struct Lib {
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThreadTables {
    #[serde(default)]
    name: String,
    #[serde(default)]
    process_name: Option<String>,
    #[serde(default)]
    is_main_thread: bool,
    #[serde(default)]
    register_time: f64,
    #[serde(default)]
    pid: Value,
    #[serde(default)]
    tid: Value,
    samples: Samples,
    stack_table: Option<StackTable>,
    frame_table: Option<FrameTable>,
    func_table: Option<FuncTable>,
    resource_table: Option<ResourceTable>,
    string_array: Option<Vec<String>>,
}

impl ThreadTables {
    fn has_samples(&self) -> bool {
        self.samples.stack.iter().any(|stacks| !stacks.is_empty())
    }
}

/// Tables of all threads together, which a thread may have of its own.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Tables {
    stack_table: Option<StackTable>,
    frame_table: Option<FrameTable>,
    func_table: Option<FuncTable>,
    resource_table: Option<ResourceTable>,
    string_array: Option<Vec<String>>,
    sources: Option<SourceTable>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Samples {
    stack: Option<Vec<Option<usize>>>,
    time: Option<Vec<f64>>,
    time_deltas: Option<Vec<f64>>,
    weight: Option<Vec<Number>>,
    weight_type: Option<String>,
}

/// The caller is a place in the table, or since version 66 the distance to it, where zero
/// stands for none.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StackTable {
    prefix: Option<Vec<Option<usize>>>,
    prefix_offset: Option<Vec<usize>>,
    frame: Vec<usize>,
}

impl StackTable {
    fn caller(&self, at: usize) -> Result<Option<usize>, String> {
        let missing = || format!("there is no stack {at}");
        let caller = match (&self.prefix, &self.prefix_offset) {
            (Some(prefixes), _) => *prefixes.get(at).ok_or_else(missing)?,
            (None, Some(offsets)) => match *offsets.get(at).ok_or_else(missing)? {
                0 => None,
                offset => Some(
                    at.checked_sub(offset)
                        .ok_or_else(|| format!("the prefix of stack {at} is {offset} before it"))?,
                ),
            },
            (None, None) => return Err("the stacks have no prefixes".to_owned()),
        };
        // Callers come first, so that there are no circles.
        match caller {
            Some(prefix) if prefix >= at => Err(format!(
                "the prefix {prefix} of stack {at} does not come first"
            )),
            caller => Ok(caller),
        }
    }
}

#[derive(Deserialize)]
struct FrameTable {
    func: Vec<usize>,
    #[serde(default)]
    line: Vec<Option<u32>>,
    /// Since version 70; before, a function's resource has it. -1 stands for none.
    #[serde(default)]
    lib: Vec<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FuncTable {
    name: Vec<usize>,
    #[serde(default)]
    resource: Vec<Option<i64>>,
    #[serde(default)]
    file_name: Vec<Option<usize>>,
    #[serde(default)]
    source: Vec<Option<usize>>,
}

#[derive(Deserialize)]
struct ResourceTable {
    #[serde(default)]
    lib: Vec<Option<i64>>,
    #[serde(default)]
    name: Vec<usize>,
}

#[derive(Deserialize)]
struct SourceTable {
    filename: Vec<usize>,
}

/// Reads a processed profile.
///
/// # Errors
/// [`Error::BadFile`] says which entry of which table is wrong.
pub fn read(text: &str) -> Result<Profile> {
    let file: File = serde_json::from_str(text).map_err(Error::json(FORMAT))?;
    if file.meta.preprocessed_profile_version.is_none() {
        return Err(bad(
            "meta",
            "it is a profile as Firefox sends it; open it in profiler.firefox.com and save it",
        ));
    }
    // Times may count from the start of the system.
    let started = file
        .threads
        .iter()
        .filter(|thread| thread.has_samples())
        .map(|thread| thread.register_time)
        .fold(f64::INFINITY, f64::min);
    let mut unit = None;
    let mut profile = Profile::new();
    for (at, thread) in file.threads.iter().enumerate() {
        if !thread.has_samples() {
            continue;
        }
        let kind = match thread.samples.weight_type.as_deref() {
            Some("tracing-ms") => WeightUnit::Nanoseconds,
            Some("bytes") => WeightUnit::Bytes,
            _ => WeightUnit::Samples,
        };
        if unit.is_none() {
            unit = Some(kind);
            profile = Profile::with_unit(kind);
        } else if unit != Some(kind) {
            let problem = "its weights are not of the unit of the threads before";
            return Err(bad(format!("threads[{at}]"), problem));
        }
        Reader::new(&file, thread, at)?.add_to(&mut profile, started)?;
    }
    if file.meta.interval.is_finite() && file.meta.interval > 0.0 {
        profile.set_quality(Quality {
            rate_asked: 1e3 / file.meta.interval,
            ..Quality::default()
        });
    }
    Ok(profile)
}

/// One thread with the tables that it refers to.
struct Reader<'a> {
    at: usize,
    libs: &'a [Lib],
    thread: &'a ThreadTables,
    stacks: &'a StackTable,
    frames: &'a FrameTable,
    funcs: &'a FuncTable,
    resources: Option<&'a ResourceTable>,
    sources: Option<&'a SourceTable>,
    strings: &'a [String],
}

impl<'a> Reader<'a> {
    fn new(file: &'a File, thread: &'a ThreadTables, at: usize) -> Result<Self> {
        let (own, shared) = (thread, &file.shared);
        let missing = |name| move || bad(format!("threads[{at}]"), format!("it has no `{name}`"));
        Ok(Self {
            at,
            libs: &file.libs,
            thread,
            stacks: (own.stack_table.as_ref().or(shared.stack_table.as_ref()))
                .ok_or_else(missing("stackTable"))?,
            frames: (own.frame_table.as_ref().or(shared.frame_table.as_ref()))
                .ok_or_else(missing("frameTable"))?,
            funcs: (own.func_table.as_ref().or(shared.func_table.as_ref()))
                .ok_or_else(missing("funcTable"))?,
            resources: own
                .resource_table
                .as_ref()
                .or(shared.resource_table.as_ref()),
            sources: shared.sources.as_ref(),
            strings: (own.string_array.as_ref().or(shared.string_array.as_ref()))
                .ok_or_else(missing("stringArray"))?,
        })
    }

    fn add_to(&self, profile: &mut Profile, started: f64) -> Result<()> {
        let samples = &self.thread.samples;
        let mut stacks = HashMap::new();
        let thread = profile.thread_id(self.thread_fields());
        let scale = match profile.unit() {
            WeightUnit::Nanoseconds => 1e6,
            _ => 1.0,
        };
        let mut now = 0.0;
        for (at, stack) in samples.stack.iter().flatten().enumerate() {
            let place = || format!("threads[{}].samples[{at}]", self.at);
            now = match (&samples.time, &samples.time_deltas) {
                (Some(times), _) => *times.get(at).unwrap_or(&now),
                (None, Some(deltas)) => now + deltas.get(at).unwrap_or(&0.0),
                (None, None) => now,
            };
            // Where there is no stack, the thread was not looked at.
            let Some(stack) = *stack else { continue };
            let stack = self
                .stack(profile, &mut stacks, stack)
                .map_err(|problem| bad(place(), problem))?;
            let weight = match samples.weight.as_ref().map(|weights| weights.get(at)) {
                None => 1,
                Some(Some(weight)) => weight_of(weight, scale)
                    .ok_or_else(|| bad(place(), format!("its weight {weight} is negative")))?,
                Some(None) => return Err(bad(place(), "it has no weight")),
            };
            let time = Duration::from_nanos(units(now - started, 1e6).unwrap_or(0));
            profile.observe_at(time, thread, stack, Weight::from_units(weight));
        }
        Ok(())
    }

    /// Makes a stack and its callers. Only those that samples refer to are made, as a
    /// table may be shared by thousands of threads. `known` is only looked up.
    fn stack(
        &self,
        profile: &mut Profile,
        known: &mut HashMap<usize, StackId>,
        stack: usize,
    ) -> Result<StackId, String> {
        let mut missing = Vec::new();
        let mut next = Some(stack);
        let mut caller = None;
        while let Some(at) = next {
            if let Some(&id) = known.get(&at) {
                caller = Some(id);
                break;
            }
            missing.push(at);
            next = self.stacks.caller(at)?;
        }
        for at in missing.into_iter().rev() {
            let frame = self
                .frame(entry("stack", &self.stacks.frame, at)?)
                .map_err(|missing| format!("stack {at}: {missing}"))?;
            let id = profile.stack_id(caller, frame);
            known.insert(at, id);
            caller = Some(id);
        }
        caller.ok_or_else(|| format!("there is no stack {stack}"))
    }

    fn frame(&self, at: usize) -> Result<Frame<'a>, String> {
        let func = entry("frame", &self.frames.func, at)?;
        let line = self.frames.line.get(at).copied().flatten();
        let funcs = self.funcs;
        let file = match funcs.file_name.get(func).copied().flatten() {
            Some(name) => Some(self.string(name)?),
            None => match (funcs.source.get(func).copied().flatten(), self.sources) {
                (Some(source), Some(sources)) => {
                    Some(self.string(entry("source", &sources.filename, source)?)?)
                }
                _ => None,
            },
        };
        let own_lib = self.frames.lib.get(at).and_then(|at| place(*at));
        let resource = funcs.resource.get(func).copied().flatten();
        let module = match (own_lib, resource.and_then(place), self.resources) {
            (Some(lib), _, _) => Some(self.lib(lib)?),
            (None, Some(at), Some(resources)) => self.module(resources, at)?,
            _ => None,
        };
        Ok(Frame {
            function: self.string(entry("function", &funcs.name, func)?)?,
            module,
            file,
            line,
        })
    }

    fn module(&self, resources: &ResourceTable, at: usize) -> Result<Option<&'a str>, String> {
        let lib = resources.lib.get(at).copied().flatten();
        if let Some(lib) = lib.and_then(place) {
            return self.lib(lib).map(Some);
        }
        let name = resources.name.get(at);
        name.map(|name| self.string(*name)).transpose()
    }

    fn lib(&self, at: usize) -> Result<&'a str, String> {
        let lib = self.libs.get(at);
        lib.map(|lib| &*lib.name)
            .ok_or_else(|| format!("there is no library {at}"))
    }

    fn string(&self, at: usize) -> Result<&'a str, String> {
        let text = self.strings.get(at);
        text.map(String::as_str)
            .ok_or_else(|| format!("there is no string {at}"))
    }

    fn thread_fields(&self) -> Thread<'a> {
        let thread = self.thread;
        // The main thread goes by the name of its process, or Firefox's own.
        let process = thread.process_name.as_deref();
        let name = match thread.name.as_str() {
            "" | "GeckoMain" if thread.is_main_thread => process.unwrap_or("main"),
            "" => "main",
            name => name,
        };
        Thread {
            name,
            pid: number(&thread.pid),
            tid: number(&thread.tid),
        }
    }
}

/// A place in a table, where a negative number stands for none.
fn place(number: i64) -> Option<usize> {
    usize::try_from(number).ok()
}

/// Numbers of processes and threads are numbers or texts, and may have a suffix that
/// counts the uses of the number; zero stands for none.
fn number(value: &Value) -> Option<u32> {
    let number = match value {
        Value::String(text) => text.split('.').next()?.parse().ok(),
        other => other.as_u64().and_then(|number| u32::try_from(number).ok()),
    };
    number.filter(|number| *number > 0)
}

fn weight_of(number: &Number, scale: f64) -> Option<u64> {
    match number.as_u64() {
        Some(whole) if scale <= 1.0 => Some(whole),
        _ => units(number.as_f64()?, scale),
    }
}

fn entry(what: &str, column: &[usize], at: usize) -> Result<usize, String> {
    column
        .get(at)
        .copied()
        .ok_or_else(|| format!("there is no {what} {at}"))
}

fn bad(place: impl Into<String>, problem: impl Into<String>) -> Error {
    Error::BadFile {
        format: FORMAT,
        place: place.into(),
        problem: problem.into(),
    }
}
