//! What the macro refuses, and what it says: one file for each mistake, in a folder named after the stage or layer that
//! refuses; and what must compile.
//!
//! After a change of a message: `TRYBUILD=overwrite cargo test --test ui`, then read the difference.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    for stage in ["parse", "attributes", "ir", "input", "weights", "consts", "several", "types", "targets", "budget"] {
        cases.compile_fail(format!("tests/ui/{stage}/*.rs"));
    }
    for layer in [
        "activation",
        "batch_normalization",
        "conv2d",
        "dense",
        "dropout",
        "flatten",
        "global_pool2d",
        "pool2d",
        "prelu",
        "reshape",
        "softmax",
    ] {
        cases.compile_fail(format!("tests/ui/{layer}/*.rs"));
    }
}
