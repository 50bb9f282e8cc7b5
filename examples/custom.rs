//! A layer of one's own: a wave whose length is learned, for what repeats.
//!
//! ```text
//! cargo run --release --example custom            # some seconds
//! ```
//!
//! A network of ordinary activations learns a series where it has samples, and goes straight on beyond. `Snake`,
//! `x + sin²(a·x) / a` with an `a` of its own for each unit, goes on with the wave. Both networks have as many units, see the same
//! samples from -10 to 10, and are asked what comes after. Before that the example checks the gradients of the layer, as a
//! test of it would.
//!
//! Ziyin, Hartwig, Ueda: [Neural Networks Fail to Learn Periodic Functions and How to Fix It](https://arxiv.org/abs/2006.08195),
//! 2020.

mod common;

use std::error::Error;
use std::process::ExitCode;

use nn::custom::{Custom, Gradient, Memory, Weights, WeightsMut};
use nn::initializers::Initializer;
use nn::prelude::*;
use nn::testing::check_gradients;
use nn::{Element, Param};
use rand::RngExt;

/// `x + sin²(a·x) / a`: rises as x does, in waves.
pub struct Snake;

impl<const N: usize, T: Element> Custom<Tensor1<N, T>> for Snake {
    type Output = Tensor1<N, T>;

    const WEIGHTS: &'static [Param] = &[Param::weight("a", &[N], Initializer::Uniform(0.5, 1.5))];

    #[inline(always)]
    fn infer(weights: Weights<'_, T>, x: &Tensor1<N, T>, y: &mut Tensor1<N, T>, _memory: Memory<'_, T>) {
        let a = &weights[0];
        for i in 0..N {
            y[i] = x[i] + (a[i] * x[i]).sin().powi(2) / a[i];
        }
    }

    #[inline(always)]
    fn backward(
        weights: Weights<'_, T>,
        of: Gradient<'_, Tensor1<N, T>, Tensor1<N, T>>,
        dx: &mut Tensor1<N, T>,
        mut gradients: WeightsMut<'_, T>,
        _scratch: &mut [T],
    ) {
        let a = &weights[0];
        for i in 0..N {
            let (dy, ax) = (of.dy[i], a[i] * of.x[i]);
            let wave = (ax + ax).sin();
            dx[i] = dy * (T::one() + wave);
            gradients[0][i] += dy * (of.x[i] * wave - ax.sin().powi(2) / a[i]) / a[i];
        }
    }
}

nn::network! {
    /// With the layer.
    pub struct Waves = Input<1> => Dense<64> => Custom<Snake> => Dense<1>;
}

nn::network! {
    /// The same with a function that everybody has.
    pub struct Plain = Input<1> => Dense<64> => Tanh => Dense<1>;
}

nn::network! {
    /// For the check of the gradients: in `f32` differences are too coarse.
    #[dtype(f64)]
    pub struct Checked = Input<3> => Dense<4> => Custom<Snake> => Dense<2>;
}

fn main() -> ExitCode {
    common::finish(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut rng = nn::rng(1);
    check_gradients(&*Checked::new(&mut rng), &[[0.3, -0.2, 0.9].into(), [-0.5, 0.7, 0.1].into()])?;
    println!("the gradients of `Snake` are right\n{}", Waves::summary());

    let x: Vec<Tensor1<1>> = (0..1_000).map(|_| Tensor1([rng.random_range(-10.0..10.0)])).collect();
    let y: Vec<f32> = x.iter().map(|x| series(x[0])).collect();
    let waves = trained(Waves::new(&mut rng), &x, &y)?;
    let plain = trained(Plain::new(&mut rng), &x, &y)?;

    let after: Vec<Tensor1<1>> = (0..=100).map(|step| Tensor1([10.0 + step as f32 / 10.0])).collect();
    let (of_waves, of_plain) = (waves.predict(&after), plain.predict(&after));
    println!("{}", plot(&after, &of_waves, &of_plain));
    let (waves, plain) = (error(&after, &of_waves), error(&after, &of_plain));
    println!("mean squared error from 10 to 20: with Snake {waves:.3}, with tanh {plain:.3}");
    if waves > plain / 4.0 {
        return Err("the layer has not learned the wave".into());
    }
    Ok(())
}

/// A wave on a slope.
fn series(x: f32) -> f32 {
    x.sin() + x / 5.0
}

fn trained<N>(net: Box<N>, x: &[Tensor1<1>], y: &[f32]) -> Result<Box<N>, Box<dyn Error>>
where
    N: Train<Element = f32, Input = Tensor1<1>, Output = Tensor1<1>>,
{
    let mut model = net.compile(Adam::new(CosineDecay::new(0.01, 300 * 16)), MeanSquaredError::default(), ());
    let history = model.fit(x, y, Fit { epochs: 300, batch_size: 64, verbose: 0, ..Fit::default() })?;
    let loss = history.get("loss").last().copied().unwrap_or(f64::NAN);
    println!("{}: the loss on what it has seen is {loss:.5}", N::NAME);
    Ok(model.into_network())
}

fn error(x: &[Tensor1<1>], y: &[Tensor1<1>]) -> f32 {
    let squares = x.iter().zip(y).map(|(x, y)| (y[0] - series(x[0])).powi(2));
    squares.sum::<f32>() / x.len() as f32
}

/// The series as `.`, what the networks make of it as `*` and `-`; downwards.
fn plot(x: &[Tensor1<1>], waves: &[Tensor1<1>], plain: &[Tensor1<1>]) -> String {
    const WIDTH: usize = 60;
    let place = |y: f32| (((y + 1.0) / 7.0).clamp(0.0, 1.0) * (WIDTH - 1) as f32) as usize;
    let mut text = String::from("  x   . the series   * with Snake   - with tanh\n");
    for ((x, waves), plain) in x.iter().zip(waves).zip(plain).step_by(4) {
        let mut line = [' '; WIDTH];
        line[place(series(x[0]))] = '.';
        line[place(plain[0])] = '-';
        line[place(waves[0])] = '*';
        text += &format!("{:5.1} {}\n", x[0], line.iter().collect::<String>().trim_end());
    }
    text
}
