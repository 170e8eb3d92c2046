//! Loading prices, from outside: real files, broken ones, and any at all.

mod data {
    mod broken;
    mod embedded;
    mod laws;
    mod layouts;
    mod real;
    mod support;
}
