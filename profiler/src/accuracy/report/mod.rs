//! Results for people and for machines: one kind of report a file.

mod explanation;
mod html;
mod junit;
mod markdown;
mod number;
mod text;

pub use self::explanation::explanation;
pub use self::html::html;
pub use self::junit::junit;
pub use self::markdown::markdown;
pub use self::text::text;
