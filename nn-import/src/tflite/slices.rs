//! `STRIDED_SLICE` and `SLICE`.

use super::nodes::{Converter, Options, Stop, ints};
use super::schema::Operator;
use crate::onnx::array::Array;
use crate::onnx::flat::Problem;

/// The end of an axis, whatever its size.
const END: i64 = i32::MAX as i64;

/// From one element of each axis on, so many.
pub fn slice(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Result<(), Stop> {
    let (from, count) = (converter.constant(operator, 1, "begin")?.to_ints(), converter.constant(operator, 2, "size")?);
    let ends =
        from.iter().zip(count.to_ints()).map(|(from, count)| if count < 0 { END } else { from.saturating_add(count) });
    let (ends, input, output): (Vec<i64>, _, _) =
        (ends.collect(), converter.input(operator, 0)?, converter.output(operator, 0)?);
    let inputs = [from, ends].map(|numbers| converter.array("", Array::ints(numbers)));
    converter.write("Slice", [input].into_iter().chain(inputs).collect(), Vec::new(), vec![output]);
    Ok(())
}

/// NumPy's slices: each bit of a mask says of an entry that it is an ellipsis, a new axis, an index, or open at one end.
#[derive(Default)]
struct Parts {
    starts: Vec<i64>,
    ends: Vec<i64>,
    steps: Vec<i64>,
    axes: Vec<i64>,
    /// Axes of the input that an index takes away.
    dropped: Vec<i64>,
    /// Axes of the result that are new.
    new: Vec<i64>,
}

pub fn strided(converter: &mut Converter<'_>, operator: &Operator<'_>) -> Result<(), Stop> {
    let parts = parts(converter, operator)?;
    let mut value = converter.input(operator, 0)?;
    let output = converter.output(operator, 0)?;
    let numbers = [parts.starts, parts.ends, parts.axes, parts.steps];
    let numbers = numbers.map(|numbers| converter.array("", Array::ints(numbers)));
    value = converter.node("Slice", [value].into_iter().chain(numbers).collect(), Vec::new());
    if !parts.dropped.is_empty() {
        value = converter.node("Squeeze", vec![value], vec![ints("axes", parts.dropped)]);
    }
    if !parts.new.is_empty() {
        value = converter.node("Unsqueeze", vec![value], vec![ints("axes", parts.new)]);
    }
    Ok(converter.end(value, 0, output)?)
}

fn parts(converter: &Converter<'_>, operator: &Operator<'_>) -> Result<Parts, Stop> {
    let options = Options(operator.options);
    let numbers = |place, what| Ok::<_, Problem>(converter.constant(operator, place, what)?.to_ints());
    let (begin, end, strides) = (numbers(1, "begin")?, numbers(2, "end")?, numbers(3, "strides")?);
    let rank = converter.shape(operator, 0)?.len();
    let entries = begin.len().min(end.len()).min(strides.len());
    let mut masks = [0; 5];
    for (field, mask) in masks.iter_mut().enumerate() {
        *mask = options.int(field, 0)?;
    }
    let has = |mask: usize, entry: usize| entry < 32 && masks[mask] >> entry & 1 == 1;
    let [from_start, to_end, ellipsis, new_axis, index] = [0, 1, 2, 3, 4];
    let real = (0..entries).filter(|entry| !has(new_axis, *entry) && !has(ellipsis, *entry)).count();
    let (mut parts, mut axis, mut at) = (Parts::default(), 0, 0);
    for entry in 0..entries {
        if has(ellipsis, entry) {
            let skipped = rank.saturating_sub(real);
            (axis, at) = (axis + skipped, at + skipped);
            continue;
        }
        if has(new_axis, entry) {
            parts.new.push(at as i64);
            at += 1;
            continue;
        }
        let (mut start, mut stop, step) = (begin[entry], end[entry], strides[entry]);
        if has(index, entry) {
            stop = if start == -1 { END } else { start.saturating_add(1) };
            parts.dropped.push(axis as i64);
        } else {
            if has(from_start, entry) {
                start = if step < 0 { END } else { 0 };
            }
            if has(to_end, entry) {
                stop = if step < 0 { -END } else { END };
            }
            at += 1;
        }
        parts.starts.push(start);
        parts.ends.push(stop);
        parts.steps.push(step);
        parts.axes.push(axis as i64);
        axis += 1;
    }
    if axis > rank {
        return Err(Problem::new(format!("it slices {axis} axes of {rank}")).into());
    }
    Ok(parts)
}
