//! What the interpreter is given and gives: texts with mistakes, calls that do not fit, memory that is used again, threads.

use nn_run::{BadCall, Data, Network, Step};

const ECHO: &str = "#[stream] struct Echo = Input<8, 2> => Conv1D<4, 3, padding = causal, activation = tanh>
    => GRU<3, return_sequences = true> => Dense<1>;";

/// A network of every kind of step: borders, pooling, volumes, residual sums, normalization, recurrence, attention, ids.
const MANY: &str = "struct Many(image: Input<8, 8, 3>, ids: Input<5, dtype = u32>) -> (scores, next) {
    let a = image => Conv2D<8, 3, padding = same> => BatchNorm => ReLU => MaxPool2D<2>;
    let b = a => SeparableConv2D<8, 3, padding = same>;
    let large = a + b => ReLU => Conv2DTranspose<8, 3, strides = 2, padding = same> => BatchNorm => Tanh;
    let sum = large => Reshape<2, 4, 8, 8> => MaxPool3D<2> => Conv3D<8, 2, padding = same> => GlobalAvgPool3D;
    let words = ids => Embedding<9, 8, mask_zero = true>;
    let seen = MultiHeadAttention<2, 4>(words, words) => LayerNorm;
    let next = seen => Bidirectional<LSTM<4>, merge_mode = sum>;
    let scores = Concatenate(sum, next) => Dense<3, activation = softmax>;
}";

fn filled(text: &str) -> Network {
    let mut network: Network = Network::from_text(text).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    network.initialize(&mut nn_core::rng(3));
    network
}

fn numbers(len: usize) -> Vec<f32> {
    (0..len).map(|at| ((at * 37 % 19) as f32 - 9.0) / 10.0).collect()
}

#[test]
fn all_mistakes_of_a_text_have_their_places() {
    let text = "struct Net =\n    Input<28, 28, 1>\n    => Conv2D<6, 33>\n    => Dnese<10>;";
    let mistakes = Network::<f32>::from_text(text).unwrap_err();
    assert!(mistakes.to_string().contains("4:8: there is no layer `Dnese`"), "{mistakes}");
}

#[test]
fn what_only_a_program_has_is_a_mistake() {
    let text = "Input<4> => Dense<UNITS, activation = my::own>";
    let mistakes = Network::<f32>::from_text(text).unwrap_err().to_string();
    assert!(mistakes.contains("1:19: `UNITS` is not known here"), "{mistakes}");
    assert_eq!(mistakes.matches("is not known here").count(), 2, "{mistakes}");
}

#[test]
fn types_of_a_program_are_refused_by_name() {
    let texts = ["Lambda<my::Squares>", "Dense<4> => TimeDistributed<Custom<my::Squares>>"];
    for text in texts {
        let mistakes = Network::<f32>::from_text(&format!("Input<3, 4> => {text}")).unwrap_err().to_string();
        assert!(mistakes.contains("`my :: Squares` is a type of a Rust program"), "{mistakes}");
    }
    for option in ["kernel_regularizer", "kernel_constraint"] {
        let text = format!("Input<4> => Dense<3, {option} = my::own>");
        let mistakes = Network::<f32>::from_text(&text).unwrap_err().to_string();
        assert!(mistakes.contains("is not known here"), "{mistakes}");
    }
}

#[test]
fn the_type_of_elements_is_checked() {
    let mistakes = Network::<f32>::from_text("#[dtype(f64)] struct Net = Input<4> => Dense<1>;").unwrap_err();
    assert!(mistakes.to_string().contains("computes in `f64`"), "{mistakes}");
    assert!(Network::<f64>::from_text("#[dtype(f64)] struct Net = Input<4> => Dense<1>;").is_ok());
}

#[test]
fn what_no_memory_holds_is_a_mistake() {
    let texts = [
        "Input<4000000000, 4000000000, 3> => Conv2D<8, 3>",
        "Input<8> => Dense<10000000000> => Dense<10000000000>",
        "Input<8, 8, 1> => Conv2D<1, 3, padding = same, dilation_rate = 1000000000000000000>",
        "Input<8, 8, 8, 1> => Conv3D<1, 3, padding = same, dilation_rate = 1000000000000000000>",
        "Input<8, 1> => Conv1DTranspose<1, 3, padding = same, dilation_rate = 1000000000000000000>",
        "Input<8, 1> => Conv1DTranspose<1, 3, strides = 1000000000000000000>",
    ];
    for text in texts {
        let mistakes = Network::<f32>::from_text(text).unwrap_err().to_string();
        assert!(mistakes.contains("memory"), "{text}: {mistakes}");
    }
}

#[test]
fn zeros_around_a_convolution_are_its_pads() {
    let rest = "let y = p => Conv2D<5, 3, strides = 2, activation = tanh>;";
    let pads = "let p = x => MaxPool2D<2> => ZeroPadding2D<((4, 0), (1, 3))>;";
    let folded = filled(&format!("struct Net(x: Input<8, 8, 2>) -> y {{ {pads} {rest} }}"));
    let apart = filled(&format!("struct Net(x: Input<8, 8, 2>) -> (y, p) {{ {pads} {rest} }}"));
    let x = numbers(3 * 8 * 8 * 2);
    let (mut one, mut other) = (
        Step::forward(&folded, &[Data::Real(&x)], 3, 0).unwrap(),
        Step::forward(&apart, &[Data::Real(&x)], 3, 0).unwrap(),
    );
    assert_eq!(one.output(0), other.output(0));
    let dy = numbers(one.output(0).len());
    let [one, other] = [one.backward(&[&dy]), other.backward(&[&dy, &[0.0; 3 * 8 * 8 * 2]])].map(Result::unwrap);
    let close = |a: &[f32], b: &[f32]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
    assert!(close(&one.weights, &other.weights) && close(&one.inputs[0], &other.inputs[0]));
    let (x, [mut y, mut z], mut p) = ([Data::Real(&x[..8 * 8 * 2])], [[0.0; 3 * 3 * 5]; 2], [0.0; 8 * 8 * 2]);
    folded.infer(&x, &mut folded.workspace(), &mut [&mut y]).unwrap();
    apart.infer(&x, &mut apart.workspace(), &mut [&mut z, &mut p]).unwrap();
    assert_eq!(y, z);
}

#[test]
fn layers_on_each_step_are_the_layers_on_a_step() {
    for (layer, len) in [
        ("Conv2DTranspose<5, 3, strides = 2, padding = same, activation = tanh>", 8 * 10 * 5),
        ("Conv2DTranspose<3, 2, data_format = channels_first>", 3 * 6 * 4),
    ] {
        let mut each = filled(&format!("Input<3, 4, 5, 3> => TimeDistributed<{layer}>"));
        let mut one = filled(&format!("Input<4, 5, 3> => {layer}"));
        for name in ["kernel", "bias"] {
            let len = one.weight(&format!("conv2d_transpose.{name}")).unwrap().len();
            one.set_weight(&format!("conv2d_transpose.{name}"), &numbers(len)).unwrap();
            each.set_weight(&format!("time_distributed.{name}"), &numbers(len)).unwrap();
        }
        let (x, mut all, mut y) = (numbers(3 * 4 * 5 * 3), vec![0.0; 3 * len], vec![0.0; len]);
        each.infer(&[Data::Real(&x)], &mut each.workspace(), &mut [&mut all]).unwrap();
        for (x, all) in x.chunks(4 * 5 * 3).zip(all.chunks(len)) {
            one.infer(&[Data::Real(x)], &mut one.workspace(), &mut [&mut y]).unwrap();
            assert_eq!(all, y, "{layer}");
        }
    }
}

#[test]
fn calls_that_do_not_fit_write_nothing() {
    let network = filled("struct Net = Input<4> => Dense<2>;");
    let (mut workspace, mut y) = (network.workspace(), [7.0, 8.0]);
    let x = [0.0; 4];
    let mut call = |inputs: &[Data<'_, f32>]| network.infer(inputs, &mut workspace, &mut [&mut y]).unwrap_err();
    assert!(matches!(call(&[]), BadCall::Count { what: "inputs", expected: 1, found: 0, .. }));
    assert!(matches!(call(&[Data::Real(&x[..3])]), BadCall::Len { expected: 4, found: 3, .. }));
    let ids = call(&[Data::U32(&[1, 2, 3, 4])]).to_string();
    assert_eq!(ids, "`input` of `Net` takes numbers, but ids of `u32` were given");
    assert_eq!(y, [7.0, 8.0]);
    let other = filled("struct Other = Input<40> => Dense<30> => Dense<2>;");
    let wrong = other.infer(&[Data::Real(&numbers(40))], &mut network.workspace(), &mut [&mut y]).unwrap_err();
    assert!(matches!(wrong, BadCall::Memory { what: "workspace", .. }), "{wrong}");
}

#[test]
fn a_failed_weight_leaves_all_as_they_were() {
    let mut network = filled("struct Net = Input<4> => Dense<2>;");
    let before = network.weights().to_vec();
    let wrong = network.set_weight("dense.kernel", &[1.0]).unwrap_err().to_string();
    assert_eq!(wrong, "`dense.kernel` of `Net` has 8 elements (4×2), but 1 were given");
    assert_eq!(network.set_weight("dense.kernal", &[]).unwrap_err().to_string(), "`Net` has no weight `dense.kernal`");
    assert_eq!(network.weights(), before);
    network.set_weight("dense.bias", &[1.0, 2.0]).unwrap();
    assert_eq!(network.weight("dense.bias"), Some(&[1.0, 2.0][..]));
}

#[test]
fn ids_without_a_row_are_named() {
    let network = filled("Input<3, dtype = u8> => Embedding<5, 2> => Flatten");
    assert!(network.check_ids(&[Data::U8(&[0, 4, 1])]).is_ok());
    let wrong = network.check_ids(&[Data::U8(&[0, 5, 1])]).unwrap_err().to_string();
    assert_eq!(wrong, "`input` of `Network` has the id 5, but its embedding has rows for ids from 0 to below 5");
}

#[test]
fn inference_allocates_nothing() {
    let network = filled(MANY);
    let (image, ids) = (numbers(8 * 8 * 3), [3, 1, 0, 8, 0]);
    let (mut scores, mut next, mut workspace) = ([0.0; 3], [0.0; 4], network.workspace());
    let counted = allocation_counter::measure(|| {
        let inputs = [Data::Real(&image[..]), Data::U32(&ids)];
        network.infer(&inputs, &mut workspace, &mut [&mut scores, &mut next]).unwrap();
    });
    assert_eq!(counted.count_total, 0);
    assert!((scores.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{scores:?}");
    let masked = filled(
        "struct Masked(a: Input<5, dtype = u32>) -> y {
            let p = a => Embedding<9, 3, mask_zero = true>;
            let q = a => Embedding<9, 3, mask_zero = true>;
            let y = Multiply(p, q);
        }",
    );
    let (mut y, mut workspace) = ([0.0; 15], masked.workspace());
    let counted = allocation_counter::measure(|| {
        masked.infer(&[Data::U32(&ids)], &mut workspace, &mut [&mut y]).unwrap();
    });
    assert_eq!(counted.count_total, 0, "masked merges");
    let echo = filled(ECHO);
    let mut state = echo.state();
    let counted = allocation_counter::measure(|| {
        echo.step(&[Data::Real(&[0.5, -0.5])], &mut state, &mut [&mut scores[..1]]).unwrap();
    });
    assert_eq!(counted.count_total, 0);
}

#[test]
fn memory_that_was_used_changes_nothing() {
    let network = filled(MANY);
    let (mut workspace, mut all) = (network.workspace(), Vec::new());
    for seed in [1, 2, 1] {
        let image: Vec<f32> = numbers(8 * 8 * 3 + seed)[seed..].to_vec();
        let (mut scores, mut next) = ([0.0; 3], [0.0; 4]);
        let inputs = [Data::Real(&image[..]), Data::U32(&[3, 1, 0, 8, 0])];
        network.infer(&inputs, &mut workspace, &mut [&mut scores, &mut next]).unwrap();
        all.push((scores, next));
    }
    assert_eq!(all[0], all[2]);
    assert_ne!(all[0], all[1]);
}

#[test]
fn steps_are_the_whole_sequence() {
    let network = filled(ECHO);
    let (x, mut whole) = (numbers(16), [0.0; 8]);
    network.infer(&[Data::Real(&x)], &mut network.workspace(), &mut [&mut whole]).unwrap();
    let mut state = network.state();
    for again in 0..2 {
        for (x, want) in x.chunks(2).zip(whole) {
            let mut y = [0.0];
            network.step(&[Data::Real(x)], &mut state, &mut [&mut y]).unwrap();
            assert!((y[0] - want).abs() < 1e-6, "{} for {want} in run {again}", y[0]);
        }
        state.reset();
    }
    let plain = filled("Input<4> => Dense<1>");
    let refused = plain.step(&[Data::Real(&x[..4])], &mut plain.state(), &mut [&mut [0.0]]).unwrap_err();
    assert_eq!(refused.to_string(), "`Network` has no `#[stream]`, so that it has no steps");
}

#[test]
fn threads_share_a_network() {
    let network = filled(MANY);
    let image = numbers(8 * 8 * 3);
    let run = || {
        let (mut scores, mut next) = ([0.0; 3], [0.0; 4]);
        let inputs = [Data::Real(&image[..]), Data::U32(&[3, 1, 0, 8, 0])];
        network.infer(&inputs, &mut network.workspace(), &mut [&mut scores, &mut next]).unwrap();
        (scores, next)
    };
    let here = run();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..3).map(|_| scope.spawn(run)).collect();
        threads.into_iter().for_each(|thread| assert_eq!(thread.join().unwrap(), here));
    });
}

/// The gradients of everything, against central differences.
#[test]
fn gradients_are_the_slopes() {
    let text = format!("#[dtype(f64)] {MANY}");
    let mut network: Network<f64> = Network::from_text(&text).unwrap();
    network.initialize(&mut nn_core::rng(5));
    let (samples, ids) = (3, [3, 1, 0, 8, 0, 1, 2, 3, 4, 5, 8, 0, 7, 0, 2]);
    let image: Vec<f64> = numbers(samples * 8 * 8 * 3).into_iter().map(f64::from).collect();
    let dy: [Vec<f64>; 2] = [3, 4].map(|len| numbers(samples * len).into_iter().map(f64::from).collect());
    let loss = |network: &Network<f64>, image: &[f64]| -> f64 {
        let step = Step::forward(network, &[Data::Real(image), Data::U32(&ids)], samples, 0).unwrap();
        (0..2).flat_map(|part| step.output(part).into_iter().zip(dy[part].clone())).map(|(y, dy)| y * dy).sum()
    };
    let mut step = Step::forward(&network, &[Data::Real(&image), Data::U32(&ids)], samples, 0).unwrap();
    let gradients = step.backward(&[&dy[0], &dy[1]]).unwrap();
    assert!(gradients.inputs[1].is_empty());
    let near = |what: &str, got: f64, slope: f64| {
        assert!((got - slope).abs() <= 1e-6 * (1.0 + slope.abs()), "{what}: {got}, not {slope}");
    };
    const STEP: f64 = 1e-6;
    for param in network.params().iter().filter(|param| param.trainable) {
        let at = param.range().start + param.len() / 2;
        let along = |step: f64| {
            let mut moved = network.clone();
            moved.weights_mut()[at] += step;
            loss(&moved, &image)
        };
        near(param.name, gradients.weights[at], (along(STEP) - along(-STEP)) / (2.0 * STEP));
    }
    for at in [0, 100, 300] {
        let along = |step: f64| {
            let mut image = image.clone();
            image[at] += step;
            loss(&network, &image)
        };
        near("image", gradients.inputs[0][at], (along(STEP) - along(-STEP)) / (2.0 * STEP));
    }
}
