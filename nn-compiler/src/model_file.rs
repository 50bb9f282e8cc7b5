//! `#[model("vad.onnx")]`: the network of a file, in place of one in the source.

use std::path::PathBuf;

use proc_macro2::{Group, Span, TokenStream, TokenTree};

use crate::diagnostics::Diagnostics;
use crate::syntax;
use crate::syntax::ast::{Body, Model, Network};
use crate::weights::{Weights, folder};

/// What `#[model("vad.onnx", sr = 16000, input: [1, 576])]` asks for.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFile {
    /// Where the file lies.
    pub path: PathBuf,
    /// The shapes of inputs, by their names in the file.
    pub inputs: Vec<(String, Vec<usize>)>,
    /// Open sizes, and inputs that are constants.
    pub numbers: Vec<(String, f64)>,
    /// Inputs that are states, each with the output that it is in the next call, if something is said of them.
    pub states: Option<Vec<(String, String)>>,
}

/// What a file becomes.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelText {
    /// The network, as it stands between the braces of `network!`.
    pub text: String,
    /// All weights one after another, in the network's order.
    pub weights: Vec<f32>,
}

/// Who reads files. An error is sentences, one a line; `help: ` starts the way out of the line before.
pub type Reader<'a> = &'a dyn Fn(&ModelFile) -> Result<ModelText, String>;

/// Reads none.
pub const NO_FILES: Reader<'static> = &|_| Err("no files are read here".to_owned());

/// The weights of a file, for a network whose layers stand in it.
pub struct FromFile {
    path: String,
    at: Span,
    weights: Vec<f32>,
}

/// Reads the file of a network that is one, and puts its layers in the place of the missing ones.
pub fn fill(network: &mut Network, reader: Reader, errors: &mut Diagnostics) -> Option<FromFile> {
    let Model { path, inputs, numbers, states } =
        network.header.model.as_ref().filter(|_| matches!(network.body, Body::File))?;
    let (text, at) = (path.value(), path.span());
    if let Some(weights) = &network.header.weights {
        errors
            .error(weights.span(), "a network that is a file has its weights from there")
            .help("leave `#[weights]` out");
        return None;
    }
    let file = ModelFile {
        path: folder().join(&text),
        inputs: inputs.clone(),
        numbers: numbers.clone(),
        states: states.clone(),
    };
    let model = match reader(&file) {
        Ok(model) => model,
        Err(reasons) => {
            report(&text, at, &reasons, errors);
            return None;
        }
    };
    // Every token stands where the file is named, so that whatever is said of one points there.
    let tokens = model.text.parse().map(|tokens| placed(tokens, at));
    let parsed = tokens.ok().and_then(|tokens| syntax::parse(tokens, errors));
    network.body = parsed?.body;
    Some(FromFile { path: text, at, weights: model.weights })
}

/// Each line is a mistake of its own, and what is behind it belongs to it.
fn report(path: &str, at: Span, reasons: &str, errors: &mut Diagnostics) {
    let mut lines = reasons.lines().peekable();
    while let Some(line) = lines.next() {
        let report = errors.error(at, format!("`{path}`: {line}"));
        while let Some(help) = lines.next_if(|line| line.starts_with("help: ")) {
            report.help(&help["help: ".len()..]);
        }
    }
}

fn placed(tokens: TokenStream, at: Span) -> TokenStream {
    let token = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), placed(group.stream(), at)).into();
        }
        token.set_span(at);
        token
    };
    tokens.into_iter().map(token).collect()
}

impl FromFile {
    /// The weights as those of the network, of which there must be as many.
    pub fn weights(self, graph: &nn_graph::Graph, errors: &mut Diagnostics) -> Option<Weights> {
        let size =
            |param: &nn_graph::weight::Param| param.shape.iter().map(|size| size.known()).product::<Option<usize>>();
        let count = graph.params().map(|(_, param)| size(param)).sum::<Option<usize>>();
        if count != Some(self.weights.len()) {
            let problem = format!("`{}` has {} weights, and the network another number", self.path, self.weights.len());
            errors.error(self.at, problem);
            return None;
        }
        let bytes = match graph.dtype {
            nn_graph::graph::Dtype::F32 => self.weights.iter().flat_map(|weight| weight.to_le_bytes()).collect(),
            nn_graph::graph::Dtype::F64 => {
                self.weights.iter().flat_map(|weight| f64::from(*weight).to_le_bytes()).collect()
            }
        };
        Some(Weights::of_model(self.path, self.at, bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the macro makes of a file that is read so.
    fn expand(source: &str, reader: Reader) -> String {
        crate::expand(source.parse().expect("tokens"), reader).to_string()
    }

    fn two_by_two(_: &ModelFile) -> Result<ModelText, String> {
        let text = "pub struct Other = Input<2> => Dense<2, use_bias = false>;".to_owned();
        Ok(ModelText { text, weights: vec![1.0, 0.0, 0.0, 1.0] })
    }

    #[test]
    fn the_layers_of_the_file_stand_under_the_users_name() {
        let seen = std::cell::RefCell::new(None);
        let reader = |file: &ModelFile| {
            *seen.borrow_mut() = Some(file.clone());
            two_by_two(file)
        };
        let source = "#[model(\"a.onnx\", sr = 16000, \"in:0\": [1, 2], state: [(\"h\", \"h:1\")])] pub struct Net;";
        let expansion = expand(source, &reader);
        assert!(!expansion.contains("compile_error"), "{expansion}");
        assert!(expansion.contains("pub struct Net"), "{expansion}");
        assert!(expansion.contains("PRETRAINED") && expansion.contains("a.onnx"), "{expansion}");
        let file = seen.into_inner().expect("it was read");
        assert!(file.path.ends_with("a.onnx"));
        assert_eq!(file.inputs, [("in:0".to_owned(), vec![1, 2])]);
        assert_eq!(file.numbers, [("sr".to_owned(), 16000.0)]);
        assert_eq!(file.states, Some(vec![("h".to_owned(), "h:1".to_owned())]));
    }

    #[test]
    fn all_that_a_file_lacks_is_said() {
        let reader = |_: &ModelFile| Err("`a` (Lambda): no\nhelp: write it\n`b` (Magic): no".to_owned());
        let expansion = expand("#[model(\"a.h5\")] struct Net;", &reader);
        assert_eq!(expansion.matches("compile_error").count(), 2, "{expansion}");
        assert!(expansion.contains("`a.h5`: `a` (Lambda): no\\n= help: write it"), "{expansion}");
    }

    #[test]
    fn other_weights_than_those_of_the_network_are_refused() {
        let reader = |file: &ModelFile| two_by_two(file).map(|model| ModelText { weights: vec![1.0], ..model });
        let expansion = expand("#[model(\"a.h5\")] struct Net;", &reader);
        assert!(expansion.contains("has 1 weights"), "{expansion}");
    }

    #[test]
    fn layers_and_weights_beside_a_file_are_mistakes() {
        let expansion = expand("#[model(\"a.h5\")] struct Net = Input<2> => Dense<2>;", &two_by_two);
        assert!(expansion.contains("stand here as well"), "{expansion}");
        let expansion = expand("#[model(\"a.h5\")] #[weights(\"b\")] struct Net;", &two_by_two);
        assert!(expansion.contains("has its weights from there"), "{expansion}");
        let expansion = expand("#[model(a)] struct Net;", &two_by_two);
        assert!(expansion.contains("a model is a file"), "{expansion}");
    }
}
