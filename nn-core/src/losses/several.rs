//! The losses of a network: one, or one for each of several outputs.

use super::{Loss, LossFor};
use crate::element::Element;

/// The most outputs that a network can be trained with.
pub const MAX_OUTPUTS: usize = 8;

/// The losses of a network in the order of its outputs.
pub type Each<'a, T> = [Option<&'a dyn Loss<T>>; MAX_OUTPUTS];

/// What a network is compiled with: a loss, or for a network of several outputs a tuple of losses in their order.
///
/// `P` is the tuple of the outputs' types: [`Record::Parts`](crate::Record::Parts).
///
/// ```
/// use nn_core::Tensor1;
/// use nn_core::losses::{BinaryCrossentropy, Losses, MeanSquaredError};
///
/// fn count<P>(losses: impl Losses<f32, P>) -> usize {
///     losses.each().iter().flatten().count()
/// }
/// assert_eq!(count::<(Tensor1<3>,)>(MeanSquaredError::default()), 1);
/// assert_eq!(count::<(Tensor1<3>, Tensor1<1>)>((MeanSquaredError::default(), BinaryCrossentropy::default())), 2);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not one loss for each output of the network",
    label = "the outputs are `{P}`",
    note = "a network of several outputs takes a tuple of losses, one for each output in their order, of up to eight"
)]
pub trait Losses<T: Element, P>: Send + Sync {
    /// The losses.
    fn each(&self) -> Each<'_, T>;
}

/// States at compile time that targets `Y` fit a network's outputs `P` under these losses: see [`LossFor`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes no targets `{Y}` for the outputs `{P}`",
    label = "these targets do not fit the network's outputs",
    note = "targets of several outputs are a tuple, one for each output in their order"
)]
pub trait LossesFor<P, Y, T: Element>: Losses<T, P> {}

impl<O, T: Element, L: Loss<T>> Losses<T, (O,)> for L {
    fn each(&self) -> Each<'_, T> {
        let mut each: Each<'_, T> = [None; MAX_OUTPUTS];
        each[0] = Some(self);
        each
    }
}

impl<O, Y, T: Element, L: LossFor<O, Y, T>> LossesFor<(O,), Y, T> for L {}

macro_rules! several {
    ($($loss:ident $output:ident $target:ident $index:tt),+) => {
        impl<T: Element, $($output, $loss: Loss<T>),+> Losses<T, ($($output,)+)> for ($($loss,)+) {
            fn each(&self) -> Each<'_, T> {
                let mut each: Each<'_, T> = [None; MAX_OUTPUTS];
                $(each[$index] = Some(&self.$index);)+
                each
            }
        }

        impl<T: Element, $($output, $target, $loss: LossFor<$output, $target, T>),+>
            LossesFor<($($output,)+), ($($target,)+), T> for ($($loss,)+)
        {
        }
    };
}

several!(L0 O0 Y0 0, L1 O1 Y1 1);
several!(L0 O0 Y0 0, L1 O1 Y1 1, L2 O2 Y2 2);
several!(L0 O0 Y0 0, L1 O1 Y1 1, L2 O2 Y2 2, L3 O3 Y3 3);
several!(L0 O0 Y0 0, L1 O1 Y1 1, L2 O2 Y2 2, L3 O3 Y3 3, L4 O4 Y4 4);
several!(L0 O0 Y0 0, L1 O1 Y1 1, L2 O2 Y2 2, L3 O3 Y3 3, L4 O4 Y4 4, L5 O5 Y5 5);
several!(L0 O0 Y0 0, L1 O1 Y1 1, L2 O2 Y2 2, L3 O3 Y3 3, L4 O4 Y4 4, L5 O5 Y5 5, L6 O6 Y6 6);
several!(L0 O0 Y0 0, L1 O1 Y1 1, L2 O2 Y2 2, L3 O3 Y3 3, L4 O4 Y4 4, L5 O5 Y5 5, L6 O6 Y6 6, L7 O7 Y7 7);
