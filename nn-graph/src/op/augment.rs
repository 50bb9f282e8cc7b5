//! What operations are told that change pictures at random in training, and are nothing at inference.

/// `RandomFlip`, `RandomTranslation`, `RandomRotation`, `RandomZoom`: pictures are read at the places that an affine map says.
#[derive(Clone, Debug, PartialEq)]
pub struct Warp {
    /// What happens to a picture.
    pub motion: Motion,
    /// What lies outside of it.
    pub fill: Fill,
    /// Whether a place between pixels is a mixture of four, and not the nearest.
    pub bilinear: bool,
    /// Whether the axis of channels is the first, and not the last.
    pub channels_first: bool,
    /// `seed = …`, mixed into the training's own seed.
    pub seed: u64,
}

/// What happens to a picture; each number lies at random between two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Motion {
    /// It is mirrored, or not.
    Flip {
        /// Left and right change places.
        horizontal: bool,
        /// Top and bottom change places.
        vertical: bool,
    },
    /// It moves by shares of its height, down, and of its width, to the right.
    Translate {
        /// How far down.
        height: [f64; 2],
        /// How far to the right.
        width: [f64; 2],
    },
    /// It turns by shares of a full turn.
    Rotate([f64; 2]),
    /// It shrinks to the share `1 / (1 + factor)`.
    Zoom {
        /// The factor of its height.
        height: [f64; 2],
        /// The factor of its width; without one, that of its height.
        width: Option<[f64; 2]>,
    },
}

/// What lies outside of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fill {
    /// The picture, mirrored at its edges.
    Reflect,
    /// The picture again.
    Wrap,
    /// The pixel at the edge.
    Nearest,
    /// This number.
    Constant(f64),
}

/// `RandomContrast`, `RandomBrightness`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tone {
    /// What becomes of a picture.
    pub tint: Tint,
    /// The least and the largest number by which it does.
    pub factor: [f64; 2],
    /// What the numbers of a picture lie between.
    pub value_range: [f64; 2],
    /// Whether the axis of channels is the first, and not the last.
    pub channels_first: bool,
    /// `seed = …`, mixed into the training's own seed.
    pub seed: u64,
}

/// What becomes of a picture, by one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tint {
    /// Its numbers lie farther from the mean of their channel, by this factor.
    Contrast,
    /// Its numbers grow by this share of the range of values.
    Brightness,
}
