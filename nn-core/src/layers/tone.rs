//! `RandomContrast`, `RandomBrightness`: in training each picture has another contrast or brightness; at inference nothing happens.
//!
//! As in [`warp`](super::warp), the number of a picture is a function of key, stream and the picture's place in the batch.

use super::warp::Random;
use crate::element::Element;

/// What becomes of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tint {
    /// Its numbers lie closer to the mean of their channel, or farther from it: by this factor.
    Contrast,
    /// Its numbers grow by this share of the range of values.
    Brightness,
}

/// A layer that changes how pictures look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tone {
    /// Height, width and channels.
    pub image: [usize; 3],
    /// Whether all pixels of a channel come before those of the next.
    pub channels_first: bool,
    /// What becomes of a picture.
    pub tint: Tint,
    /// The least and the largest number by which it does.
    pub factor: [f64; 2],
    /// What the numbers of a picture lie between; results are clipped to it.
    pub value_range: [f64; 2],
}

impl Tone {
    fn len(&self) -> usize {
        self.image.iter().product::<usize>().max(1)
    }

    /// The elements of a channel: the first, how far it is to the next, and how many there are.
    fn channel(&self, channel: usize) -> [usize; 3] {
        let [height, width, channels] = self.image;
        let pixels = height * width;
        if self.channels_first { [channel * pixels, 1, pixels] } else { [channel, channels, pixels] }
    }

    /// What becomes of an element of a channel of this picture: `slope · x + shift`, before it is clipped.
    fn line<T: Element>(&self, number: f64, x: &[T], [start, step, count]: [usize; 3]) -> [T; 2] {
        let [low, high] = self.value_range;
        match self.tint {
            Tint::Brightness => [T::one(), T::from_f64(number * (high - low))],
            Tint::Contrast => {
                // A long sum of small numbers loses nothing in f64.
                let elements = x.iter().skip(start).step_by(step.max(1)).take(count);
                let mean = elements.map(|x| Element::to_f64(*x)).sum::<f64>() / count.max(1) as f64;
                [T::from_f64(number), T::from_f64(mean * (1.0 - number))]
            }
        }
    }

    /// Calls `f` with the elements of each channel of each picture, the number of the picture and what becomes of an element.
    fn each<T: Element>(&self, random: Random, x: &[T], mut f: impl FnMut(&[usize; 3], usize, f64, [T; 2])) {
        let len = self.len();
        for (sample, picture) in x.chunks_exact(len).enumerate() {
            let number = random.of(sample)(0, self.factor);
            for channel in 0..self.image[2] {
                let elements = self.channel(channel);
                f(&elements, sample * len, number, self.line(number, picture, elements));
            }
        }
    }
}

/// The pictures of a shard, each changed by its own number.
///
/// ```
/// use nn_core::layers::tone::{self, Tint, Tone};
/// use nn_core::layers::warp::Random;
///
/// let (tint, factor, value_range) = (Tint::Contrast, [0.5, 0.5], [0.0, 1.0]);
/// let half = Tone { image: [1, 2, 1], channels_first: false, tint, factor, value_range };
/// let mut y = [0.0; 2];
/// tone::forward(&half, Random { key: 1, stream: 0, first: 0 }, &[0.25, 0.75], &mut y);
/// assert_eq!(y, [0.375, 0.625]);
/// ```
pub fn forward<T: Element>(tone: &Tone, random: Random, x: &[T], y: &mut [T]) {
    let [low, high] = tone.value_range.map(T::from_f64);
    tone.each(random, x, |&[start, step, count], sample, _, [slope, shift]| {
        for at in (0..count).map(|pixel| sample + start + pixel * step) {
            if let (Some(x), Some(y)) = (x.get(at), y.get_mut(at)) {
                *y = clipped(*x * slope + shift, low, high);
            }
        }
    });
}

/// The nearest number of a range; what is no number stays so.
fn clipped<T: Element>(x: T, low: T, high: T) -> T {
    if x < low {
        low
    } else if x > high {
        high
    } else {
        x
    }
}

/// The gradients of the pictures `x` from those of what [`forward`] made of them by the same numbers; overwrites `dx`.
/// What was clipped has none.
pub fn backward<T: Element>(tone: &Tone, random: Random, x: &[T], dy: &[T], dx: &mut [T]) {
    let [low, high] = tone.value_range.map(T::from_f64);
    tone.each(random, x, |&[start, step, count], sample, number, [slope, shift]| {
        let places = (0..count).map(|pixel| sample + start + pixel * step);
        let mut sum = 0.0;
        for at in places.clone() {
            let (Some(x), Some(dy), Some(dx)) = (x.get(at), dy.get(at), dx.get_mut(at)) else { continue };
            let y = *x * slope + shift;
            *dx = if y < low || y > high { T::zero() } else { *dy };
            sum += Element::to_f64(*dx);
        }
        let of_mean = match tone.tint {
            Tint::Brightness => T::zero(),
            Tint::Contrast => T::from_f64(sum * (1.0 - number) / count.max(1) as f64),
        };
        for at in places {
            if let Some(dx) = dx.get_mut(at) {
                *dx = *dx * slope + of_mean;
            }
        }
    });
}

#[cfg(test)]
mod tests;
