//! Networks compiled, beside the interpreter. Made from the cases by `build/`: see there, and `twins.txt`.
include!(concat!(env!("OUT_DIR"), "/twins.rs"));
