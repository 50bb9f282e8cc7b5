//! `UpSampling1D`, `UpSampling2D`, `UpSampling3D`.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::args::Args;
use super::emit::{Call, Emit, Infer};
use super::space::Space;
use super::{Entry, Layer, Op, Placed, Positional};
use crate::names;
use crate::shapes::dim::Dim;
use crate::shapes::rule::{Problem, Site, ranked, rule};
use crate::shapes::{Node, Operand};

/// `UpSampling2D<size, interpolation = nearest>`.
#[derive(Clone)]
struct UpSampling {
    space: Space,
    /// How many elements stand for one along each axis of space.
    size: Vec<Dim>,
    bilinear: bool,
}

const fn entry(
    names: &'static [&'static str],
    options: &'static [&'static [&'static str]],
    read: fn(&mut Args) -> Rc<dyn Layer>,
) -> Entry {
    Entry { names, positional: Positional::Named { names: &["size"], required: 0 }, options, read }
}

// The options are those of Keras: only images are interpolated, and sequences have their channels last.
pub const ENTRIES: &[Entry] = &[
    entry(&["UpSampling1D"], &[], |args| read(args, Space::channels_last(1), false)),
    entry(&["UpSampling2D"], &[&["interpolation", "data_format"]], |args| {
        let bilinear = args.word_or("interpolation", false, &[("nearest", false), ("bilinear", true)]);
        let space = Space::read(2, args);
        read(args, space, bilinear)
    }),
    entry(&["UpSampling3D"], &[&["data_format"]], |args| {
        let space = Space::read(3, args);
        read(args, space, false)
    }),
];

fn read(args: &mut Args, space: Space, bilinear: bool) -> Rc<dyn Layer> {
    Rc::new(UpSampling { space, size: args.sizes_or("size", space.axes, 2), bilinear })
}

impl Layer for UpSampling {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = self.space.input(site, inputs)?;
        let size = self.all_sizes();
        ranked!(site, input.as_slice(), |input| check(site, input, &size))?;
        let output = input.iter().zip(&size).map(|(input, size)| match size {
            Dim::Known(1) => input.clone(),
            size => Dim::product([input, size]),
        });
        let same = size.iter().all(|size| size.known() == Some(1));
        let op = if same { Op::View } else { Op::Alone(Rc::new(self.clone())) };
        Ok(Placed::new(output.collect(), op))
    }
}

fn check<const N: usize>(site: &mut Site, input: [Dim; N], size: &[Dim]) -> Result<(), Problem> {
    let size: [Dim; N] = std::array::from_fn(|axis| size[axis].clone());
    rule!(site, up_sampling(input, size))
}

impl UpSampling {
    /// How many elements stand for one along each axis of the input.
    fn all_sizes(&self) -> Vec<Dim> {
        self.space.with_channels(self.size.clone(), Dim::Known(1))
    }
}

impl Emit for UpSampling {
    fn geometry(&self, node: &Node) -> TokenStream {
        let (name, doc) = (names::geometry(&node.name), names::described(node));
        let (input, size) = (&node.input, self.all_sizes());
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            impl rt::up_sampling::UpSamplingShape for #name {
                const INPUT: &'static [usize] = &[#(#input),*];
                const SIZE: &'static [usize] = &[#(#size),*];
            }
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        self.run(call.node, call.x(), &call.y())
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        self.run(call.node, &call.x, &call.y)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (shape, dy, dx) = (names::geometry(&call.node.name), &call.dy, &call.dx);
        let backward = if self.bilinear { quote!(backward_bilinear) } else { quote!(backward) };
        quote!(rt::up_sampling::#backward(simd, #shape, #dy, #dx);)
    }
}

impl UpSampling {
    fn run(&self, node: &Node, x: &TokenStream, y: &TokenStream) -> TokenStream {
        let shape = names::geometry(&node.name);
        if self.bilinear {
            quote!(rt::up_sampling::infer_bilinear(simd, #shape, #x, #y);)
        } else {
            quote!(rt::up_sampling::infer(#shape, #x, #y);)
        }
    }
}
