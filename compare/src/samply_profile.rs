//! Reads what samply saves: a profile of the Firefox Profiler with addresses only.
//!
//! Its viewer asks a server in samply for the names. The file that samply can write for
//! other viewers has the inlined functions of one address a symbol, so the names are
//! looked up here, as its server does.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use addr2line::Loader;
use anyhow::{Context, Result};
use serde::Deserialize;

use crate::stacks::{Stacks, native_name};

/// Reads `profile.json`.
///
/// # Errors
///
/// When it cannot be read or is not what samply 0.13 writes.
pub fn read(path: &Path) -> Result<Stacks> {
    let text = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let profile: Profile = serde_json::from_slice(&text).context("it is not samply's")?;
    let mut names = Names::default();
    let mut stacks = Stacks::default();
    for thread in &profile.threads {
        let samples = thread.samples.stack.iter().zip(&thread.samples.weight);
        for (stack, weight) in samples.filter(|(_, weight)| **weight > 0.0) {
            let stack = thread.names(*stack, &profile.libs, &mut names);
            stacks.stacks.push((stack, *weight));
            stacks.n_samples += weight;
        }
    }
    Ok(stacks)
}

#[derive(Deserialize)]
struct Profile {
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
    weight: Vec<f64>,
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
            names.extend(name.and_then(|name| native_name(&name)));
        }
    }
    if names.is_empty() {
        names.extend(loader.find_symbol(address).and_then(native_name));
    }
    names
}
