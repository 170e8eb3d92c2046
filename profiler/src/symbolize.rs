//! Addresses to function names, after sampling has stopped.
//!
//! Inlined functions come from the debug information. The function that holds them,
//! and functions without debug information, are named by the symbol table, which has
//! the full path. Line tables alone keep only the last part of it, and the file tells
//! the rest. Private
//! functions of stripped libraries have no name at all; their unwind tables at least
//! tell where they begin, so that each is one function and not hundreds of addresses.

use std::collections::HashMap;
use std::sync::Arc;

use addr2line::Loader;
use addr2line::gimli::{BaseAddresses, EhFrame, EhFrameHdr, LittleEndian, UnwindSection};
use object::{Object, ObjectSymbol};

use crate::module_path;
use crate::modules::Module;
use crate::profile::Frame;

/// Looks up addresses; each only once.
pub(crate) struct Symbolizer<'a> {
    modules: Vec<(&'a Module, Option<Source>)>,
    found: HashMap<u64, Vec<Symbol>>,
    lines: bool,
}

/// One function at an address; a [`Frame`] that owns its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Symbol {
    function: String,
    module: Option<Arc<str>>,
    file: Option<String>,
    line: Option<u32>,
}

/// Where the names of one module come from.
struct Source {
    module: Arc<str>,
    loader: Option<Loader>,
    image_symbols: Vec<ImageSymbol>,
    unwind_tables: Option<UnwindTables>,
}

struct ImageSymbol {
    start: u64,
    end: u64,
    name: String,
}

struct UnwindTables {
    index: Vec<u8>,
    entries: Vec<u8>,
    bases: BaseAddresses,
}

impl<'a> Symbolizer<'a> {
    /// Prepares to look up addresses in `modules`, which must be in order of address;
    /// with `lines`, each line of a function is a frame of its own.
    pub(crate) fn new(modules: &'a [Module], lines: bool) -> Self {
        Self {
            modules: modules.iter().map(|module| (module, None)).collect(),
            found: HashMap::new(),
            lines,
        }
    }

    /// Returns the functions at `address`, the outermost first, then what was inlined
    /// into it. There is always at least one; an unknown function has the form
    /// `[module+0xoffset]`, with the offset of its start where that is known.
    pub(crate) fn functions(&mut self, address: u64) -> &[Symbol] {
        if !self.found.contains_key(&address) {
            let functions = self.look_up(address);
            self.found.insert(address, functions);
        }
        &self.found[&address]
    }

    fn look_up(&mut self, address: u64) -> Vec<Symbol> {
        let after = self
            .modules
            .partition_point(|(module, _)| module.range.start <= address);
        let found = after.checked_sub(1).map(|at| &mut self.modules[at]);
        let Some((module, source)) = found.filter(|(module, _)| module.range.contains(&address))
        else {
            return vec![Symbol::unknown(format!("[0x{address:x}]"))];
        };
        let in_file = address.wrapping_sub(module.bias);
        let source = source.get_or_insert_with(|| Source::open(module));
        let mut symbols = source.functions(in_file);
        if symbols.is_empty() {
            let start = source.function_start(in_file).unwrap_or(in_file);
            let name = format!("[{}+0x{start:x}]", module.name());
            symbols.push(Symbol::unknown(name));
        }
        for symbol in &mut symbols {
            symbol.module = Some(Arc::clone(&source.module));
            if !self.lines {
                symbol.line = None;
            }
        }
        symbols
    }
}

impl Symbol {
    /// Makes the symbol of a place about which nothing is known but this.
    pub(crate) fn unknown(function: impl Into<String>) -> Self {
        Self {
            function: function.into(),
            module: None,
            file: None,
            line: None,
        }
    }

    /// Makes the symbol of a function, or a line of it, in a source file.
    pub(crate) fn of_source(function: &str, file: &str, line: Option<u32>) -> Self {
        Self {
            function: function.to_owned(),
            module: None,
            file: Some(file.to_owned()),
            line,
        }
    }

    pub(crate) fn as_frame(&self) -> Frame<'_> {
        Frame {
            function: &self.function,
            module: self.module.as_deref(),
            file: self.file.as_deref(),
            line: self.line,
        }
    }
}

impl Source {
    /// Opens what there is; what cannot be read names nothing.
    fn open(module: &Module) -> Self {
        let (loader, image_symbols) = match &module.image {
            None => (Loader::new(module.readable_path()).ok(), Vec::new()),
            Some(image) => (None, image_symbols(image)),
        };
        Self {
            module: module.name().into(),
            loader,
            image_symbols,
            unwind_tables: UnwindTables::read(module),
        }
    }

    fn functions(&self, address: u64) -> Vec<Symbol> {
        if let Some(loader) = &self.loader {
            return functions_in_file(loader, address);
        }
        let holds = |symbol: &&ImageSymbol| (symbol.start..symbol.end).contains(&address);
        let found = self.image_symbols.iter().find(holds);
        found
            .map(|symbol| Symbol::unknown(&*symbol.name))
            .into_iter()
            .collect()
    }

    fn function_start(&self, address: u64) -> Option<u64> {
        let tables = self.unwind_tables.as_ref()?;
        let index = EhFrameHdr::new(&tables.index, LittleEndian)
            .parse(&tables.bases, 8)
            .ok()?;
        let entries = EhFrame::new(&tables.entries, LittleEndian);
        let entry = index
            .table()?
            .fde_for_address(&entries, &tables.bases, address, EhFrame::cie_from_offset)
            .ok()?;
        Some(entry.initial_address())
    }
}

impl UnwindTables {
    fn read(module: &Module) -> Option<Self> {
        let (index_address, index) = module.section(".eh_frame_hdr")?;
        let (entries_address, entries) = module.section(".eh_frame")?;
        let bases = BaseAddresses::default()
            .set_eh_frame_hdr(index_address)
            .set_eh_frame(entries_address);
        Some(Self {
            index,
            entries,
            bases,
        })
    }
}

fn functions_in_file(loader: &Loader, address: u64) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    if let Ok(mut frames) = loader.find_frames(address) {
        while let Ok(Some(frame)) = frames.next() {
            let function = frame.function.as_ref();
            let name = function.and_then(|function| function.demangle().ok());
            let location = frame.location.as_ref();
            let file = location.and_then(|location| location.file);
            symbols.push(Symbol {
                function: name.map_or_else(String::new, |name| module_path::qualify(&name, file)),
                module: None,
                file: file.map(str::to_owned),
                line: location.and_then(|location| location.line),
            });
        }
    }
    // Line tables alone do not name a function into which nothing was inlined.
    if let Some(name) = loader.find_symbol(address) {
        let outermost = symbols.pop();
        symbols.push(Symbol {
            function: demangle(name),
            ..outermost.unwrap_or_else(|| Symbol::unknown(""))
        });
    }
    symbols.retain(|symbol| !symbol.function.is_empty());
    symbols.reverse();
    symbols
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
