//! ONNX files made of nodes and arrays, for tests.

/// A file that is put together.
#[derive(Clone, Debug)]
pub struct File {
    nodes: Vec<u8>,
    arrays: Vec<u8>,
    ends: Vec<u8>,
    opset: u64,
}

/// An attribute of a node.
#[derive(Clone, Copy, Debug)]
pub enum Attribute<'a> {
    Int(&'a str, i64),
    Ints(&'a str, &'a [i64]),
    Float(&'a str, f32),
    Text(&'a str, &'a str),
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 128 {
        bytes.push(number as u8 | 128);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}

fn number(field: u64, number: i64) -> Vec<u8> {
    [varint(field << 3), varint(number as u64)].concat()
}

fn bytes(field: u64, bytes: &[u8]) -> Vec<u8> {
    [varint(field << 3 | 2), varint(bytes.len() as u64), bytes.to_vec()].concat()
}

impl File {
    /// With an input of floats of this shape.
    pub fn new(inputs: &[(&str, &[usize])]) -> Self {
        let mut file = File { nodes: Vec::new(), arrays: Vec::new(), ends: Vec::new(), opset: 17 };
        inputs.iter().for_each(|(name, shape)| file.end(11, name, shape, 1));
        file
    }

    pub fn opset(mut self, opset: u64) -> Self {
        self.opset = opset;
        self
    }

    /// An input of whole numbers.
    pub fn ids(mut self, name: &str, shape: &[usize]) -> Self {
        self.end(11, name, shape, 7);
        self
    }

    fn end(&mut self, field: u64, name: &str, shape: &[usize], kind: i64) {
        let dims: Vec<u8> = shape.iter().flat_map(|size| bytes(1, &number(1, *size as i64))).collect();
        let tensor = [number(1, kind), bytes(2, &dims)].concat();
        self.ends.extend(bytes(field, &[bytes(1, name.as_bytes()), bytes(2, &bytes(1, &tensor))].concat()));
    }

    /// An array of floats.
    pub fn array(mut self, name: &str, shape: &[usize], values: &[f32]) -> Self {
        let dims = shape.iter().flat_map(|size| number(1, *size as i64));
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let tensor: Vec<u8> = dims.chain(number(2, 1)).chain(bytes(8, name.as_bytes())).chain(bytes(9, &raw)).collect();
        self.arrays.extend(bytes(5, &tensor));
        self
    }

    /// An array of whole numbers.
    pub fn whole(mut self, name: &str, shape: &[usize], values: &[i64]) -> Self {
        let dims = shape.iter().flat_map(|size| number(1, *size as i64));
        let raw: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        let tensor: Vec<u8> = dims.chain(number(2, 7)).chain(bytes(8, name.as_bytes())).chain(bytes(9, &raw)).collect();
        self.arrays.extend(bytes(5, &tensor));
        self
    }

    /// A list of whole numbers.
    pub fn ints(self, name: &str, values: &[i64]) -> Self {
        self.whole(name, &[values.len()], values)
    }

    /// A node: `a, b = Split(x, sizes)`.
    pub fn node(self, text: &str, attributes: &[Attribute]) -> Self {
        self.of("", text, attributes)
    }

    /// A node of another domain.
    pub fn of(mut self, domain: &str, text: &str, attributes: &[Attribute]) -> Self {
        let (outputs, call) = text.split_once(" = ").expect("outputs");
        let (op, inputs) = call.trim_end_matches(')').split_once('(').expect("inputs");
        let names = |field: u64, names: &str| -> Vec<u8> {
            names.split(',').flat_map(|name| bytes(field, name.trim().as_bytes())).collect()
        };
        let mut node = [names(1, inputs), names(2, outputs), bytes(4, op.as_bytes())].concat();
        node.extend(bytes(7, domain.as_bytes()));
        for attribute in attributes {
            let (name, value, kind) = match attribute {
                Attribute::Int(name, value) => (name, number(3, *value), 2),
                Attribute::Ints(name, values) => (name, values.iter().flat_map(|x| number(8, *x)).collect(), 7),
                Attribute::Float(name, value) => (name, [varint(2 << 3 | 5), value.to_le_bytes().to_vec()].concat(), 1),
                Attribute::Text(name, value) => (name, bytes(4, value.as_bytes()), 3),
            };
            node.extend(bytes(5, &[bytes(1, name.as_bytes()), value, number(20, kind)].concat()));
        }
        self.nodes.extend(bytes(1, &node));
        self
    }

    /// The bytes, with these outputs.
    pub fn finish(mut self, outputs: &[&str]) -> Vec<u8> {
        outputs.iter().for_each(|name| self.end(12, name, &[], 1));
        let graph = [self.nodes, self.arrays, self.ends].concat();
        [number(1, 8), bytes(8, &number(2, self.opset as i64)), bytes(7, &graph)].concat()
    }
}
