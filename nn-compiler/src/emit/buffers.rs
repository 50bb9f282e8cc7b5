//! The buffers of a shard: one for each input and one for what each step computes.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use nn_graph::graph::{Element, ValueId};

use super::Context;
use super::names::number;
use super::training::{normalizations, partial_field};

/// The struct, and what the training loop asks of it.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    let (name, dtype) = (cx.named("Activations"), &cx.dtype);
    let training = &cx.program.training;
    let saved = training.flow.values.iter().enumerate().filter(|(value, _)| training.needs[*value].is_some());
    let (fields, lens): (Vec<Ident>, Vec<TokenStream>) =
        saved.clone().map(|(id, value)| (field(cx, id), cx.size(&value.len))).unzip();
    let types = saved.clone().map(|(_, value)| match value.element {
        Element::Real => quote!(#dtype),
        Element::U32 => quote!(u32),
        Element::I32 => quote!(i32),
        Element::U8 => quote!(u8),
    });
    let zeros = saved.map(|(_, value)| match value.element {
        Element::Real => quote!(0.0),
        Element::U32 | Element::I32 | Element::U8 => quote!(0),
    });
    let zeros: Vec<TokenStream> = zeros.collect();
    let partial: Vec<Ident> = normalizations(cx).map(|(_, _, name)| partial_field(&name)).collect();
    let parts = parts(cx);
    let load = load(cx);
    let state_len = (!cx.program.states.is_empty()).then(|| {
        let state = cx.named("State");
        quote!(const STATE_LEN: usize = #state::CARRIED;)
    });
    // No more visible than the input, which it names.
    let vis = &cx.header.vis;
    quote! {
        #[derive(Clone, Debug, Default)]
        #vis struct #name {
            #(#fields: rt::alloc::vec::Vec<#types>,)*
            #(#partial: rt::batch_normalization::Partial<#dtype>,)*
        }
        impl rt::Activations for #name {
            type Element = #dtype;
            #state_len

            fn new(samples: usize) -> Self {
                let mut buffers = <Self as rt::Default>::default();
                rt::Activations::resize(&mut buffers, samples);
                buffers
            }

            fn resize(&mut self, samples: usize) {
                #(self.#fields.resize(samples * #lens, #zeros);)*
            }

            #load
            #parts
        }
    }
}

/// The name of a value's buffer: that of its layer or input. A layer may be called as an input is; then its buffer has a name
/// that no label has.
pub fn field(cx: &Context<'_>, value: ValueId) -> Ident {
    let values = &cx.program.training.flow.values;
    let name = cx.ident(&values[value].name);
    let taken = values[..value].iter().any(|other| other.name.text == values[value].name.text);
    if taken { format_ident!("__{name}_{value}") } else { name }
}

/// Copies a part of a sample to its place in the shard.
fn load(cx: &Context<'_>) -> TokenStream {
    let inputs = &cx.program.graph.inputs;
    let copies = inputs.iter().enumerate().map(|(part, input)| {
        let (buffer, part) = (field(cx, input.value), number(part));
        (part, quote!(rt::load(&mut self.#buffer, sample, x)))
    });
    let (parts, copies): (Vec<Literal>, Vec<TokenStream>) = copies.unzip();
    let load = match copies.as_slice() {
        [only] => quote!(#only;),
        _ => quote!(match part { #(#parts => #copies,)* _ => {} }),
    };
    quote!(fn load(&mut self, sample: usize, part: usize, x: &[u8]) { #load })
}

/// Inputs, outputs, logits and masks by their numbers.
fn parts(cx: &Context<'_>) -> TokenStream {
    let (dtype, training) = (&cx.dtype, &cx.program.training);
    let outputs = &training.outputs;
    let inputs = cx.program.graph.inputs.iter().map(|input| {
        let real = training.flow.values[input.value].element == Element::Real;
        real.then_some(input.value)
    });
    let input = pick(cx, inputs.collect());
    let output = pick(cx, outputs.iter().map(|output| Some(output.value)).collect());
    let logits = pick(cx, outputs.iter().map(|output| Some(output.logits)).collect());
    let masks: Vec<Option<ValueId>> = outputs.iter().map(|output| output.mask).collect();
    let mask = masks.iter().any(Option::is_some).then(|| {
        let arms = masks.iter().enumerate().filter_map(|(index, mask)| {
            let (index, field) = (number(index), field(cx, (*mask)?));
            Some(quote!(#index => rt::Some(&self.#field),))
        });
        quote!(fn mask(&self, part: usize) -> rt::Option<&[#dtype]> { match part { #(#arms)* _ => rt::None } })
    });
    let partials = normalizations(cx).enumerate().map(|(place, (.., name))| {
        let (place, field) = (number(place), partial_field(&name));
        quote!(#place => rt::Some(&self.#field),)
    });
    let partials: Vec<TokenStream> = partials.collect();
    let partial = (!partials.is_empty()).then(|| {
        quote! {
            fn partial(&self, phase: usize) -> rt::Option<&rt::batch_normalization::Partial<#dtype>> {
                match phase { #(#partials)* _ => rt::None }
            }
        }
    });
    let (input, output, output_mut) = (input(quote!(&)), output(quote!(&)), output(quote!(&mut)));
    let (logits, logits_mut) = (logits(quote!(&)), logits(quote!(&mut)));
    quote! {
        fn input(&self, part: usize) -> &[#dtype] { #input }
        fn output(&self, part: usize) -> &[#dtype] { #output }
        fn output_mut(&mut self, part: usize) -> &mut [#dtype] { #output_mut }
        fn logits(&self, part: usize) -> &[#dtype] { #logits }
        fn logits_mut(&mut self, part: usize) -> &mut [#dtype] { #logits_mut }
        #mask
        #partial
    }
}

/// The buffer of a part, borrowed as asked.
fn pick<'a>(cx: &'a Context<'_>, values: Vec<Option<ValueId>>) -> impl Fn(TokenStream) -> TokenStream + 'a {
    move |borrow| {
        if let [Some(only)] = values.as_slice() {
            let field = field(cx, *only);
            return quote!(#borrow self.#field);
        }
        let arms = values.iter().enumerate().filter_map(|(index, value)| {
            let (index, field) = (number(index), field(cx, (*value)?));
            Some(quote!(#index => #borrow self.#field,))
        });
        quote!(match part { #(#arms)* _ => #borrow [] })
    }
}
