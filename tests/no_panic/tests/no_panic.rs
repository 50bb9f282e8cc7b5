//! Inference cannot panic, allocate, take a lock or call the system: nothing that does so is reachable in the machine
//! code of `infer` and `step`.
//!
//! The networks of `src/lib.rs` are compiled as a user's release build compiles them. What their functions call is
//! read from the relocations of the object files, through all crates of the build. Whatever is not there is in the
//! standard library or the system's: of that, only [`HARMLESS`] may be reachable. To see more of a failure, build with
//! `CARGO_PROFILE_RELEASE_DEBUG=1` and look at the function that the message names.
//!
//! What is not seen: an instruction for a call of the system without a function around it, which takes inline assembly, and
//! a loop that waits for another thread. Neither can be written without `asm!` or atomics, and no code of inference has them.

mod graph;

use std::sync::LazyLock;

use graph::Graph;

/// Functions of the system's that do nothing but compute and copy: they cannot panic, since they are written in C, or
/// are instructions.
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

/// Functions that do what inference must not do, and a word in the name of something that they reach.
const CONTROLS: &[(&str, &str)] = &[
    ("index", "panic_bounds_check"),
    ("call", "panic_bounds_check"),
    ("allocate", "alloc"),
    ("lock", "Mutex"),
    ("system_call", "yield"),
    ("print", "print"),
];

static GRAPH: LazyLock<Graph> = LazyLock::new(|| Graph::read(&graph::libraries()));

#[test]
fn inference_cannot_panic_allocate_lock_or_call_the_system() {
    let mut failures = Vec::new();
    let functions = nn_no_panic::INFER.iter().chain(nn_no_panic::STEP.iter()).chain(nn_no_panic::STEPS.iter());
    for function in functions.clone() {
        let name = format!("nn_no_panic::{}", function.name);
        match GRAPH.path_to(&name, |symbol| !HARMLESS.contains(&symbol.trim_start_matches('_'))) {
            Err(missing) => failures.push(missing),
            Ok(Some(path)) => failures.push(format!("{name} can reach\n    {}", path.join("\n    by "))),
            Ok(None) => {}
        }
    }
    assert!(failures.is_empty(), "{} of {} functions:\n{}", failures.len(), functions.count(), failures.join("\n"));
}

#[test]
fn panics_allocations_locks_and_calls_of_the_system_are_found() {
    for (function, word) in CONTROLS {
        let name = format!("nn_no_panic::controls::{function}");
        let path = GRAPH.path_to(&name, |symbol| symbol.contains(word) && !HARMLESS.contains(&symbol));
        assert!(path.expect("the function is there").is_some(), "{function} does not reach {word}");
    }
}
