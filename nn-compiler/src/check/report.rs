//! What is wrong with a layer, said with the shapes that lead to it.

use crate::rule::Problem;
use nn_graph::size::shape_text;
use nn_graph::{Op, Shape};

use super::Walk;
use crate::diagnostics::Extent;
use crate::spec::Placed;
use crate::wire;

impl Walk<'_> {
    /// Reports what is wrong with a layer, with the shapes that lead to it.
    pub(super) fn report(&mut self, id: wire::Id, at: Extent, problem: Problem) {
        let trails: Vec<String> = self.graph.nodes[id].inputs.iter().map(|value| self.trail(value)).collect();
        let report = self.errors.error(at, problem.problem);
        let report = report.help(problem.help);
        if !trails.is_empty() {
            report.note(format!("the shapes up to here: {}", trails.join("; ")));
        }
    }

    /// `x 28×28×1 → Conv2D 26×26×8`: how a value came to its shape.
    fn trail(&self, value: &wire::Value) -> String {
        const SHOWN: usize = 6;
        let mut trail = Vec::new();
        let mut from = Some(value);
        while let Some(value) = from {
            let shape = self.of(*value).map(|value| shape_text(&self.values[value].shape));
            trail.push(format!("{} {}", self.graph.shown(value.node), shape.unwrap_or_else(|| "?".to_string())));
            from = self.graph.nodes[value.node].inputs.first();
        }
        trail.reverse();
        if trail.len() > SHOWN + 2 {
            trail.splice(1..trail.len() - SHOWN, ["…".to_string()]);
        }
        trail.join(" → ")
    }

    /// Whether a `let` takes as many results as there are.
    pub(super) fn count_results(&mut self, id: wire::Id, call: usize, found: usize) {
        let (taken, at) = match self.graph.nodes[id].results {
            Some(taken) => taken,
            None => (1, self.graph.nodes[id].at),
        };
        if taken == found {
            return;
        }
        let text = crate::rule::brief(&self.graph.calls[call]);
        let values = |n: usize| if n == 1 { "1 value".to_string() } else { format!("{n} values") };
        let help = match found {
            1 if text.contains("RNN") || text.contains("LSTM") || text.contains("GRU") => {
                "`return_state = true` gives the state too".to_string()
            }
            1 => "`let y = …;`".to_string(),
            _ => {
                let names: Vec<_> = ["a", "b", "c", "d"].into_iter().take(found).collect();
                format!("take them with `let ({}) = …;`, where `_` drops one", names.join(", "))
            }
        };
        let problem = if self.graph.nodes[id].results.is_some() {
            format!("`{text}` gives {}, but {taken} are taken here", values(found))
        } else {
            format!("`{text}` gives {}, where one is needed", values(found))
        };
        self.errors.error(at, problem).help(help);
    }

    fn input_of(&self, id: wire::Id) -> Shape {
        let first = self.graph.nodes[id].inputs.first().and_then(|value| self.of(*value));
        first.map(|value| self.values[value].shape.clone()).unwrap_or_default()
    }

    /// A layer that is used again must fit the weights that its first use gave it.
    pub(super) fn same_weights(&self, id: wire::Id, placed: Placed) -> Result<Placed, Problem> {
        let first = self.graph.nodes[id].weights;
        let name = &self.graph.nodes[first].name;
        let Some(owner) = self.nodes.iter().find(|node| node.owner && *name == node.name.text) else {
            return Ok(placed);
        };
        if matches!(placed.op, Op::Custom(_)) && owner.input != self.input_of(id) {
            let input = shape_text(&self.input_of(id));
            return Err(Problem {
                at: None,
                problem: format!(
                    "`{name}` is a layer on {} by its first use, and here its input is {input}",
                    shape_text(&owner.input)
                ),
                help: "all uses of a `layer` share its weights: declare a second one for this shape".to_string(),
            });
        }
        let fits = |(a, b): (&Shape, &Shape)| {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.known().zip(b.known()).is_none_or(|(a, b)| a == b))
        };
        let twins = owner.params.iter().map(|param| &param.shape).zip(placed.params.iter().map(|param| &param.shape));
        match twins.into_iter().find(|twins| !fits(*twins)) {
            None => Ok(placed),
            Some(_) if first == id => Ok(placed),
            Some((first_shape, shape)) => Err(Problem {
                at: None,
                problem: format!(
                    "`{name}` has weights of {} from its first use, on {}; here they would be {}",
                    shape_text(first_shape),
                    shape_text(&owner.input),
                    shape_text(shape)
                ),
                help: "all uses of a `layer` share its weights: declare a second one for this shape".to_string(),
            }),
        }
    }
}
