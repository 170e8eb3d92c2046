//! What is mapped into this process: the program, its libraries and the kernel's vDSO.

use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek};
use std::ops::Range;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;
use std::sync::Arc;

use framehop::ExplicitModuleSectionInfo;
use object::{Object, ObjectSection, ObjectSegment, ObjectSymbol, ReadCache};

/// An object file that is mapped with code in it.
#[derive(Debug, Clone)]
pub(crate) struct Module {
    /// Its path, or `[vdso]`.
    pub(crate) path: PathBuf,
    /// The addresses that its mappings span.
    pub(crate) range: Range<u64>,
    /// What to subtract from an address to get the one in the file.
    pub(crate) bias: u64,
    /// The object itself, where there is no file to read it from.
    pub(crate) image: Option<Vec<u8>>,
    /// The open file, where the path may come to mean another one or none.
    pub(crate) handle: Option<Arc<File>>,
}

/// Lists the modules of this process in order of address.
///
/// Files that have been replaced or deleted since they were mapped are left out, as
/// their contents no longer describe what runs.
pub(crate) fn of_this_process() -> io::Result<Vec<Module>> {
    let maps = fs::read_to_string("/proc/self/maps")?;
    let mut modules: Vec<Module> = Vec::new();
    let mappings: Vec<Mapping> = maps.lines().filter_map(Mapping::parse).collect();
    for code in mappings.iter().filter(|mapping| mapping.is_executable) {
        if modules
            .iter()
            .any(|module| module.range.contains(&code.range.start))
        {
            continue;
        }
        // Another copy of the same library, elsewhere, would be a module of its own;
        // the mappings of one are next to each other but for anonymous gaps.
        let same = |mapping: &&Mapping| mapping.path == code.path && mapping.inode == code.inode;
        let Some(start) = mappings
            .iter()
            .filter(same)
            .map(|mapping| mapping.range.start)
            .min()
        else {
            continue;
        };
        let end = mappings
            .iter()
            .filter(same)
            .map(|mapping| mapping.range.end)
            .max()
            .unwrap_or(code.range.end);
        modules.extend(open(code, start..end));
    }
    modules.sort_by_key(|module| module.range.start);
    Ok(modules)
}

/// Lists the addresses of this process that hold code, of modules or not, in order.
pub(crate) fn code_of_this_process() -> io::Result<Vec<Range<u64>>> {
    let maps = fs::read_to_string("/proc/self/maps")?;
    let mappings = maps.lines().filter_map(Mapping::parse);
    let code = mappings.filter(|mapping| mapping.is_executable);
    Ok(code.map(|mapping| mapping.range).collect())
}

fn open(code: &Mapping, range: Range<u64>) -> Option<Module> {
    if code.path == "[vdso]" {
        let mut image = vec![0; usize::try_from(range.end - range.start).ok()?];
        File::open("/proc/self/mem")
            .ok()?
            .read_exact_at(&mut image, range.start)
            .ok()?;
        return Some(Module {
            path: code.path.into(),
            bias: range.start,
            range,
            image: Some(image),
            handle: None,
        });
    }
    let path = PathBuf::from(code.path);
    if !path.is_absolute() || fs::metadata(&path).ok()?.ino() != code.inode {
        return None;
    }
    let cache = ReadCache::new(File::open(&path).ok()?);
    let file = object::File::parse(&cache).ok()?;
    let segment = file.segments().find(|segment| {
        let (offset, size) = segment.file_range();
        // The kernel maps whole pages, so the mapping may start before the segment.
        offset & !PAGE_MASK == code.offset && size > 0
    })?;
    let address_in_file = segment.address() & !PAGE_MASK;
    Some(Module {
        path,
        bias: code.range.start.wrapping_sub(address_in_file),
        range,
        image: None,
        handle: None,
    })
}

const PAGE_MASK: u64 = 0xfff;

impl Module {
    /// Returns the last part of the path.
    pub(crate) fn name(&self) -> String {
        self.path
            .file_name()
            .unwrap_or(self.path.as_os_str())
            .to_string_lossy()
            .into_owned()
    }

    /// Returns a path under which this process can open the file.
    pub(crate) fn readable_path(&self) -> PathBuf {
        match &self.handle {
            Some(file) => format!("/proc/self/fd/{}", file.as_raw_fd()).into(),
            None => self.path.clone(),
        }
    }

    /// Copies the unwind tables; `None` if there are none or they cannot be read.
    pub(crate) fn unwind_module(&self) -> Option<framehop::Module<Vec<u8>>> {
        let sections = self.with_object(|file| unwind_sections(file))?;
        Some(framehop::Module::new(
            self.name(),
            self.range.clone(),
            self.bias,
            sections,
        ))
    }

    /// Copies a section and returns it with its address in the file.
    pub(crate) fn section(&self, name: &str) -> Option<(u64, Vec<u8>)> {
        self.with_object(|file| {
            let section = file.section_by_name(name)?;
            Some((
                section.address(),
                section.uncompressed_data().ok()?.into_owned(),
            ))
        })?
    }

    /// Returns where each of these symbols is in memory; `None` for those that are not in
    /// the file.
    pub(crate) fn symbols(&self, names: &[&str]) -> Vec<Option<Range<u64>>> {
        let find = |file: &object::File<'_, &ReadCache<Box<dyn ReadSeek>>>| {
            let mut found = vec![None; names.len()];
            // Those that a stripped file has too come first, but are not all.
            for symbol in file.dynamic_symbols().chain(file.symbols()) {
                let name = symbol.name().unwrap_or_default();
                let wanted = names.iter().position(|wanted| *wanted == name);
                if let Some(at) = wanted
                    && symbol.is_definition()
                {
                    let start = symbol.address().wrapping_add(self.bias);
                    found[at] = Some(start..start.saturating_add(symbol.size()));
                }
            }
            found
        };
        self.with_object(find)
            .unwrap_or_else(|| vec![None; names.len()])
    }

    fn with_object<T>(
        &self,
        read: impl FnOnce(&object::File<'_, &ReadCache<Box<dyn ReadSeek>>>) -> T,
    ) -> Option<T> {
        let bytes: Box<dyn ReadSeek> = match &self.image {
            Some(image) => Box::new(Cursor::new(image.clone())),
            None => Box::new(File::open(self.readable_path()).ok()?),
        };
        let cache = ReadCache::new(bytes);
        Some(read(&object::File::parse(&cache).ok()?))
    }
}

/// A file, or what stands for one.
trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

fn unwind_sections<'a>(file: &impl Object<'a>) -> ExplicitModuleSectionInfo<Vec<u8>> {
    let section = |name: &str| file.section_by_name(name);
    let range = |name: &str| {
        let section = section(name)?;
        Some(section.address()..section.address().checked_add(section.size())?)
    };
    let data = |name: &str| Some(section(name)?.uncompressed_data().ok()?.into_owned());
    ExplicitModuleSectionInfo {
        base_svma: 0,
        text_svma: range(".text"),
        got_svma: range(".got"),
        eh_frame_svma: range(".eh_frame"),
        eh_frame: data(".eh_frame"),
        eh_frame_hdr_svma: range(".eh_frame_hdr"),
        eh_frame_hdr: data(".eh_frame_hdr"),
        ..Default::default()
    }
}

/// A line of `/proc/self/maps`; see proc(5).
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mapping<'a> {
    pub(crate) range: Range<u64>,
    pub(crate) is_executable: bool,
    pub(crate) offset: u64,
    pub(crate) inode: u64,
    pub(crate) path: &'a str,
}

impl<'a> Mapping<'a> {
    pub(crate) fn parse(line: &'a str) -> Option<Self> {
        let mut rest = line;
        let mut field = || {
            let (field, after) = rest.split_once(' ')?;
            rest = after.trim_start();
            Some(field)
        };
        let (start, end) = field()?.split_once('-')?;
        let hex = |digits| u64::from_str_radix(digits, 16).ok();
        let range = hex(start)?..hex(end)?;
        let is_executable = field()?.contains('x');
        let offset = hex(field()?)?;
        let _device = field()?;
        let inode = field()?.parse().ok()?;
        Some(Self {
            range,
            is_executable,
            offset,
            inode,
            path: rest,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_maps_is_read() {
        let line = "7f5c1000-7f5c3000 r-xp 00026000 fe:01 1234                 /usr/lib/my lib.so";
        let expected = Mapping {
            range: 0x7f5c_1000..0x7f5c_3000,
            is_executable: true,
            offset: 0x26000,
            inode: 1234,
            path: "/usr/lib/my lib.so",
        };
        assert_eq!(Mapping::parse(line), Some(expected));
        let anonymous = Mapping::parse("7f5c1000-7f5c3000 rw-p 00000000 00:00 0 ");
        assert_eq!(anonymous.map(|mapping| mapping.path), Some(""));
        assert_eq!(Mapping::parse("no mapping"), None);
    }

    #[test]
    fn the_running_test_and_its_libraries_are_found_with_tables() {
        let modules = of_this_process().unwrap();
        let here = std::env::current_exe().unwrap();
        let code = the_running_test_and_its_libraries_are_found_with_tables as *const () as u64;
        let own = modules
            .iter()
            .find(|module| module.range.contains(&code))
            .unwrap();
        assert_eq!(own.path, here);
        let names: Vec<String> = modules.iter().map(Module::name).collect();
        assert!(
            names.iter().any(|name| name.starts_with("libc.so")),
            "{names:?}"
        );
        assert!(names.iter().any(|name| name == "[vdso]"), "{names:?}");
        for module in modules {
            assert!(module.unwind_module().is_some(), "{:?}", module.path);
        }
    }
}
