//! `LayerNormalization`, `RMSNormalization`, `GroupNormalization`: each sample by its own statistics.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::args::{Args, Axis};
use super::emit::{Call, Emit, Infer, Step};
use super::options::{BETA, GAMMA, Param, SCALE, Weight};
use super::{Entry, Layer, Op, Placed, Positional};
use crate::names;
use crate::parse::ast::Value;
use crate::plan::around;
use crate::shapes::dim::Dim;
use crate::shapes::masks::{Mask, Masked};
use crate::shapes::rule::{Problem, Site, rule};
use crate::shapes::{Node, Operand};

/// Which of them.
#[derive(Clone)]
enum Kind {
    /// Over these axes: mean and variance, or the mean square alone.
    Along { axes: Vec<Axis>, rms: bool },
    /// Over groups of channels and all other axes; `None` for a group for each channel.
    Groups { groups: Option<Dim>, axis: Axis },
}

/// As written.
#[derive(Clone)]
struct Normalization {
    kind: Kind,
    epsilon: f64,
    center: bool,
    scale: bool,
    trainable: bool,
    gamma: Weight,
    beta: Weight,
}

/// In its place.
struct Placement {
    layer: Normalization,
    /// Of the axes without the batch: whether each is normalized, or for groups is the axis of channels.
    along: Vec<bool>,
    groups: Dim,
    /// The elements of a weight.
    len: Dim,
}

const COMMON: &[&str] = &["axis", "epsilon", "trainable"];
const CENTERED: &[&str] = &["center", "scale"];

pub const ENTRIES: &[Entry] = &[
    Entry {
        names: &["LayerNormalization", "LayerNorm"],
        positional: Positional::NONE,
        options: &[COMMON, CENTERED, GAMMA, BETA],
        read: |args| {
            let axes = axes(args);
            Rc::new(read(args, Kind::Along { axes, rms: false }, 1e-3))
        },
    },
    Entry {
        names: &["RMSNormalization"],
        positional: Positional::NONE,
        options: &[COMMON, SCALE],
        read: |args| {
            let axes = axes(args);
            Rc::new(read(args, Kind::Along { axes, rms: true }, 1e-6))
        },
    },
    Entry {
        names: &["GroupNormalization"],
        positional: Positional::Named { names: &["groups"], required: 0 },
        options: &[COMMON, CENTERED, GAMMA, BETA],
        read: |args| {
            let each = matches!(args.get("groups"), Some(Value::Int(-1, _)));
            let groups = (!each).then(|| args.size_or("groups", 32));
            let axis = args.axis_or("axis", -1);
            Rc::new(read(args, Kind::Groups { groups, axis }, 1e-3))
        },
    },
];

fn axes(args: &mut Args) -> Vec<Axis> {
    match args.axes("axis") {
        axes if axes.is_empty() => vec![args.axis_or("axis", -1)],
        axes => axes,
    }
}

fn read(args: &mut Args, kind: Kind, epsilon: f64) -> Normalization {
    let rms = matches!(kind, Kind::Along { rms: true, .. });
    let (gamma, beta) = if rms {
        (args.weight(SCALE, "ones"), Weight::plain("zeros"))
    } else {
        (args.weight(GAMMA, "ones"), args.weight(BETA, "zeros"))
    };
    Normalization {
        kind,
        epsilon: args.number_or("epsilon", epsilon, "a number from 0 on", |x| x >= 0.0),
        center: !rms && args.bool_or("center", true),
        scale: rms || args.bool_or("scale", true),
        trainable: args.bool_or("trainable", true),
        gamma,
        beta,
    }
}

impl Layer for Normalization {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = site.only(inputs)?;
        let axes = match &self.kind {
            Kind::Along { axes, .. } => axes.as_slice(),
            Kind::Groups { axis, .. } => std::slice::from_ref(axis),
        };
        let mut along = vec![false; input.len()];
        for axis in axes {
            along[site.axis(*axis, input)?] = true;
        }
        let shape: Vec<Dim> =
            input.iter().zip(&along).filter(|(_, along)| **along).map(|(dim, _)| dim.clone()).collect();
        let groups = match &self.kind {
            Kind::Groups { groups: Some(groups), .. } => {
                let channels = &shape[0];
                rule!(site, group_normalization(channels, groups))?;
                groups.clone()
            }
            _ => shape[0].clone(),
        };
        let rms = matches!(self.kind, Kind::Along { rms: true, .. });
        let param = |name, weight: &Weight| Param::new(name, shape.clone(), self.trainable, weight.clone());
        let gamma = self.scale.then(|| param(if rms { "scale" } else { "gamma" }, &self.gamma));
        let params = gamma.into_iter().chain(self.center.then(|| param("beta", &self.beta))).collect();
        let placement = Placement { layer: self.clone(), along, groups, len: Dim::product(&shape) };
        let op = Op::Alone(Rc::new(placement));
        Ok(Placed { params, macs: Dim::product(input), ..Placed::new(input.to_vec(), op) })
    }

    fn masks(&self, _: &[Operand], masks: &[Option<Mask>]) -> Masked {
        match self.kind {
            // As in Keras, where this one does not say that it supports masks.
            Kind::Along { rms: true, .. } => Masked::default(),
            _ => Masked::passed(masks),
        }
    }
}

impl Placement {
    /// The module of the runtime, and the type of the weights without its arguments.
    fn names(&self) -> (TokenStream, TokenStream) {
        match &self.layer.kind {
            Kind::Along { rms: true, .. } => (quote!(rms_normalization), quote!(RMSNormalization)),
            Kind::Along { .. } => (quote!(layer_normalization), quote!(LayerNormalization)),
            Kind::Groups { .. } => (quote!(group_normalization), quote!(GroupNormalization)),
        }
    }
}

impl Emit for Placement {
    fn weights(&self, _: &Node, dtype: &TokenStream) -> Option<TokenStream> {
        let ((module, layer), len) = (self.names(), &self.len);
        let sizes = match &self.layer.kind {
            Kind::Along { rms: true, .. } => quote!(#len),
            _ => {
                let present = |on: bool| if on { quote!(#len) } else { quote!(0) };
                let (gamma, beta) = (present(self.layer.scale), present(self.layer.center));
                quote!(#gamma, #beta)
            }
        };
        Some(quote!(::nn::__rt::#module::#layer<#sizes, #dtype>))
    }

    fn geometry(&self, node: &Node) -> TokenStream {
        let (name, doc, (module, layer)) = (names::geometry(&node.name), names::described(node), self.names());
        let shape_trait = names::word(&format!("{layer}Shape"));
        let (input, along) = (&node.input, &self.along);
        let epsilon = names::float(self.layer.epsilon);
        let sizes = match &self.layer.kind {
            Kind::Along { .. } => quote! {
                const SHAPE: &'static [usize] = &[#(#input),*];
                const NORMALIZED: &'static [bool] = &[#(#along),*];
            },
            Kind::Groups { .. } => {
                let axis = along.iter().position(|along| *along).unwrap_or(0);
                let ([outer, channels, inner], groups) = (around(input, axis), &self.groups);
                quote! {
                    const DIMS: [usize; 3] = [#outer, #channels, #inner];
                    const GROUPS: usize = #groups;
                }
            }
        };
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::#module::#shape_trait for #name {
                #sizes
                const EPSILON: f64 = #epsilon;
            }
        }
    }

    fn step(&self, _: &Node) -> Option<Step> {
        let steps_apart = !*self.along.first()? && matches!(self.layer.kind, Kind::Along { .. });
        let (layer, along) = (self.layer.clone(), self.along[1..].to_vec());
        let (groups, len) = (self.groups.clone(), self.len.clone());
        steps_apart.then(|| Step::of(Op::Alone(Rc::new(Placement { layer, along, groups, len }))))
    }

    fn scratch(&self, node: &Node, _: &TokenStream) -> Option<Dim> {
        let (shape, (module, _)) = (names::geometry(&node.name), self.names());
        Some(Dim::Const(quote!(rt::#module::scratch_len::<#shape>())))
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let Infer { node, scratch, .. } = call;
        let (field, shape, (module, _)) = (&node.field, names::geometry(&node.name), self.names());
        let (x, y) = (call.x(), call.y());
        quote!(rt::#module::infer(simd, #shape, &self.#field, #x, #y, #scratch);)
    }

    fn kept(&self, node: &Node) -> Option<Dim> {
        let (shape, (module, _)) = (names::geometry(&node.name), self.names());
        Some(Dim::Const(quote!(rt::#module::kept_len::<#shape>())))
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, y, kept, .. } = call;
        let (field, shape, (module, _)) = (&node.field, names::geometry(&node.name), self.names());
        quote!(rt::#module::forward(simd, #shape, &self.#field, samples, #x, #y, #kept);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let Call { node, x, dy, kept, .. } = call;
        let (field, shape, (module, _)) = (&node.field, names::geometry(&node.name), self.names());
        let dx = call.optional_dx();
        quote! {
            rt::#module::backward(
                simd, #shape, &self.#field, samples, #x, #kept, #dy, &mut sums.#field, #dx, scratch,
            );
        }
    }
}
