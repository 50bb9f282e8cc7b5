//! `state h: [3];`: what one call leaves for the next, compiled and interpreted.

use nn::prelude::*;
use nn_run::Data;

nn::network! {
    /// Two states: one goes through layers, the other does not depend on what it was.
    struct Memory(x: Input<3>) -> (y, last) {
        state h: [3];
        state before: [1, 3];
        let both = Concatenate(x, h, before => Flatten);
        h = both => Dense<3, activation = tanh>;
        before = x => Reshape<1, 3>;
        let y = h => Dense<2>;
        let last = both => Dense<1>;
    }
}

const TEXT: &str = "pub struct Memory(x: Input<3>) -> (y, last) {
    state h: [3];
    state before: [1, 3];
    let both = Concatenate(x, h, before => Flatten);
    h = both => Dense<3, activation = tanh>;
    before = x => Reshape<1, 3>;
    let y = h => Dense<2>;
    let last = both => Dense<1>;
}";

/// The same in `f64`, by the formulas.
fn naive(weights: &[f32], steps: &[[f32; 3]]) -> Vec<[f64; 3]> {
    let dense = |from: usize, x: &[f64], units: usize| -> Vec<f64> {
        let at = |row: usize, column: usize| f64::from(weights[from + row * units + column]);
        let sum = |column: usize| (0..x.len()).map(|row| x[row] * at(row, column)).sum::<f64>() + at(x.len(), column);
        (0..units).map(sum).collect()
    };
    let (mut h, mut before) = (vec![0.0; 3], vec![0.0; 3]);
    let step = |x: &[f32; 3]| {
        let x: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
        let both = [x.clone(), h.clone(), before.clone()].concat();
        h = dense(0, &both, 3).iter().map(|x| x.tanh()).collect();
        before = x;
        let (y, last) = (dense(30, &h, 2), dense(38, &both, 1));
        [y[0], y[1], last[0]]
    };
    steps.iter().map(step).collect()
}

#[test]
fn what_is_left_is_what_the_next_call_finds() {
    let net = Memory::new(&mut nn::rng(3));
    let mut twin: nn_run::Network = nn_run::Network::from_text(TEXT).expect("a network");
    let weights: &[f32] = nn::Network::as_flat(&*net);
    twin.weights_mut().copy_from_slice(weights);
    let steps = [[0.5, -1.0, 2.0], [1.5, 0.25, -0.5], [-1.0, 0.0, 1.0]];
    let want = naive(weights, &steps);
    let (mut state, mut workspace) = (MemoryState::new(), MemoryWorkspace::new());
    let (mut of_twin, mut memory) = (twin.state(), twin.workspace());
    for (x, want) in steps.iter().zip(&want) {
        let y = net.infer_stateful(&(*x).into(), &mut state, &mut workspace);
        let got = [y.y.0[0], y.y.0[1], y.last.0[0]];
        got.iter().zip(want).for_each(|(got, want)| assert!((f64::from(*got) - want).abs() < 1e-5, "{got}, {want}"));
        let (mut first, mut second) = ([0.0; 2], [0.0; 1]);
        let mut outputs: [&mut [f32]; 2] = [&mut first, &mut second];
        twin.infer_stateful(&[Data::Real(x)], &mut of_twin, &mut memory, &mut outputs).expect("it runs");
        assert_eq!([first[0], first[1], second[0]].map(f32::to_bits), got.map(f32::to_bits));
    }
    // Without a state each call is the first.
    let y = net.infer(&steps[0].into(), &mut workspace);
    assert!((f64::from(y.y.0[0]) - want[0][0]).abs() < 1e-5);
    // What is not finite is forgotten.
    net.infer_stateful(&[f32::NAN, 0.0, 0.0].into(), &mut state, &mut workspace);
    let y = net.infer_stateful(&steps[0].into(), &mut state, &mut workspace);
    assert!((f64::from(y.y.0[0]) - want[0][0]).abs() < 1e-5, "{y:?}");
    state.reset();
    assert_eq!(state, MemoryState::default());
}

#[test]
fn mistakes_with_states_are_said() {
    let says = |body: &str| {
        let text = format!("struct Net(x: Input<3>) -> y {{ {body} }}");
        nn_run::Network::<f32>::from_text(&text).expect_err("a mistake").to_string()
    };
    assert!(says("state h: [3]; let y = x + h;").contains("the state `h` never changes"));
    assert!(says("state h: [3]; let y = x + h; h = y => Dense<4>;").contains("needs a value of 3, but it is 4"));
    assert!(says("state h: [3] = ones; let y = x + h;").contains("a state starts from zeros"));
    assert!(says("state h; let y = x => Dense<1>;").contains("expected the shape of the state `h`"));
    assert!(
        says("block part(x) -> y { state h: [3]; h = h + x; let y = h + x; } let y = x => part;")
            .contains("not of a block")
    );
}
