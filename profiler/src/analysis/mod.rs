//! What profiles say, and how sure they are.

mod diff;
mod interval;
mod shares;
mod significance;

pub use self::diff::{Change, Difference, changes};
pub use self::interval::Share;
pub use self::shares::FunctionShare;
#[cfg(feature = "accuracy")]
pub(crate) use self::significance::{
    Observed as Counted, correct, p_value as p_value_of_difference,
};
