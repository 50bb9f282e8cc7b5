//! `#[budget(…)]`: a compile error, at the limit, where the network needs more.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{quote, quote_spanned};

use super::Context;
use crate::syntax::ast::{Budget, Limit};

/// One assertion for each limit. The compiler evaluates them, since it alone knows every size.
pub fn generate(cx: &Context<'_>) -> TokenStream {
    cx.header.budget.iter().map(|limit| assertion(cx, limit)).collect()
}

fn assertion(cx: &Context<'_>, limit: &Limit) -> TokenStream {
    let (name, most) = (&cx.name, limit.most);
    let (what, needs) = match limit.what {
        Budget::Params => ("parameters", quote_spanned!(limit.span=> #name::PARAMETERS as u64)),
        Budget::Workspace => ("bytes of workspace", quote_spanned!(limit.span=> #name::WORKSPACE_BYTES as u64)),
        Budget::Macs => ("multiply-adds", quote_spanned!(limit.span=> #name::MACS)),
    };
    let network = name.to_string();
    // From the first to the last token of the limit, for rustc to underline all of it.
    let mut args = Group::new(Delimiter::Parenthesis, quote!(#network, #what, #needs, #most));
    args.set_span(limit.end);
    quote_spanned!(limit.span=> const _: () = rt::shape::within_budget #args;)
}
