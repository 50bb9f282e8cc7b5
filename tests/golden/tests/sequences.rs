//! Made from the cases by `build/`: see there.
include!(concat!(env!("OUT_DIR"), "/sequences.rs"));
