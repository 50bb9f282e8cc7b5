//! What the macro refuses, and what it says: one file for each mistake, in a folder named after the stage or layer that
//! refuses; and what must compile.
//!
//! After a change of a message: `TRYBUILD=overwrite cargo test --test ui`, then read the difference.

use trybuild::TestCases;

fn compile_fail(folders: &[&str]) {
    let cases = TestCases::new();
    folders.iter().for_each(|folder| cases.compile_fail(format!("tests/ui/{folder}/*.rs")));
}

#[test]
fn pass() {
    TestCases::new().pass("tests/ui/pass/*.rs");
}

#[test]
fn stages() {
    compile_fail(&["parse", "attributes", "ir", "graph", "stream", "input", "weights", "several"]);
}

#[test]
fn layers() {
    compile_fail(&["activation", "batch_normalization", "conv1d", "conv2d", "dense", "dropout", "flatten"]);
    compile_fail(&["global_pool1d", "global_pool2d", "pool1d", "pool2d", "prelu", "recurrent", "reshape", "softmax"]);
    compile_fail(&["cropping", "dot", "permute", "repeat_vector", "up_sampling", "zero_padding"]);
}

/// Where rustc speaks, its words are those of one version.
#[rustversion::attr(not(stable(1.95)), ignore = "written down with rustc 1.95")]
#[test]
fn compiler() {
    compile_fail(&["consts", "budget", "types", "targets"]);
}
