//! What the reference networks take: weights, memory, and code for each kind of vectors.
//!
//! `cargo test -p nn-no-panic --test size`. Bytes of machine code are those of all functions that `infer` or `step` can
//! reach in a release build. A program that picks the vectors while it runs has the code of all columns; the last
//! is that of the vectors that every processor of this kind has. One that is compiled for a processor has one of them.

mod graph;

use graph::Graph;
use nn_no_panic::{INFER, STEP};

/// What is in the names of functions for vectors that are picked.
const PICKED: &str = "vectorize_";
/// Kinds of them.
const VECTORS: [(&str, &str); 2] = [("avx-512", "vectorize_avx512"), ("avx2", "vectorize_avx2")];

fn main() {
    let graph = Graph::read(&graph::libraries());
    let [(first, _), (second, _)] = VECTORS;
    println!("{:<20}{:>12}{:>10}{first:>10}{second:>10}{:>10}", "bytes of", "weights", "memory", "baseline");
    for function in INFER.iter().chain(STEP.iter()).filter(|function| function.is_reference()) {
        let path = format!("nn_no_panic::{}", function.name);
        let code = |kind: &str| graph.code(&path, |name| !name.contains(PICKED) || name.contains(kind));
        let baseline = code("nothing else").expect("the function is there");
        let picked = VECTORS.map(|(_, kind)| code(kind).expect("the function is there") - baseline);
        println!(
            "{:<20}{:>12}{:>10}{:>10}{:>10}{baseline:>10}",
            function.name, function.weights, function.memory, picked[0], picked[1]
        );
    }
}
