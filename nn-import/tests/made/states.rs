//! Outputs that are inputs of the next call.

use nn_import::{Options, onnx};
use nn_run::{Data, Network};

use super::file::File;
use super::numbers;

/// `y = x + h`, `h' = tanh(y)`.
pub fn sum(state: &str, next: &str) -> Vec<u8> {
    let file = File::new(&[("x", &[1, 4]), (state, &[1, 4])]).node(&format!("y = Add(x, {state})"), &[]);
    file.node(&format!("{next} = Tanh(y)"), &[]).finish(&["y", next])
}

const TEXT: &str = "pub struct Model(x: Input<4>) -> y {
    state h0: [4];
    let y = x + h0;
    h0 = y => Tanh;
}
";

#[test]
fn names_make_states_plain() {
    let model = onnx::read(&sum("h0", "hn"), &Options::new()).expect("it is read");
    assert_eq!(model.text, TEXT);
    assert_eq!((model.inputs.as_slice(), model.outputs.as_slice()), (&["x".to_owned()][..], &["y".to_owned()][..]));
    let network = Network::<f32>::from_text(&model.text).expect("a network");
    let (mut state, mut workspace, mut h) = (network.state(), network.workspace(), [0.0_f64; 4]);
    for step in 0..3 {
        let x = numbers(4, step);
        let mut y = [0.0; 4];
        network.infer_stateful(&[Data::Real(&x)], &mut state, &mut workspace, &mut [&mut y]).expect("it runs");
        for at in 0..4 {
            let want = f64::from(x[at]) + h[at];
            assert!((f64::from(y[at]) - want).abs() < 1e-6, "step {step}: {}, not {want}", y[at]);
            h[at] = want.tanh();
        }
    }
}

#[test]
fn other_states_are_named() {
    let bytes = sum("a", "b");
    let text = |options: &Options| onnx::read(&bytes, options).expect("it is read").text;
    assert!(text(&Options::new()).contains("(x: Input<4>, a: Input<4>) -> (y, b)"));
    assert_eq!(text(&Options::new().state("a", "b")), TEXT.replace("h0", "a"));
    let error = onnx::read(&bytes, &Options::new().state("a", "z").state("c", "b")).unwrap_err().to_string();
    assert!(error.contains("no output `z`") && error.contains("no input `c`"), "{error}");
    let text = onnx::read(&sum("h0", "hn"), &Options::new().stateless()).expect("it is read").text;
    assert!(text.contains("(x: Input<4>, h0: Input<4>) -> (y, hn)"), "{text}");
}
