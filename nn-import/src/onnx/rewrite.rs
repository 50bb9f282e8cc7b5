//! Operations that are written as others.

use std::rc::Rc;

use super::array::Array;
use super::flat::{Id, Problem};
use super::flatten::Flattener;
use super::proto::Attribute;

type Results = Result<Vec<Id>, Problem>;

impl Flattener {
    /// The results of an operation that is written as others.
    pub fn rewritten(
        &mut self,
        node: &str,
        op: &str,
        attributes: &Rc<Vec<Attribute>>,
        inputs: &[Option<Id>],
    ) -> Option<Results> {
        let array =
            |place: usize| inputs.get(place).copied().flatten().and_then(|id| self.flat.values[id].array.clone());
        match op {
            "Gemm" if self.is_computed(inputs, 2) => Some(self.sum_behind(node, Rc::clone(attributes), inputs)),
            "Gather" if self.is_computed(inputs, 0) => {
                let table = array(1).filter(|table| table.shape.len() > 1)?;
                Some(self.picked_by_table(node, attributes, inputs[0], &table))
            }
            "ScatterND" if self.is_computed(inputs, 0) || self.is_computed(inputs, 2) => {
                let (Some(data), Some(updates)) = (inputs[0], inputs.get(2).copied().flatten()) else { return None };
                let reduces =
                    attributes.iter().any(|attribute| attribute.name == "reduction" && attribute.text != "none");
                let (from, sizes) = block(&array(1)?, &self.flat.values[data].shape).filter(|_| !reduces)?;
                Some(self.assigned(data, &from, &sizes, updates))
            }
            _ => None,
        }
    }

    /// Elements by a table of indices, as those by a list of them under another shape.
    fn picked_by_table(
        &mut self,
        node: &str,
        attributes: &Rc<Vec<Attribute>>,
        data: Option<Id>,
        table: &Array,
    ) -> Results {
        let axis = attributes.iter().find(|attribute| attribute.name == "axis").map_or(0, |axis| axis.int);
        let shape = data.map_or(&[][..], |id| &self.flat.values[id].shape);
        let axis = super::flat::axis_of(axis, shape.len())?;
        let mut shape: Vec<usize> = shape.to_vec();
        shape.splice(axis..=axis, table.shape.iter().copied());
        let list = self.constant("", table.shaped(vec![table.values.len()]));
        let picked = self.apply(node, "Gather", Rc::clone(attributes), vec![data, Some(list)], 1)?;
        self.reshaped(picked.first().copied(), &shape)
    }

    fn reshaped(&mut self, id: Option<Id>, shape: &[usize]) -> Results {
        let shape = numbers("shape", shape.iter().map(|size| *size as i64));
        self.apply("", "Reshape", Rc::new(vec![shape]), vec![id], 1)
    }

    /// A value with a block of it written anew: what lies before, in and behind the block, put together.
    fn assigned(&mut self, data: Id, from: &[usize], sizes: &[usize], updates: Id) -> Results {
        let shape = self.flat.values[data].shape.clone();
        let Some(axis) = (0..shape.len()).find(|axis| sizes[*axis] != shape[*axis]) else {
            return self.reshaped(Some(updates), &shape);
        };
        let (start, end) = (from[axis], from[axis] + sizes[axis]);
        let inner = self.cut(data, axis, start, end)?;
        let mut rest = from.to_vec();
        rest[axis] = 0;
        let inner = self.assigned(inner, &rest, sizes, updates)?;
        let mut parts = Vec::new();
        if start > 0 {
            parts.push(Some(self.cut(data, axis, 0, start)?));
        }
        parts.push(inner.first().copied());
        if end < shape[axis] {
            parts.push(Some(self.cut(data, axis, end, shape[axis])?));
        }
        let axis = Attribute { name: "axis".to_owned(), int: axis as i64, ..Attribute::default() };
        self.apply("", "Concat", Rc::new(vec![axis]), parts, 1)
    }

    fn cut(&mut self, data: Id, axis: usize, start: usize, end: usize) -> Result<Id, Problem> {
        let numbers = |name: &str, number: usize| numbers(name, [number as i64]);
        let attributes = vec![numbers("starts", start), numbers("ends", end), numbers("axes", axis)];
        let part = self.apply("", "Slice", Rc::new(attributes), vec![Some(data)], 1)?;
        part.first().copied().ok_or_else(|| Problem::new("it has no parts"))
    }

    /// A `Gemm` that adds what is computed, as a product and a sum.
    fn sum_behind(
        &mut self,
        node: &str,
        attributes: Rc<Vec<Attribute>>,
        inputs: &[Option<Id>],
    ) -> Result<Vec<Id>, Problem> {
        let beta = attributes.iter().find(|attribute| attribute.name == "beta").map_or(1.0, |beta| beta.float);
        if beta != 1.0 {
            return Err(Problem::new("it adds a multiple of what is computed"));
        }
        let product = self.apply(node, "Gemm", attributes, inputs[..2].to_vec(), 1)?;
        self.apply(node, "Add", Rc::default(), vec![product.first().copied(), inputs[2]], 1)
    }
}

fn numbers(name: &str, ints: impl IntoIterator<Item = i64>) -> Attribute {
    Attribute { name: name.to_owned(), ints: ints.into_iter().collect(), ..Attribute::default() }
}

/// Where a block of a value begins and how large it is, if these indices name the elements of one, in order.
fn block(indices: &Array, shape: &[usize]) -> Option<(Vec<usize>, Vec<usize>)> {
    let depth = *indices.shape.last()?;
    if depth == 0 || depth > shape.len() || indices.values.is_empty() {
        return None;
    }
    let rows: Option<Vec<Vec<usize>>> = indices
        .values
        .chunks_exact(depth)
        .map(|row| row.iter().zip(shape).map(|(at, size)| super::flat::axis_of(*at as i64, *size).ok()).collect())
        .collect();
    let rows = rows?;
    let (first, last) = (rows.first()?.clone(), rows.last()?);
    let mut sizes = Vec::new();
    for (first, last) in first.iter().zip(last) {
        sizes.push(last.checked_sub(*first)? + 1);
    }
    if sizes.iter().try_fold(1_usize, |count, size| count.checked_mul(*size)) != Some(rows.len()) {
        return None;
    }
    let steps = super::array::strides(&sizes);
    let fits = |(place, row): (usize, &Vec<usize>)| {
        row.iter().enumerate().all(|(axis, at)| *at == first[axis] + place / steps[axis] % sizes[axis])
    };
    if !rows.iter().enumerate().all(fits) {
        return None;
    }
    let mut from = first;
    from.resize(shape.len(), 0);
    sizes.extend(&shape[depth..]);
    Some((from, sizes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::array::Type;

    #[test]
    fn indices_in_order_are_a_block() {
        let of = |shape: Vec<usize>, values: &[f64]| block(&Array::new(Type::Int, shape, values.to_vec()), &[4, 5, 6]);
        assert_eq!(of(vec![2, 2], &[1.0, 2.0, 1.0, 3.0]), Some((vec![1, 2, 0], vec![1, 2, 6])));
        assert_eq!(of(vec![2, 1], &[2.0, -1.0]), Some((vec![2, 0, 0], vec![2, 5, 6])));
        assert_eq!(of(vec![2, 1], &[3.0, 2.0]), None);
        assert_eq!(of(vec![2, 1], &[0.0, 2.0]), None);
        assert_eq!(of(vec![1, 1], &[4.0]), None);
    }
}
