//! A crate that hands `nn` on, as those do whose users need not know of it.
#![forbid(unsafe_code)]

/// What this crate depends on.
pub mod deps {
    pub use neural as nn;
}

neural::network! {
    /// By the name that it has here.
    pub struct Own = Input<4> => hidden: Dense<8, activation = relu> => Dense<3>;
}
