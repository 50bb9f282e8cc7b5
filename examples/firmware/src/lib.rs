//! The networks of the firmware, samples for them, and what they make of these.
//!
//! `cargo run --example firmware_weights` wrote the weights. It repeats the networks: if the two differed, this crate would not compile.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

nn::network! {
    /// A network for pictures; its weights lie in flash.
    #[weights("weights/lenet.safetensors")]
    pub struct LeNet = Input<28, 28, 1>
        => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
        => conv2: Conv2D<16, 3> => MaxPool2D<2> => ReLU
        => Flatten
        => Dense<120, activation = relu>
        => Dense<84, activation = relu>
        => Dense<10>;
}

nn::network! {
    /// A network for sound, one sample at a time.
    #[stream]
    #[weights("weights/tone.safetensors")]
    pub struct Tone = Input<16, 1> => GRU<8, return_sequences = true> => Dense<1>;
}

/// A picture.
pub fn picture() -> LeNetInput {
    let mut picture = LeNetInput::zeros();
    for (row, line) in picture.0.iter_mut().enumerate() {
        for (column, pixel) in line.iter_mut().enumerate() {
            *pixel = [(row * 31 + column * 17) as f32 % 64.0 / 64.0];
        }
    }
    picture
}

/// One sample of a sound.
pub fn sample(t: usize) -> ToneStepInput {
    [(t * 7 % 16) as f32 / 8.0 - 1.0].into()
}

/// What [`LeNet`] makes of the picture, as the test of this crate has it on any machine.
pub const SCORES: [f32; 10] = [
    -0.03155579,
    -0.11610093,
    -0.12540817,
    0.07373854,
    -0.02481129,
    0.031279884,
    0.04425292,
    -0.0029382296,
    -0.16643277,
    -0.19565432,
];

/// What [`Tone`] makes of the first samples.
pub const SOUND: [f32; 16] = [
    0.12997994,
    0.095762506,
    0.029973924,
    0.075759396,
    0.010769818,
    0.09802882,
    0.04240391,
    0.14268045,
    0.09389569,
    0.019957364,
    0.056626067,
    -0.013194438,
    0.07113366,
    0.01258114,
    0.11409306,
    0.06283035,
];

/// Whether two results are the same but for the order of their sums, which depends on the vectors of the machine.
pub fn close(found: &[f32], expected: &[f32]) -> bool {
    found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() <= 1e-5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expected_results_are_those_of_this_machine() {
        let scores = LeNet::PRETRAINED.infer(&picture(), &mut LeNetWorkspace::new());
        assert!(close(&scores.0, &SCORES), "{scores:?}");
        let mut state = ToneState::new();
        let sound: Vec<f32> = (0..16).map(|t| Tone::PRETRAINED.step(&sample(t), &mut state)[0]).collect();
        assert!(close(&sound, &SOUND), "{sound:?}");
    }
}
