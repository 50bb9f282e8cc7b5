//! The data of the graph as tokens: sizes, functions, initializers.

use nn_graph::function::{Elementwise, Function};
use nn_graph::graph::{Dtype, Node};
use nn_graph::op::Padding;
use nn_graph::size::{Measure, Rule};
use nn_graph::weight::{Constraint, Initializer, Regularizer};
use nn_graph::{Name, Size};
use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};

use super::names::{geometry, number};
use super::scope::{Users, users};
use super::{Context, ops};
use crate::sources::Sources;

impl Context<'_> {
    /// A size: a number, or an expression in braces that the compiler evaluates.
    pub fn size(&self, size: &Size) -> TokenStream {
        written(self.sources, size, &|Measure { what, node }| {
            let node = &self.program.graph.nodes[*node];
            ops::of(&node.op).measure(self, node, *what)
        })
    }

    /// Several of them.
    pub fn sizes<'a>(&self, sizes: impl IntoIterator<Item = &'a Size>) -> Vec<TokenStream> {
        sizes.into_iter().map(|size| self.size(size)).collect()
    }

    /// A name as an identifier, where it points to the layer in the source.
    pub fn ident(&self, name: &Name) -> Ident {
        self.sources.ident(name)
    }

    /// The field of a node's weights.
    pub fn field(&self, node: &Node) -> Ident {
        self.ident(&node.field)
    }

    /// The unit struct with the geometry of a node.
    pub fn geometry(&self, node: &Node) -> Ident {
        geometry(&self.ident(&node.name))
    }

    /// The value that a kernel takes: `rt::activations::Relu`.
    pub fn activation(&self, function: Option<&Elementwise>) -> TokenStream {
        let Some(function) = function else { return quote!(rt::activations::Linear) };
        let plain = |name: &str, numbers: &[f64]| variant(&quote!(rt::activations), name, numbers);
        match function {
            Elementwise::Relu => plain("Relu", &[]),
            Elementwise::Relu6 => plain("Relu6", &[]),
            Elementwise::LeakyRelu(slope) => plain("LeakyRelu", &[*slope]),
            Elementwise::ReluOptions { negative_slope, max_value, threshold } => {
                let most = match max_value {
                    Some(most) => {
                        let most = float(*most);
                        quote!(::core::option::Option::Some(#most))
                    }
                    None => quote!(::core::option::Option::None),
                };
                let (slope, at) = (float(*negative_slope), float(*threshold));
                quote!(rt::activations::ReluOptions { negative_slope: #slope, max_value: #most, threshold: #at })
            }
            Elementwise::Elu(alpha) => plain("Elu", &[*alpha]),
            Elementwise::Selu => plain("Selu", &[]),
            Elementwise::Gelu => plain("Gelu", &[]),
            Elementwise::GeluApproximate => plain("GeluApproximate", &[]),
            Elementwise::Sigmoid => plain("Sigmoid", &[]),
            Elementwise::HardSigmoid => plain("HardSigmoid", &[]),
            Elementwise::Tanh => plain("Tanh", &[]),
            Elementwise::Softplus => plain("Softplus", &[]),
            Elementwise::Softsign => plain("Softsign", &[]),
            Elementwise::Swish => plain("Swish", &[]),
            Elementwise::HardSwish => plain("HardSwish", &[]),
            Elementwise::Mish => plain("Mish", &[]),
            Elementwise::Exponential => plain("Exponential", &[]),
            Elementwise::SignedSqrt => plain("SignedSqrt", &[]),
            Elementwise::Rescaling { center, scale, offset } => {
                let [center, scale, offset] = [center, scale, offset].map(|number| float(*number));
                quote!(rt::activations::Rescaling { center: #center, scale: #scale, offset: #offset })
            }
            Elementwise::Clip(min, max) => {
                let (min, max) = (float(*min), float(*max));
                quote!(rt::activations::Clip { min: #min, max: #max })
            }
            Elementwise::Power(exponent) => plain("Power", &[*exponent]),
            Elementwise::Operation(operation) => plain(operation.name(), &[]),
            Elementwise::Custom(path) => users(Users::Activation, self.sources.tokens(*path)),
        }
    }

    /// The same for a function that may be none of single elements, which a step of its own computes.
    pub fn function(&self, function: &Function) -> TokenStream {
        match function {
            Function::Elementwise(function) => self.activation(Some(function)),
            Function::Linear | Function::Softmax { .. } => self.activation(None),
        }
    }

    /// An expression of type `Initializer`.
    pub fn initializer(&self, initializer: &Initializer) -> TokenStream {
        let plain = |name: &str, numbers: &[f64]| variant(&quote!(rt::Initializer), name, numbers);
        match initializer {
            Initializer::Zeros => plain("Zeros", &[]),
            Initializer::Ones => plain("Ones", &[]),
            Initializer::Constant(x) => plain("Constant", &[*x]),
            Initializer::Uniform(low, high) => plain("Uniform", &[*low, *high]),
            Initializer::Normal(mean, deviation) => plain("Normal", &[*mean, *deviation]),
            Initializer::TruncatedNormal(mean, deviation) => plain("TruncatedNormal", &[*mean, *deviation]),
            Initializer::GlorotUniform => plain("GlorotUniform", &[]),
            Initializer::GlorotNormal => plain("GlorotNormal", &[]),
            Initializer::HeUniform => plain("HeUniform", &[]),
            Initializer::HeNormal => plain("HeNormal", &[]),
            Initializer::LecunUniform => plain("LecunUniform", &[]),
            Initializer::LecunNormal => plain("LecunNormal", &[]),
            Initializer::Orthogonal(gain) => plain("Orthogonal", &[*gain]),
            Initializer::Identity(gain) => plain("Identity", &[*gain]),
            Initializer::Custom(path) => users(Users::Initializer, self.sources.tokens(*path)),
            Initializer::UnitForgetBias(others) => {
                let others = self.initializer(others);
                quote!(rt::Initializer::UnitForgetBias(&#others))
            }
            Initializer::Matrix(initializer, [rows, columns]) => {
                let (initializer, rows, columns) = (self.initializer(initializer), self.size(rows), self.size(columns));
                quote!(rt::Initializer::Matrix(&#initializer, [#rows, #columns]))
            }
        }
    }
}

/// A size without lengths that kernels know: what shapes consist of.
pub fn size(sources: &Sources, size: &Size) -> TokenStream {
    written(sources, size, &|_| TokenStream::new())
}

fn written(sources: &Sources, size: &Size, measure: &dyn Fn(&Measure) -> TokenStream) -> TokenStream {
    let each = |sizes: &[Size]| sizes.iter().map(|size| written(sources, size, measure)).collect::<Vec<_>>();
    match size {
        Size::Known(n) => number(*n).to_token_stream(),
        Size::Symbol(symbol) => {
            let tokens = users(Users::Size, sources.tokens(symbol.at));
            quote!({ #tokens })
        }
        // A number comes first: where a statement may stand, `{ A } * { B }` would be a block and something behind it.
        Size::Product(factor, terms) => {
            let (factor, terms) = (number(*factor), each(terms));
            quote!({ #factor #(* #terms)* })
        }
        Size::Sum(first, terms) => {
            let (first, terms) = (number(*first), each(terms));
            quote!({ #first #(+ #terms)* })
        }
        Size::Applied(rule, args) => applied(*rule, &each(args)),
        Size::Measured(length) => measure(length),
    }
}

fn applied(rule: Rule, args: &[TokenStream]) -> TokenStream {
    match (rule, args) {
        (Rule::Window(kind), _) => {
            let kind = padding(kind);
            quote!({ ::nn::__rt::shape::window(#kind, #(#args),*) })
        }
        (Rule::Transposed(kind), _) => {
            let (kind, more) = (padding(kind), args.get(4).map_or(quote!(None), |more| quote!(Some(#more))));
            let args = args.iter().take(4);
            quote!({ ::nn::__rt::shape::transposed(#kind, #(#args,)* ::core::option::Option::#more) })
        }
        (Rule::Same(end), _) => {
            let end = number(end);
            quote!({ ::nn::__rt::shape::padding(::nn::__rt::shape::Padding::Same, #(#args),*)[#end] })
        }
        (Rule::TransposedEnd(kind, end), _) => {
            let (kind, end) = (padding(kind), number(end));
            let more = args.get(3).map_or(quote!(None), |more| quote!(Some(#more)));
            let args = args.iter().take(3);
            quote!({ ::nn::__rt::shape::transposed_ends(#kind, #(#args,)* ::core::option::Option::#more)[#end] })
        }
        (Rule::Share, _) => quote!({ ::nn::__rt::shape::share(#(#args),*) }),
        (Rule::Cropped, _) => quote!({ ::nn::__rt::shape::cropped(#(#args),*) }),
        (Rule::Broadcast, _) => quote!({ ::nn::__rt::shape::broadcast(#(#args),*) }),
        (Rule::Span, _) => quote!({ ::nn::__rt::shape::span(#(#args),*) }),
        (Rule::Before, _) => quote!({ ::nn::__rt::shape::reach(#(#args),*) - 1 }),
        (Rule::Larger, _) => {
            let (a, b) = (&args[0], &args[1]);
            quote!({ if #a > #b { #a } else { #b } })
        }
    }
}

/// `Padding::Same`, with its path.
pub fn padding(padding: Padding) -> TokenStream {
    match padding {
        Padding::Valid => quote!(::nn::__rt::shape::Padding::Valid),
        Padding::Same => quote!(::nn::__rt::shape::Padding::Same),
        Padding::Causal => quote!(::nn::__rt::shape::Padding::Causal),
    }
}

/// An expression of type `Regularizer`.
pub fn regularizer(regularizer: &Regularizer) -> TokenStream {
    let (l1, l2) = (float(regularizer.l1), float(regularizer.l2));
    quote!(rt::Regularizer { l1: #l1, l2: #l2 })
}

/// An expression of type `Constraint`.
pub fn constraint(sources: &Sources, constraint: &Constraint) -> TokenStream {
    let plain = |name: &str, numbers: &[f64]| variant(&quote!(rt::Constraint), name, numbers);
    match constraint {
        Constraint::NonNeg => plain("NonNeg", &[]),
        Constraint::MaxNorm(most) => plain("MaxNorm", &[*most]),
        Constraint::UnitNorm => plain("UnitNorm", &[]),
        Constraint::MinMaxNorm(least, most, rate) => plain("MinMaxNorm", &[*least, *most, *rate]),
        Constraint::Custom(path) => {
            let path = users(Users::Constraint, sources.tokens(*path));
            quote!(rt::Constraint::Custom(#path))
        }
    }
}

/// The type of the elements.
pub fn dtype(dtype: Dtype) -> TokenStream {
    match dtype {
        Dtype::F32 => quote!(f32),
        Dtype::F64 => quote!(f64),
    }
}

/// `path::Target(0.1, 0.2)`, without parentheses where there are no numbers.
fn variant(path: &TokenStream, target: &str, numbers: &[f64]) -> TokenStream {
    let target = Ident::new(target, Span::call_site());
    let numbers: Vec<_> = numbers.iter().map(|x| float(*x)).collect();
    if numbers.is_empty() { quote!(#path::#target) } else { quote!(#path::#target(#(#numbers),*)) }
}

/// A literal, with its sign as a token of its own.
pub fn float(x: f64) -> TokenStream {
    let literal = Literal::f64_unsuffixed(x.abs());
    if x.is_sign_negative() && x != 0.0 { quote!(-#literal) } else { quote!(#literal) }
}
