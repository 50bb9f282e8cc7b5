//! What a [`SourceId`] stands for: the graph knows no tokens, the expansion needs them again.

use nn_graph::{Name, SourceId};
use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;

use crate::diagnostics::Extent;

/// The places of the user's source that the graph refers to.
pub struct Sources {
    places: Vec<Place>,
    /// The places whose tokens mean something only in the program around the network.
    outside: Vec<SourceId>,
}

struct Place {
    at: Extent,
    tokens: TokenStream,
}

impl Default for Sources {
    /// One place: what the user has not written.
    fn default() -> Self {
        Sources {
            places: vec![Place { at: Span::call_site().into(), tokens: TokenStream::new() }],
            outside: Vec::new(),
        }
    }
}

impl Sources {
    /// A place with its tokens.
    pub fn add(&mut self, at: impl Into<Extent>, tokens: &impl ToTokens) -> SourceId {
        self.places.push(Place { at: at.into(), tokens: tokens.to_token_stream() });
        SourceId((self.places.len() - 1) as u32)
    }

    /// A constant or a function of the program around the network.
    pub fn refer(&mut self, at: impl Into<Extent>, tokens: &impl ToTokens) -> SourceId {
        let id = self.add(at, tokens);
        self.outside.push(id);
        id
    }

    /// What the network needs of the program around it, as written.
    pub fn outside(&self) -> impl Iterator<Item = String> {
        self.outside_ids().map(|id| self.tokens(id).to_string())
    }

    /// The same as places.
    pub fn outside_ids(&self) -> impl Iterator<Item = SourceId> {
        self.outside.iter().copied()
    }

    /// A name that stands in the source.
    pub fn name(&mut self, ident: &Ident) -> Name {
        Name { text: ident.to_string(), at: self.add(ident.span(), ident) }
    }

    /// Where it stands.
    pub fn extent(&self, id: SourceId) -> Extent {
        self.places[id.0 as usize].at
    }

    /// What stands there.
    pub fn tokens(&self, id: SourceId) -> &TokenStream {
        &self.places[id.0 as usize].tokens
    }

    /// A name as an identifier, at the place that it refers to.
    pub fn ident(&self, name: &Name) -> Ident {
        let span = self.extent(name.at).start;
        match name.text.strip_prefix("r#") {
            Some(raw) => Ident::new_raw(raw, span),
            None => Ident::new(&name.text, span),
        }
    }
}
