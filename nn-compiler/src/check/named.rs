//! What a call gives by name beside its inputs: `LSTM<4>(x, initial_state = (h, c), mask = m)`.

use nn_graph::graph::{Operand, ValueId};
use nn_graph::size::shape_text;

use super::Walk;
use crate::diagnostics::{Extent, nearest};
use crate::rule::{Problem, Site};
use crate::spec::Configured;
use crate::wire;

/// The masks that layers take by name: the first of the inputs that each is for.
const MASKS: [(&str, usize); 4] = [("mask", 0), ("value_mask", 1), ("key_mask", 2), ("attention_mask", 3)];

impl Walk<'_> {
    /// Takes what has a name out of the inputs of a layer: states go behind the inputs; masks are returned, each with the place of
    /// its input among those that the operation sees. As in Keras, `None` beside a mask takes away what the input carries.
    pub(super) fn named(
        &self,
        id: wire::Id,
        layer: &Configured,
        inputs: &mut Vec<Operand>,
        site: &mut Site,
    ) -> Result<Vec<(usize, Option<ValueId>)>, Problem> {
        let named = &self.graph.nodes[id].named;
        let by_name: usize = named.iter().map(|named| named.places.iter().flatten().count()).sum();
        let all = inputs.clone();
        inputs.truncate(all.len() - by_name);
        let plain = inputs.len();
        let mut masks = Vec::new();
        for (index, one) in named.iter().enumerate() {
            let name = one.name.to_string();
            let at = |problem: Problem| Problem { at: Some(Extent::from(&one.name)), ..problem };
            if !layer.spec.named.contains(&name.as_str()) {
                return Err(at(unknown(site, layer, &name)));
            }
            if named[..index].iter().any(|before| before.name == one.name) {
                return Err(at(site.problem(&format!("is given `{name}` twice"), "")));
            }
            let values: Vec<Option<&Operand>> = one.places.iter().map(|place| place.map(|place| &all[place])).collect();
            if name == "initial_state" {
                if plain > 1 {
                    return Err(at(site.problem("is given its initial state twice", "by name or by its place")));
                }
                inputs.extend(values.into_iter().flatten().cloned());
                continue;
            }
            let first = MASKS.iter().find(|(mask, _)| *mask == name).map_or(0, |(_, place)| *place);
            let takes = if name == "mask" { masked_inputs(layer) } else { 1 };
            if values.len() != takes {
                let (some, value) = if takes == 1 { ("one mask", "m") } else { ("two masks", "(a, b)") };
                let problem = format!("takes {some} in `{name}`, but is given {}", values.len());
                return Err(at(site.problem(&problem, &format!("`{name} = {value}`"))));
            }
            for (place, value) in values.into_iter().enumerate() {
                let Some(value) = value else {
                    masks.extend((takes > 1).then_some((place, None)));
                    continue;
                };
                if name == "attention_mask" {
                    site.given.push((name.clone(), value.clone()));
                } else {
                    of_steps(site, &inputs[..plain], (first + place, &name), value).map_err(at)?;
                }
                masks.push((first + place, Some(value.value)));
            }
        }
        Ok(masks)
    }
}

/// Of `Attention` and `AdditiveAttention`, query and value may have one.
fn masked_inputs(layer: &Configured) -> usize {
    if matches!(layer.spec.class(), "Attention" | "AdditiveAttention") { 2 } else { 1 }
}

fn unknown(site: &Site, layer: &Configured, name: &str) -> Problem {
    let names = layer.spec.named;
    let help = if layer.spec.option_names().any(|option| option == name) {
        let inside = site.text.trim_end_matches('>');
        let before = if inside.contains('<') { ", " } else { "<" };
        format!("it is an option, which stands in angle brackets: `{inside}{before}{name} = …>`")
    } else if let Some(near) = nearest(name, names.iter().copied()) {
        format!("did you mean `{near}`?")
    } else if names.is_empty() {
        "its values have no names".to_string()
    } else {
        format!("by name it takes {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
    };
    site.problem(&format!("takes no value called `{name}`"), &help)
}

/// Whether a mask has a number for each step of its input.
fn of_steps(site: &Site, inputs: &[Operand], (place, name): (usize, &str), mask: &Operand) -> Result<(), Problem> {
    // Where there are fewer inputs, the last of them, or the only one, stands for the others.
    let input = inputs.get(place).or(inputs.last());
    let Some(steps) = input.and_then(|input| input.shape.first()) else { return Ok(()) };
    match site.real(mask)? {
        [found] if found == steps => Ok(()),
        found => {
            let problem = format!(
                "needs a number for each of {} steps in `{name}`, but it is {}",
                steps.text(),
                shape_text(found)
            );
            Err(site.problem(&problem, "1 for a step that counts, 0 for one that does not"))
        }
    }
}
