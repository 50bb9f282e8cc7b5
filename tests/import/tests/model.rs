//! `#[model("…")]`: files of Keras' as types, with the results of the same files read at run time, bit by bit.

use std::path::PathBuf;

use fearless_simd::{Level, Simd};
use nn::prelude::*;
use nn_import::Options;
use nn_run as run;

nn::network! {
    #[model("../golden/fixtures/models/lenet.keras")]
    pub struct LeNet;
}

nn::network! {
    /// Two inputs, one of them ids, and two outputs.
    #[model("../golden/fixtures/models/headline.h5")]
    #[derive(Debug)]
    pub(crate) struct Headline;
}

nn::network! {
    #[model("../golden/fixtures/models/transformer.keras")]
    pub struct Transformer;
}

nn::network! {
    #[model("../golden/fixtures/models/bidirectional.h5")]
    #[dtype(f64)]
    pub struct Both;
}

fn at_run_time(file: &str) -> run::Network {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../golden/fixtures/models").join(file);
    let network = run::Network::from_file(path, &Options::new()).unwrap_or_else(|error| panic!("{file}: {error}"));
    network.on(vectors())
}

/// The vectors that networks compiled here run on: debug builds have no code for AVX-512.
fn vectors() -> Level {
    let best = Level::new();
    #[cfg(all(debug_assertions, target_arch = "x86_64"))]
    if let Some(avx2) = best.as_avx2() {
        return avx2.level();
    }
    best
}

/// Some numbers, always the same.
fn numbers(count: usize) -> Vec<f32> {
    (0..count).map(|i| ((i * 37 % 101) as f32 - 50.0) / 40.0).collect()
}

#[test]
fn a_chain_has_the_bits_of_the_file_read_at_run_time() {
    let network = at_run_time("lenet.keras");
    assert_eq!(network.weight("conv1.kernel").map(<[f32]>::len), Some(36));
    assert_eq!(
        LeNet::PRETRAINED.conv1.kernel.as_flattened().as_flattened().as_flattened(),
        network.weight("conv1.kernel").unwrap()
    );
    let x = numbers(14 * 14);
    let (mut workspace, mut y) = (network.workspace(), vec![0.0; 10]);
    network.infer(&[run::Data::Real(&x)], &mut workspace, &mut [&mut y]).unwrap();
    let mut sample = LeNetInput::zeros();
    sample.as_flat_mut().copy_from_slice(&x);
    assert_eq!(LeNet::PRETRAINED.infer(&sample, &mut LeNetWorkspace::new()).as_flat(), y);
}

#[test]
fn a_graph_keeps_the_names_of_its_file() {
    let network = at_run_time("headline.h5");
    let ids: Vec<u32> = (0..9).map(|i| i * 5 % 15).collect();
    let extra = numbers(4);
    let (mut workspace, mut main, mut aux) = (network.workspace(), [0.0], [0.0]);
    let inputs = [run::Data::U32(&ids), run::Data::Real(&extra)];
    network.infer(&inputs, &mut workspace, &mut [&mut main, &mut aux]).unwrap();
    let x = HeadlineInput {
        headline: std::array::from_fn(|i| ids[i]).into(),
        extra: std::array::from_fn(|i| extra[i]).into(),
    };
    let HeadlineOutput { main_output, aux_output } = Headline::PRETRAINED.infer(&x, &mut HeadlineWorkspace::new());
    assert_eq!((main_output.as_flat(), aux_output.as_flat()), (&main[..], &aux[..]));
}

#[test]
fn layers_of_several_parts_are_read_in_order() {
    let network = at_run_time("transformer.keras");
    let x = numbers(5 * 6);
    let (mut workspace, mut y) = (network.workspace(), vec![0.0; network.outputs()[0].len()]);
    network.infer(&[run::Data::Real(&x)], &mut workspace, &mut [&mut y]).unwrap();
    let mut sample = TransformerInput::zeros();
    sample.as_flat_mut().copy_from_slice(&x);
    assert_eq!(Transformer::PRETRAINED.infer(&sample, &mut TransformerWorkspace::new()).as_flat(), y);
}

#[test]
fn a_model_can_be_computed_in_f64() {
    let network = at_run_time("bidirectional.h5");
    let wide: Vec<f64> = network.weights().iter().map(|weight| f64::from(*weight)).collect();
    assert_eq!(Both::PRETRAINED.as_flat(), wide);
}
