//! `ZeroPadding1D`, `2D`, `3D` and `Cropping1D`, `2D`, `3D`: one lies inside of the other.

use std::rc::Rc;

use proc_macro2::TokenStream;
use quote::quote;

use super::args::Args;
use super::emit::{Call, Emit, Infer};
use super::space::Space;
use super::{Entry, Layer, Op, Placed, Positional};
use crate::names;
use crate::shapes::dim::{Dim, apply};
use crate::shapes::rule::{Problem, Site, ranked, rule};
use crate::shapes::{Node, Operand};

/// `ZeroPadding2D<padding>` or `Cropping2D<cropping>`.
#[derive(Clone)]
struct Inset {
    pads: bool,
    space: Space,
    /// Before and behind each axis of space.
    ends: Vec<[Dim; 2]>,
}

const fn padding(names: &'static [&'static str], read: fn(&mut Args) -> Rc<dyn Layer>) -> Entry {
    let positional = Positional::Named { names: &["padding"], required: 0 };
    Entry { names, positional, options: &[&["data_format"]], read }
}

const fn cropping(
    names: &'static [&'static str],
    options: &'static [&'static [&'static str]],
    read: fn(&mut Args) -> Rc<dyn Layer>,
) -> Entry {
    Entry { names, positional: Positional::Named { names: &["cropping"], required: 0 }, options, read }
}

pub const ENTRIES: &[Entry] = &[
    padding(&["ZeroPadding1D"], |args| pad(args, 1)),
    padding(&["ZeroPadding2D"], |args| pad(args, 2)),
    padding(&["ZeroPadding3D"], |args| pad(args, 3)),
    // As in Keras: channels last only, and in 2D nothing goes unless it is said.
    cropping(&["Cropping1D"], &[], |args| crop(args, Space::channels_last(1), 1)),
    cropping(&["Cropping2D"], &[&["data_format"]], |args| {
        let space = Space::read(2, args);
        crop(args, space, 0)
    }),
    cropping(&["Cropping3D"], &[&["data_format"]], |args| {
        let space = Space::read(3, args);
        crop(args, space, 1)
    }),
];

fn pad(args: &mut Args, axes: usize) -> Rc<dyn Layer> {
    let space = Space::read(axes, args);
    Rc::new(Inset { pads: true, space, ends: args.ends_or("padding", axes, 1) })
}

fn crop(args: &mut Args, space: Space, default: usize) -> Rc<dyn Layer> {
    Rc::new(Inset { pads: false, space, ends: args.ends_or("cropping", space.axes, default) })
}

impl Layer for Inset {
    fn place(&self, site: &mut Site, inputs: &[Operand]) -> Result<Placed, Problem> {
        let input = self.space.input(site, inputs)?;
        let ends = self.all_ends();
        ranked!(site, input.as_slice(), |input| self.check(site, input, &ends))?;
        let output = input.iter().zip(&ends).map(|(size, ends)| match (self.pads, ends) {
            (_, [Dim::Known(0), Dim::Known(0)]) => size.clone(),
            (true, [before, behind]) => Dim::sum([size, before, behind]),
            (false, [before, behind]) => apply!(cropped(size, before, behind)),
        });
        let same = ends.iter().flatten().all(|end| end.known() == Some(0));
        let op = if same { Op::View } else { Op::Alone(Rc::new(self.clone())) };
        Ok(Placed::new(output.collect(), op))
    }
}

impl Inset {
    /// Before and behind each axis of the input.
    fn all_ends(&self) -> Vec<[Dim; 2]> {
        self.space.with_channels(self.ends.clone(), [Dim::Known(0), Dim::Known(0)])
    }

    fn check<const N: usize>(&self, site: &mut Site, input: [Dim; N], ends: &[[Dim; 2]]) -> Result<(), Problem> {
        let ends: [[Dim; 2]; N] = std::array::from_fn(|axis| ends[axis].clone());
        if self.pads { rule!(site, zero_padding(input, ends)) } else { rule!(site, cropping(input, ends)) }
    }

    fn module(&self) -> TokenStream {
        if self.pads { quote!(rt::zero_padding) } else { quote!(rt::cropping) }
    }
}

impl Emit for Inset {
    fn geometry(&self, node: &Node) -> TokenStream {
        let (name, doc) = (names::geometry(&node.name), names::described(node));
        let (input, output) = (&node.input, &node.output);
        let ends = self.all_ends();
        let ends = ends.iter().map(|[before, behind]| quote!([#before, #behind]));
        let body = if self.pads {
            quote! {
                impl rt::zero_padding::ZeroPaddingShape for #name {
                    const INPUT: &'static [usize] = &[#(#input),*];
                    const PADDING: &'static [[usize; 2]] = &[#(#ends),*];
                }
            }
        } else {
            quote! {
                impl rt::cropping::CroppingShape for #name {
                    const OUTPUT: &'static [usize] = &[#(#output),*];
                    const CROPPING: &'static [[usize; 2]] = &[#(#ends),*];
                }
            }
        };
        quote! {
            #[doc = #doc]
            #[derive(Clone, Copy)]
            struct #name;
            #body
        }
    }

    fn infer(&self, call: &Infer<'_>) -> TokenStream {
        let (module, shape, x, y) = (self.module(), names::geometry(&call.node.name), call.x(), call.y());
        quote!(#module::infer(#shape, #x, #y);)
    }

    fn forward(&self, call: &Call<'_>) -> TokenStream {
        let (module, shape, x, y) = (self.module(), names::geometry(&call.node.name), &call.x, &call.y);
        quote!(#module::infer(#shape, #x, #y);)
    }

    fn backward(&self, call: &Call<'_>) -> TokenStream {
        let (module, shape, dy, dx) = (self.module(), names::geometry(&call.node.name), &call.dy, &call.dx);
        quote!(#module::backward(#shape, #dy, #dx);)
    }
}
