//! The `network!` macro of the `nn` crate. What it does is in `nn-compiler`, which is no proc macro and can be called from anywhere.

/// Turns a network into a struct with its weights and its code. The guide is in the documentation of the crate `nn`.
#[proc_macro]
pub fn network(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    nn_compiler::expand(input.into()).into()
}
