//! What a network carries from one call to the next: the type, and the code of a step.

use proc_macro2::TokenStream;
use quote::quote;

use nn_graph::plan::StreamProgram;
use nn_graph::{Name, Size};

use super::distinct::Distinct;
use super::{Context, blocks, infer, records, tables};

impl Context<'_> {
    /// Whether the network has a state.
    pub fn has_state(&self) -> bool {
        !self.program.states.is_empty() || self.program.stream.is_some()
    }

    /// The parts of the state: those of a step, if there is one, since it has all of them.
    fn states(&self) -> &[(Name, Size)] {
        match &self.program.stream {
            Some(stream) => &stream.program.states,
            None => &self.program.states,
        }
    }
}

/// `EchoState`, and what one time step takes and gives.
pub fn types(cx: &Context<'_>) -> Option<TokenStream> {
    if !cx.has_state() {
        return None;
    }
    let (vis, name, state, dtype) = (&cx.header.vis, &cx.name, cx.named("State"), &cx.dtype);
    let attributes = cx.attributes();
    let doc = format!(" What [`{name}`] carries from one call to the next; zeros at the start.");
    let step = cx.program.stream.as_ref().map(|stream| {
        let inner = cx.with(&stream.program);
        let input = records::input(&inner, "StepInput", &format!(" One time step of a sample for [`{name}`]."));
        let output = records::output(&inner, "StepOutput", &format!(" What [`{name}`] makes of one time step."));
        quote!(#input #output)
    });
    Some(quote! {
        #attributes
        #[doc = #doc]
        #[allow(deprecated)]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug, ::core::cmp::PartialEq)]
        #[repr(C, align(64))]
        #vis struct #state([#dtype; #name::STATE_BYTES / ::core::mem::size_of::<#dtype>()]);
        #step
    })
}

/// Where each layer's part lies, and how a state begins.
pub fn constants(cx: &Context<'_>) -> Option<TokenStream> {
    if !cx.has_state() {
        return None;
    }
    let (name, state, dtype) = (&cx.name, cx.named("State"), &cx.dtype);
    let inner = cx.program.stream.as_ref().map_or_else(|| cx.clone(), |stream| cx.with(&stream.program));
    let mut end = quote!(0);
    let parts = cx.states().iter().map(|(layer, len)| {
        // The lengths of a step are those of its own program.
        let (layer, len) = (cx.ident(layer), inner.size(len));
        let start = std::mem::replace(&mut end, quote!(Self::#layer.end));
        quote!(const #layer: ::core::ops::Range<usize> = #start..#start + #len;)
    });
    let parts: Vec<TokenStream> = parts.collect();
    let carried = if parts.is_empty() { quote!(0) } else { quote!(#end.next_multiple_of(16)) };
    let memory = cx.program.stream.is_some().then(|| quote!(+ Self::LAYOUT.len));
    let layout = cx.program.stream.as_ref().map(|stream| tables::layout(&inner, &stream.program.regions));
    Some(quote! {
        rt::plain!(#state { 0 });
        #[allow(non_upper_case_globals)]
        impl #state {
            #(#parts)*
            /// The elements that are carried; the memory of a step lies behind them, on a cache line of its own.
            const CARRIED: usize = #carried;
            #layout
            const LEN: usize = Self::CARRIED #memory;

            /// The state before the first step: all zero.
            pub const fn new() -> Self {
                Self([0.0; _])
            }

            /// Forgets everything: what a stream needs after a gap.
            pub fn reset(&mut self) {
                *self = Self::new();
            }
        }
        impl ::core::default::Default for #state {
            fn default() -> Self {
                Self::new()
            }
        }
        impl #name {
            /// The size of the state, in bytes.
            pub const STATE_BYTES: usize = #state::LEN * ::core::mem::size_of::<#dtype>();
        }
    })
}

/// `step`: the network one time step at a time.
pub fn stream(cx: &Context<'_>) -> Option<TokenStream> {
    let StreamProgram { program, latency, receptive_field, .. } = &**cx.program.stream.as_ref()?;
    let inner = cx.with(program);
    let (input_impls, output_impls) =
        (records::input_impls(&inner, "StepInput"), records::output_impls(&inner, "StepOutput"));
    let (name, state) = (&cx.name, cx.named("State"));
    let [input, output] = ["StepInput", "StepOutput"].map(|suffix| cx.named(suffix));
    let mut distinct = Distinct::default();
    let geometry = distinct.geometries(&inner);
    let destinations = infer::destinations(&inner, &mut distinct);
    let regions = tables::names(&inner, &state, &program.regions);
    let (ends, steps) = (infer::ends(&inner), infer::steps(&inner, &state));
    let field = match receptive_field {
        Some(field) => {
            let field = cx.size(field);
            quote!(rt::Some(#field))
        }
        None => quote!(rt::None),
    };
    let (constants, latency, blocks) = (constants(cx), cx.size(latency), blocks::of_stream(cx));
    Some(quote! {
        #(#geometry)*
        #input_impls
        #output_impls
        #constants
        #destinations
        #regions
        impl rt::Stream for #name {
            type State = #state;
            type StepInput = #input;
            type StepOutput = #output;
            const LATENCY: usize = #latency;
            const RECEPTIVE_FIELD: rt::Option<usize> = #field;

            #[inline(always)]
            fn forward_step<S: rt::Simd>(&self, simd: S, x: &#input, state: &mut #state, y: &mut #output) {
                let (state, memory) = rt::split(&mut state.0, #state::CARRIED);
                #ends
                #(#steps)*
            }

            #blocks
        }
        impl #name {
            /// How many of the first outputs of `step` the whole network does not have: none, but for convolutions
            /// with `padding = valid`.
            pub const LATENCY: usize = <Self as rt::Stream>::LATENCY;
            /// How many time steps of the input an output depends on; `None` if on all that have been.
            pub const RECEPTIVE_FIELD: rt::Option<usize> = <Self as rt::Stream>::RECEPTIVE_FIELD;

            /// Runs one time step. Allocates nothing, and leaves a finite state whatever `x` is.
            #[inline]
            pub fn step(&self, x: &#input, state: &mut #state) -> #output {
                rt::Stream::step(self, x, state)
            }

            /// Runs as many time steps as `xs` has, faster than one by one and with the same bits. Allocates nothing, and
            /// leaves a finite state whatever `xs` are.
            #[inline]
            pub fn steps(&self, xs: &[#input], ys: &mut [#output], state: &mut #state) {
                rt::Stream::steps(self, xs, ys, state);
            }
        }
        rt::if_alloc! {
            impl #name {
                /// The state that silence leads to, which a stream begins with and goes back to after a gap.
                pub fn rested(&self) -> rt::alloc::boxed::Box<#state> {
                    rt::Stream::rested(self)
                }
            }
        }
    })
}
