//! The messages of an ONNX file.

use std::rc::Rc;

use super::array::{Array, Type};
use super::wire::{Field, Fields, bad};
use crate::ImportError;

/// Graphs within graphs, at most.
const DEEPEST: usize = 64;

#[derive(Debug, Default)]
pub struct Model {
    pub graph: Graph,
    /// The version of ONNX' own operations.
    pub opset: i64,
}

#[derive(Debug, Default)]
pub struct Graph {
    pub name: String,
    pub nodes: Vec<Node>,
    pub initializers: Vec<(String, Array)>,
    pub inputs: Vec<Info>,
    pub outputs: Vec<Info>,
}

#[derive(Debug, Default)]
pub struct Node {
    pub name: String,
    pub op: String,
    pub domain: String,
    pub inputs: Vec<String>,
    pub outputs: Vec<String>,
    pub attributes: Rc<Vec<Attribute>>,
}

#[derive(Clone, Debug, Default)]
pub struct Attribute {
    pub name: String,
    pub int: i64,
    pub float: f32,
    pub text: String,
    pub ints: Vec<i64>,
    pub floats: Vec<f64>,
    pub texts: Vec<String>,
    pub tensor: Option<Array>,
    pub graph: Option<Rc<Graph>>,
}

/// An input or output.
#[derive(Debug, Default)]
pub struct Info {
    pub name: String,
    pub kind: i64,
    /// Nothing if the file says no shape.
    pub shape: Option<Vec<Dim>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dim {
    Size(usize),
    Open(String),
}

pub fn model(bytes: &[u8]) -> Result<Model, ImportError> {
    let mut model = Model::default();
    let mut has_graph = false;
    for field in Fields::of(bytes) {
        match field? {
            (7, field) => {
                model.graph = graph(field.bytes()?, 0)?;
                has_graph = true;
            }
            (8, field) => {
                let (mut domain, mut version) = (String::new(), 0);
                for field in Fields::of(field.bytes()?) {
                    match field? {
                        (1, field) => domain = field.text()?,
                        (2, field) => version = field.int()?,
                        _ => {}
                    }
                }
                if domain.is_empty() || domain == "ai.onnx" {
                    model.opset = version;
                }
            }
            _ => {}
        }
    }
    match has_graph {
        true => Ok(model),
        false => Err(bad("it has no graph")),
    }
}

fn graph(bytes: &[u8], depth: usize) -> Result<Graph, ImportError> {
    if depth > DEEPEST {
        return Err(bad(format!("more than {DEEPEST} graphs within each other")));
    }
    let mut graph = Graph::default();
    for field in Fields::of(bytes) {
        match field? {
            (1, field) => graph.nodes.push(node(field.bytes()?, depth)?),
            (2, field) => graph.name = field.text()?,
            (5, field) => graph.initializers.push(tensor(field.bytes()?)?),
            (11, field) => graph.inputs.push(info(field.bytes()?)?),
            (12, field) => graph.outputs.push(info(field.bytes()?)?),
            (15, _) => return Err(bad("it has sparse weights, which are not read")),
            _ => {}
        }
    }
    Ok(graph)
}

fn node(bytes: &[u8], depth: usize) -> Result<Node, ImportError> {
    let mut node = Node::default();
    let mut attributes = Vec::new();
    for field in Fields::of(bytes) {
        match field? {
            (1, field) => node.inputs.push(field.text()?),
            (2, field) => node.outputs.push(field.text()?),
            (3, field) => node.name = field.text()?,
            (4, field) => node.op = field.text()?,
            (5, field) => attributes.push(attribute(field.bytes()?, depth)?),
            (7, field) => node.domain = field.text()?,
            _ => {}
        }
    }
    node.attributes = Rc::new(attributes);
    Ok(node)
}

fn attribute(bytes: &[u8], depth: usize) -> Result<Attribute, ImportError> {
    let mut attribute = Attribute::default();
    for field in Fields::of(bytes) {
        match field? {
            (1, field) => attribute.name = field.text()?,
            (2, field) => attribute.float = field.float()?,
            (3, field) => attribute.int = field.int()?,
            (4, field) => attribute.text = String::from_utf8_lossy(field.bytes()?).into_owned(),
            (5, field) => attribute.tensor = Some(tensor(field.bytes()?)?.1),
            (6, field) => attribute.graph = Some(Rc::new(graph(field.bytes()?, depth + 1)?)),
            (7, field) => field.floats(&mut attribute.floats)?,
            (8, field) => field.ints(&mut attribute.ints)?,
            (9, field) => attribute.texts.push(String::from_utf8_lossy(field.bytes()?).into_owned()),
            _ => {}
        }
    }
    Ok(attribute)
}

fn info(bytes: &[u8]) -> Result<Info, ImportError> {
    let mut info = Info::default();
    for field in Fields::of(bytes) {
        match field? {
            (1, field) => info.name = field.text()?,
            (2, field) => {
                for field in Fields::of(field.bytes()?) {
                    if let (1, field) = field? {
                        tensor_type(field.bytes()?, &mut info)?;
                    }
                }
            }
            _ => {}
        }
    }
    Ok(info)
}

fn tensor_type(bytes: &[u8], info: &mut Info) -> Result<(), ImportError> {
    for field in Fields::of(bytes) {
        match field? {
            (1, field) => info.kind = field.int()?,
            (2, field) => {
                let mut dims = Vec::new();
                for field in Fields::of(field.bytes()?) {
                    if let (1, field) = field? {
                        dims.push(dim(field.bytes()?)?);
                    }
                }
                info.shape = Some(dims);
            }
            _ => {}
        }
    }
    Ok(())
}

/// A size; what has none, or one below 1, is open.
fn dim(bytes: &[u8]) -> Result<Dim, ImportError> {
    let mut dim = Dim::Open(String::new());
    for field in Fields::of(bytes) {
        match field? {
            (1, field) => {
                if let Some(size) = usize::try_from(field.int()?).ok().filter(|size| *size > 0) {
                    dim = Dim::Size(size);
                }
            }
            (2, field) => dim = Dim::Open(field.text()?),
            _ => {}
        }
    }
    Ok(dim)
}

/// What a tensor has of numbers before its type is known.
#[derive(Default)]
struct Numbers<'a> {
    raw: Option<&'a [u8]>,
    floats: Vec<f64>,
    ints: Vec<i64>,
    external: Option<String>,
}

fn tensor(bytes: &[u8]) -> Result<(String, Array), ImportError> {
    let (mut name, mut kind, mut dims) = (String::new(), 0, Vec::new());
    let mut numbers = Numbers::default();
    for field in Fields::of(bytes) {
        match field? {
            (1, field) => field.ints(&mut dims)?,
            (2, field) => kind = field.int()?,
            (4, field) => field.floats(&mut numbers.floats)?,
            (5 | 7 | 11, field) => field.ints(&mut numbers.ints)?,
            (8, field) => name = field.text()?,
            (9, field) => numbers.raw = Some(field.bytes()?),
            (10, field) => field.doubles(&mut numbers.floats)?,
            (13, field) => external(field, &mut numbers)?,
            _ => {}
        }
    }
    if let Some(file) = numbers.external {
        return Err(bad(format!(
            "the values of `{name}` are in another file, `{file}`: save the model with its weights inside"
        )));
    }
    let shape = dims.iter().map(|size| usize::try_from(*size)).collect::<Result<Vec<_>, _>>();
    let shape = shape.map_err(|_| bad(format!("`{name}` has a negative size")))?;
    let count = shape.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
    let (kind, values) = numbers.read(kind, &name)?;
    if count != Some(values.len()) {
        return Err(bad(format!("`{name}` has {} values, which is not its shape {shape:?}", values.len())));
    }
    Ok((name, Array { kind, shape, values: Rc::new(values) }))
}

fn external(field: Field, numbers: &mut Numbers) -> Result<(), ImportError> {
    let (mut key, mut value) = (String::new(), String::new());
    for field in Fields::of(field.bytes()?) {
        match field? {
            (1, field) => key = field.text()?,
            (2, field) => value = field.text()?,
            _ => {}
        }
    }
    if key == "location" || numbers.external.is_none() {
        numbers.external = Some(value);
    }
    Ok(())
}

impl Numbers<'_> {
    fn read(self, kind: i64, name: &str) -> Result<(Type, Vec<f64>), ImportError> {
        /// Numbers of so many bytes each, the first byte the least.
        fn each<const N: usize>(bytes: &[u8], read: impl Fn([u8; N]) -> f64) -> Option<Vec<f64>> {
            let (all, rest) = bytes.as_chunks::<N>();
            rest.is_empty().then(|| all.iter().map(|bytes| read(*bytes)).collect())
        }
        let is = match kind {
            1 | 10 | 11 | 16 => Type::Real,
            2..=7 | 12 | 13 => Type::Int,
            9 => Type::Bool,
            8 => return Err(bad(format!("`{name}` holds texts"))),
            kind => return Err(bad(format!("`{name}` holds elements of kind {kind}, which are not read"))),
        };
        let Some(raw) = self.raw else {
            let values = match kind {
                1 | 11 => self.floats,
                10 => self.ints.iter().map(|bits| half(*bits as u16)).collect(),
                16 => self.ints.iter().map(|bits| brain(*bits as u16)).collect(),
                _ => self.ints.iter().map(|value| *value as f64).collect(),
            };
            return Ok((is, values));
        };
        let values = match kind {
            1 => each(raw, |bytes| f64::from(f32::from_le_bytes(bytes))),
            2 | 9 => each(raw, |[byte]| f64::from(byte)),
            3 => each(raw, |bytes| f64::from(i8::from_le_bytes(bytes))),
            4 => each(raw, |bytes| f64::from(u16::from_le_bytes(bytes))),
            5 => each(raw, |bytes| f64::from(i16::from_le_bytes(bytes))),
            6 => each(raw, |bytes| f64::from(i32::from_le_bytes(bytes))),
            7 => each(raw, |bytes| i64::from_le_bytes(bytes) as f64),
            10 => each(raw, |bytes| half(u16::from_le_bytes(bytes))),
            11 => each(raw, f64::from_le_bytes),
            12 => each(raw, |bytes| f64::from(u32::from_le_bytes(bytes))),
            13 => each(raw, |bytes| u64::from_le_bytes(bytes) as f64),
            _ => each(raw, |bytes| brain(u16::from_le_bytes(bytes))),
        };
        values.map(|values| (is, values)).ok_or_else(|| bad(format!("`{name}` ends within a number")))
    }
}

/// A float of 16 bits with 5 of exponent.
pub fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    match exponent {
        0 => sign * fraction * 2.0_f64.powi(-24),
        31 if fraction == 0.0 => sign * f64::INFINITY,
        31 => f64::NAN,
        _ => sign * (1.0 + fraction / 1024.0) * 2.0_f64.powi(exponent - 15),
    }
}

/// A float of 16 bits with 8 of exponent.
fn brain(bits: u16) -> f64 {
    f64::from(f32::from_bits(u32::from(bits) << 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_of_16_bits_are_widened() {
        let pairs =
            [(0x3c00, 1.0), (0xc000, -2.0), (0x0001, 2.0_f64.powi(-24)), (0x7bff, 65504.0), (0x3555, 0.333251953125)];
        for (bits, value) in pairs {
            assert_eq!(half(bits), value, "{bits:x}");
        }
        assert!(half(0x7e00).is_nan() && half(0xfc00) == f64::NEG_INFINITY);
        assert_eq!(brain(0x4049), 3.140625);
    }

    #[test]
    fn values_in_another_file_are_named() {
        // `w`, with one entry of external data: its location.
        let entry = b"\x0a\x08location\x12\x05w.bin";
        let mut bytes = vec![0x08, 2, 0x10, 1, 0x42, 1, b'w', 0x6a, entry.len() as u8];
        bytes.extend(entry);
        let error = tensor(&bytes).unwrap_err().to_string();
        assert!(error.contains("`w.bin`"), "{error}");
    }
}
