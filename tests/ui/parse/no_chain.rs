//! A struct without a chain.

nn::network! {
    pub struct Net;
}

fn main() {}
