//! Loading prices, from outside: real files, broken ones, and any at all.

mod data {
    mod broken;
    mod columnar;
    mod defects;
    mod embedded;
    mod laws;
    mod layouts;
    mod mutated;
    mod real;
    mod support;
    mod vendors;
}
