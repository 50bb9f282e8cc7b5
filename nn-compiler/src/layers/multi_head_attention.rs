//! `MultiHeadAttention`.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::args::Args;
use super::emit::{Call, Emit, Infer};
use super::options::{BIAS, KERNEL, Param, Weight};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::diagnostics::shape_text;
use crate::names;
use crate::shapes::dim::Dim;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site, rule};
use crate::shapes::{Node, Operand};

/// `MultiHeadAttention<num_heads, key_dim, …>(query, value, key)`.
#[derive(Clone)]
struct MultiHeadAttention {
    num_heads: Dim,
    key_dim: Dim,
    value_dim: Dim,
    output_shape: Option<Dim>,
    use_bias: bool,
    use_causal_mask: bool,
    dropout: f64,
    seed: u64,
    trainable: bool,
    kernel: Weight,
    bias: Weight,
}

pub const ENTRY: Entry = Entry {
    names: &["MultiHeadAttention"],
    positional: Positional::Named { names: &["num_heads", "key_dim"], required: 2 },
    options: &[
        &["value_dim", "dropout", "use_bias", "output_shape", "use_causal_mask", "seed", "trainable"],
        KERNEL,
        BIAS,
    ],
    read: |args| Rc::new(read(args)),
};

fn read(args: &mut Args) -> MultiHeadAttention {
    let key_dim = args.size("key_dim");
    let output_shape = args.get("output_shape").is_some().then(|| args.size("output_shape"));
    let value_dim = args.get("value_dim").is_some().then(|| args.size("value_dim"));
    MultiHeadAttention {
        num_heads: args.size("num_heads"),
        value_dim: value_dim.unwrap_or_else(|| key_dim.clone()),
        key_dim,
        output_shape,
        use_bias: args.bool_or("use_bias", true),
        use_causal_mask: args.bool_or("use_causal_mask", false),
        dropout: args.number_or("dropout", 0.0, "a share from 0 to below 1", |x| (0.0..1.0).contains(&x)),
        seed: args.seed("seed").unwrap_or(0),
        trainable: args.bool_or("trainable", true),
        kernel: args.weight(KERNEL, "glorot_uniform"),
        bias: args.weight(BIAS, "zeros"),
    }
}

/// Query, value and key: in its place the layer has all three.
fn three<T>(items: &[T]) -> [&T; 3] {
    [&items[0], &items[1], &items[2]]
}

/// Which input stands for query, value and key.
const fn roles(inputs: usize) -> [usize; 3] {
    match inputs {
        1 => [0, 0, 0],
        2 => [0, 1, 1],
        _ => [0, 1, 2],
    }
}

impl Layer for MultiHeadAttention {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        if inputs.is_empty() || inputs.len() > 3 {
            let problem = format!("takes a query, a value and a key, but is called with {} values", inputs.len());
            return Err(site.problem(&problem, &format!("`{}(query, value)`, or `x => {}`", site.text, site.text)));
        }
        let [query, value, key] = roles(inputs.len()).map(|input| &inputs[input]);
        let [query, value, key] = [sequence(site, query)?, sequence(site, value)?, sequence(site, key)?];
        if value[0].known().zip(key[0].known()).is_some_and(|(a, b)| a != b) {
            let (value, key) = (shape_text(&value), shape_text(&key));
            let problem = format!("needs as many steps in the key as in the value, but they are {key} and {value}");
            return Err(site.problem(&problem, "each step of the value is found by the key of that step"));
        }
        let (row, heads) = ([query[1].clone()], Dim::product([&self.num_heads, &self.key_dim]));
        let (heads, values) = (&heads, &Dim::product([&self.num_heads, &self.value_dim]));
        rule!(site, dense(row, heads))?;
        rule!(site, dense(row, values))?;
        let features = self.output_shape.clone().unwrap_or_else(|| query[1].clone());
        rule!(site, dense(row, features))?;
        let output = vec![query[0].clone(), features.clone()];
        let macs = Dim::sum([
            &Dim::product([&query[0], &query[1], heads]),
            &Dim::product([&key[0], &key[1], heads]),
            &Dim::product([&value[0], &value[1], values]),
            &Dim::product([&query[0], &value[0], &Dim::sum([heads, values])]),
            &Dim::product([&query[0], values, &features]),
        ]);
        let params = self.params([&query[1], &value[1], &key[1]], &features);
        let roles = Some(roles(inputs.len()).to_vec());
        Ok(Placed { params, macs, roles, ..Placed::new(output, Op::Alone(Rc::new(self.clone()))) })
    }

    fn masks(&self, inputs: &[Operand], masks: &[Option<Mask>]) -> Masked {
        // The query's mask goes on; those of all inputs say which steps see which.
        let known = roles(inputs.len()).map(|input| masks.get(input).cloned().flatten());
        let reads = if known.iter().any(Option::is_some) { known.to_vec() } else { Vec::new() };
        Masked { reads, gives: masks.iter().take(1).cloned().collect() }
    }
}

/// Steps and features of an input.
fn sequence(site: &Site, input: &Operand) -> Result<[Dim; 2], Problem> {
    match site.real(input)? {
        [steps, features] => Ok([steps.clone(), features.clone()]),
        other => {
            let problem = format!("needs steps and features, but one of its inputs is {}", shape_text(other));
            Err(site.problem(&problem, "`Reshape<steps, features>` before it"))
        }
    }
}

impl MultiHeadAttention {
    fn params(&self, [query, value, key]: [&Dim; 3], output: &Dim) -> Vec<Param> {
        let (heads, key_dim, value_dim) = (&self.num_heads, &self.key_dim, &self.value_dim);
        let mut params = Vec::new();
        let mut part = |name: &str, kernel: Vec<&Dim>, bias: Vec<&Dim>, inputs: usize| {
            // Keras' fans are those of the matrix from all inputs to all outputs.
            let (rows, columns) = kernel.split_at(inputs);
            let [rows, columns] = [rows, columns].map(|dims| Dim::product(dims.iter().copied()));
            let initializer = &self.kernel.initializer;
            let initializer = quote!(rt::Initializer::Matrix(&#initializer, [#rows, #columns]));
            let weight = Weight { initializer, ..self.kernel.clone() };
            let owned = |dims: Vec<&Dim>| dims.into_iter().cloned().collect::<Vec<Dim>>();
            let (kernel_name, bias_name) = (format!("{name}.kernel"), format!("{name}.bias"));
            params.push(Param::new(&kernel_name, owned(kernel), self.trainable, weight));
            if self.use_bias {
                params.push(Param::new(&bias_name, owned(bias), self.trainable, self.bias.clone()));
            }
        };
        part("query", vec![query, heads, key_dim], vec![heads, key_dim], 1);
        part("key", vec![key, heads, key_dim], vec![heads, key_dim], 1);
        part("value", vec![value, heads, value_dim], vec![heads, value_dim], 1);
        part("attention_output", vec![heads, value_dim, output], vec![output], 2);
        params
    }

    fn masks_of(&self, mask: impl Fn(usize) -> TokenStream) -> TokenStream {
        let [query, value, key] = [mask(0), mask(1), mask(2)];
        quote!(rt::multi_head_attention::Masks { query: #query, value: #value, key: #key })
    }

    fn dropout(&self, call: &Call<'_>) -> TokenStream {
        if self.dropout == 0.0 {
            return quote!(rt::multi_head_attention::Dropout::NONE);
        }
        let rate = names::float(self.dropout);
        let stream = call.stream(0, self.seed);
        quote!(rt::multi_head_attention::Dropout { rate: #rate, key: pass.key, stream: #stream, first })
    }
}

impl Emit for MultiHeadAttention {
    fn weights(&self, node: &Node, dtype: &TokenStream) -> Option<TokenStream> {
        let [query, value, key] = three(&node.inputs).map(|input| input.shape.last().cloned());
        let (heads, key_dim, value_dim, output) =
            (&self.num_heads, &self.key_dim, &self.value_dim, node.output.last()?);
        let none = Dim::Known(0);
        let (head_bias, output_bias) = if self.use_bias { (heads, output) } else { (&none, &none) };
        let layer = quote!(::nn::__rt::multi_head_attention::MultiHeadAttention);
        Some(quote! {
            #layer<#query, #key, #value, #heads, #key_dim, #value_dim, #output, #head_bias, #output_bias, #dtype>
        })
    }

    fn geometry(&self, node: &Node) -> TokenStream {
        let (name, doc) = (names::geometry(&node.name), names::described(node));
        let [query, value, key] = three(&node.inputs).map(|input| &input.shape);
        let (heads, key_dim, value_dim) = (&self.num_heads, &self.key_dim, &self.value_dim);
        let (key, output) = (key.last(), node.output.last());
        let causal = self.use_causal_mask.then(|| {
            quote!(
                const USE_CAUSAL_MASK: bool = true;
            )
        });
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::multi_head_attention::MultiHeadAttentionShape for #name {
                const QUERY: [usize; 2] = [#(#query),*];
                const VALUE: [usize; 2] = [#(#value),*];
                const KEY: usize = #key;
                const HEADS: usize = #heads;
                const KEY_DIM: usize = #key_dim;
                const VALUE_DIM: usize = #value_dim;
                const OUTPUT: usize = #output;
                #causal
            }
        }
    }

    fn scratch(&self, node: &Node, dtype: &TokenStream) -> Option<Dim> {
        let shape = names::geometry(&node.name);
        Some(Dim::Const(quote!(rt::multi_head_attention::scratch_len::<#shape, #dtype>())))
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { node, scratch, inputs, .. } = call;
        let (field, shape, y) = (&node.field, names::geometry(&node.name), call.y());
        let ([query, value, key], masks) = (three(inputs), self.masks_of(|input| call.mask(input)));
        quote! {
            rt::multi_head_attention::infer(simd, #shape, &self.#field, #query, #value, #key, #masks, #y, #scratch);
        }
    }

    fn kept(&self, node: &Node) -> Option<Dim> {
        let shape = names::geometry(&node.name);
        Some(Dim::Const(quote!(rt::multi_head_attention::kept_len::<#shape, Self::Element>())))
    }

    fn streams(&self) -> u32 {
        u32::from(self.dropout > 0.0)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, y, kept, inputs, .. } = call;
        let (field, shape, dropout) = (&node.field, names::geometry(&node.name), self.dropout(call));
        let ([query, value, key], masks) = (three(inputs), self.masks_of(|input| call.mask(input)));
        quote! {
            rt::multi_head_attention::forward(
                simd, #shape, &self.#field, samples, #query, #value, #key, #masks, #dropout, #y, #kept, scratch,
            );
        }
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, dy, kept, inputs, dinputs, .. } = call;
        let (field, shape, dropout) = (&node.field, names::geometry(&node.name), self.dropout(call));
        let ([query, value, key], masks) = (three(inputs), self.masks_of(|input| call.mask(input)));
        quote! {
            rt::multi_head_attention::backward(
                simd, #shape, &self.#field, samples, #query, #value, #key, #masks, #dropout, #kept, #dy,
                &mut sums.#field, [#(#dinputs),*], scratch,
            );
        }
    }
}
