//! Made from the cases by `build/`: see there.
#![allow(clippy::needless_update, reason = "some losses have no other option than the one that a case sets")]

include!(concat!(env!("OUT_DIR"), "/values.rs"));
