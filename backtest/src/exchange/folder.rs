//! The second anti-pattern: where an exchange keeps its data, found anew on every call.
//!
//! The folder is only needed to build the key of a map of readers that are open
//! already, yet finding it asks the environment, the home folder and the file
//! system: three system calls that cannot learn anything new. Remembering the
//! answer, as the talk does with an `lru_cache`, leaves a map look-up.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use super::ExchangeName;
use crate::error::CREATE_DATA_FOLDER;
use crate::{Error, Result};

/// The environment variable that moves the data root.
pub const DATA_ROOT_VARIABLE: &str = "BACKDRAFT_ROOT";

/// How often the exchange's folder is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FolderCheck {
    /// At every call, as catalyst did.
    EveryCall,
    /// At the first call; then a memo answers.
    Once,
}

/// Finds exchanges' folders, with or without a memo.
#[derive(Debug)]
pub struct ExchangeFolders {
    check: FolderCheck,
    memo: HashMap<ExchangeName, PathBuf>,
}

impl ExchangeFolders {
    /// Folders that nobody has looked for yet.
    pub fn new(check: FolderCheck) -> Self {
        Self {
            check,
            memo: HashMap::new(),
        }
    }

    /// The exchange's folder, which exists when this returns.
    ///
    /// # Errors
    /// When the folder is not there and cannot be made.
    pub fn folder(&mut self, exchange: &ExchangeName) -> Result<PathBuf> {
        if self.check == FolderCheck::EveryCall {
            return get_exchange_folder(exchange);
        }
        match self.memo.entry(exchange.clone()) {
            Entry::Occupied(known) => Ok(known.get().clone()),
            Entry::Vacant(unknown) => Ok(unknown.insert(get_exchange_folder(exchange)?).clone()),
        }
    }
}

/// The folder of one exchange under the data root, made if it is missing.
///
/// # Errors
/// When there is no data root or the folder cannot be made.
#[inline(never)]
pub fn get_exchange_folder(exchange: &ExchangeName) -> Result<PathBuf> {
    let folder = data_root()?
        .join("data")
        .join("exchanges")
        .join(exchange.as_str());
    ensure_directory(&folder).map_err(|source| Error::Io {
        action: CREATE_DATA_FOLDER,
        path: folder.clone(),
        source,
    })?;
    Ok(folder)
}

/// Where all data lives: `$BACKDRAFT_ROOT`, else `.backdraft` in the home folder.
///
/// # Errors
/// When neither the variable nor a home folder is set.
#[inline(never)]
pub fn data_root() -> Result<PathBuf> {
    match env::var_os(DATA_ROOT_VARIABLE) {
        Some(root) if !root.is_empty() => Ok(PathBuf::from(root)),
        _ => match env::home_dir() {
            Some(home) if !home.as_os_str().is_empty() => Ok(home.join(".backdraft")),
            _ => Err(Error::NoDataRoot),
        },
    }
}

/// Makes a folder and its parents unless they exist, in the way of Python's
/// `os.makedirs`: look at the parent, try to make the folder, and when that fails
/// because something is there, look whether it is a folder.
///
/// # Errors
/// When the folder cannot be made, or something else has its name.
#[inline(never)]
pub fn ensure_directory(folder: &Path) -> io::Result<()> {
    if let Some(parent) = folder.parent()
        && !parent.as_os_str().is_empty()
        && fs::metadata(parent).is_err()
    {
        ensure_directory(parent)?;
    }
    match fs::create_dir(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            if fs::metadata(folder)?.is_dir() {
                Ok(())
            } else {
                Err(ErrorKind::NotADirectory.into())
            }
        }
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_folder_is_made_with_its_parents() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let folder = dir.path().join("a/b/c");
        ensure_directory(&folder).expect("it can be made");
        ensure_directory(&folder).expect("it exists already");
        assert!(folder.is_dir());
    }

    #[test]
    fn a_file_in_the_way_is_an_error() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let file = dir.path().join("a");
        fs::write(&file, "x").expect("it can be written");
        assert_eq!(
            ensure_directory(&file)
                .expect_err("a file is not a folder")
                .kind(),
            ErrorKind::NotADirectory
        );
        assert!(ensure_directory(&file.join("b")).is_err());
    }
}
