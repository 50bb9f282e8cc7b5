//! Convolutions, poolings and resizes: channels last, without axes of space that are one element long.

use super::elementwise::short;
use super::moves::{ends, pairs};
use super::{Done, Weighted, Writer, arguments, tuple};
use crate::onnx::array::{Array, Type};
use crate::onnx::flat::{Call, Id, Op, Problem};
use crate::onnx::windows::{self, Windows};
use crate::script::{Operand, Value};

/// Windows over the axes of space that the network has, and which axes of the file these are.
struct Image {
    value: Value,
    axes: Vec<usize>,
    windows: Windows,
    /// The axes of space in the file that are left.
    kept: Vec<usize>,
    /// Whether samples of a batch within the network are the first axis of space.
    has_batch: bool,
    space: Vec<usize>,
}

impl Writer<'_> {
    fn image(&mut self, id: Id, windows: &Windows) -> Result<Image, Problem> {
        self.real(id)?;
        let shape = self.shape(id).to_vec();
        let is_trivial = |axis: usize| {
            shape[axis + 2] == 1 && windows.size[axis] == 1 && windows.pads[axis] == [0, 0] && windows.out[axis] == 1
        };
        let mut kept: Vec<usize> = (0..windows.size.len()).filter(|axis| !is_trivial(*axis)).collect();
        if kept.is_empty() {
            kept.push(windows.size.len() - 1);
        }
        let has_batch = shape[0] != 1;
        let axes_of_space = kept.len() + usize::from(has_batch);
        if axes_of_space > 3 {
            return Err(Problem::new(format!("it has a batch of {} within the network", shape[0])));
        }
        let pick = |all: &[usize], batch: usize| {
            has_batch.then_some(batch).into_iter().chain(kept.iter().map(|axis| all[*axis])).collect::<Vec<_>>()
        };
        let mut axes: Vec<usize> = if has_batch { vec![0] } else { Vec::new() };
        axes.extend(kept.iter().map(|axis| axis + 2));
        let space = axes.iter().map(|axis| shape[*axis]).collect();
        axes.push(1);
        let value = self.ordered(id, &axes)?;
        let pads = has_batch.then_some([0, 0]).into_iter().chain(kept.iter().map(|axis| windows.pads[*axis])).collect();
        let windows = Windows {
            size: pick(&windows.size, 1),
            strides: pick(&windows.strides, 1),
            dilations: pick(&windows.dilations, 1),
            pads,
            out: pick(&windows.out, shape[0]),
        };
        Ok(Image { value, axes, windows, kept, has_batch, space })
    }

    pub fn convolution(&mut self, op: &Op, call: &Call) -> Done {
        let (id, source) = (Self::id(op, 0)?, Self::id(op, 1)?);
        let weights = call.constant(1, "kernel")?.ok_or_else(|| Problem::new("it has no kernel"))?.clone();
        let bias = call.constant(2, "bias")?.cloned();
        let groups = windows::groups(call)?;
        let mut image = self.image(id, &windows::convolution(call)?)?;
        let axes = weights.shape.len() - 2;
        let mut order: Vec<usize> = (2..axes + 2).collect();
        order.extend([1, 0]);
        let (filters, channels) = (weights.shape[0], weights.shape[1]);
        let mut shape: Vec<usize> = image.windows.size.clone();
        shape.extend([channels, filters]);
        let kernel = weights.permuted(&order).shaped(shape);
        let dims = image.windows.size.len();
        let has_one_step = |windows: &Windows| windows.strides.windows(2).all(|pair| pair[0] == pair[1]);
        let is_depthwise = groups > 1 && channels == 1 && dims <= 2 && has_one_step(&image.windows);
        let padding = self.padded(&mut image, dims == 1, !is_depthwise);
        let (class, first, kernel) = if is_depthwise {
            let multiplier = filters / groups;
            let mut shape = image.windows.size.clone();
            shape.extend([groups, multiplier]);
            let many = if multiplier == 1 { String::new() } else { format!("depth_multiplier = {multiplier}") };
            (format!("DepthwiseConv{dims}D"), [tuple(&image.windows.size), many], kernel.shaped(shape))
        } else {
            let grouped = if groups == 1 { String::new() } else { format!("groups = {groups}") };
            (format!("Conv{dims}D"), [format!("{filters}, {}", tuple(&image.windows.size)), grouped], kernel)
        };
        let [first, second] = first;
        let layer = Weighted {
            class: &class,
            arguments: arguments([
                first,
                option("strides", &image.windows.strides),
                padding,
                option("dilation_rate", &image.windows.dilations),
                second,
                if bias.is_none() { "use_bias = false".to_owned() } else { String::new() },
            ]),
            sources: std::iter::once(weights).chain(bias.clone()).collect(),
            arrays: std::iter::once(kernel).chain(bias).collect(),
            name: self.name_of(source),
        };
        let value = self.weighted(op, layer, vec![Operand::Value(image.value)], 1);
        self.made(op, value, image.axes);
        Ok(())
    }

    /// The option for the pads of a convolution, or zeros put around its input.
    fn padded(&mut self, image: &mut Image, causal: bool, dilated: bool) -> String {
        let Windows { size, strides, dilations, pads, out } = &image.windows;
        if pads.iter().all(|pad| *pad == [0, 0]) {
            return String::new();
        }
        let has_plain = strides.iter().all(|stride| *stride == 1) || dilations.iter().all(|dilation| *dilation == 1);
        if is_same(image)
            && has_plain
            && (dilated || strides.iter().all(|stride| *stride == 1) || dilations.iter().all(|dilation| *dilation == 1))
        {
            return "padding = same".to_owned();
        }
        let past = (size[0] - 1) * dilations[0];
        if causal && strides[0] == 1 && pads[0] == [past, 0] && dilated && out[0] == image.space[0] {
            return "padding = causal".to_owned();
        }
        let class = format!("ZeroPadding{}D", pads.len());
        image.value = self.layer(&class, &ends(pads), vec![Operand::Value(image.value)], "padded");
        String::new()
    }

    pub fn transposed(&mut self, op: &Op, call: &Call) -> Done {
        const MOST: usize = 1 << 24;
        let (id, source) = (Self::id(op, 0)?, Self::id(op, 1)?);
        let weights = call.constant(1, "kernel")?.ok_or_else(|| Problem::new("it has no kernel"))?.clone();
        let bias = call.constant(2, "bias")?.cloned();
        let groups = windows::groups(call)?;
        let (windows, more) = windows::transposed(call)?;
        let mut image = self.image(id, &windows)?;
        let (channels, each) = (weights.shape[0], weights.shape[1]);
        let filters = each * groups;
        let area: usize = image.windows.size.iter().product();
        if filters.saturating_mul(channels).saturating_mul(area) > MOST.max(weights.values.len()) {
            return Err(Problem::new(format!("it is a transposed convolution of {groups} groups, and large")));
        }
        // Keras has no groups here: filters of other groups are 0.
        let mut kernel = vec![0.0; area * filters * channels];
        for (place, value) in weights.values.iter().enumerate() {
            let (at, pixel) = (place / area, place % area);
            let (channel, filter) = (at / each, at % each + at / each / (channels / groups) * each);
            kernel[(pixel * filters + filter) * channels + channel] = *value;
        }
        let mut shape = image.windows.size.clone();
        shape.extend([filters, channels]);
        let dims = image.windows.size.len();
        let class = format!("Conv{dims}DTranspose");
        let layer = Weighted {
            class: &class,
            arguments: arguments([
                format!("{filters}, {}", tuple(&image.windows.size)),
                option("strides", &image.windows.strides),
                option("dilation_rate", &image.windows.dilations),
                if bias.is_none() { "use_bias = false".to_owned() } else { String::new() },
            ]),
            sources: std::iter::once(weights).chain(bias.clone()).collect(),
            arrays: std::iter::once(Array::new(Type::Real, shape, kernel)).chain(bias).collect(),
            name: self.name_of(source),
        };
        let mut value = self.weighted(op, layer, vec![Operand::Value(image.value)], 1);
        // Keras' output has whole strides; ONNX' has pads cut off, and more at the end.
        let mut cut = Vec::new();
        for axis in 0..dims {
            let of_file = image.kept.get(axis.wrapping_sub(usize::from(image.has_batch)));
            let Windows { size, strides, dilations, pads, out } = &image.windows;
            let reach = (size[axis] - 1) * dilations[axis] + 1;
            let full = image.space[axis] * strides[axis] + reach.saturating_sub(strides[axis]);
            let behind = full.checked_sub(pads[axis][0] + out[axis]);
            let behind = behind.ok_or_else(|| {
                let more = of_file.map_or(0, |axis| more[*axis]);
                Problem::new(format!("its output has {more} more at the end than its windows reach"))
            })?;
            cut.push([pads[axis][0], behind]);
        }
        if cut.iter().any(|cut| *cut != [0, 0]) {
            value = self.layer(&format!("Cropping{dims}D"), &ends(&cut), vec![Operand::Value(value)], "cropped");
        }
        image.value = value;
        self.made(op, value, image.axes);
        Ok(())
    }

    pub fn pool(&mut self, op: &Op, call: &Call) -> Done {
        let id = Self::id(op, 0)?;
        if op.outputs.get(1).is_some_and(|indices| self.uses.contains_key(indices)) {
            return Err(Problem::new("its indices are read, which no layer returns"));
        }
        let mut image = self.image(id, &windows::pool(call)?)?;
        if image.windows.dilations.iter().any(|dilation| *dilation != 1) {
            return Err(Problem::new("its windows have gaps, and those of a pooling have none"));
        }
        let is_max = call.op == "MaxPool";
        let counts_pads = call.int("count_include_pad", 0) != 0;
        let dims = image.windows.size.len();
        let (mut padding, mut share) = (String::new(), None);
        // With rounding up, the last window may reach behind the pads.
        let reach = |axis: usize| {
            let Windows { size, strides, pads, out, .. } = &image.windows;
            let reach = (out[axis] - 1) * strides[axis] + size[axis];
            [pads[axis][0], pads[axis][1].max(reach.saturating_sub(image.space[axis] + pads[axis][0]))]
        };
        let around: Vec<[usize; 2]> = (0..dims).map(reach).collect();
        let pads_are_given = around == image.windows.pads;
        image.windows.pads.clone_from(&around);
        if around.iter().any(|pad| *pad != [0, 0]) {
            if is_same(&image) && (is_max || !counts_pads) {
                padding = "padding = same".to_owned();
            } else if is_max {
                image.value = self.lowest_around(&image, &around);
            } else {
                if counts_pads && !pads_are_given {
                    return Err(Problem::new("it rounds its size up and counts its pads"));
                }
                let class = format!("ZeroPadding{dims}D");
                image.value = self.layer(&class, &ends(&around), vec![Operand::Value(image.value)], "padded");
                share = (!counts_pads).then(|| shares(&image));
            }
        }
        let class = format!("{}Pool{dims}D", if is_max { "Max" } else { "Avg" });
        let strides = tuple(&image.windows.strides);
        let size = tuple(&image.windows.size);
        let strides = if strides == size { String::new() } else { format!("strides = {strides}") };
        let text = arguments([size, strides, padding]);
        let mut value = self.layer(&class, &text, vec![Operand::Value(image.value)], "pool");
        if let Some(share) = share {
            let shape = share.shape.clone();
            let share = self.free(&share, &shape, "shares");
            value = self.infix('*', value, share, "pool");
        }
        self.made(op, value, image.axes);
        Ok(())
    }

    /// The lowest number around an image, which is no maximum.
    fn lowest_around(&mut self, image: &Image, around: &[[usize; 2]]) -> Value {
        let mut all = around.to_vec();
        all.push([0, 0]);
        let text = format!("{}, constant_values = -3.4028234663852886e38", pairs(&all));
        self.layer("Pad", &text, vec![Operand::Value(image.value)], "padded")
    }

    pub fn resize(&mut self, op: &Op, call: &Call) -> Done {
        let id = Self::id(op, 0)?;
        let out = op.outputs.first().copied().ok_or_else(|| Problem::new("it has no output"))?;
        let (from, to) = (self.shape(id).to_vec(), self.shape(out).to_vec());
        let old = call.op == "Upsample" || call.opset < 11;
        let mode = call.text("mode");
        let places = match call.text("coordinate_transformation_mode") {
            _ if old => "asymmetric",
            "" => "half_pixel",
            places => places,
        };
        let grown: Vec<usize> = (0..from.len()).filter(|axis| from[*axis] != to[*axis]).collect();
        self.real(id)?;
        if grown.is_empty() {
            let place = self.place(id)?;
            self.places.insert(out, place);
            return Ok(());
        }
        let is_whole = grown.iter().all(|axis| to[*axis] % from[*axis] == 0);
        let nearest = match (mode, places, call.text("nearest_mode")) {
            ("nearest" | "", "asymmetric", "floor") => is_whole,
            ("nearest" | "", "asymmetric", _) if old => is_whole,
            ("nearest" | "", "half_pixel" | "pytorch_half_pixel", "" | "round_prefer_floor" | "round_prefer_ceil") => {
                is_whole
            }
            _ => false,
        };
        let linear = mode == "linear" && matches!(places, "half_pixel" | "pytorch_half_pixel") && is_whole;
        let is_image = from.len() == 4 && from[0] == 1 && grown.iter().all(|axis| *axis >= 2);
        if !is_image || !(nearest || linear) {
            return self.resized_by_matrices(op, call, places, &grown);
        }
        let axes = vec![2, 3, 1];
        let value = self.ordered(id, &axes)?;
        let size = tuple(&[to[2] / from[2], to[3] / from[3]]);
        let text = arguments([size, if linear { "interpolation = bilinear".to_owned() } else { String::new() }]);
        let value = self.layer("UpSampling2D", &text, vec![Operand::Value(value)], "larger");
        self.made(op, value, axes);
        Ok(())
    }

    /// Any other resize is a product with a matrix, axis by axis.
    fn resized_by_matrices(&mut self, op: &Op, call: &Call, places: &str, grown: &[usize]) -> Done {
        let id = Self::id(op, 0)?;
        let out = op.outputs.first().copied().ok_or_else(|| Problem::new("it has no output"))?;
        let (from, to) = (self.shape(id).to_vec(), self.shape(out).to_vec());
        let mode = call.text("mode");
        let mut sizes = from.clone();
        let mut axes = self.long(id, &self.place(id)?.axes);
        grown.iter().for_each(|axis| {
            if !axes.contains(axis) {
                axes.push(*axis)
            }
        });
        let mut value = self.ordered(id, &axes)?;
        for axis in grown {
            let matrix = matrix(from[*axis], to[*axis], places, mode, call.text("nearest_mode"))?;
            let at = axes.iter().position(|other| other == axis).unwrap_or(0);
            let mut order: Vec<usize> = (0..axes.len()).filter(|other| *other != at).collect();
            order.push(at);
            if order.iter().enumerate().any(|(to, from)| to != *from) {
                let text = order.iter().map(|axis| (axis + 1).to_string()).collect::<Vec<_>>().join(", ");
                value = self.layer("Permute", &text, vec![Operand::Value(value)], "permuted");
                axes = order.iter().map(|at| axes[*at]).collect();
            }
            sizes[*axis] = to[*axis];
            let layer = Weighted {
                class: "Dense",
                arguments: format!("{}, use_bias = false, trainable = false", to[*axis]),
                sources: vec![matrix.clone()],
                arrays: vec![matrix],
                name: Some("resize".to_owned()),
            };
            value = self.weighted(op, layer, vec![Operand::Value(value)], 1);
        }
        self.made(op, value, axes);
        Ok(())
    }
}

/// Numbers of an option; 1 is the default of all of them.
fn option(name: &str, sizes: &[usize]) -> String {
    if sizes.iter().all(|size| *size == 1) { String::new() } else { format!("{name} = {}", tuple(sizes)) }
}

/// Whether the pads are those of Keras' `same`.
fn is_same(image: &Image) -> bool {
    let Windows { size, strides, dilations, pads, out } = &image.windows;
    (0..size.len()).all(|axis| {
        let reach = (size[axis] - 1) * dilations[axis] + 1;
        let count = image.space[axis].div_ceil(strides[axis]);
        let all = ((count - 1) * strides[axis] + reach).saturating_sub(image.space[axis]);
        out[axis] == count && pads[axis] == [all / 2, all - all / 2]
    })
}

/// The size of a window by how much of it lies on the input.
fn shares(image: &Image) -> Array {
    let Windows { size, strides, pads, out, .. } = &image.windows;
    let along = |axis: usize| -> Vec<f64> {
        let share = |at: usize| {
            let (from, to) = (at * strides[axis], at * strides[axis] + size[axis]);
            let (low, high) = (pads[axis][0], pads[axis][0] + image.space[axis]);
            size[axis] as f64 / to.min(high).saturating_sub(from.max(low)).max(1) as f64
        };
        (0..out[axis]).map(share).collect()
    };
    let mut values = vec![1.0];
    for axis in 0..out.len() {
        let along = along(axis);
        values = values.iter().flat_map(|value| along.iter().map(move |share| value * share)).collect();
    }
    let mut shape = out.clone();
    shape.push(1);
    Array::new(Type::Real, shape, values)
}

/// What each element of a resized axis takes of those before: a matrix of `from` rows.
fn matrix(from: usize, to: usize, places: &str, mode: &str, nearest: &str) -> Result<Array, Problem> {
    const MOST: usize = 1 << 22;
    if from.saturating_mul(to) > MOST {
        return Err(Problem::new("it resizes a very long axis"));
    }
    let scale = to as f64 / from as f64;
    let mut values = vec![0.0; from * to];
    for x in 0..to {
        let at = match places {
            "asymmetric" => x as f64 / scale,
            "align_corners" if to > 1 => x as f64 * (from - 1) as f64 / (to - 1) as f64,
            "align_corners" => 0.0,
            "pytorch_half_pixel" if to == 1 => 0.0,
            "half_pixel" | "pytorch_half_pixel" => (x as f64 + 0.5) / scale - 0.5,
            places => return Err(Problem::new(format!("it places pixels by `{places}`"))),
        };
        let last = (from - 1) as f64;
        match mode {
            "linear" => {
                let at = at.clamp(0.0, last);
                let (low, share) = (at.floor() as usize, at.fract());
                values[low * to + x] += 1.0 - share;
                if share > 0.0 {
                    values[(low + 1) * to + x] += share;
                }
            }
            "nearest" | "" => {
                let at = match nearest {
                    "floor" => at.floor(),
                    "ceil" => at.ceil(),
                    "round_prefer_ceil" => (at + 0.5).floor(),
                    _ => (at - 0.5).ceil(),
                };
                values[at.clamp(0.0, last) as usize * to + x] = 1.0;
            }
            mode => return Err(Problem::new(format!("it resizes by `{mode}`"))),
        }
    }
    Ok(Array::new(Type::Real, vec![from, to], values.into_iter().map(short).collect()))
}
