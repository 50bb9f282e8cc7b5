//! What is left of a network that has mistakes: its names, so that one mistake does not become fifty.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Visibility;

use crate::diagnostics::Report;
use crate::syntax::ast::Header;
use crate::syntax::foreign;

/// The name of a network, and what decides who sees it.
pub struct Skeleton {
    conditions: TokenStream,
    vis: Visibility,
    name: Ident,
}

impl Skeleton {
    /// `None` for the expression form.
    pub fn of(header: &Header) -> Option<Skeleton> {
        let Header { attrs, vis, name, .. } = header;
        Some(Skeleton { conditions: foreign::conditions(attrs), vis: vis.clone(), name: name.clone()? })
    }

    /// The names as a type whose parameter is the first mistake: rustc takes whatever is wrong with it for a consequence,
    /// and says nothing.
    pub fn with(&self, reports: &[Report]) -> TokenStream {
        let Skeleton { conditions, vis, name } = self;
        let Some((first, others)) = reports.split_first() else { return TokenStream::new() };
        let mistaken = format_ident!("{name}Mistaken", span = name.span());
        let types = ["Input", "Output", "Workspace", "State"].map(|suffix| {
            let other = format_ident!("{name}{suffix}", span = name.span());
            quote!(#conditions #[allow(dead_code)] #vis type #other = #name;)
        });
        quote! {
            #conditions
            #vis struct #mistaken<const MISTAKE: ::core::primitive::usize>;
            #conditions
            #[allow(dead_code)]
            #vis type #name = #mistaken<{ #first }>;
            #(#types)*
            #(#conditions #others)*
        }
    }
}
