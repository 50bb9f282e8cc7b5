//! The metrics of a network: those of its output, or those of each of several outputs.

use super::Metrics;
use crate::element::Element;

/// Which output metrics belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'a> {
    /// By its number, from 0.
    Index(usize),
    /// By its name.
    Name(&'a str),
}

/// What a network is compiled with: [`Metrics`], or for a network of several outputs a tuple of them in the order of the
/// outputs, an array of pairs with names of outputs, or `()` for none.
///
/// `P` is the tuple of the outputs' types: [`Record::Parts`](crate::Record::Parts).
///
/// ```
/// use nn_core::Tensor1;
/// use nn_core::metrics::{MeanAbsoluteError, MetricsFor, accuracy};
///
/// type Outputs = (Tensor1<3>, Tensor1<1>);
/// fn take(_: impl MetricsFor<f32, Outputs>) {}
/// take(((), accuracy()));
/// take(([MeanAbsoluteError::default()], (accuracy(), MeanAbsoluteError::default())));
/// take([("aux", accuracy())]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not metrics for the outputs `{P}`",
    label = "these are no metrics of this network",
    note = "a network of several outputs takes a tuple with the metrics of each output, `()` where there are none, or an array of pairs: `[(\"main\", accuracy())]`"
)]
pub trait MetricsFor<T, P>: Sized {
    /// Hands over the metrics and where they belong.
    fn each(self, take: &mut dyn FnMut(Place<'_>, Metrics<T>));
}

impl<O, T: Element, M: Into<Metrics<T>>> MetricsFor<T, (O,)> for M {
    fn each(self, take: &mut dyn FnMut(Place<'_>, Metrics<T>)) {
        take(Place::Index(0), self.into());
    }
}

/// No metrics, for any network.
impl<P, T: Element> MetricsFor<T, P> for () {
    fn each(self, _: &mut dyn FnMut(Place<'_>, Metrics<T>)) {}
}

macro_rules! several {
    ($($metrics:ident $output:ident $index:tt),+) => {
        impl<T: Element, $($output, $metrics: MetricsFor<T, ($output,)>),+> MetricsFor<T, ($($output,)+)>
            for ($($metrics,)+)
        {
            fn each(self, take: &mut dyn FnMut(Place<'_>, Metrics<T>)) {
                $(self.$index.each(&mut |_, metrics| take(Place::Index($index), metrics));)+
            }
        }

        impl<T: Element, $($output,)+ M: Into<Metrics<T>>, const N: usize> MetricsFor<T, ($($output,)+)>
            for [(&str, M); N]
        {
            fn each(self, take: &mut dyn FnMut(Place<'_>, Metrics<T>)) {
                for (name, metrics) in self {
                    take(Place::Name(name), metrics.into());
                }
            }
        }
    };
}

several!(M0 O0 0, M1 O1 1);
several!(M0 O0 0, M1 O1 1, M2 O2 2);
several!(M0 O0 0, M1 O1 1, M2 O2 2, M3 O3 3);
several!(M0 O0 0, M1 O1 1, M2 O2 2, M3 O3 3, M4 O4 4);
several!(M0 O0 0, M1 O1 1, M2 O2 2, M3 O3 3, M4 O4 4, M5 O5 5);
several!(M0 O0 0, M1 O1 1, M2 O2 2, M3 O3 3, M4 O4 4, M5 O5 5, M6 O6 6);
several!(M0 O0 0, M1 O1 1, M2 O2 2, M3 O3 3, M4 O4 4, M5 O5 5, M6 O6 6, M7 O7 7);
