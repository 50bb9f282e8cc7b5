//! Masks are resolved here, so that a layer that reads one has one more input.

use nn_graph::Size;
use nn_graph::graph::ValueId;
use nn_graph::mask::Mask;
use nn_graph::op::MaskOp;

impl super::Walk<'_> {
    /// The value that holds a mask; the node that computes it is added where there is none yet.
    pub(super) fn mask(&mut self, mask: &Mask) -> ValueId {
        if let Some((_, value)) = self.made.iter().find(|(made, _)| made == mask) {
            return *value;
        }
        let (make, inputs) = match mask {
            Mask::Value(value) => return *value,
            Mask::NonZero(value) => (MaskOp::NonZero, vec![*value]),
            Mask::Other(value, number) => (MaskOp::Other(*number), vec![*value]),
            Mask::Ones(_) => (MaskOp::Ones, Vec::new()),
            Mask::Any(masks) => (MaskOp::Any, self.masks(masks)),
            Mask::Chain(rows, masks) => (MaskOp::Chain(rows.clone()), self.masks(masks)),
        };
        let len = self.mask_len(mask);
        let value = self.hidden("mask", inputs, vec![len], make);
        self.made.push((mask.clone(), value));
        value
    }

    fn masks(&mut self, masks: &[Mask]) -> Vec<ValueId> {
        masks.iter().map(|mask| self.mask(mask)).collect()
    }

    /// The steps of one sample.
    pub(super) fn mask_len(&self, mask: &Mask) -> Size {
        match mask {
            Mask::Ones(steps) => steps.clone(),
            Mask::NonZero(value) | Mask::Value(value) => Size::product(&self.values[*value].shape),
            Mask::Other(value, _) => {
                let shape = &self.values[*value].shape;
                Size::product(&shape[..shape.len().saturating_sub(1)])
            }
            // One of a single step stands for all of them.
            Mask::Any(masks) => {
                let lens = masks.iter().map(|mask| self.mask_len(mask));
                lens.max_by_key(|len| len.known().unwrap_or(usize::MAX)).unwrap_or(Size::Known(0))
            }
            Mask::Chain(_, masks) => {
                let lens: Vec<Size> = masks.iter().map(|mask| self.mask_len(mask)).collect();
                Size::sum(&lens)
            }
        }
    }
}
