//! The rules against a plain re-statement of what they mean.

use nn_shape::{
    INFER, Padding, Windows, concatenate, conv1d, conv1d_transpose, conv2d, conv3d, conv3d_transpose, count, cropping,
    dense, depthwise_conv1d, depthwise_conv2d, dot, embedding, fits, largest_kernel, merge, padded_window, padding,
    permute, pool1d, pool2d, pool3d, reach, repeat_vector, reshape, separable_conv1d, separable_conv2d, transposed,
    transposed_ends, up_sampling, window, zero_padding,
};
use proptest::prelude::*;

/// The places where a window starts, one by one.
fn starts(input: usize, size: usize, stride: usize, dilation: usize) -> usize {
    (0..input).step_by(stride).filter(|start| start + (size - 1) * dilation < input).count()
}

/// The same on an input with zeros around it.
fn padded_starts(input: usize, size: usize, stride: usize, dilation: usize) -> usize {
    let [before, after] = padding(Padding::Same, input, size, stride, dilation);
    starts(before + input + after, size, stride, dilation)
}

fn paddings() -> impl Strategy<Value = Padding> {
    prop_oneof![Just(Padding::Valid), Just(Padding::Same), Just(Padding::Causal)]
}

proptest! {
    #[test]
    fn valid_windows_are_those_inside(input in 1..40usize, size in 1..12usize, stride in 1..6usize, dilation in 1..4usize) {
        prop_assert_eq!(window(Padding::Valid, input, size, stride, dilation), starts(input, size, stride, dilation));
    }

    #[test]
    fn same_windows_are_one_per_stride(input in 1..40usize, size in 1..12usize, stride in 1..6usize, dilation in 1..4usize) {
        let windows = window(Padding::Same, input, size, stride, dilation);
        prop_assert_eq!(windows, (0..input).step_by(stride).count());
        prop_assert_eq!(
            windows,
            padded_window(input, padding(Padding::Same, input, size, stride, dilation), size, stride, dilation)
        );
        // Zeros are only added where they are needed, so with a long stride the last elements may be left over.
        prop_assert_eq!(windows, padded_starts(input, size, stride, dilation));
    }

    #[test]
    fn the_odd_zero_goes_after(input in 1..40usize, size in 1..12usize, stride in 1..6usize, dilation in 1..4usize) {
        let [before, after] = padding(Padding::Same, input, size, stride, dilation);
        prop_assert!(after == before || after == before + 1);
        prop_assert!(before < reach(size, dilation));
        prop_assert_eq!(padding(Padding::Valid, input, size, stride, dilation), [0, 0]);
    }

    #[test]
    fn causal_windows_end_at_their_place(input in 1..40usize, size in 1..12usize, stride in 1..6usize, dilation in 1..4usize) {
        let [before, after] = padding(Padding::Causal, input, size, stride, dilation);
        prop_assert_eq!([before, after], [reach(size, dilation) - 1, 0]);
        let windows = window(Padding::Causal, input, size, stride, dilation);
        prop_assert_eq!(windows, padded_window(input, [before, after], size, stride, dilation));
        prop_assert_eq!(windows, starts(before + input, size, stride, dilation));
    }

    #[test]
    fn a_convolution_leads_back(
        input in 1..20usize,
        size in 1..8usize,
        stride in 1..6usize,
        dilation in 1..4usize,
        more in 0..8usize,
        padding_kind in prop_oneof![Just(Padding::Valid), Just(Padding::Same)],
    ) {
        let back = |output: usize| window(padding_kind, output, size, stride, dilation);
        let plain = transposed(padding_kind, input, size, stride, dilation, None);
        prop_assert_eq!(back(plain), input);
        let ends = transposed_ends(padding_kind, size, stride, dilation, None);
        prop_assert_eq!(ends[0], padding(padding_kind, plain, size, stride, dilation)[0]);
        prop_assert_eq!(padded_window(plain, [ends[0], ends[1]], size, stride, dilation), input);
        // With `output_padding`, if it is one that the rule lets through.
        let kernel = Windows { size: [size], strides: [stride], padding: padding_kind, dilation: [dilation] };
        let output = transposed(padding_kind, input, size, stride, dilation, Some(more));
        let result = conv1d_transpose("Conv1DTranspose", [input, 1], 1, kernel, [more]);
        let fits = output > 0 && back(output) == input;
        prop_assert_eq!(result.ok(), (fits && (stride == 1 || dilation == 1)).then_some([output, 1]));
        if fits {
            let [before, ..] = transposed_ends(padding_kind, size, stride, dilation, Some(more));
            prop_assert_eq!(before, padding(padding_kind, output, size, stride, dilation)[0]);
        }
    }

    #[test]
    fn sequences_are_images_of_one_row(
        input in [0..12usize, 0..9usize],
        filters in 0..9usize,
        size in 0..6usize,
        stride in 0..4usize,
        dilation in 0..4usize,
        groups in 0..5usize,
        padding in paddings(),
    ) {
        let [steps, channels] = input;
        let line = Windows { size: [size], strides: [stride], padding, dilation: [dilation] };
        let row = Windows { size: [1, size], strides: [1, stride], padding, dilation: [1, dilation] };
        let image = conv2d("Conv", [1, steps, channels], filters, row, groups).ok();
        let sequence = conv1d("Conv", input, filters, line, groups).ok();
        prop_assert_eq!(sequence, image.map(|[_, steps, filters]| [steps, filters]));
        let image = pool2d("Pool", [1, steps, channels], row).ok();
        prop_assert_eq!(pool1d("Pool", input, line).ok(), image.map(|[_, steps, channels]| [steps, channels]));
    }

    #[test]
    fn only_by_channel_strides_and_dilation_go_together(
        input in 1..40usize,
        size in 1..6usize,
        stride in 2..6usize,
        dilation in 2..4usize,
        padding in prop_oneof![Just(Padding::Valid), Just(Padding::Same)],
    ) {
        let line = Windows { size: [size], strides: [stride], padding, dilation: [dilation] };
        let square = Windows { size: [size, size], strides: [stride, 1], padding, dilation: [1, dilation] };
        prop_assert!(conv1d("Conv", [input, 2], 6, line, 2).is_err());
        prop_assert!(conv2d("Conv", [input, input, 2], 6, square, 2).is_err());
        let count = |stride, dilation| Some(window(padding, input, size, stride, dilation)).filter(|count| *count > 0);
        let (steps, sides) = (count(stride, dilation), count(stride, 1).zip(count(1, dilation)));
        prop_assert_eq!(depthwise_conv1d("Conv", [input, 2], line, 3).ok(), steps.map(|steps| [steps, 6]));
        prop_assert_eq!(separable_conv1d("Conv", [input, 2], 5, line, 3).ok(), steps.map(|steps| [steps, 5]));
        let image = |channels| sides.map(|(height, width)| [height, width, channels]);
        prop_assert_eq!(depthwise_conv2d("Conv", [input, input, 2], square, 3).ok(), image(6));
        prop_assert_eq!(separable_conv2d("Conv", [input, input, 2], 5, square, 3).ok(), image(5));
    }

    #[test]
    fn the_largest_kernel_is_the_last_that_fits(input in 1..40usize, size in 1..60usize, dilation in 1..4usize) {
        let by_trying = (1..=size).rev().find(|size| starts(input, *size, 1, dilation) > 0);
        prop_assert_eq!(Some(largest_kernel(input, size, dilation)), by_trying);
    }

    #[test]
    fn convolutions_fit_or_say_why(
        input in [1..12usize, 1..12usize, 1..9usize],
        filters in 0..9usize,
        size in [0..6usize, 0..6usize],
        strides in [0..4usize, 0..4usize],
        dilation in [0..4usize, 0..4usize],
        groups in 0..5usize,
        padding in paddings(),
    ) {
        let zero = filters == 0 || groups == 0 || [size, strides, dilation].as_flattened().contains(&0);
        let uneven = groups > 0 && (input[2] % groups != 0 || filters % groups != 0);
        let both = strides.iter().any(|s| *s > 1) && dilation.iter().any(|d| *d > 1);
        let small = |axis: usize| padding == Padding::Valid && (size[axis].max(1) - 1) * dilation[axis] + 1 > input[axis];
        let result = conv2d("Conv2D", input, filters, Windows { size, strides, padding, dilation }, groups);
        prop_assert_eq!(result.is_err(), zero || uneven || both || small(0) || small(1));
        if let Ok(output) = result {
            let along = |axis: usize| match padding {
                Padding::Valid => starts(input[axis], size[axis], strides[axis], dilation[axis]),
                Padding::Same | Padding::Causal => input[axis].div_ceil(strides[axis]),
            };
            prop_assert_eq!(output, [along(0), along(1), filters]);
        }
    }

    #[test]
    fn pools_fit_or_say_why(
        input in [1..12usize, 1..12usize, 1..9usize],
        size in [0..6usize, 0..6usize],
        strides in [0..4usize, 0..4usize],
        padding in paddings(),
    ) {
        let zero = [size, strides].as_flattened().contains(&0);
        let small = padding == Padding::Valid && (size[0] > input[0] || size[1] > input[1]);
        let result = pool2d("MaxPool2D", input, Windows { size, strides, padding, dilation: [1, 1] });
        prop_assert_eq!(result.is_err(), zero || small);
        if let Ok(output) = result {
            let along = |axis: usize| window(padding, input[axis], size[axis], strides[axis], 1);
            prop_assert_eq!(output, [along(0), along(1), input[2]]);
        }
    }

    #[test]
    fn reshapes_keep_the_elements(input in [1..7usize, 1..7usize, 1..7usize], target in [0..13usize, 0..13usize]) {
        let elements: usize = input.iter().product();
        let exact = reshape("Reshape", input, target);
        prop_assert_eq!(exact.is_ok(), target.iter().product::<usize>() == elements);
        let open = reshape("Reshape", input, [target[0], INFER]);
        prop_assert_eq!(open.is_ok(), target[0] > 0 && elements.is_multiple_of(target[0].max(1)));
        if let Ok(output) = open {
            prop_assert_eq!(count(output), count(input));
            prop_assert_eq!(output[0], target[0]);
        }
    }

    #[test]
    fn dense_replaces_the_last_axis(input in [1..9usize, 1..9usize], units in 0..9usize) {
        let result = dense("Dense", input, units);
        prop_assert_eq!(result.ok(), (units > 0).then_some([input[0], units]));
    }

    #[test]
    fn merges_do_not_care_for_the_order(a in [1..4usize, 1..4usize], b in [1..4usize, 1..4usize]) {
        let merged: Result<[usize; 2], _> = merge("Add", a, b);
        prop_assert_eq!(merged.ok(), merge("Add", b, a).ok());
        let fits = (0..2).all(|axis| a[axis] == b[axis] || a[axis] == 1 || b[axis] == 1);
        prop_assert_eq!(merged.ok(), fits.then(|| [a[0].max(b[0]), a[1].max(b[1])]));
    }

    #[test]
    fn cropping_undoes_padding(input in [1..9usize, 1..9usize], around in [[0..5usize, 0..5usize], [0..5usize, 0..5usize]]) {
        let padded = zero_padding("ZeroPadding1D", input, around).unwrap();
        prop_assert_eq!(padded[1], input[1] + around[1][0] + around[1][1]);
        prop_assert_eq!(cropping("Cropping1D", padded, around), Ok(input));
        let rest = cropping("Cropping1D", input, around);
        prop_assert_eq!(rest.is_ok(), (0..2).all(|axis| input[axis] > around[axis][0] + around[axis][1]));
    }

    #[test]
    fn nothing_panics(a in any::<usize>(), b in any::<usize>(), c in any::<usize>(), d in any::<usize>(), padding_kind in paddings()) {
        let windows = Windows { size: [a, b], strides: [c, d], padding: padding_kind, dilation: [b, a] };
        let words = |problem: nn_shape::Problem| assert!(!problem.message().is_empty());
        let _ = conv2d("Conv2D", [a, b, c], d, windows, b).map_err(words);
        let _ = pool2d("MaxPool2D", [d, c, b], windows).map_err(words);
        let line = Windows { size: [a], strides: [c], padding: padding_kind, dilation: [b] };
        let _ = conv1d("Conv1D", [d, c], b, line, d).map_err(words);
        let _ = pool1d("MaxPool1D", [d, c], line).map_err(words);
        let _ = conv1d_transpose("Conv1DTranspose", [d, c], b, line, [a]).map_err(words);
        let _ = conv1d_transpose("Conv1DTranspose", [d, c], b, line, [INFER]).map_err(words);
        let volume = Windows { size: [a, b, c], strides: [c, d, a], padding: padding_kind, dilation: [b, a, d] };
        let _ = conv3d("Conv3D", [a, b, c, d], d, volume, b).map_err(words);
        let _ = conv3d_transpose("Conv3DTranspose", [a, b, c, d], b, volume, [INFER, d, 0]).map_err(words);
        let _ = pool3d("MaxPool3D", [d, c, b, a], volume).map_err(words);
        let _ = reshape("Reshape", [a, b], [c, INFER]).map_err(words);
        let _ = dense("Dense", [a, b], c).map_err(words);
        let _ = fits("Dense", "an output", [a, b, c, d]).map_err(words);
        let _ = merge::<2, 2, 2>("Add", [a, b], [c, d]).map_err(words);
        let _ = concatenate("Concatenate", a, [b, c], [c, d]).map_err(words);
        let _ = dot::<2, 2, 2>("Dot", [1, 0], [a, b], [c, d]).map_err(words);
        let _ = embedding::<1, 2>("Embedding", [a], b, c).map_err(words);
        let _ = permute("Permute", [a, b], [c, d]).map_err(words);
        let _ = repeat_vector("RepeatVector", [a], b).map_err(words);
        let _ = up_sampling("UpSampling1D", [a, b], [c, d]).map_err(words);
        let _ = zero_padding("ZeroPadding1D", [a, b], [[c, d], [d, a]]).map_err(words);
        let _ = cropping("Cropping1D", [a, b], [[c, d], [d, a]]).map_err(words);
        let _ = padding(padding_kind, a, b, c, d);
        let _ = window(padding_kind, a, b, c, d);
        let _ = transposed(padding_kind, a, b, c, d, Some(a));
        let _ = transposed_ends(padding_kind, b, c, d, Some(a));
    }
}

#[test]
fn long_texts_end_in_an_ellipsis() {
    let layer = "×".repeat(400);
    let problem = dense(&layer, [3], 0).unwrap_err().message();
    assert!(problem.as_str().ends_with('…') && problem.as_str().len() <= nn_shape::Message::CAPACITY);
}
