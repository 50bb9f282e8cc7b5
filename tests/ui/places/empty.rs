//! No network at all.

nn::network! {}

fn main() {}
