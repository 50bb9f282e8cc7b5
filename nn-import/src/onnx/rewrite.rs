//! Operations that are written as others.

use std::rc::Rc;

use super::array::{Array, Type};
use super::flat::{Id, Op, Problem};
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
            "DepthToSpace" | "SpaceToDepth" => Some(self.blocks_moved(op, attributes, inputs)),
            "TopK" => Some(self.largest(attributes, inputs, array(1))),
            "ThresholdedRelu" => Some(self.above_threshold(attributes, inputs)),
            "ConvTranspose" => self.without_strides(node, attributes, inputs),
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

impl Flattener {
    /// Blocks of pixels as channels, or channels as blocks of pixels.
    fn blocks_moved(&mut self, op: &str, attributes: &[Attribute], inputs: &[Option<Id>]) -> Results {
        let id = inputs.first().copied().flatten().ok_or_else(|| Problem::new("it has no input"))?;
        let whole = Op {
            node: String::new(),
            op: op.to_owned(),
            attributes: Rc::new(attributes.to_vec()),
            inputs: inputs.to_vec(),
            outputs: vec![0],
        };
        let call = self.flat.call(&whole);
        let shape = super::shapes::infer(&call)?.into_iter().next().map(|(shape, _)| shape).unwrap_or_default();
        let size = call.int("blocksize", 1) as usize;
        let by_rows = call.text("mode") == "CRD";
        let [n, c, h, w] = self.flat.values[id].shape[..] else { return Err(Problem::new("its input is no image")) };
        let (split, order) = match op {
            "DepthToSpace" if by_rows => ([n, c / size / size, size, size, h, w], [0, 1, 4, 2, 5, 3]),
            "DepthToSpace" => ([n, size, size, c / size / size, h, w], [0, 3, 4, 1, 5, 2]),
            _ => ([n, c, h / size, size, w / size, size], [0, 3, 5, 1, 2, 4]),
        };
        let split = self.reshaped(Some(id), &split)?.first().copied();
        let moved = self.apply("", "Transpose", Rc::new(vec![numbers("perm", order)]), vec![split], 1)?;
        self.reshaped(moved.first().copied(), &shape)
    }

    /// The largest element along an axis, and where it is.
    fn largest(&mut self, attributes: &[Attribute], inputs: &[Option<Id>], count: Option<Array>) -> Results {
        let int =
            |name: &str, default: i64| attributes.iter().find(|one| one.name == name).map_or(default, |one| one.int);
        let count = count.and_then(|count| count.values.first().copied()).unwrap_or(int("k", 0) as f64);
        if count != 1.0 {
            let problem =
                Problem::new(format!("it takes the {count} largest elements, and the language only the largest"));
            return Err(problem.help("end the model before it, and sort what comes out"));
        }
        let is_max = int("largest", 1) != 0;
        let axis = int("axis", -1);
        let axes = Rc::new(vec![numbers("axes", [axis])]);
        let along = Rc::new(vec![Attribute { name: "axis".to_owned(), int: axis, ..Attribute::default() }]);
        let mut results = self.apply("", if is_max { "ReduceMax" } else { "ReduceMin" }, axes, vec![inputs[0]], 1)?;
        results.extend(self.apply("", if is_max { "ArgMax" } else { "ArgMin" }, along, vec![inputs[0]], 1)?);
        Ok(results)
    }

    /// What is above a threshold, and 0 for all else.
    fn above_threshold(&mut self, attributes: &[Attribute], inputs: &[Option<Id>]) -> Results {
        let alpha = attributes.iter().find(|one| one.name == "alpha").map_or(1.0, |one| one.float);
        let alpha = self.constant("", Array::scalar(Type::Real, f64::from(alpha)));
        let is_above = self.apply("", "Greater", Rc::default(), vec![inputs[0], Some(alpha)], 1)?;
        let zero = self.constant("", Array::scalar(Type::Real, 0.0));
        self.apply("", "Where", Rc::default(), vec![is_above.first().copied(), inputs[0], Some(zero)], 1)
    }

    /// A transposed convolution without strides as a convolution with its kernel turned round, and one of few groups as one for each.
    fn without_strides(
        &mut self,
        node: &str,
        attributes: &Rc<Vec<Attribute>>,
        inputs: &[Option<Id>],
    ) -> Option<Results> {
        const MOST_GROUPS: usize = 16;
        let op = Op {
            node: String::new(),
            op: "ConvTranspose".to_owned(),
            attributes: Rc::clone(attributes),
            inputs: inputs.to_vec(),
            outputs: vec![0],
        };
        let call = self.flat.call(&op);
        let (windows, _) = super::windows::transposed(&call).ok()?;
        let groups = super::windows::groups(&call).ok()?;
        let kernel = call.constant(1, "kernel").ok()??.clone();
        self.is_computed(inputs, 0).then_some(())?;
        if windows.strides.iter().all(|stride| *stride == 1) {
            let pads = windows.size.iter().zip(&windows.dilations).map(|(size, dilation)| (size - 1) * dilation);
            let pads: Option<Vec<[usize; 2]>> = pads
                .zip(&windows.pads)
                .map(|(reach, [before, behind])| Some([reach.checked_sub(*before)?, reach.checked_sub(*behind)?]))
                .collect();
            let pads = pads?;
            let ends = |end: usize| pads.iter().map(move |pad| pad[end] as i64);
            let attributes = vec![
                numbers("pads", ends(0).chain(ends(1))),
                numbers("dilations", windows.dilations.iter().map(|size| *size as i64)),
                Attribute { name: "group".to_owned(), int: groups as i64, ..Attribute::default() },
            ];
            let name = self.flat.values[inputs[1]?].name.clone();
            let kernel = self.constant(&name, turned_round(&kernel, groups));
            let mut inputs = inputs.to_vec();
            inputs[1] = Some(kernel);
            return Some(self.apply(node, "Conv", Rc::new(attributes), inputs, 1));
        }
        (groups > 1 && groups <= MOST_GROUPS).then(|| self.group_by_group(node, attributes, inputs, &kernel, groups))
    }

    fn group_by_group(
        &mut self,
        node: &str,
        attributes: &[Attribute],
        inputs: &[Option<Id>],
        kernel: &Array,
        groups: usize,
    ) -> Results {
        let x = inputs[0].ok_or_else(|| Problem::new("it has no input"))?;
        let (channels, each) = (kernel.shape[0] / groups, kernel.shape[1]);
        let bias = inputs.get(2).copied().flatten();
        let bias =
            bias.map(|id| self.flat.values[id].array.clone().ok_or_else(|| Problem::new("its bias is computed")));
        let bias = bias.transpose()?.filter(|bias| bias.shape == [groups * each]);
        let attributes: Vec<Attribute> = attributes.iter().filter(|one| one.name != "group").cloned().collect();
        let attributes = Rc::new(attributes);
        let mut parts = Vec::new();
        for group in 0..groups {
            let from = self.cut(x, 1, group * channels, (group + 1) * channels)?;
            let kernel = self.constant("", kernel.cut(0, group * channels, channels));
            let bias = bias.as_ref().map(|bias| self.constant("", bias.cut(0, group * each, each)));
            let inputs = vec![Some(from), Some(kernel), bias];
            parts.push(self.apply(node, "ConvTranspose", Rc::clone(&attributes), inputs, 1)?.first().copied());
        }
        let axis = Attribute { name: "axis".to_owned(), int: 1, ..Attribute::default() };
        self.apply("", "Concat", Rc::new(vec![axis]), parts, 1)
    }
}

/// The kernel of a transposed convolution, `[channels, filters of a group, …]`, as that of a convolution.
fn turned_round(kernel: &Array, groups: usize) -> Array {
    let (channels, each) = (kernel.shape[0] / groups.max(1), kernel.shape[1]);
    let area: usize = kernel.shape[2..].iter().product();
    let mut values = Vec::with_capacity(kernel.values.len());
    for filter in 0..groups * each {
        for channel in 0..channels {
            let from = ((filter / each * channels + channel) * each + filter % each) * area;
            values.extend(kernel.values[from..from + area].iter().rev());
        }
    }
    let mut shape = vec![groups * each, channels];
    shape.extend(&kernel.shape[2..]);
    Array::new(Type::Real, shape, values)
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
