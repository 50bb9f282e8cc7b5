//! What a kernel is told of its layer.

/// The sizes of a layer: constants of a unit struct that the macro emits, or numbers of a network that is loaded while
/// the program runs.
///
/// A kernel is written once, over this trait. For a unit struct rustc makes constants of all that [`sizes`](Self::sizes)
/// gives, and compiles only the tile that [`KNOWN`](Self::KNOWN) chooses; for numbers it compiles all of them, and the
/// kernel chooses when it is called. The results have the same bits.
pub trait Geometry<Sizes>: Copy + Send + Sync {
    /// The sizes where rustc knows them.
    const KNOWN: Option<Sizes>;

    /// The sizes.
    fn sizes(self) -> Sizes;
}

/// Implements [`Geometry`] for what has the constant `SIZES` of a trait, and for references to the sizes themselves.
macro_rules! geometry {
    ($shape:ident, $sizes:ident) => {
        impl<L: $shape> $crate::geometry::Geometry<$sizes> for L {
            const KNOWN: Option<$sizes> = Some(L::SIZES);

            #[inline(always)]
            fn sizes(self) -> $sizes {
                L::SIZES
            }
        }

        impl $crate::geometry::Geometry<$sizes> for &$sizes {
            const KNOWN: Option<$sizes> = None;

            #[inline(always)]
            fn sizes(self) -> $sizes {
                *self
            }
        }
    };
}

pub(crate) use geometry;
