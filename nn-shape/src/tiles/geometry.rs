//! The sizes that the kernels of one fused step go by.

use crate::padded_window;

/// Zeros around an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Border {
    /// Rows above.
    pub top: usize,
    /// Rows below.
    pub bottom: usize,
    /// Columns to the left.
    pub left: usize,
    /// Columns to the right.
    pub right: usize,
}

impl Border {
    /// No zeros.
    pub const NONE: Border = Border::new([0, 0], [0, 0]);

    /// `[above, below]` and `[left, right]`.
    pub const fn new(rows: [usize; 2], columns: [usize; 2]) -> Self {
        Border { top: rows[0], bottom: rows[1], left: columns[0], right: columns[1] }
    }

    /// An image of this shape with the border around it.
    pub const fn around(&self, shape: [usize; 3]) -> [usize; 3] {
        [shape[0] + self.top + self.bottom, shape[1] + self.left + self.right, shape[2]]
    }

    /// Whether there is no border.
    pub const fn is_none(&self) -> bool {
        self.top + self.bottom + self.left + self.right == 0
    }
}

/// A convolution over the height and the width of an image, as the user wrote it; a sequence is an image of one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    /// Height, width, channels of the input.
    pub input: [usize; 3],
    /// The number of filters.
    pub filters: usize,
    /// Height and width of a filter.
    pub kernel_size: [usize; 2],
    /// How far the window moves, in rows and in columns.
    pub strides: [usize; 2],
    /// The zeros above and below, left and right of the input.
    pub pads: [[usize; 2]; 2],
    /// How far a filter's own rows and columns lie apart.
    pub dilation_rate: [usize; 2],
    /// Into how many groups the channels and the filters fall.
    pub groups: usize,
}

impl Convolution {
    /// Rows of zeros above and below, columns of zeros left and right of the input.
    pub const fn border(&self) -> Border {
        Border::new(self.pads[0], self.pads[1])
    }

    /// Height, width, channels of the output.
    pub const fn output(&self) -> [usize; 3] {
        [self.windows(0), self.windows(1), self.filters]
    }

    const fn windows(&self, axis: usize) -> usize {
        let (size, stride, dilation) = (self.kernel_size[axis], self.strides[axis], self.dilation_rate[axis]);
        padded_window(self.input[axis], self.pads[axis], size, stride, dilation)
    }

    /// Whether no size is 0.
    const fn is_possible(&self) -> bool {
        let ([height, width], [down, right]) = (self.kernel_size, self.strides);
        let groups = self.groups > 0 && self.input[2] >= self.groups && self.filters >= self.groups;
        height > 0 && width > 0 && down > 0 && right > 0 && groups
    }
}

/// A convolution and where it goes to, as plain numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// Height, width, channels of the input with its border.
    pub input: [usize; 3],
    /// Height and width of a filter.
    pub kernel: [usize; 2],
    /// How far the window moves.
    pub strides: [usize; 2],
    /// How far a filter's own rows and columns lie apart.
    pub dilation: [usize; 2],
    /// Into how many groups the channels and the filters fall.
    pub groups: usize,
    /// Channels of one group.
    pub channels: usize,
    /// Filters of one group.
    pub filters: usize,
    /// Height and width of a pooling window; 1 without pooling.
    pub pool: [usize; 2],
    /// Whether the pooling takes the mean, not the largest value.
    pub average: bool,
    /// Height and width of the output after pooling.
    pub output: [usize; 2],
    /// Height of the output with its border.
    pub height: usize,
    /// Width of the output with its border.
    pub width: usize,
    /// The place of the first pixel of the output in its border.
    pub origin: usize,
}

impl Geometry {
    /// The geometry of a layer with a pooling behind it, whose output has this border. A layer that is impossible has the
    /// smallest one: the shape rules have a sentence for it, which an overflow here would come before.
    pub const fn new(layer: &Convolution, pool: [usize; 2], average: bool, border: &Border) -> Self {
        if !layer.is_possible() {
            let smallest = Convolution {
                input: [1, 1, 1],
                filters: 1,
                kernel_size: [1, 1],
                strides: [1, 1],
                pads: [[0; 2]; 2],
                dilation_rate: [1, 1],
                groups: 1,
            };
            return Geometry::new(&smallest, [1, 1], false, &Border::NONE);
        }
        let output = layer.output();
        let output = [output[0] / pool[0], output[1] / pool[1]];
        let [height, width, _] = border.around([output[0], output[1], 1]);
        Geometry {
            input: layer.border().around(layer.input),
            kernel: layer.kernel_size,
            strides: layer.strides,
            dilation: layer.dilation_rate,
            groups: layer.groups,
            channels: layer.input[2] / layer.groups,
            filters: layer.filters / layer.groups,
            pool,
            average,
            output,
            height,
            width,
            origin: border.top * width + border.left,
        }
    }

    /// Elements of the input and of the output, each with its border.
    #[inline]
    pub const fn sizes(&self) -> [usize; 2] {
        let [h, w, c] = self.input;
        [h * w * c, self.height * self.width * self.all_filters()]
    }

    /// How many inputs a sum runs over.
    #[inline]
    pub const fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1] * self.channels
    }

    /// The filters of all groups.
    #[inline]
    pub const fn all_filters(&self) -> usize {
        self.groups * self.filters
    }

    /// The place in the input of the first input of a pixel of the convolution.
    #[inline]
    pub const fn pixel(&self, row: usize, column: usize) -> usize {
        (row * self.strides[0] * self.input[1] + column * self.strides[1]) * self.input[2]
    }
}
