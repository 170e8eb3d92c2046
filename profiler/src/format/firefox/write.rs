//! Writes the processed format, one set of tables a thread.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::time::UNIX_EPOCH;

use serde::Serialize;
use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::format::WriteOptions;
use crate::profile::{FrameId, Profile, StackId, ThreadId, Weight, WeightUnit};

/// The version of the format that is written.
const VERSION: u32 = 55;

/// Writes `profile`.
///
/// # Errors
/// [`Error::Io`] if `out` cannot be written.
pub fn write(profile: &Profile, options: &WriteOptions, mut out: impl Write) -> Result<()> {
    serde_json::to_writer(&mut out, &File::of(profile, options))
        .map_err(|error| Error::io("write a Firefox profile")(error.into()))?;
    out.flush().map_err(Error::io("write a Firefox profile"))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct File<'a> {
    meta: Value,
    libs: Vec<Value>,
    threads: Vec<ThreadTables<'a>>,
    pages: [(); 0],
    profiler_overhead: [(); 0],
    counters: [(); 0],
}

impl<'a> File<'a> {
    fn of(profile: &'a Profile, options: &WriteOptions) -> Self {
        let interval = interval(profile);
        let mut libs = Libs::default();
        let threads = samples_by_thread(profile, interval)
            .into_iter()
            .map(|(thread, samples)| ThreadTables::of(profile, thread, samples, &mut libs))
            .collect();
        Self {
            meta: meta(interval, options),
            libs: libs.names.into_iter().map(lib).collect(),
            threads,
            pages: [],
            profiler_overhead: [],
            counters: [],
        }
    }
}

fn meta(interval: f64, options: &WriteOptions) -> Value {
    let start = options
        .started_at
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .unwrap_or_default();
    json!({
        "categories": [{"name": "Other", "color": "grey", "subcategories": ["Other"]}],
        "debug": false,
        "extensions": {"length": 0, "baseURL": [], "id": [], "name": []},
        "interval": interval,
        "preprocessedProfileVersion": VERSION,
        "processType": 0,
        "product": options.title,
        "sampleUnits": {"time": "ms", "eventDelay": "ms", "threadCPUDelta": "µs"},
        "startTime": start.as_secs_f64() * 1e3,
        "symbolicated": true,
        "pausedRanges": [],
        // The front end looks at `preprocessedProfileVersion` alone.
        "version": 24,
        "usesOnlyOneStackType": true,
        "sourceCodeIsNotOnSearchfox": true,
        "markerSchema": [],
    })
}

fn lib(name: &str) -> Value {
    json!({
        "arch": null,
        "name": name,
        "path": name,
        "debugName": name,
        "debugPath": name,
        "breakpadId": "",
        "codeId": null,
    })
}

/// The modules of all threads. The map is only looked up.
#[derive(Default)]
struct Libs<'a> {
    names: Vec<&'a str>,
    index: HashMap<&'a str, usize>,
}

impl<'a> Libs<'a> {
    fn number(&mut self, name: &'a str) -> usize {
        *self.index.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.names.len() - 1
        })
    }
}

/// Milliseconds between two samples of a thread that runs; one if it is unknown.
fn interval(profile: &Profile) -> f64 {
    let quality = profile.quality();
    [quality.rate_obtained(), quality.rate_asked]
        .into_iter()
        .find(|rate| rate.is_finite() && *rate > 0.0)
        .map_or(1.0, |rate| 1e3 / rate)
}

/// One sample: milliseconds, stack, weight.
type Row = (f64, StackId, Weight);

fn samples_by_thread(profile: &Profile, interval: f64) -> BTreeMap<ThreadId, Vec<Row>> {
    let mut threads: BTreeMap<ThreadId, Vec<Row>> = BTreeMap::new();
    if profile.timeline().next().is_some() {
        let mut moments: Vec<_> = profile.timeline().collect();
        moments.sort_by_key(|moment| moment.at);
        for moment in moments {
            let row = (moment.at.as_secs_f64() * 1e3, moment.stack, moment.weight);
            threads.entry(moment.thread).or_default().push(row);
        }
        return threads;
    }
    let scale = match profile.unit() {
        WeightUnit::Nanoseconds => 1e-6,
        _ => interval,
    };
    for sample in profile.samples() {
        let rows = threads.entry(sample.thread).or_default();
        let now = rows
            .last()
            .map_or(0.0, |(at, _, weight)| at + weight.as_units() as f64 * scale);
        rows.push((now, sample.stack, sample.weight));
    }
    threads
}

/// A thread with tables of its own. Columns that are the same in every row are made as
/// they are written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ThreadTables<'a> {
    name: &'a str,
    process_name: &'a str,
    process_type: &'static str,
    process_startup_time: f64,
    process_shutdown_time: Option<f64>,
    register_time: f64,
    unregister_time: Option<f64>,
    paused_ranges: [(); 0],
    is_main_thread: bool,
    pid: String,
    tid: Value,
    samples: Samples,
    markers: Value,
    stack_table: StackTable,
    frame_table: FrameTable,
    func_table: FuncTable,
    resource_table: ResourceTable,
    native_symbols: Value,
    string_array: Vec<&'a str>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Samples {
    length: usize,
    stack: Vec<usize>,
    time: Vec<f64>,
    weight: Vec<Value>,
    weight_type: &'static str,
}

#[derive(Serialize, Default)]
struct StackTable {
    length: usize,
    prefix: Vec<Option<usize>>,
    frame: Vec<usize>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct FrameTable {
    length: usize,
    address: Vec<i8>,
    inline_depth: Vec<u8>,
    category: Vec<u8>,
    subcategory: Vec<u8>,
    func: Vec<usize>,
    native_symbol: Vec<()>,
    #[serde(rename = "innerWindowID")]
    inner_window_id: Vec<u8>,
    line: Vec<Option<u32>>,
    column: Vec<()>,
}

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct FuncTable {
    length: usize,
    name: Vec<usize>,
    #[serde(rename = "isJS")]
    is_js: Vec<bool>,
    #[serde(rename = "relevantForJS")]
    relevant_for_js: Vec<bool>,
    resource: Vec<i64>,
    file_name: Vec<Option<usize>>,
    line_number: Vec<()>,
    column_number: Vec<()>,
}

#[derive(Serialize, Default)]
struct ResourceTable {
    length: usize,
    lib: Vec<usize>,
    name: Vec<usize>,
    host: Vec<()>,
    #[serde(rename = "type")]
    kind: Vec<u8>,
}

impl<'a> ThreadTables<'a> {
    fn of(profile: &'a Profile, id: ThreadId, rows: Vec<Row>, libs: &mut Libs<'a>) -> Self {
        let thread = profile.thread(id);
        let mut builder = Builder::new(profile, libs);
        let mut samples = Samples {
            weight_type: match profile.unit() {
                WeightUnit::Nanoseconds => "tracing-ms",
                WeightUnit::Bytes => "bytes",
                WeightUnit::Samples | WeightUnit::Unknown => "samples",
            },
            length: rows.len(),
            ..Samples::default()
        };
        for (time, stack, weight) in rows {
            samples.stack.push(builder.stack(stack));
            samples.time.push(time);
            samples.weight.push(match profile.unit() {
                WeightUnit::Nanoseconds => (weight.as_units() as f64 / 1e6).into(),
                _ => weight.as_units().into(),
            });
        }
        Self {
            name: thread.name,
            process_name: thread.name,
            process_type: "default",
            process_startup_time: 0.0,
            process_shutdown_time: None,
            register_time: 0.0,
            unregister_time: None,
            paused_ranges: [],
            is_main_thread: thread.pid == thread.tid,
            pid: thread.pid.unwrap_or(0).to_string(),
            tid: match thread.tid {
                Some(tid) => tid.into(),
                None => format!("thread {}", id.index()).into(),
            },
            samples,
            markers: json!({
                "length": 0, "category": [], "data": [], "endTime": [], "name": [],
                "phase": [], "startTime": [],
            }),
            stack_table: builder.stacks,
            frame_table: builder.frames,
            func_table: builder.funcs,
            resource_table: builder.resources,
            native_symbols: json!({
                "length": 0, "address": [], "functionSize": [], "libIndex": [], "name": [],
            }),
            string_array: builder.strings,
        }
    }
}

/// The tables of one thread while they grow. Maps are only looked up, never walked.
struct Builder<'a, 'l> {
    profile: &'a Profile,
    libs: &'l mut Libs<'a>,
    strings: Vec<&'a str>,
    string_index: HashMap<&'a str, usize>,
    stacks: StackTable,
    stack_index: HashMap<StackId, usize>,
    frames: FrameTable,
    frame_index: HashMap<FrameId, usize>,
    funcs: FuncTable,
    func_index: HashMap<(&'a str, Option<&'a str>, Option<&'a str>), usize>,
    resources: ResourceTable,
    resource_index: HashMap<&'a str, usize>,
}

impl<'a, 'l> Builder<'a, 'l> {
    fn new(profile: &'a Profile, libs: &'l mut Libs<'a>) -> Self {
        Self {
            profile,
            libs,
            strings: Vec::new(),
            string_index: HashMap::new(),
            stacks: StackTable::default(),
            stack_index: HashMap::new(),
            frames: FrameTable::default(),
            frame_index: HashMap::new(),
            funcs: FuncTable::default(),
            func_index: HashMap::new(),
            resources: ResourceTable::default(),
            resource_index: HashMap::new(),
        }
    }

    /// Adds a stack and those of its callers that are new, which come first.
    fn stack(&mut self, stack: StackId) -> usize {
        let mut missing = Vec::new();
        let mut next = Some(stack);
        let mut prefix = None;
        while let Some(id) = next {
            if let Some(&at) = self.stack_index.get(&id) {
                prefix = Some(at);
                break;
            }
            missing.push(id);
            next = self.profile.caller(id);
        }
        for id in missing.into_iter().rev() {
            let frame = self.frame(self.profile.leaf(id));
            let at = self.stacks.length;
            self.stacks.length += 1;
            self.stacks.prefix.push(prefix);
            self.stacks.frame.push(frame);
            self.stack_index.insert(id, at);
            prefix = Some(at);
        }
        prefix.expect("a stack has a frame")
    }

    fn frame(&mut self, id: FrameId) -> usize {
        if let Some(&at) = self.frame_index.get(&id) {
            return at;
        }
        let frame = self.profile.frame(id);
        let func = self.func(frame.function, frame.module, frame.file);
        let table = &mut self.frames;
        let at = table.length;
        table.length += 1;
        table.address.push(-1);
        table.inline_depth.push(0);
        table.category.push(0);
        table.subcategory.push(0);
        table.func.push(func);
        table.native_symbol.push(());
        table.inner_window_id.push(0);
        table.line.push(frame.line);
        table.column.push(());
        self.frame_index.insert(id, at);
        at
    }

    fn func(&mut self, name: &'a str, module: Option<&'a str>, file: Option<&'a str>) -> usize {
        if let Some(&at) = self.func_index.get(&(name, module, file)) {
            return at;
        }
        let name_number = self.string(name);
        let file_name = file.map(|file| self.string(file));
        let resource = module.map_or(-1, |module| {
            i64::try_from(self.resource(module)).expect("tables fit in memory")
        });
        let table = &mut self.funcs;
        let at = table.length;
        table.length += 1;
        table.name.push(name_number);
        table.is_js.push(false);
        table.relevant_for_js.push(false);
        table.resource.push(resource);
        table.file_name.push(file_name);
        table.line_number.push(());
        table.column_number.push(());
        self.func_index.insert((name, module, file), at);
        at
    }

    fn resource(&mut self, module: &'a str) -> usize {
        /// What the format calls a library.
        const LIBRARY: u8 = 1;
        if let Some(&at) = self.resource_index.get(module) {
            return at;
        }
        let name = self.string(module);
        let at = self.resources.length;
        self.resources.length += 1;
        self.resources.lib.push(self.libs.number(module));
        self.resources.name.push(name);
        self.resources.host.push(());
        self.resources.kind.push(LIBRARY);
        self.resource_index.insert(module, at);
        at
    }

    fn string(&mut self, text: &'a str) -> usize {
        *self.string_index.entry(text).or_insert_with(|| {
            self.strings.push(text);
            self.strings.len() - 1
        })
    }
}
