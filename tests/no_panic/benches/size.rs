//! What the reference networks take: weights, memory, and code for each kind of vectors.
//!
//! `cargo bench -p nn-no-panic --bench size`. Bytes of machine code are those of all functions that `infer` or `step` can
//! reach for one kind of vectors, of a release build; a program that picks the vectors while it runs has all of the columns,
//! and one that is compiled for a processor has one.

#[path = "../tests/graph/mod.rs"]
mod graph;

use graph::Graph;
use nn_no_panic::{INFER, STEP};

/// The kinds of vectors, and a word in the names of their functions.
const VECTORS: [(&str, &str); 4] = [
    ("avx-512", "vectorize_avx512"),
    ("avx2", "vectorize_avx2"),
    ("sse2", "vectorize_sse2"),
    ("neon", "vectorize_neon"),
];

fn main() {
    let graph = Graph::read(&graph::libraries());
    let columns = VECTORS.map(|(column, _)| column);
    println!(
        "{:<24}{:>12}{:>12}{}",
        "bytes of",
        "weights",
        "memory",
        columns.map(|column| format!("{column:>10}")).concat()
    );
    for function in INFER.iter().chain(STEP.iter()).filter(|function| function.is_reference()) {
        let code = VECTORS.map(|(_, word)| graph.code_through(&format!("nn_no_panic::{}", function.name), word));
        let code = code.map(|bytes| format!("{:>10}", bytes.map_or("-".to_owned(), |bytes| bytes.to_string())));
        println!("{:<24}{:>12}{:>12}{}", function.name, function.weights, function.memory, code.concat());
    }
}
