//! An import is whole, of this very file, and read with these options; or it is none.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::data::{ImportOptions, Loaded, import, load, load_with};

const CONTENT: &str = "1512086400,100,101,99,100,10.5,30\n1512097200,120,121,119,120,12,44\n";

fn source() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("XBTUSD_60.csv");
    fs::write(&path, CONTENT).expect("it can be written");
    (folder, path)
}

fn imported(path: &Path) -> PathBuf {
    let mut written = import(&[path], &ImportOptions::default(), None).expect("it is sound");
    written.remove(0).1
}

fn decode(bytes: &[u8]) -> Option<(super::Meta, super::Cached)> {
    super::decode(bytes, bytes.len())
}

#[track_caller]
fn assert_same(one: &Loaded, other: &Loaded) {
    assert_eq!(one.reports, other.reports);
    for (a, b) in one.market.pairs().zip(other.market.pairs()) {
        assert_eq!(one.market.symbol(a), other.market.symbol(b));
        assert_eq!(one.market.bars(a), other.market.bars(b));
    }
}

#[test]
fn an_import_is_what_reading_the_file_gives() {
    let (_folder, path) = source();
    let read = load(&[&path]).expect("it is sound");
    let cached = imported(&path);
    assert_same(&read, &load(&[&path]).expect("it is sound"));
    // That it is the import which is read is seen when its source is no longer there.
    fs::remove_file(&path).expect("it can be removed");
    let named = load(&[&cached]).expect("an import stands alone");
    assert_eq!(
        named
            .market
            .bars(named.market.pairs().next().expect("a pair")),
        read.market
            .bars(read.market.pairs().next().expect("a pair")),
    );
}

#[test]
fn an_import_of_many_pieces_is_whole() {
    let mut content = String::new();
    for hour in 0..9_000_i64 {
        let (time, price) = (1_512_086_400 + 3_600 * hour, 100 + hour * hour % 9_973);
        // The last prices need more than four bytes in units of the first.
        let decimals = if hour < 8_999 { "" } else { ".0000000001" };
        let line = format!("{time},{price},{price}{decimals},{price},{price},{hour}.5,30\n");
        content += &line;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("XBTUSD_60.csv");
    fs::write(&path, content).expect("it can be written");
    let read = load(&[&path]).expect("it is sound");
    let cached = imported(&path);
    assert_same(&read, &load(&[&path]).expect("it is sound"));
    let whole = fs::read(&cached).expect("it was written");
    let (_, found) = decode(&whole).expect("it is whole");
    let pair = read.market.pairs().next().expect("a pair");
    assert_eq!(found.bars, *read.market.bars(pair));
    for end in (0..whole.len()).step_by(9_973) {
        assert!(decode(&whole[..end]).is_none(), "cut at {end}");
    }
}

/// Whether loading `path` takes the import rather than the file: the import is given
/// bars that the file does not have.
fn is_used(path: &Path) -> bool {
    let loaded = load(&[path]).expect("it is sound");
    let pair = loaded.market.pairs().next().expect("a pair");
    loaded.market.bars(pair).len() == 5
}

/// Replaces the bars of an import, fingerprint and checksum left right.
fn mark(import: &Path) {
    let bytes = fs::read(import).expect("it is there");
    let (meta, cached) = decode(&bytes).expect("it is whole");
    let mut bars = cached.bars.clone();
    bars.push(crate::Bar::fill(bars.end(), bars.closes()[0]));
    let marked = super::encode(&cached.report, &bars, &meta.fingerprint);
    fs::write(import, marked).expect("it can be written");
}

#[test]
fn a_source_of_other_content_is_read_again() {
    let (_folder, path) = source();
    let cached = imported(&path);
    mark(&cached);
    assert!(is_used(&path));
    // As long as before, and changed within the clock of any file system.
    fs::write(&path, CONTENT.replace("101", "102")).expect("it can be written");
    assert!(!is_used(&path));
    // The same content again: only its times are new.
    fs::write(&path, CONTENT).expect("it can be written");
    assert!(is_used(&path));
    fs::write(
        &path,
        CONTENT.to_owned() + "1512100800,120,121,119,120,12,44\n",
    )
    .expect("it can be written");
    let longer = load(&[&path]).expect("it is sound");
    assert_eq!(longer.reports[0].n_rows, 3);
}

#[test]
fn other_options_read_again() {
    let (_folder, path) = source();
    mark(&imported(&path));
    assert!(is_used(&path));
    let options = ImportOptions {
        policy: crate::data::Policy::Keep,
        ..ImportOptions::default()
    };
    let kept = load_with(&[&path], &options).expect("it is sound");
    assert_eq!(kept.reports[0].policy, options.policy);
    let pair = kept.market.pairs().next().expect("a pair");
    assert_eq!(kept.market.bars(pair).len(), 4);
}

#[test]
fn a_cut_or_changed_import_is_none() {
    let (_folder, path) = source();
    let cached = imported(&path);
    let whole = fs::read(&cached).expect("it was written");
    let read = load(&[&path]).expect("it is sound");
    for end in 0..whole.len() {
        assert!(decode(&whole[..end]).is_none(), "cut at {end}");
    }
    for place in 0..whole.len() {
        for bit in 0..8 {
            let mut flipped = whole.clone();
            flipped[place] ^= 1 << bit;
            assert!(decode(&flipped).is_none(), "bit {bit} of byte {place}");
        }
    }
    // The file is read instead, whatever lies beside it.
    for bytes in [&whole[..0], &whole[..30], &whole[..whole.len() - 1]] {
        fs::write(&cached, bytes).expect("it can be written");
        assert_same(&read, &load(&[&path]).expect("it is sound"));
    }
}

#[test]
fn a_cache_folder_is_kept_up_to_date() {
    let (folder, path) = source();
    let options = ImportOptions {
        cache: Some(folder.path().join("cache")),
        ..ImportOptions::default()
    };
    let load = || load_with(&[&path], &options).expect("it is sound");
    let read = load();
    let cached = folder.path().join("cache/XBTUSD_60.csv.bars");
    let written = fs::read(&cached).expect("it was written");
    assert_same(&read, &load());
    fs::write(&cached, &written[..40]).expect("it can be written");
    assert_same(&read, &load());
    assert_eq!(fs::read(&cached).expect("it was written again"), written);
}
