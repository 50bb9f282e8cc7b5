//! Constants of a file, and what is known of their elements.

use std::rc::Rc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Real,
    Int,
    Bool,
}

/// An array whose values are known. Floats of 64 bits hold all that occurs: floats of 32, and sizes.
#[derive(Clone, Debug)]
pub struct Array {
    pub kind: Type,
    pub shape: Vec<usize>,
    pub values: Rc<Vec<f64>>,
}

impl Array {
    pub fn new(kind: Type, shape: Vec<usize>, values: Vec<f64>) -> Self {
        Array { kind, shape, values: Rc::new(values) }
    }

    pub fn scalar(kind: Type, value: f64) -> Self {
        Array::new(kind, Vec::new(), vec![value])
    }

    pub fn ints(values: impl IntoIterator<Item = i64>) -> Self {
        let values: Vec<f64> = values.into_iter().map(|value| value as f64).collect();
        Array::new(Type::Int, vec![values.len()], values)
    }

    pub fn to_ints(&self) -> Vec<i64> {
        self.values.iter().map(|value| *value as i64).collect()
    }

    pub fn to_f32(&self) -> Vec<f32> {
        self.values.iter().map(|value| *value as f32).collect()
    }

    /// The number that all elements are.
    pub fn only(&self) -> Option<f64> {
        let first = *self.values.first()?;
        self.values.iter().all(|value| *value == first).then_some(first)
    }

    pub fn is_zero(&self) -> bool {
        self.only() == Some(0.0)
    }

    /// The same values under another shape of as many elements.
    pub fn shaped(&self, shape: Vec<usize>) -> Self {
        Array { kind: self.kind, shape, values: Rc::clone(&self.values) }
    }

    /// Axis `order[i]` becomes axis `i`.
    pub fn permuted(&self, order: &[usize]) -> Self {
        if order.iter().enumerate().all(|(to, from)| to == *from) {
            return self.clone();
        }
        let from = strides(&self.shape);
        let shape: Vec<usize> = order.iter().map(|axis| self.shape[*axis]).collect();
        let steps: Vec<usize> = order.iter().map(|axis| from[*axis]).collect();
        Array::new(self.kind, shape.clone(), self.picked(&shape, &steps, 0))
    }

    /// One element for each place of `shape`, so many elements apart along each axis.
    pub fn picked(&self, shape: &[usize], steps: &[usize], start: usize) -> Vec<f64> {
        let count = shape.iter().product();
        let mut values = Vec::with_capacity(count);
        let mut at = vec![0; shape.len()];
        let mut from = start;
        for _ in 0..count {
            values.push(self.values[from]);
            for axis in (0..shape.len()).rev() {
                at[axis] += 1;
                from += steps[axis];
                if at[axis] < shape[axis] {
                    break;
                }
                from -= steps[axis] * shape[axis];
                at[axis] = 0;
            }
        }
        values
    }

    /// Repeated along its axes of size 1, and along new ones before them. The shape has to be one that it fits.
    pub fn broadcast(&self, shape: &[usize]) -> Vec<f64> {
        let own = strides(&self.shape);
        let before = shape.len() - self.shape.len();
        let step = |axis: usize| match axis.checked_sub(before) {
            Some(axis) if self.shape[axis] != 1 => own[axis],
            _ => 0,
        };
        let steps: Vec<usize> = (0..shape.len()).map(step).collect();
        self.picked(shape, &steps, 0)
    }

    /// From one index on, so many of an axis.
    pub fn cut(&self, axis: usize, from: usize, count: usize) -> Self {
        let steps = strides(&self.shape);
        let mut shape = self.shape.clone();
        shape[axis] = count;
        Array::new(self.kind, shape.clone(), self.picked(&shape, &steps, from * steps[axis]))
    }
}

/// How far elements lie apart along each axis.
pub fn strides(shape: &[usize]) -> Vec<usize> {
    let mut steps = vec![1; shape.len()];
    for axis in (0..shape.len().saturating_sub(1)).rev() {
        steps[axis] = steps[axis + 1] * shape[axis + 1];
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_change_places() {
        let array = Array::new(Type::Real, vec![2, 3], (0..6).map(f64::from).collect());
        assert_eq!(*array.permuted(&[1, 0]).values, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        assert_eq!(*array.cut(1, 1, 2).values, [1.0, 2.0, 4.0, 5.0]);
        let row = Array::new(Type::Real, vec![3, 1], vec![1.0, 2.0, 3.0]);
        assert_eq!(row.broadcast(&[2, 3, 2]), [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0]);
    }
}
