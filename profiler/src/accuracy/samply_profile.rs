//! Reads what samply saves: a profile of the Firefox Profiler with addresses only.
//!
//! Its viewer asks a server in samply for the names. The file that samply can write for
//! other viewers has the inlined functions of one address a symbol, so the names are
//! looked up here, as its server does.

use std::collections::HashMap;

use addr2line::Loader;
use serde::Deserialize;

use super::subject::native_name;
use crate::error::{Error, Result};
use crate::profile::{Profile, Weight};

/// Reads `profile.json`.
///
/// # Errors
///
/// When it is not what samply 0.13 writes.
pub fn read(bytes: &[u8]) -> Result<Profile> {
    let saved: Saved = serde_json::from_slice(bytes).map_err(|error| Error::BadFile {
        format: "samply's profile",
        place: format!("line {}, column {}", error.line(), error.column()),
        problem: error.to_string(),
    })?;
    let mut names = Names::default();
    let mut profile = Profile::new();
    for thread in &saved.threads {
        let samples = thread.samples.stack.iter().zip(&thread.samples.weight);
        for (stack, weight) in samples {
            let weight = Weight::from_samples(*weight);
            profile.add("", thread.names(*stack, &saved.libs, &mut names), weight);
        }
    }
    Ok(profile)
}

#[derive(Deserialize)]
struct Saved {
    libs: Vec<Lib>,
    threads: Vec<Thread>,
}

#[derive(Deserialize)]
struct Lib {
    path: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Thread {
    samples: Samples,
    stack_table: StackTable,
    frame_table: FrameTable,
    func_table: FuncTable,
    resource_table: ResourceTable,
    string_array: Vec<String>,
}

#[derive(Deserialize)]
struct Samples {
    stack: Vec<Option<usize>>,
    weight: Vec<u64>,
}

#[derive(Deserialize)]
struct StackTable {
    prefix: Vec<Option<usize>>,
    frame: Vec<usize>,
}

#[derive(Deserialize)]
struct FrameTable {
    address: Vec<i64>,
    func: Vec<usize>,
}

#[derive(Deserialize)]
struct FuncTable {
    name: Vec<usize>,
    resource: Vec<i64>,
}

#[derive(Deserialize)]
struct ResourceTable {
    lib: Vec<Option<usize>>,
}

impl Thread {
    /// The names of a stack, root first.
    fn names(&self, stack: Option<usize>, libs: &[Lib], names: &mut Names) -> Vec<String> {
        let mut found = Vec::new();
        let mut next = stack;
        while let Some(at) = next {
            let frame = self.stack_table.frame[at];
            let func = self.frame_table.func[frame];
            let resource = usize::try_from(self.func_table.resource[func]).ok();
            let lib = resource
                .and_then(|at| self.resource_table.lib[at])
                .map(|at| &libs[at]);
            let found_names = lib.map(|lib| names.of(lib, self.frame_table.address[frame]));
            match found_names {
                Some(inlined) if !inlined.is_empty() => found.extend_from_slice(inlined),
                _ => found.push(self.string_array[self.func_table.name[func]].clone()),
            }
            next = self.stack_table.prefix[at];
        }
        found.reverse();
        found
    }
}

/// The names of addresses, looked up once each.
#[derive(Default)]
struct Names {
    loaders: HashMap<String, Option<Loader>>,
    known: HashMap<(String, i64), Vec<String>>,
}

impl Names {
    /// The functions at an address of a library, innermost first; none if unknown.
    fn of(&mut self, lib: &Lib, address: i64) -> &[String] {
        let loader = self.loaders.entry(lib.path.clone());
        let loader = loader.or_insert_with(|| Loader::new(&lib.path).ok());
        let names = self.known.entry((lib.path.clone(), address));
        names.or_insert_with(|| {
            let at = u64::try_from(address).ok();
            at.zip(loader.as_ref())
                .map_or_else(Vec::new, |(at, loader)| look_up(loader, at))
        })
    }
}

fn look_up(loader: &Loader, address: u64) -> Vec<String> {
    let mut names = Vec::new();
    if let Ok(mut frames) = loader.find_frames(address) {
        while let Ok(Some(frame)) = frames.next() {
            let name = frame
                .function
                .as_ref()
                .and_then(|name| name.raw_name().ok());
            names.extend(name.map(|name| native_name(&name)));
        }
    }
    if names.is_empty() {
        names.extend(loader.find_symbol(address).map(native_name));
    }
    names
}
