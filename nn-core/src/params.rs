//! What a network's weights are called, how large they are, and how they start.

use crate::constraints::Constraint;
use crate::initializers::Initializer;
use crate::regularizers::{Penalty, Regularizer};

/// One weight of a network, as the macro lists it in [`Network::PARAMS`](crate::Network::PARAMS).
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// The path of its field: `conv1.kernel`.
    pub name: &'static str,
    /// Its shape in Keras' layout.
    pub shape: &'static [usize],
    /// Where it starts in the flat view of the network, in elements.
    pub offset: usize,
    /// Whether the optimizer changes it (moving statistics are no, and so is `trainable = false`).
    pub trainable: bool,
    /// How `new` fills it.
    pub initializer: Initializer,
    /// The penalty that its size adds to the loss; none for a weight that is not trainable, as in Keras.
    pub regularizer: Option<Regularizer>,
    /// The same by a function of the user's, under the same conditions.
    pub penalty: Option<Penalty>,
    /// What holds after each step of the optimizer.
    pub constraint: Option<Constraint>,
}

impl Param {
    /// A weight that is trained, without regularizer and constraint.
    pub const fn new(name: &'static str, shape: &'static [usize], offset: usize, initializer: Initializer) -> Self {
        Param { name, shape, offset, trainable: true, initializer, regularizer: None, penalty: None, constraint: None }
    }

    /// A weight of a [`Custom`](crate::custom::Custom) layer: its name is the layer's own, and the network says where it starts.
    pub const fn weight(name: &'static str, shape: &'static [usize], initializer: Initializer) -> Self {
        Param::new(name, shape, 0, initializer)
    }

    /// The same, left alone by the optimizer, and without a penalty.
    pub const fn frozen(self) -> Self {
        Param { trainable: false, regularizer: None, penalty: None, ..self }
    }

    /// The same with a penalty on its size, if it is trained.
    pub const fn regularizer(self, regularizer: Regularizer) -> Self {
        Param { regularizer: if self.trainable { Some(regularizer) } else { None }, ..self }
    }

    /// The same with a penalty by a function, if it is trained.
    pub const fn penalty(self, penalty: Penalty) -> Self {
        Param { penalty: if self.trainable { Some(penalty) } else { None }, ..self }
    }

    /// The same with a constraint.
    pub const fn constraint(self, constraint: Constraint) -> Self {
        Param { constraint: Some(constraint), ..self }
    }

    /// The number of elements.
    pub const fn len(&self) -> usize {
        let mut len = 1;
        let mut axis = 0;
        while axis < self.shape.len() {
            len *= self.shape[axis];
            axis += 1;
        }
        len
    }

    /// Whether there is no element.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Where its elements lie in the flat view of the network.
    pub const fn range(&self) -> core::ops::Range<usize> {
        self.offset..self.offset + self.len()
    }
}

/// One row of a network's [`summary`](crate::Network::summary).
#[derive(Clone, Copy, Debug)]
pub struct LayerInfo {
    /// The layer's name: its label, or Keras' default (`conv2d_1`).
    pub name: &'static str,
    /// The class: `Conv2D`.
    pub class: &'static str,
    /// The shape of one sample's output.
    pub output: &'static [usize],
    /// The number of weights, the moving statistics included.
    pub params: usize,
    /// How many of them the optimizer changes.
    pub trainable: usize,
    /// Multiply-adds for one sample.
    pub macs: u64,
    /// Whether the mask of its input ends here: it neither reads it nor hands it on.
    pub loses_mask: bool,
}

/// The number of weights in a table.
pub const fn param_count(params: &[Param]) -> usize {
    let mut count = 0;
    let mut index = 0;
    while index < params.len() {
        count += params[index].len();
        index += 1;
    }
    count
}

/// How many elements a network of `count` weights has behind them, so that it ends where a cache line does.
pub const fn padding<T>(count: usize) -> usize {
    count.next_multiple_of(64 / size_of::<T>()) - count
}

/// The multiply-adds of a table of layers.
pub const fn mac_count(layers: &[LayerInfo]) -> u64 {
    let mut count = 0;
    let mut index = 0;
    while index < layers.len() {
        count += layers[index].macs;
        index += 1;
    }
    count
}

impl LayerInfo {
    /// A row of the table.
    pub const fn new(
        name: &'static str,
        class: &'static str,
        output: &'static [usize],
        params: usize,
        trainable: usize,
        macs: usize,
    ) -> Self {
        LayerInfo { name, class, output, params, trainable, macs: macs as u64, loses_mask: false }
    }

    /// The same where the mask of the input ends.
    pub const fn without_mask(self) -> Self {
        LayerInfo { loses_mask: true, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_trained_has_a_penalty() {
        let l2 = Regularizer { l1: 0.0, l2: 0.1 };
        let kernel = Param::new("kernel", &[2, 3], 0, Initializer::Zeros);
        assert_eq!(kernel.regularizer(l2).regularizer, Some(l2));
        assert_eq!(kernel.frozen().regularizer(l2).regularizer, None);
        assert_eq!(kernel.regularizer(l2).frozen().regularizer, None);
    }
}
