//! Which outputs are the states that the next call takes in.

use std::collections::HashSet;

use super::array::Type;
use super::flat::{Flat, Id};
use crate::{ImportError, Options, Unsupported};

/// Words that tell what comes in from what goes out.
const SIDES: &[&str] = &[
    "in", "ins", "input", "out", "outs", "output", "new", "next", "prev", "previous", "past", "present", "init",
    "initial", "old", "cur", "current", "last", "final", "updated", "n", "0",
];

/// What states are called; `h` and `c` alone are those of an LSTM.
const KINDS: &[&str] = &[
    "state", "states", "cache", "caches", "hidden", "cell", "memory", "mem", "buffer", "buf", "h", "c", "hx", "cx",
    "context",
];

/// The places of inputs and outputs that are states: those that are named, or those whose names make it plain.
pub fn pairs(flat: &Flat, options: &Options) -> Result<Vec<(usize, usize)>, ImportError> {
    match &options.states {
        Some(named) => given(flat, named),
        None => Ok(plain(flat)),
    }
}

fn given(flat: &Flat, named: &[(String, String)]) -> Result<Vec<(usize, usize)>, ImportError> {
    let (mut pairs, mut problems) = (Vec::new(), Vec::new());
    for (input, output) in named {
        let from = flat.inputs.iter().position(|id| flat.values[*id].name == *input);
        let to = flat.outputs.iter().position(|(name, _)| name == output);
        let problem = match (from, to) {
            (Some(from), Some(to)) if fits(flat, flat.inputs[from], flat.outputs[to].1) => {
                pairs.push((from, to));
                continue;
            }
            (Some(_), Some(_)) => "they have different shapes, or the output depends on nothing".to_owned(),
            (None, _) => format!("the file has no input `{input}`, or it is bound"),
            (_, None) => format!("the file has no output `{output}`"),
        };
        problems.push(Unsupported { node: format!("state `{input}` → `{output}`"), problem, help: String::new() });
    }
    if pairs.len() == flat.outputs.len() && !pairs.is_empty() {
        let problem = "all outputs are states, and nothing is left for the caller".to_owned();
        problems.push(Unsupported { node: "states".to_owned(), problem, help: String::new() });
    }
    if problems.is_empty() { Ok(pairs) } else { Err(ImportError::Unsupported(problems)) }
}

/// Pairs of one input and one output each, of one shape, whose names are the same but for their sides.
fn plain(flat: &Flat) -> Vec<(usize, usize)> {
    let inputs: Vec<Option<String>> = flat.inputs.iter().map(|id| stem(&flat.values[*id].name)).collect();
    let outputs: Vec<Option<String>> = flat.outputs.iter().map(|(name, _)| stem(name)).collect();
    let mut pairs = Vec::new();
    for (from, stem) in inputs.iter().enumerate().filter(|(_, stem)| stem.is_some()) {
        let same = |all: &[Option<String>]| -> Vec<usize> { (0..all.len()).filter(|at| all[*at] == *stem).collect() };
        if let ([_], [to]) = (same(&inputs).as_slice(), same(&outputs).as_slice())
            && fits(flat, flat.inputs[from], flat.outputs[*to].1)
        {
            pairs.push((from, *to));
        }
    }
    // A network that gives nothing but its states is left as it is.
    if pairs.len() == flat.outputs.len() { Vec::new() } else { pairs }
}

/// A state's name without the words for its side, if it is called as states are.
fn stem(name: &str) -> Option<String> {
    let mut words: Vec<String> = Vec::new();
    for part in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty()) {
        // `stateN`, `hn`, `c0`.
        let lower = part.to_ascii_lowercase();
        let kind = KINDS
            .iter()
            .find(|kind| lower.strip_prefix(**kind).is_some_and(|rest| ["n", "0", "in", "out"].contains(&rest)));
        words.push(kind.map_or(lower, |kind| (*kind).to_owned()));
    }
    words.retain(|word| !SIDES.contains(&word.as_str()));
    let is_state = words.iter().any(|word| KINDS.contains(&word.as_str()));
    is_state.then(|| words.join("_"))
}

/// Whether an output can be what the input is in the next call.
fn fits(flat: &Flat, input: Id, output: Id) -> bool {
    let (from, to) = (&flat.values[input], &flat.values[output]);
    let read: HashSet<Id> = flat.ops.iter().flat_map(|op| op.inputs.iter().flatten().copied()).collect();
    let is_real = from.kind == Type::Real && to.kind == Type::Real;
    from.shape == to.shape && is_real && to.array.is_none() && input != output && read.contains(&input)
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn names_of_states() {
        let same = |a: &str, b: &str| assert_eq!(stem(a).expect(a), stem(b).expect(b));
        same("state", "stateN");
        same("h0", "hn");
        same("c_0", "c_n");
        same("x_in_cache", "x_out_cache");
        same("conv_cache", "conv_cache_out");
        same("hidden_in", "new_hidden");
        assert_ne!(stem("h0"), stem("cn"));
        assert_eq!(stem("input"), None);
        assert_eq!(stem("output"), None);
        assert_eq!(stem("obs"), None);
    }
}
