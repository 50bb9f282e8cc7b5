//! Names and values → text.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use super::names::{self, Name, free, identifier};
use super::{Input, Kind, Layer, Node, Operand, Script, Value, What};

/// A line is broken where it would be longer.
const WIDTH: usize = 110;

/// The nodes in the order in which the text has them: each behind what it is computed from.
pub fn order(script: &Script, needed: &[bool]) -> Vec<usize> {
    let names = vec![None; script.nodes.len()];
    let mut printer = Printer::new(script, needed, &names);
    if printer.chain().is_none() {
        printer.name_values();
        printer.statements("");
    }
    printer.order.into_inner()
}

/// The text. `inner` has the names within each block.
pub fn print(script: &Script, needed: &[bool], names: &[Option<Name>], inner: &[Vec<Option<Name>>]) -> String {
    let mut printer = Printer::new(script, needed, names);
    let name = names::type_name(&script.name);
    match printer.chain().filter(|_| script.blocks.is_empty()) {
        Some(layers) => chain(&name, &script.inputs[0], &layers),
        None => {
            let mut blocks = String::new();
            for (block, names) in script.blocks.iter().zip(inner) {
                let needed = block.body.needed();
                Printer::new(&block.body, &needed, names).block(&block.name, &mut blocks);
            }
            printer.graph(&name, &blocks)
        }
    }
}

/// Layers that follow each other again and again, as a repeat.
fn repeated(layers: Vec<String>) -> Vec<String> {
    let mut text = Vec::new();
    let mut at = 0;
    while at < layers.len() {
        // A label would count on, and the name of the file is not that.
        let is_plain = |period: usize| !layers[at..at + period].iter().any(|layer| layer.contains(": "));
        let times = |period: usize| {
            let part = &layers[at..at + period];
            layers[at..].chunks_exact(period).take_while(|other| *other == part).count()
        };
        let periods = (1..=(layers.len() - at) / 2).filter(|period| is_plain(*period));
        let best = periods
            .map(|period| (period, times(period)))
            .filter(|(period, times)| *times > 2 || (*times == 2 && *period > 1));
        match best.max_by_key(|(period, times)| (period * times, std::cmp::Reverse(*period))) {
            Some((period, times)) => {
                text.push(format!("[{}; {times}]", layers[at..at + period].join(" => ")));
                at += period * times;
            }
            None => {
                text.push(layers[at].clone());
                at += 1;
            }
        }
    }
    text
}

/// `pub struct Net = Input<4> => Dense<3>;`
fn chain(name: &str, input: &Input, layers: &[String]) -> String {
    let layers = repeated(layers.to_vec());
    let line = format!("pub struct {name} = {} => {};", input_text(input), layers.join(" => "));
    if line.len() <= WIDTH {
        return line + "\n";
    }
    let layers: String = layers.iter().map(|layer| format!("\n    => {layer}")).collect();
    format!("pub struct {name} = {}{layers};\n", input_text(input))
}

fn input_text(input: &Input) -> String {
    let mut parts: Vec<String> = input.shape.iter().map(usize::to_string).collect();
    parts.extend(match input.kind {
        Kind::Real => None,
        Kind::Id => Some("dtype = u32".to_owned()),
        Kind::Byte => Some("dtype = u8".to_owned()),
    });
    format!("Input<{}>", parts.join(", "))
}

/// How tight a text holds together, from a chain of layers to a name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tight {
    Chain,
    Sum,
    Product,
    Whole,
}

/// The text of a value: what it begins with, and layers behind that.
struct Text {
    head: String,
    layers: Vec<String>,
    tight: Tight,
}

impl Text {
    fn whole(head: String) -> Self {
        Text { head, layers: Vec::new(), tight: Tight::Whole }
    }

    /// On one line.
    fn line(self) -> String {
        repeated(self.layers).into_iter().fold(self.head, |text, layer| text + " => " + &layer)
    }

    /// As an operand of what holds that tight.
    fn within(self, tight: Tight) -> String {
        if self.tight < tight { format!("({})", self.line()) } else { self.line() }
    }
}

struct Printer<'a> {
    script: &'a Script,
    needed: &'a [bool],
    names: &'a [Option<Name>],
    uses: HashMap<Value, usize>,
    declared: HashSet<usize>,
    /// Names that values have.
    values: HashMap<Value, String>,
    /// The nodes that were written so far.
    order: RefCell<Vec<usize>>,
}

impl<'a> Printer<'a> {
    fn new(script: &'a Script, needed: &'a [bool], names: &'a [Option<Name>]) -> Self {
        let nodes = script.nodes.iter().zip(needed).filter(|(_, needed)| **needed).map(|(node, _)| node);
        let (uses, declared) = (script.uses(needed), names::declared(nodes));
        Printer { script, needed, names, uses, declared, values: HashMap::new(), order: RefCell::default() }
    }

    /// The layers, if they are one chain from the only input to the only output.
    fn chain(&self) -> Option<Vec<String>> {
        let ([_], [(_, output)]) = (self.script.inputs.as_slice(), self.script.outputs.as_slice()) else { return None };
        let (mut layers, mut order) = (Vec::new(), Vec::new());
        let mut at = *output;
        while let Value::Result { node: id, .. } = at {
            let node = &self.script.nodes[id];
            let (What::Layer(layer), [Operand::Value(from)]) = (&node.what, node.operands.as_slice()) else {
                return None;
            };
            if node.results != 1 || self.uses[&at] != 1 || self.declared.contains(&id) {
                return None;
            }
            layers.push(self.layer(id, layer));
            order.push(id);
            at = *from;
        }
        if self.uses[&at] != 1 || layers.is_empty() {
            return None;
        }
        layers.reverse();
        self.order.borrow_mut().extend(order.into_iter().rev());
        Some(layers)
    }

    fn graph(&mut self, name: &str, blocks: &str) -> String {
        self.name_values();
        let inputs = self.script.inputs.iter().enumerate();
        let inputs = inputs.map(|(i, input)| format!("{}: {}", self.values[&Value::Input(i)], input_text(input)));
        let inputs = inputs.collect::<Vec<_>>().join(", ");
        format!("pub struct {name}({inputs}) -> {} {{\n{blocks}{}}}\n", self.outputs(), self.statements("    "))
    }

    /// A sub-graph with a name, whose inputs have no types.
    fn block(&mut self, name: &str, text: &mut String) {
        self.name_values();
        let inputs: Vec<&str> = (0..self.script.inputs.len()).map(|i| &*self.values[&Value::Input(i)]).collect();
        let (inputs, outputs, body) = (inputs.join(", "), self.outputs(), self.statements("        "));
        let _ = writeln!(text, "    block {name}({inputs}) -> {outputs} {{\n{body}    }}");
    }

    fn outputs(&self) -> String {
        let outputs: Vec<&str> = self.script.outputs.iter().map(|(_, value)| &*self.values[value]).collect();
        match outputs.as_slice() {
            [one] => (*one).to_owned(),
            all => format!("({})", all.join(", ")),
        }
    }

    fn statements(&self, indent: &str) -> String {
        let mut text = String::new();
        for (id, node) in self.script.nodes.iter().enumerate() {
            if self.needed[id] {
                self.statement(id, node, indent, &mut text);
            }
        }
        text
    }

    /// Inputs and outputs keep their names, then values that have a `let`.
    fn name_values(&mut self) {
        let mut taken: HashSet<String> = HashSet::new();
        for (name, id) in self.names.iter().zip(0..) {
            let in_scope = self.declared.contains(&id)
                || matches!(self.script.nodes[id].what, What::Weight { .. } | What::State { .. });
            if let Some(name) = name.as_ref().filter(|_| in_scope) {
                taken.insert(name.text.clone());
            }
        }
        for (i, input) in self.script.inputs.iter().enumerate() {
            self.values.insert(Value::Input(i), free(&mut taken, identifier(&input.name)));
        }
        for (name, value) in &self.script.outputs {
            if !self.values.contains_key(value) {
                self.values.insert(*value, free(&mut taken, identifier(name)));
            }
        }
        for (id, node) in self.script.nodes.iter().enumerate().filter(|(id, _)| self.needed[*id]) {
            if let What::Weight { .. } | What::State { .. } = node.what {
                let name = self.names[id].as_ref().map(|name| name.text.clone()).unwrap_or_default();
                self.values.insert(Value::of(id), name);
                continue;
            }
            for result in 0..node.results {
                let value = Value::Result { node: id, result };
                let read = self.uses.contains_key(&value);
                if read && !self.values.contains_key(&value) && !self.is_inlined(id) {
                    self.values.insert(value, free(&mut taken, identifier(&node.hint)));
                }
            }
        }
    }

    /// Whether the value of a node stands where it is read: it has one reader, which a text can go on to.
    fn is_inlined(&self, id: usize) -> bool {
        let value = Value::of(id);
        let node = &self.script.nodes[id];
        if node.results != 1
            || self.uses.get(&value) != Some(&1)
            || matches!(node.what, What::Weight { .. } | What::State { .. })
        {
            return false;
        }
        let reads = |reader: &&Node| reader.values().any(|read| *read == value);
        let readers = self.script.nodes.iter().zip(self.needed).skip(id).filter(|(_, needed)| **needed);
        let Some(reader) = readers.map(|(node, _)| node).find(reads) else { return false };
        match (&reader.what, reader.operands.len()) {
            (What::Layer(_) | What::Again(_) | What::Copy(_), 1) => true,
            (What::Infix(_) | What::Negative, _) => match node.what {
                What::Infix(_) | What::Negative | What::Slice(_) => true,
                // One layer stands in parentheses; what is longer gets a name.
                What::Layer(_) | What::Again(_) | What::Copy(_) => {
                    node.values().count() == 1 && !node.values().any(|value| self.goes_on(value))
                }
                What::Weight { .. } | What::State { .. } | What::Assign => false,
            },
            (What::Assign, _) => true,
            (What::Layer(_) | What::Again(_) | What::Copy(_), _) => matches!(node.what, What::Slice(_)),
            (What::Slice(_) | What::Weight { .. } | What::State { .. }, _) => false,
        }
    }

    /// Whether a value is the end of a chain that has no name.
    fn goes_on(&self, value: &Value) -> bool {
        matches!(value, Value::Result { node, .. } if self.is_inlined(*node))
    }

    fn statement(&self, id: usize, node: &Node, indent: &str, text: &mut String) {
        if let (What::Layer(layer), true) = (&node.what, self.declared.contains(&id)) {
            let name = self.names[id].as_ref().map_or("", |name| &*name.text);
            let _ = writeln!(text, "{indent}layer {name} = {};", layer_text(layer));
        }
        if let What::Weight { shape, trainable, .. } = &node.what {
            let name = &self.values[&Value::of(id)];
            let options = if *trainable { "" } else { "<trainable = false>" };
            let _ = writeln!(text, "{indent}weight{options} {name}: {shape:?};");
            self.order.borrow_mut().push(id);
            return;
        }
        if let What::State { shape, .. } = &node.what {
            let _ = writeln!(text, "{indent}state {}: {shape:?};", self.values[&Value::of(id)]);
            self.order.borrow_mut().push(id);
            return;
        }
        if let (What::Assign, [state, new]) = (&node.what, node.operands.as_slice()) {
            let (state, value) = (self.operand(state).line(), self.operand(new));
            self.order.borrow_mut().push(id);
            let_line(&state, "", value, indent, text);
            return;
        }
        let results: Vec<&str> = (0..node.results).map(|result| self.result(id, result)).collect();
        if results.iter().all(|result| *result == "_") {
            return;
        }
        let results = match results.as_slice() {
            [one] => (*one).to_owned(),
            all => format!("({})", all.join(", ")),
        };
        let value = self.node(id, node);
        let_line(&results, "let ", value, indent, text);
    }

    fn result(&self, node: usize, result: usize) -> &str {
        self.values.get(&Value::Result { node, result }).map_or("_", String::as_str)
    }

    fn operand(&self, operand: &Operand) -> Text {
        let value = match operand {
            Operand::Number(number) => return Text::whole(number_text(*number)),
            Operand::Value(value) => value,
        };
        match (self.values.get(value), value) {
            (Some(name), _) => Text::whole(name.clone()),
            (None, Value::Result { node, .. }) => self.node(*node, &self.script.nodes[*node]),
            (None, Value::Input(_)) => Text::whole("_".to_owned()),
        }
    }

    /// The text of what a node computes.
    fn node(&self, id: usize, node: &Node) -> Text {
        let text = self.text(id, node);
        self.order.borrow_mut().push(id);
        text
    }

    fn text(&self, id: usize, node: &Node) -> Text {
        let (layer, operands) = match &node.what {
            What::Layer(layer) if self.declared.contains(&id) => (self.declared_name(id, layer), &node.operands),
            What::Layer(layer) => (self.layer(id, layer), &node.operands),
            What::Again(owner) => {
                (self.names[*owner].as_ref().map_or("", |name| &*name.text).to_owned(), &node.operands)
            }
            What::Copy(block) => (self.script.blocks[*block].name.clone(), &node.operands),
            What::Infix(sign) => return self.infix(*sign, &node.operands),
            What::Negative => {
                let inner = self.operand(&node.operands[0]).within(Tight::Whole);
                return Text { head: format!("-{inner}"), layers: Vec::new(), tight: Tight::Product };
            }
            What::Slice(taken) => {
                return Text::whole(format!("{}[{taken}]", self.operand(&node.operands[0]).within(Tight::Whole)));
            }
            What::Weight { .. } | What::State { .. } | What::Assign => {
                return Text::whole(self.result(id, 0).to_owned());
            }
        };
        if let [operand] = operands.as_slice() {
            let mut text = self.operand(operand);
            text.layers.push(layer);
            return Text { tight: Tight::Chain, ..text };
        }
        let operands: Vec<String> = operands.iter().map(|operand| self.operand(operand).line()).collect();
        Text::whole(format!("{layer}({})", operands.join(", ")))
    }

    fn infix(&self, sign: char, operands: &[Operand]) -> Text {
        let tight = if matches!(sign, '+' | '-') { Tight::Sum } else { Tight::Product };
        // What stands to the right of a minus or a slash is taken apart otherwise.
        let right = if tight == Tight::Sum { Tight::Product } else { Tight::Whole };
        let (a, b) = (self.operand(&operands[0]).within(tight), self.operand(&operands[1]).within(right));
        Text { head: format!("{a} {sign} {b}"), layers: Vec::new(), tight }
    }

    fn declared_name(&self, id: usize, layer: &Layer) -> String {
        self.names[id].as_ref().map_or_else(|| layer_text(layer), |name| name.text.clone())
    }

    fn layer(&self, id: usize, layer: &Layer) -> String {
        match &self.names[id] {
            Some(Name { text, label: true }) => format!("{text}: {}", layer_text(layer)),
            _ => layer_text(layer),
        }
    }
}

/// A statement that gives a value a name, on one line or several.
fn let_line(name: &str, word: &str, value: Text, indent: &str, text: &mut String) {
    let (head, layers) = (value.head.clone(), repeated(value.layers.clone()));
    let line = format!("{indent}{word}{name} = {};", value.line());
    if line.len() <= WIDTH {
        let _ = writeln!(text, "{line}");
    } else {
        let layers: String = layers.iter().map(|layer| format!("\n{indent}    => {layer}")).collect();
        let _ = writeln!(text, "{indent}{word}{name} = {head}{layers};");
    }
}

fn layer_text(Layer { class, arguments, .. }: &Layer) -> String {
    if arguments.is_empty() { class.clone() } else { format!("{class}<{arguments}>") }
}

/// A number as Rust writes one that is no integer.
pub fn number_text(number: f64) -> String {
    let text = format!("{number:?}");
    if number < 0.0 { format!("({text})") } else { text }
}
