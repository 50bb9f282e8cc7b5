//! `RandomFlip`, `RandomTranslation`, `RandomRotation`, `RandomZoom`: in training each picture is read at other places, which an
//! affine map says; at inference nothing happens.
//!
//! The map of a picture is a function of the key of the step, of a stream and of the picture's place in the batch, as all that is random in
//! training. A place that is no pixel lies between four of them, or is the nearest one; what lies outside of the picture is filled.
//! The gradient goes back to those pixels, by the same shares.
//!
//! Results are those of `keras.ops.image.affine_transform` (Keras 3.15 with JAX).

use super::dropout::Draws;
use crate::element::Element;

/// What happens to a picture: by which numbers, each of which lies between two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Motion {
    /// It is mirrored, or not, along both axes at once.
    Flip {
        /// Left and right change places.
        horizontal: bool,
        /// Top and bottom change places.
        vertical: bool,
    },
    /// It moves down and to the right, by shares of its height and width.
    Translate {
        /// How far down.
        height: [f64; 2],
        /// How far to the right.
        width: [f64; 2],
    },
    /// It turns around its middle, by shares of a full turn.
    Rotate([f64; 2]),
    /// It shrinks to the share `1 / (1 + factor)`, around its middle.
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
    /// The picture mirrored at its edges: `d c b a | a b c d | d c b a`.
    Reflect,
    /// The picture again: `a b c d | a b c d | a b c d`.
    Wrap,
    /// The pixel at the edge: `a a a a | a b c d | d d d d`.
    Nearest,
    /// This number.
    Constant(f64),
}

/// A layer that moves pictures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warp {
    /// Height, width and channels.
    pub image: [usize; 3],
    /// Whether all pixels of a channel come before those of the next.
    pub channels_first: bool,
    /// What happens.
    pub motion: Motion,
    /// What lies outside.
    pub fill: Fill,
    /// Whether a place between pixels is a mixture of four, and not the nearest.
    pub bilinear: bool,
}

/// What a layer that augments draws its numbers by.
#[derive(Clone, Copy, Debug)]
pub struct Random {
    /// The key of the step.
    pub key: u64,
    /// No two layers of a network have the same.
    pub stream: u64,
    /// The place in the batch of the first picture.
    pub first: usize,
}

impl Random {
    /// The numbers of a picture: four of them at most.
    pub(super) fn of(self, sample: usize) -> impl Fn(u64, [f64; 2]) -> f64 {
        let draws = Draws::new(self.key, self.stream);
        let place = (self.first + sample) as u64 * 4;
        move |index, [low, high]| low + draws.share(place + index) * (high - low)
    }
}

/// Where a pixel of the result is read: `x = map[0]·column + map[1]·row + map[2]`, `y = map[3]·column + map[4]·row + map[5]`.
pub type Map = [f64; 6];

impl Motion {
    /// The map of a picture of this height and width, by its random numbers.
    fn map(self, height: f64, width: f64, draw: impl Fn(u64, [f64; 2]) -> f64) -> Map {
        let [middle_x, middle_y] = [(width - 1.0) / 2.0, (height - 1.0) / 2.0];
        match self {
            Motion::Flip { horizontal, vertical } => {
                let flips = draw(0, [0.0, 1.0]) <= 0.5;
                let along = |on: bool, last: f64| if flips && on { (-1.0, last) } else { (1.0, 0.0) };
                let ((x, left), (y, top)) = (along(horizontal, width - 1.0), along(vertical, height - 1.0));
                [x, 0.0, left, 0.0, y, top]
            }
            Motion::Translate { height: down, width: right } => {
                [1.0, 0.0, -draw(1, right) * width, 0.0, 1.0, -draw(0, down) * height]
            }
            Motion::Rotate(turns) => {
                let (sin, cos) = (draw(0, turns) * core::f64::consts::TAU).sin_cos();
                let (left, top) =
                    (middle_x - middle_x * cos + middle_y * sin, middle_y - middle_x * sin - middle_y * cos);
                [cos, -sin, left, sin, cos, top]
            }
            Motion::Zoom { height: tall, width: wide } => {
                let y = 1.0 + draw(0, tall);
                let x = wide.map_or(y, |wide| 1.0 + draw(1, wide));
                [x, 0.0, middle_x * (1.0 - x), 0.0, y, middle_y * (1.0 - y)]
            }
        }
    }
}

impl Fill {
    /// Which pixel of an axis stands at a place that may lie outside; none where it is a constant.
    fn place(self, at: i64, size: usize) -> Option<usize> {
        let last = size as i64 - 1;
        let inside = match self {
            Fill::Constant(_) if !(0..=last).contains(&at) => return None,
            Fill::Constant(_) => at,
            Fill::Nearest => at.clamp(0, last.max(0)),
            Fill::Wrap => at.rem_euclid(last + 1),
            // There and back again is twice its size.
            Fill::Reflect => match at.rem_euclid(2 * (last + 1)) {
                there if there <= last => there,
                back => 2 * last + 1 - back,
            },
        };
        usize::try_from(inside).ok()
    }
}

/// Neighbours along an axis, and their shares.
type Neighbours = [(i64, f64); 2];

fn neighbours(at: f64, bilinear: bool) -> Neighbours {
    if !bilinear {
        return [(at.round() as i64, 1.0), (0, 0.0)];
    }
    let low = at.floor();
    [(low as i64, 1.0 - (at - low)), (low as i64 + 1, at - low)]
}

impl Warp {
    /// The map of a picture.
    fn map(&self, random: Random, sample: usize) -> Map {
        let [height, width, _] = self.image;
        self.motion.map(height as f64, width as f64, random.of(sample))
    }

    fn len(&self) -> usize {
        self.image.iter().product::<usize>().max(1)
    }

    /// How far it is from a pixel to the next, and from a channel to the next.
    fn strides(&self) -> [usize; 2] {
        let [height, width, channels] = self.image;
        if self.channels_first { [1, height * width] } else { [channels, 1] }
    }

    /// Calls `f` with each element of the result, each element that it reads (none for the filling) and the share of that.
    fn each(&self, map: &Map, mut f: impl FnMut(usize, Option<usize>, f64)) {
        let ([height, width, channels], [pixel, channel]) = (self.image, self.strides());
        for row in 0..height {
            for column in 0..width {
                let (x, y) = (column as f64, row as f64);
                let across = neighbours(map[0] * x + map[1] * y + map[2], self.bilinear);
                let down = neighbours(map[3] * x + map[4] * y + map[5], self.bilinear);
                for (y, share) in down.into_iter().filter(|(_, share)| *share != 0.0) {
                    for (x, other) in across.into_iter().filter(|(_, share)| *share != 0.0) {
                        let from = self.fill.place(y, height).zip(self.fill.place(x, width));
                        let from = from.map(|(y, x)| (y * width + x) * pixel);
                        for c in 0..channels {
                            let to = (row * width + column) * pixel + c * channel;
                            f(to, from.map(|from| from + c * channel), share * other);
                        }
                    }
                }
            }
        }
    }

    /// A picture through a map.
    pub fn picture<T: Element>(&self, map: &Map, x: &[T], y: &mut [T]) {
        let outside = if let Fill::Constant(number) = self.fill { T::from_f64(number) } else { T::zero() };
        y.fill(T::zero());
        self.each(map, |to, from, share| {
            let x = from.and_then(|from| x.get(from)).copied().unwrap_or(outside);
            if let Some(y) = y.get_mut(to) {
                *y += x * T::from_f64(share);
            }
        });
    }

    /// The gradient of a picture from that of what a map made of it; overwrites `dx`.
    pub fn picture_backward<T: Element>(&self, map: &Map, dy: &[T], dx: &mut [T]) {
        dx.fill(T::zero());
        self.each(map, |to, from, share| {
            if let (Some(dx), Some(dy)) = (from.and_then(|from| dx.get_mut(from)), dy.get(to)) {
                *dx += *dy * T::from_f64(share);
            }
        });
    }
}

/// The pictures of a shard, each moved by its own numbers.
///
/// ```
/// use nn_core::layers::warp::{self, Fill, Motion, Random, Warp};
///
/// // All pictures move to the right by half of their width.
/// let motion = Motion::Translate { height: [0.0, 0.0], width: [0.5, 0.5] };
/// let fill = Fill::Constant(0.0);
/// let moves = Warp { image: [1, 4, 1], channels_first: false, motion, fill, bilinear: true };
/// let mut y = [0.0; 4];
/// warp::forward(&moves, Random { key: 1, stream: 0, first: 0 }, &[1.0, 2.0, 3.0, 4.0], &mut y);
/// assert_eq!(y, [0.0, 0.0, 1.0, 2.0]);
/// ```
pub fn forward<T: Element>(warp: &Warp, random: Random, x: &[T], y: &mut [T]) {
    let len = warp.len();
    for (sample, (x, y)) in x.chunks_exact(len).zip(y.chunks_exact_mut(len)).enumerate() {
        warp.picture(&warp.map(random, sample), x, y);
    }
}

/// The gradients of the pictures from those of what [`forward`] made of them by the same numbers; overwrites `dx`.
pub fn backward<T: Element>(warp: &Warp, random: Random, dy: &[T], dx: &mut [T]) {
    let len = warp.len();
    for (sample, (dy, dx)) in dy.chunks_exact(len).zip(dx.chunks_exact_mut(len)).enumerate() {
        warp.picture_backward(&warp.map(random, sample), dy, dx);
    }
}

#[cfg(test)]
mod tests;
