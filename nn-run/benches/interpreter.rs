//! What it costs not to compile a network: the interpreter's latency beside that of the compiled network, on one core.
//!
//! `cargo bench -p nn-run`. The texts are those that the compiled networks are made of; outputs are compared, bit by
//! bit, before anything is timed. Rows: name, both medians, the interpreter's over the compiled one's.

#[path = "../../benches/support/mod.rs"]
mod support;

use std::hint::black_box;

use nn::Record;
use nn::prelude::*;
use nn_run::{Data, Kind};
use support::networks::{
    Attention, Autoencoder, DsCnn, Gru, Headline, KerasCnn, LeNet, Lstm, Mlp, MobileNet, ResNet8, Rnn,
};
use support::{fill_sample, median};

/// The file with the networks.
const SOURCE: &str = include_str!("../../benches/support/networks.rs");

/// What stands in the braces of `network!` for a network of this name.
fn text(name: &str) -> &'static str {
    let bodies = SOURCE.split("nn::network! {").skip(1);
    let body = bodies.map(|rest| rest.split("\n}\n").next().unwrap_or(rest));
    let mut named = body.filter(|body| {
        ["=", "("].iter().any(|next| {
            body.contains(&format!("struct {name}{next}")) || body.contains(&format!("struct {name} {next}"))
        })
    });
    named.next().unwrap_or_else(|| panic!("no network `{name}` in the file of networks"))
}

fn row<N: Network<Element = f32>>(name: &str, macs: u64) {
    let net = N::new(&mut nn::rng(1));
    let mut run: nn_run::Network =
        nn_run::Network::from_text(text(N::NAME)).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    run.weights_mut().copy_from_slice(net.as_flat());
    let mut x: Box<N::Input> = bytemuck::allocation::zeroed_box();
    fill_sample(&mut *x, 0);
    let parts = run.inputs().iter().enumerate().map(|(index, part)| {
        let bytes = x.part(index);
        match part.kind {
            Kind::Real => Data::Real(bytemuck::cast_slice(bytes)),
            Kind::U32 => Data::U32(bytemuck::cast_slice(bytes)),
            Kind::I32 => Data::I32(bytemuck::cast_slice(bytes)),
            Kind::U8 => Data::U8(bytes),
        }
    });
    let inputs: Vec<Data<'_, f32>> = parts.collect();
    let (mut workspace, mut memory) = (N::workspace(), run.workspace());
    let mut outputs: Vec<Vec<f32>> = run.outputs().iter().map(|part| vec![0.0; part.len()]).collect();
    let mut slices: Vec<&mut [f32]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    run.infer(&inputs, &mut memory, &mut slices).expect("inputs of this network");
    let y = net.infer(&x, &mut workspace);
    for (part, slice) in slices.iter().enumerate() {
        let wanted: &[u32] = bytemuck::cast_slice(y.part(part));
        let got: Vec<u32> = slice.iter().map(|y| y.to_bits()).collect();
        assert!(wanted == got, "{name}: output {part} has other bits");
    }
    let compiled = median(|| {
        black_box(net.infer(black_box(&x), &mut workspace));
    });
    let interpreted = median(|| {
        run.infer(black_box(&inputs), &mut memory, &mut slices).expect("inputs of this network");
    });
    println!(
        "{name:<14}{:>14}{:>14.3}{:>14.3}{:>10.2}",
        macs,
        compiled * 1e6,
        interpreted * 1e6,
        interpreted / compiled
    );
}

fn main() {
    println!("{:<14}{:>14}{:>14}{:>14}{:>10}", "name", "multiply-adds", "compiled, us", "run, us", "ratio");
    row::<Mlp>("mlp", Mlp::MACS);
    row::<Attention>("attention", Attention::MACS);
    row::<LeNet>("lenet", LeNet::MACS);
    row::<Autoencoder>("autoencoder", Autoencoder::MACS);
    row::<Rnn>("rnn", Rnn::MACS);
    row::<DsCnn>("ds_cnn", DsCnn::MACS);
    row::<Gru>("gru", Gru::MACS);
    row::<Lstm>("lstm", Lstm::MACS);
    row::<Headline>("headline", Headline::MACS);
    row::<MobileNet>("mobilenet", MobileNet::MACS);
    row::<ResNet8>("resnet8", ResNet8::MACS);
    row::<KerasCnn>("keras_cnn", KerasCnn::MACS);
}
