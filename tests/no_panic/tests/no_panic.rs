//! Inference cannot panic: no code that panics is reachable in the machine code of `infer` and `step`.
//!
//! The networks of `src/lib.rs` are compiled as a user's release build compiles them. What their functions call is
//! read from the relocations of the object files, through all crates of the build. Whatever is not there is in the
//! standard library or the system's: of that, only [`HARMLESS`] may be reachable. To see more of a failure, build with
//! `CARGO_PROFILE_RELEASE_DEBUG=1` and look at the function that the message names.

mod graph;

use std::path::{Path, PathBuf};
use std::process::Command;

use graph::Graph;

/// Functions of the system's that cannot panic: they are written in C, or are instructions.
const HARMLESS: &[&str] = &[
    "memcpy",
    "memmove",
    "memset",
    "memcmp",
    "bcmp",
    "fma",
    "fmaf",
    "floor",
    "floorf",
    "ceil",
    "ceilf",
    "trunc",
    "truncf",
    "rint",
    "rintf",
    "roundeven",
    "roundevenf",
    "sqrt",
    "sqrtf",
];

#[test]
fn no_panic_is_reachable_from_infer() {
    let graph = Graph::read(&libraries());
    let mut failures = Vec::new();
    let functions = nn_no_panic::FUNCTIONS.iter().chain(nn_no_panic::STEPS);
    for function in functions.clone() {
        let name = format!("nn_no_panic::{function}");
        match graph.path_out(&name, HARMLESS) {
            Err(missing) => failures.push(missing),
            Ok(Some(path)) => failures.push(format!("{name} can reach\n    {}", path.join("\n    by "))),
            Ok(None) => {}
        }
    }
    assert!(failures.is_empty(), "{} of {} functions:\n{}", failures.len(), functions.count(), failures.join("\n"));
    // And where there is a panic, it is found.
    for name in ["nn_no_panic::control_index", "nn_no_panic::control_call"] {
        let path = graph.path_out(name, HARMLESS).expect("the function is there").expect("a panic is reachable");
        assert!(path[0].contains("panic"), "{path:?}");
    }
}

/// The libraries that a release build of this crate consists of.
fn libraries() -> Vec<PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "--lib", "--message-format=json", "--config=profile.release.codegen-units=16"])
        .arg("--manifest-path")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut libraries = Vec::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let message: serde_json::Value = serde_json::from_str(line).expect("cargo writes JSON");
        let files = message["filenames"].as_array().into_iter().flatten();
        libraries
            .extend(files.filter_map(|file| file.as_str()).filter(|file| file.ends_with(".rlib")).map(PathBuf::from));
    }
    libraries
}
