//! Where a market comes from: price files, or the embedded synthetic market.
//!
//! Both end in the same [`Market`]: hourly bars in columns, absent hours filled.
//! A file passes three stations, and each knows only its own trade: `transcribe`
//! makes text of what is none, `csv` turns text into rows, and `repair` turns rows
//! into consecutive bars. All of them count what they find, and [`LoadReport`] says it
//! and what was done about it under the [`Policy`]. Nothing is repaired in silence.
//!
//! Bars of half an hour down to a minute are joined to hours, and hours that are only
//! partly there are counted. From then on an hour is one bar: orders are filled by its
//! open, high, low and close, and what happened in which minute is no longer known.

mod cache;
mod catalogue;
mod column_choice;
mod csv;
mod defect;
mod embedded;
mod findings;
mod layout;
mod policy;
mod repair;
mod report;
mod source_file;
mod time_format;
mod transcribe;

use std::collections::HashMap;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

pub use column_choice::ColumnChoice;
pub use defect::DefectKind;
pub use embedded::{DEFAULT_PAIRS, DEFAULT_SEED, embedded, embedded_pairs};
pub use findings::Finding;
pub use layout::Layout;
pub use policy::{ImportOptions, Policy};
pub use report::{AbsentHours, AbsentRun, LoadReport, RowOrder};
pub use time_format::TimeFormat;

use crate::market::{Listing, Market};
use crate::{Error, Result};
use cache::Cached;
use findings::Findings;
use repair::Reference;
use source_file::SourceFile;

/// A market read from files, with what there is to say about each of them.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The pairs, in the order of the files.
    pub market: Market,
    /// One report a file, in the same order.
    pub reports: Vec<LoadReport>,
}

/// What one file was found to be.
#[derive(Debug)]
pub struct Checked {
    /// Everything found in the file.
    pub report: LoadReport,
    /// The pair and its bars, or the defect for which the policy refuses the file.
    pub listing: Result<Listing>,
}

/// Reads price files, one pair each, with the usual options; see [`load_with`].
///
/// # Errors
/// As [`load_with`].
pub fn load(paths: &[impl AsRef<Path> + Sync]) -> Result<Loaded> {
    load_with(paths, &ImportOptions::default())
}

/// Reads price files, one pair each; the layout is found out from the content.
///
/// Files are read on all cores, with the same result on any number of them.
///
/// # Errors
/// When a file cannot be read, has a layout that is not understood, or is refused by
/// the policy; when a pair stands twice, when quote currencies differ, and when there
/// is no file.
pub fn load_with(paths: &[impl AsRef<Path> + Sync], options: &ImportOptions) -> Result<Loaded> {
    let reference = reference(options)?;
    let files = on_all_cores(paths, |path| {
        load_file(path.as_ref(), options, reference.as_ref())
    });
    let (listings, reports): (Vec<_>, Vec<_>) = files
        .into_iter()
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .unzip();
    let names: Vec<_> = reports.iter().map(LoadReport::file_name).collect();
    let is_synthetic = reports.iter().any(|report| report.is_synthetic);
    Ok(Loaded {
        market: Market::new(listings, names.join(", "), is_synthetic)?,
        reports,
    })
}

/// Finds everything that is wrong with files, also when the policy refuses them.
///
/// # Errors
/// One a file, in their order: when it cannot be read or its layout is not understood.
pub fn check(
    paths: &[impl AsRef<Path> + Sync],
    options: &ImportOptions,
) -> Result<Vec<Result<Checked>>> {
    let reference = reference(options)?;
    Ok(on_all_cores(paths, |path| {
        check_file(path.as_ref(), options, reference.as_ref()).map(|(checked, _)| checked)
    }))
}

/// Imports files: reads each and writes its bars into a columnar file named after it
/// with `.bars`, into `folder` or beside it. Returns the reports and what was written.
///
/// # Errors
/// As [`load_with`], when two imports would have one name, and when one cannot be
/// written. Imports of files before the
/// refused one stay.
pub fn import(
    paths: &[impl AsRef<Path> + Sync],
    options: &ImportOptions,
    folder: Option<&Path>,
) -> Result<Vec<(LoadReport, PathBuf)>> {
    require_own_targets(paths, folder)?;
    let reference = reference(options)?;
    let imports = on_all_cores(paths, |path| {
        let path = path.as_ref();
        let (checked, fingerprint) = check_file(path, options, reference.as_ref())?;
        let bars = checked.listing?.bars;
        let target = cache::path_of(path, folder);
        cache::write(&target, &checked.report, &bars, &fingerprint)?;
        Ok((checked.report, target))
    });
    imports.into_iter().collect()
}

/// Refuses files whose imports would replace one another.
fn require_own_targets(paths: &[impl AsRef<Path>], folder: Option<&Path>) -> Result<()> {
    let mut targets = HashMap::new();
    for path in paths {
        let path = path.as_ref();
        let target = cache::path_of(path, folder);
        if let Some(other) = targets.insert(target.clone(), path) {
            let (other, target) = (other.display(), target.display());
            return Err(Error::File {
                path: path.to_owned(),
                problem: format!(
                    "would replace the import of `{other}`: both are called `{target}`; import \
                     them into folders of their own"
                ),
            });
        }
    }
    Ok(())
}

/// What `work` makes of each path, in their order.
fn on_all_cores<P: Sync, T: Send>(paths: &[P], work: impl Fn(&P) -> T + Sync) -> Vec<T> {
    let n_threads = thread::available_parallelism().map_or(1, NonZero::get);
    if paths.len() < 2 || n_threads < 2 {
        return paths.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let share = || {
        let mut done = Vec::new();
        while let idx = next.fetch_add(1, Ordering::Relaxed)
            && let Some(path) = paths.get(idx)
        {
            done.push((idx, work(path)));
        }
        done
    };
    let mut done: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..n_threads.min(paths.len()))
            .map(|_| scope.spawn(share))
            .collect();
        let done = workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("reading a file does not panic"));
        done.collect()
    });
    done.sort_unstable_by_key(|(idx, _)| *idx);
    done.into_iter().map(|(_, value)| value).collect()
}

/// The series of `--reference`, read with the usual options.
fn reference(options: &ImportOptions) -> Result<Option<Reference>> {
    let path = options.reference.as_deref();
    path.map(|path| {
        let (listing, _) = load_file(path, &ImportOptions::default(), None)?;
        Ok(Reference::new(listing.bars))
    })
    .transpose()
}

fn load_file(
    path: &Path,
    options: &ImportOptions,
    reference: Option<&Reference>,
) -> Result<(Listing, LoadReport)> {
    let cached_path = cache::path_of(path, options.cache.as_deref());
    if let Some(cached) = cache::read(&cached_path, path, &options.key()) {
        return Ok(cached.into_parts(path));
    }
    if cache::is_import(path) {
        let cached = Cached::open(path)?;
        return Ok(cached.into_parts(path));
    }
    let (checked, fingerprint) = check_file(path, options, reference)?;
    let listing = checked.listing?;
    if options.cache.is_some() {
        cache::write(&cached_path, &checked.report, &listing.bars, &fingerprint)?;
    }
    Ok((listing, checked.report))
}

fn check_file(
    path: &Path,
    options: &ImportOptions,
    reference: Option<&Reference>,
) -> Result<(Checked, cache::Fingerprint)> {
    let source = SourceFile::read(path)?;
    let fingerprint = cache::Fingerprint::of(&source, options.key());
    let (mut file, layout) = transcribe::transcribe(source)?;
    let mut findings = Findings::default();
    let table = csv::read(&mut file, options, &mut findings)?;
    let repaired = repair::repair(
        table.rows,
        table.is_unix,
        &file,
        options.policy,
        reference,
        &mut findings,
    )?;
    let report = LoadReport {
        file: path.to_owned(),
        symbol: table.symbol.clone(),
        layout: layout.unwrap_or(table.layout),
        is_synthetic: table.is_synthetic,
        order: repaired.order,
        n_rows: table.n_rows,
        policy: options.policy,
        n_equal_duplicates: findings.count(DefectKind::EqualDuplicates),
        n_dates_overruled: findings.count(DefectKind::DatesOverruled),
        findings: findings.list(&file, options.policy),
        absent: repaired.absent,
        first: repaired.bars.start(),
        last: repaired.bars.end().plus_hours(-1),
    };
    let listing = Listing {
        symbol: table.symbol,
        bars: repaired.bars,
    };
    let refusal = (options.policy == Policy::Strict)
        .then(|| findings.refusal(&file))
        .flatten();
    let listing = refusal.map_or(Ok(listing), Err);
    Ok((Checked { report, listing }, fingerprint))
}
