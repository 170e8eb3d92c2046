//! The page: its bytes, and what it shows and does in a browser.
//!
//! In the browser, what the script has counted and computed is compared with what this
//! crate says of the same profile. Pictures stay in cargo's folder for tests' files.

mod html {
    mod bytes;
    mod chrome;
    mod comparison;
    mod large;
    mod names;
    mod one_profile;
    mod profiles;
    mod statistics;
    mod threads;
    mod trees;
}
