//! What profiles say, and how sure they are.

mod interval;
mod shares;

pub use self::interval::Share;
pub use self::shares::FunctionShare;
