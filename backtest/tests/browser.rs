//! The case study's page in a browser: what a room will see and press.
//!
//! The study is real but short, and what it measures is no matter here; the page has
//! to work whatever the verdict. Screenshots and the print stay in cargo's folder for
//! tests' files, to be looked at.

mod browser {
    #[path = "../../../profiler/tests/html/chrome.rs"]
    mod chrome;
    mod page;
    mod study;
}
