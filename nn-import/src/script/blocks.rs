//! Parts of a network that are there several times → blocks.

use std::collections::{HashMap, HashSet};

use super::names::identifier;
use super::{Layer, Node, Operand, Script, Value, What};

/// Nodes of a block, at least, and layers among them.
const FEWEST_NODES: usize = 4;
const FEWEST_LAYERS: usize = 3;
/// A block with more inputs or outputs is no easier to read than what it stands for.
const MOST_ENDS: usize = 3;
/// What a block costs a reader, and each end of it beside the first ones, in nodes.
const COST: usize = 5;
const COST_OF_END: usize = 3;
/// A network of more nodes is left as it is: pairs of them are compared.
const MOST_NODES: usize = 1500;

/// A sub-graph with a name.
#[derive(Clone, Debug)]
pub struct Block {
    pub name: String,
    /// Its inputs have no shapes.
    pub body: Script,
}

/// Where a node has gone: it is itself under another number, or one of a block's copy.
#[derive(Clone, Copy, Debug)]
pub struct Gone {
    pub node: usize,
    pub inner: Option<usize>,
}

/// A script with blocks, and where each of its nodes is there; nodes that are not needed are nowhere.
pub fn fold(script: &Script, needed: &[bool]) -> (Script, Vec<Option<Gone>>) {
    let mut whole = Script { nodes: Vec::new(), blocks: Vec::new(), ..script.clone() };
    let mut gone = vec![None; script.nodes.len()];
    let mut values = HashMap::new();
    for (id, node) in script.nodes.iter().enumerate().filter(|(id, _)| needed[*id]) {
        gone[id] = Some(Gone { node: whole.nodes.len(), inner: None });
        for result in 0..node.results {
            values.insert(Value::Result { node: id, result }, Value::Result { node: whole.nodes.len(), result });
        }
        whole.nodes.push(node.clone());
    }
    for node in &mut whole.nodes {
        node.rename(&values);
        if let What::Again(owner) = &mut node.what {
            *owner = gone[*owner].map_or(0, |gone| gone.node);
        }
    }
    whole.outputs.iter_mut().for_each(|(_, value)| *value = values.get(value).copied().unwrap_or(*value));
    while let Some(found) = best(&whole) {
        whole = put(whole, &found, &mut gone);
    }
    (whole, gone)
}

/// Where a part is, and what it has to do with the rest.
struct Found {
    starts: Vec<usize>,
    len: usize,
    /// What comes in, for each of the parts.
    inputs: Vec<Vec<Value>>,
    /// What goes out, as node within the part and result.
    outputs: Vec<(usize, usize)>,
}

/// The part by which most nodes are saved.
fn best(script: &Script) -> Option<Found> {
    let count = script.nodes.len();
    if count > MOST_NODES {
        return None;
    }
    let kinds = kinds(script);
    let alike = |a: usize, b: usize| kinds[a].is_some() && kinds[a] == kinds[b];
    let mut best: Option<(usize, Found)> = None;
    // How far the nodes behind two of them are alike, for the row of one and all others.
    let mut next = vec![0_usize; count + 1];
    for a in (0..count).rev() {
        let row: Vec<usize> = (0..count).map(|b| if b > a && alike(a, b) { next[b + 1] + 1 } else { 0 }).collect();
        let mut lens: Vec<usize> =
            (a + 1..count).map(|b| row[b].min(b - a)).filter(|len| *len >= FEWEST_NODES).collect();
        lens.sort_unstable();
        lens.dedup();
        for len in lens.into_iter().rev() {
            let most = row.iter().filter(|common| **common >= len).count() * (len - 1);
            let least = best.as_ref().map_or(0, |(saved, _)| *saved);
            if most < least {
                continue;
            }
            let Some(found) = parts(script, a, len, &row) else { continue };
            let ends = found.inputs[0].len() + found.outputs.len() - 2;
            let saved = ((found.starts.len() - 1) * (len - 1)).saturating_sub(COST + COST_OF_END * ends);
            if saved >= least.max(1) {
                best = Some((saved, found));
            }
        }
        next = row.into_iter().chain([0]).collect();
    }
    best.map(|(_, found)| found)
}

/// What each node is, as a number, if it may be within a block.
fn kinds(script: &Script) -> Vec<Option<usize>> {
    let declared = super::names::declared(script.nodes.iter());
    let mut known: HashMap<String, usize> = HashMap::new();
    let kind = |(id, node): (usize, &Node)| {
        let what = match &node.what {
            What::Layer(_) if declared.contains(&id) => return None,
            What::Layer(layer) => format!("{}<{}> {}", layer.class, layer.arguments, plain(layer)),
            What::Infix(sign) => sign.to_string(),
            What::Negative => "-x".to_owned(),
            What::Slice(taken) => format!("[{taken}]"),
            What::Again(_) | What::Weight { .. } | What::State { .. } | What::Assign | What::Copy(_) => return None,
        };
        let numbers = node.operands.iter().map(|operand| match operand {
            Operand::Number(number) => number.to_bits(),
            Operand::Value(_) => 0,
        });
        let text = format!("{what} {} {:?}", node.results, numbers.collect::<Vec<_>>());
        let next = known.len();
        Some(*known.entry(text).or_insert(next))
    };
    script.nodes.iter().enumerate().map(kind).collect()
}

/// The name of a layer in the file without its numbers.
fn plain(layer: &Layer) -> String {
    let name = layer.name.as_deref().map(identifier).unwrap_or_default();
    let words = name.split('_').map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()));
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

/// A part from one node on, and those behind it that are the same.
fn parts(script: &Script, first: usize, len: usize, row: &[usize]) -> Option<Found> {
    let is_layer = |node: &&Node| matches!(node.what, What::Layer(_));
    let nodes = &script.nodes[first..first + len];
    if nodes.iter().filter(is_layer).count() < FEWEST_LAYERS {
        return None;
    }
    let (shape, inputs) = ends(script, first, len);
    if inputs.is_empty() || inputs.len() > MOST_ENDS {
        return None;
    }
    let (mut starts, mut all) = (vec![first], vec![inputs]);
    let mut at = first + len;
    while at + len <= script.nodes.len() {
        let (other, inputs) = if row[at] >= len { ends(script, at, len) } else { (Vec::new(), Vec::new()) };
        if row[at] >= len && other == shape && inputs.len() == all[0].len() {
            starts.push(at);
            all.push(inputs);
            at += len;
        } else {
            at += 1;
        }
    }
    if starts.len() < 2 {
        return None;
    }
    let mut outputs: Vec<(usize, usize)> = starts.iter().flat_map(|start| outer(script, *start, len)).collect();
    outputs.sort_unstable();
    outputs.dedup();
    let fits = !outputs.is_empty() && outputs.len() <= MOST_ENDS;
    fits.then_some(Found { starts, len, inputs: all, outputs })
}

/// What the operands of a part's nodes are: a node of it, or the how manieth value from outside; and these values.
fn ends(script: &Script, start: usize, len: usize) -> (Vec<(bool, usize, usize)>, Vec<Value>) {
    let (mut shape, mut inputs) = (Vec::new(), Vec::new());
    for value in script.nodes[start..start + len].iter().flat_map(Node::values) {
        shape.push(match value {
            Value::Result { node, result } if *node >= start => (true, node - start, *result),
            outside => {
                let place = inputs.iter().position(|other| other == outside).unwrap_or_else(|| {
                    inputs.push(*outside);
                    inputs.len() - 1
                });
                (false, place, 0)
            }
        });
    }
    (shape, inputs)
}

/// The results of a part that are read outside of it.
fn outer(script: &Script, start: usize, len: usize) -> Vec<(usize, usize)> {
    let behind = script.nodes[start + len..].iter().flat_map(Node::values);
    let read = behind.chain(script.outputs.iter().map(|(_, value)| value));
    read.filter_map(|value| match value {
        Value::Result { node, result } if (start..start + len).contains(node) => Some((node - start, *result)),
        _ => None,
    })
    .collect()
}

/// A block in the place of these parts.
fn put(script: Script, found: &Found, gone: &mut [Option<Gone>]) -> Script {
    let block = script.blocks.len();
    let body = body(&script, found);
    let name = block_name(&script, found);
    let (mut nodes, mut values): (Vec<Node>, HashMap<Value, Value>) = (Vec::new(), HashMap::new());
    let mut moved: Vec<Gone> = Vec::new();
    let mut id = 0;
    while id < script.nodes.len() {
        let copy = found.starts.iter().position(|start| *start == id);
        let node = nodes.len();
        if let Some(copy) = copy {
            let operands = found.inputs[copy].iter().map(|value| Operand::Value(*value)).collect();
            let hint = script.nodes[id + found.outputs[0].0].hint.clone();
            nodes.push(Node { what: What::Copy(block), operands, results: found.outputs.len(), hint });
            moved.extend((0..found.len).map(|inner| Gone { node, inner: Some(inner) }));
            for (result, (inner, of)) in found.outputs.iter().enumerate() {
                values.insert(Value::Result { node: id + inner, result: *of }, Value::Result { node, result });
            }
            id += found.len;
        } else {
            for result in 0..script.nodes[id].results {
                values.insert(Value::Result { node: id, result }, Value::Result { node, result });
            }
            nodes.push(script.nodes[id].clone());
            moved.push(Gone { node, inner: None });
            id += 1;
        }
    }
    for node in &mut nodes {
        node.rename(&values);
        if let What::Layer(layer) = &mut node.what {
            // Keras' counters, which go on otherwise where there are blocks.
            let class = nn_compiler::snake_case(&layer.class);
            if plain(layer) == class {
                layer.name = None;
            }
        }
        if let What::Again(owner) = &mut node.what {
            *owner = moved[*owner].node;
        }
    }
    for gone in gone.iter_mut().flatten() {
        let to = moved[gone.node];
        *gone = Gone { node: to.node, inner: gone.inner.or(to.inner) };
    }
    let outputs =
        script.outputs.iter().map(|(name, value)| (name.clone(), values.get(value).copied().unwrap_or(*value)));
    let outputs = outputs.collect();
    let mut blocks = script.blocks;
    blocks.push(Block { name, body });
    Script { nodes, outputs, blocks, ..script }
}

/// The nodes of a part as a script of their own.
fn body(script: &Script, found: &Found) -> Script {
    let start = found.starts[0];
    let mut values = HashMap::new();
    for (place, value) in found.inputs[0].iter().enumerate() {
        values.insert(*value, Value::Input(place));
    }
    for (inner, node) in script.nodes[start..start + found.len].iter().enumerate() {
        for result in 0..node.results {
            values.insert(Value::Result { node: start + inner, result }, Value::Result { node: inner, result });
        }
    }
    let node = |inner: usize| {
        let mut node = script.nodes[start + inner].clone();
        node.rename(&values);
        node.hint = identifier(&node.hint).trim_end_matches(|c: char| c.is_ascii_digit() || c == '_').to_owned();
        if let What::Layer(layer) = &mut node.what {
            let names = found.starts.iter().map(|start| match &script.nodes[start + inner].what {
                What::Layer(layer) => layer.name.as_deref().map(identifier).unwrap_or_default(),
                _ => String::new(),
            });
            layer.name = common(&names.collect::<Vec<_>>(), &nn_compiler::snake_case(&layer.class));
        }
        node
    };
    let names = |count: usize, all: &[&str]| -> Vec<String> {
        (0..count).map(|place| if count == 1 { all[0].to_owned() } else { all[place + 1].to_owned() }).collect()
    };
    let inputs = names(found.inputs[0].len(), &["x", "x", "h", "c"]);
    let outputs = names(found.outputs.len(), &["y", "y", "z", "w"]);
    let input = |name: String| super::Input { name, shape: Vec::new(), kind: super::Kind::Real };
    Script {
        name: String::new(),
        inputs: inputs.into_iter().map(input).collect(),
        nodes: (0..found.len).map(node).collect(),
        outputs: outputs
            .into_iter()
            .zip(&found.outputs)
            .map(|(name, (node, result))| (name, Value::Result { node: *node, result: *result }))
            .collect(),
        blocks: Vec::new(),
    }
}

/// What the names of a layer in all copies have in common behind the number that tells them apart, if that is more than its kind.
fn common(names: &[String], class: &str) -> Option<String> {
    let words: Vec<Vec<&str>> = names.iter().map(|name| name.split('_').collect()).collect();
    let first = words.first()?;
    let is_same = |back: usize| words.iter().all(|words| words.iter().rev().nth(back) == first.iter().rev().nth(back));
    let same = (0..first.len()).take_while(|back| is_same(*back)).count();
    let is_number = |word: &&&str| word.chars().all(|c| c.is_ascii_digit());
    let behind: Vec<&str> = first[first.len() - same..].iter().filter(|word| !is_number(word)).copied().collect();
    let name = behind.join("_");
    (!name.is_empty() && name != class).then_some(name)
}

/// What the names of a part's layers begin with in all copies, or a word for what it does.
fn block_name(script: &Script, found: &Found) -> String {
    let nodes = &script.nodes[found.starts[0]..found.starts[0] + found.len];
    let layers: Vec<&Layer> =
        nodes.iter().filter_map(|node| if let What::Layer(layer) = &node.what { Some(layer) } else { None }).collect();
    let names: Vec<String> = layers.iter().filter_map(|layer| layer.name.as_deref().map(identifier)).collect();
    let is_number = |word: &&str| word.chars().all(|c| c.is_ascii_digit());
    let mut word = String::new();
    if let Some(first) = names.first().filter(|_| names.len() > 1) {
        let all: Vec<Vec<&str>> = names.iter().map(|name| name.split('_').collect()).collect();
        let same =
            first.split('_').enumerate().take_while(|(at, word)| all.iter().all(|one| one.get(*at) == Some(word)));
        let words: Vec<&str> = same.map(|(_, word)| word).filter(|word| !is_number(word)).collect();
        word = words.last().copied().unwrap_or_default().to_owned();
    }
    let has = |class: &str| layers.iter().any(|layer| layer.class.contains(class));
    // A shortcut: what comes in is added to what is made of it.
    let is_residual = nodes.last().is_some_and(|node| {
        let is_sum = matches!(node.what, What::Infix('+'));
        is_sum && node.values().any(|value| *value == found.inputs[0][0])
    });
    if word.len() < 3 && is_residual && !has("Attention") {
        word = "residual".to_owned();
    }
    if word.len() < 3 {
        let kinds = [("Attention", "transformer"), ("Conv", "conv_block"), ("LSTM", "recurrent"), ("GRU", "recurrent")];
        word = kinds.iter().find(|(class, _)| has(class)).map_or("dense_block", |(_, word)| word).to_owned();
    }
    let word = identifier(&word);
    let taken: HashSet<String> = other_names(script, found);
    let is_free = |name: &String| {
        let prefix = format!("{name}_");
        !taken.iter().any(|other| other == name || other.starts_with(&prefix))
    };
    let numbered = (2..1000).map(|number| format!("{word}{number}"));
    std::iter::once(word.clone()).chain(numbered).find(is_free).unwrap_or(word)
}

/// All that something beside the layers of a part is called in a network, or may be.
fn other_names(script: &Script, found: &Found) -> HashSet<String> {
    let is_inside = |id: usize| found.starts.iter().any(|start| (*start..start + found.len).contains(&id));
    let of_nodes = script.nodes.iter().enumerate().flat_map(|(id, node)| {
        let own = match &node.what {
            What::Layer(layer) if !is_inside(id) => layer.name.as_deref().map(identifier),
            What::Weight { name, .. } | What::State { name, .. } => Some(identifier(name)),
            _ => None,
        };
        own.into_iter().chain([identifier(&node.hint)])
    });
    let ends = script.inputs.iter().map(|input| &input.name).chain(script.outputs.iter().map(|(name, _)| name));
    of_nodes
        .chain(ends.map(|name| identifier(name)))
        .chain(script.blocks.iter().map(|block| block.name.clone()))
        .collect()
}
