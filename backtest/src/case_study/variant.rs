//! The four variants: each anti-pattern present or mended.

use crate::exchange::{FolderCheck, Logging};

/// One setting of the two toggles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Variant {
    /// When retry messages are formatted.
    pub logging: Logging,
    /// How often the exchange's folder is looked for.
    pub folder_check: FolderCheck,
}

impl Variant {
    /// As the talk found it.
    pub const BEFORE: Self = Self::new(Logging::Eager, FolderCheck::EveryCall);
    /// With the first fix, lazy formatting.
    pub const LAZY: Self = Self::new(Logging::Lazy, FolderCheck::EveryCall);
    /// With the second fix, the memo.
    pub const CACHED: Self = Self::new(Logging::Eager, FolderCheck::Once);
    /// With both.
    pub const BOTH: Self = Self::new(Logging::Lazy, FolderCheck::Once);
    /// All four, the slow one first.
    pub const ALL: [Self; 4] = [Self::BEFORE, Self::LAZY, Self::CACHED, Self::BOTH];

    const fn new(logging: Logging, folder_check: FolderCheck) -> Self {
        Self {
            logging,
            folder_check,
        }
    }

    /// The variant in a word or two, for people.
    pub const fn label(self) -> &'static str {
        match (self.logging, self.folder_check) {
            (Logging::Eager, FolderCheck::EveryCall) => "before",
            (Logging::Lazy, FolderCheck::EveryCall) => "lazy formatting",
            (Logging::Eager, FolderCheck::Once) => "memo",
            (Logging::Lazy, FolderCheck::Once) => "both fixes",
        }
    }
}
