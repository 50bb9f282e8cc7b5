//! `#[weights("…")]`: what a weight file says of its tensors, compared with the weights of the network.
//!
//! The macro reads the header alone, so that its size in memory does not depend on the file's. The numbers are read by
//! rustc, through `include_bytes!`.

mod header;
mod json;

use std::env;
use std::fs::File as Disk;
use std::io;
use std::ops::Range;
use std::path::PathBuf;

use nn_graph::graph::Dtype;
use nn_graph::weight::Param;
use nn_graph::{Graph, Shape};
use proc_macro2::Span;
use syn::LitStr;

use crate::diagnostics::{Diagnostics, nearest};
use header::Tensor;

/// What emission has to know of a file that fits.
pub struct Weights {
    /// As written.
    pub path: String,
    /// The bytes of the weights in the file, in the order of the fields.
    pub parts: Vec<Range<usize>>,
    /// What is read in place of the file: the weights of a model, which lie in it in other orders.
    pub bytes: Option<Vec<u8>>,
    /// Where the path stands.
    pub at: Span,
    /// What only the compiler can check.
    pub checks: Vec<SameShape>,
}

impl Weights {
    /// The weights of a model, in the order of the struct, each with its least byte first.
    pub fn of_model(path: String, at: Span, bytes: Vec<u8>) -> Self {
        let whole = 0..bytes.len();
        Weights { path, parts: vec![whole], bytes: Some(bytes), at, checks: Vec::new() }
    }
}

/// A tensor whose shape has to be that of a weight with sizes that the macro cannot see.
pub struct SameShape {
    pub name: String,
    pub expected: Shape,
    pub found: Vec<usize>,
}

/// A file whose header could be read.
pub struct File {
    /// As written.
    path: String,
    /// Where the path stands.
    at: Span,
    tensors: Vec<Tensor>,
}

/// Reads the header of the file.
pub fn open(path: &LitStr, errors: &mut Diagnostics) -> Option<File> {
    let (text, at) = (path.value(), path.span());
    let opened = Disk::open(folder().join(&text)).and_then(|disk| {
        let metadata = disk.metadata()?;
        if metadata.is_file() { Ok((disk, metadata.len())) } else { Err(io::Error::other("it is not a file")) }
    });
    let (mut disk, len) = match opened {
        Ok(opened) => opened,
        Err(error) => {
            let report = errors.error(at, format!("cannot open the weight file `{text}`: {error}"));
            report.help(beside(&text, at));
            return None;
        }
    };
    match header::read(&mut disk, len) {
        Ok(tensors) => Some(File { path: text, at, tensors }),
        Err(reason) => {
            let report = errors.error(at, format!("`{text}` is not a safetensors file: {reason}"));
            report.help("a network's `save` writes one");
            None
        }
    }
}

/// Where paths start, as for other macros that read files.
pub fn folder() -> PathBuf {
    env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from).unwrap_or_default()
}

/// Where paths start; and the whole path, if the file lies beside the source.
fn beside(path: &str, at: Span) -> String {
    let rule = "a path starts at the folder of `Cargo.toml`";
    let source = at.local_file().and_then(|source| Some(source.canonicalize().ok()?.parent()?.join(path)));
    let whole = source.filter(|file| file.is_file()).map(|file| match file.strip_prefix(folder()) {
        Ok(inside) => inside.to_owned(),
        Err(_) => file,
    });
    match whole {
        Some(whole) => format!("{rule}: `{}`", whole.display()),
        None => rule.to_string(),
    }
}

/// Compares the file with the network; reports every difference.
pub fn fit(file: File, network: &str, graph: &Graph, errors: &mut Diagnostics) -> Option<Weights> {
    if let Some(node) = graph.owners().find(|node| node.params.iter().any(Param::is_unknown)) {
        let problem =
            format!("only rustc knows the weights of `{}`, so that no file can be compared with them here", node.text);
        errors.error(file.at, problem).help("load them when the program runs: `load_weights`");
        return None;
    }
    let weights: Vec<(String, &Param)> = graph.params().collect();
    let mut fit = Fit { file: &file, dtype: graph.dtype, fine: true, checks: Vec::new(), errors };
    let mut parts: Vec<Range<usize>> = Vec::new();
    for (name, param) in &weights {
        match file.tensors.iter().find(|tensor| tensor.name == *name) {
            Some(tensor) => {
                fit.tensor(tensor, param);
                append(&mut parts, tensor.bytes.clone());
            }
            None => fit.error(format!("`{}` has no tensor `{name}`, which `{network}` needs", file.path), ""),
        }
    }
    for Tensor { name, .. } in &file.tensors {
        if weights.iter().all(|(weight, _)| weight != name) {
            let near = nearest(name, weights.iter().map(|(weight, _)| weight.as_str()));
            let help = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
            fit.error(
                format!("`{}` has a tensor `{name}`, but `{network}` has no weight of that name", file.path),
                &help,
            );
        }
    }
    let Fit { fine, checks, .. } = fit;
    fine.then_some(Weights { path: file.path, parts, bytes: None, at: file.at, checks })
}

/// Adds a part; what lies behind the last one makes it longer.
fn append(parts: &mut Vec<Range<usize>>, part: Range<usize>) {
    match parts.last_mut() {
        Some(last) if last.end == part.start => last.end = part.end,
        _ => parts.push(part),
    }
}

/// A file while it is compared with a network.
struct Fit<'a> {
    file: &'a File,
    dtype: Dtype,
    fine: bool,
    checks: Vec<SameShape>,
    errors: &'a mut Diagnostics,
}

impl Fit<'_> {
    fn error(&mut self, problem: String, help: &str) {
        self.fine = false;
        self.errors.error(self.file.at, problem).help(help);
    }

    /// Compares a tensor with the weight of its name.
    fn tensor(&mut self, tensor: &Tensor, param: &Param) {
        let Tensor { name, dtype, shape, .. } = tensor;
        let path = &self.file.path;
        let (expected, way_out) = match self.dtype {
            Dtype::F32 => ("F32", "`#[dtype(f64)]` makes a network of `f64`"),
            Dtype::F64 => ("F64", "without `#[dtype(f64)]` a network is one of `f32`"),
        };
        if dtype != expected {
            let help = if dtype == "F32" || dtype == "F64" { way_out } else { "" };
            let problem = format!("the element type of `{name}` in `{path}`: expected {expected}, found {dtype}");
            return self.error(problem, help);
        }
        let known: Option<Vec<usize>> = param.shape.iter().map(|dim| dim.known()).collect();
        match known {
            None => {
                let (name, expected, found) = (name.clone(), param.shape.clone(), shape.clone());
                self.checks.push(SameShape { name, expected, found });
            }
            Some(known) if known == *shape => {}
            Some(known) => {
                let problem = nn_shape::other_shape(path, name, &known, shape).as_str().to_string();
                self.error(problem, "");
            }
        }
    }
}
