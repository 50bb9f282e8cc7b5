//! The `network!` macro of the `nn` crate. What it does is in `nn-compiler`, which is no proc macro and can be called from anywhere.

/// What `nn::network!` hands its network to, behind the path of the crate `nn`: `@(path) struct Net = …;`.
#[proc_macro]
pub fn network(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    nn_compiler::expand(input.into()).into()
}
