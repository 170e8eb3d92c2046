//! Loading prices, from outside: real files, broken ones, and any at all.

mod data {
    mod broken;
    mod columnar;
    mod defects;
    mod embedded;
    mod encodings;
    mod judge;
    mod laws;
    mod layouts;
    mod mutated;
    mod notes;
    mod odd_columns;
    mod odd_json;
    mod odd_lines;
    mod prices;
    mod real;
    mod support;
    mod together;
    mod vendors;
}
