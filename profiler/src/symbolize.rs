//! Addresses to function names, after sampling has stopped.
//!
//! Inlined functions come from the debug information. The function that holds them,
//! and functions without debug information, are named by the symbol table, which has
//! the full path where line tables alone keep only the last part of it.

use std::collections::HashMap;

use addr2line::Loader;
use object::{Object, ObjectSymbol};

use crate::modules::Module;

/// Looks up addresses; each only once.
pub(crate) struct Symbolizer<'a> {
    modules: Vec<(&'a Module, Option<Source>)>,
    found: HashMap<u64, Vec<String>>,
}

enum Source {
    File(Box<Loader>),
    Image(Vec<ImageSymbol>),
}

struct ImageSymbol {
    start: u64,
    end: u64,
    name: String,
}

impl<'a> Symbolizer<'a> {
    /// Prepares to look up addresses in `modules`, which must be in order of address.
    pub(crate) fn new(modules: &'a [Module]) -> Self {
        Self {
            modules: modules.iter().map(|module| (module, None)).collect(),
            found: HashMap::new(),
        }
    }

    /// Returns the functions at `address`, the outermost first, then what was inlined
    /// into it. There is always at least one; an unknown function has the form
    /// `[module+0xoffset]`.
    pub(crate) fn functions(&mut self, address: u64) -> &[String] {
        if !self.found.contains_key(&address) {
            let functions = self.look_up(address);
            self.found.insert(address, functions);
        }
        &self.found[&address]
    }

    fn look_up(&mut self, address: u64) -> Vec<String> {
        let after = self
            .modules
            .partition_point(|(module, _)| module.range.start <= address);
        let found = after.checked_sub(1).map(|at| &mut self.modules[at]);
        let Some((module, source)) = found.filter(|(module, _)| module.range.contains(&address))
        else {
            return vec![format!("[0x{address:x}]")];
        };
        let in_file = address.wrapping_sub(module.bias);
        let functions = match source.get_or_insert_with(|| Source::open(module)) {
            Source::File(loader) => functions_in_file(loader, in_file),
            Source::Image(symbols) => functions_in_image(symbols, in_file),
        };
        if functions.is_empty() {
            vec![format!("[{}+0x{in_file:x}]", module.name())]
        } else {
            functions
        }
    }
}

impl Source {
    fn open(module: &Module) -> Self {
        match &module.image {
            None => match Loader::new(&module.path) {
                Ok(loader) => Self::File(Box::new(loader)),
                Err(_) => Self::Image(Vec::new()),
            },
            Some(image) => Self::Image(image_symbols(image)),
        }
    }
}

fn functions_in_file(loader: &Loader, address: u64) -> Vec<String> {
    let mut functions = Vec::new();
    if let Ok(mut frames) = loader.find_frames(address) {
        while let Ok(Some(frame)) = frames.next() {
            if let Some(name) = frame
                .function
                .as_ref()
                .and_then(|function| function.demangle().ok())
            {
                functions.push(name.into_owned());
            }
        }
    }
    if let Some(symbol) = loader.find_symbol(address) {
        functions.pop();
        functions.push(demangle(symbol));
    }
    functions.reverse();
    functions
}

fn functions_in_image(symbols: &[ImageSymbol], address: u64) -> Vec<String> {
    let holds = |symbol: &&ImageSymbol| (symbol.start..symbol.end).contains(&address);
    symbols
        .iter()
        .find(holds)
        .map(|symbol| symbol.name.clone())
        .into_iter()
        .collect()
}

fn image_symbols(image: &[u8]) -> Vec<ImageSymbol> {
    let Ok(file) = object::File::parse(image) else {
        return Vec::new();
    };
    file.dynamic_symbols()
        .filter_map(|symbol| {
            let (start, name) = (symbol.address(), demangle(symbol.name().ok()?));
            Some(ImageSymbol {
                start,
                end: start.checked_add(symbol.size())?,
                name,
            })
        })
        .collect()
}

fn demangle(symbol: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(symbol))
}
