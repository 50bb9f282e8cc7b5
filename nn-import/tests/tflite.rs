//! TFLite files, written here byte by byte.

mod flatbuffer;

use flatbuffer::{Value, file};
use nn_import::{ImportError, Options, tflite};
use nn_run::{Data, Network};

/// A tensor: name, shape, and its bytes with the number of their kind, if it is a constant.
struct Tensor(&'static str, &'static [i32], Option<Constant>);

type Constant = (i8, Vec<u8>, Vec<(usize, Value)>);

/// A tensor that is computed.
fn value(name: &'static str, shape: &'static [i32]) -> Tensor {
    Tensor(name, shape, None)
}

fn floats(name: &'static str, shape: &'static [i32], values: &[f32]) -> Tensor {
    Tensor(name, shape, Some((0, values.iter().flat_map(|value| value.to_le_bytes()).collect(), Vec::new())))
}

fn ints(name: &'static str, values: &[i32]) -> Tensor {
    let shape: &'static [i32] = Box::leak(vec![values.len() as i32].into_boxed_slice());
    Tensor(name, shape, Some((2, values.iter().flat_map(|value| value.to_le_bytes()).collect(), Vec::new())))
}

/// An operator: its number, the name of one that is the file's own, inputs, outputs, options.
struct Operator(i8, &'static str, Vec<i32>, Vec<i32>, Vec<(usize, Value)>);

/// A file whose first tensor is the input, and whose last one is the output.
fn model(tensors: Vec<Tensor>, operators: Vec<Operator>) -> Vec<u8> {
    let codes = operators
        .iter()
        .map(|operator| vec![(0, Value::Byte(operator.0)), (1, Value::Bytes(operator.1.as_bytes().to_vec()))]);
    let codes = codes.collect();
    let mut buffers: Vec<Vec<(usize, Value)>> = vec![Vec::new()];
    let count = tensors.len() as i32;
    let mut tables = Vec::new();
    for Tensor(name, shape, data) in tensors {
        let mut table = vec![(0, Value::Ints(shape.to_vec())), (3, Value::Bytes(name.as_bytes().to_vec()))];
        if let Some((kind, bytes, quantization)) = data {
            table.push((1, Value::Byte(kind)));
            table.push((2, Value::Int(buffers.len() as i32)));
            table.push((4, Value::Table(quantization)));
            buffers.push(vec![(0, Value::Bytes(bytes))]);
        }
        tables.push(table);
    }
    let operators = operators.into_iter().enumerate().map(|(place, Operator(_, _, inputs, outputs, options))| {
        let options = (4, Value::Table(options));
        vec![(0, Value::Int(place as i32)), (1, Value::Ints(inputs)), (2, Value::Ints(outputs)), options]
    });
    let graph = vec![
        (0, Value::Tables(tables)),
        (1, Value::Ints(vec![0])),
        (2, Value::Ints(vec![count - 1])),
        (3, Value::Tables(operators.collect())),
    ];
    file(vec![
        (0, Value::Int(3)),
        (1, Value::Tables(codes)),
        (2, Value::Tables(vec![graph])),
        (4, Value::Tables(buffers)),
    ])
}

fn run(bytes: &[u8], x: &[f32]) -> (String, Vec<f32>) {
    let model = nn_import::read(bytes, &Options::new()).unwrap_or_else(|error| panic!("{error}"));
    let mut network: Network =
        Network::from_text(&model.text).unwrap_or_else(|error| panic!("{error}\n{}", model.text));
    let weights: Vec<f32> = model.weights.iter().flat_map(|tensor| tensor.values.iter().copied()).collect();
    network.weights_mut().copy_from_slice(&weights);
    let mut y = vec![0.0; network.outputs()[0].len()];
    network.infer(&[Data::Real(x)], &mut network.workspace(), &mut [&mut y]).unwrap_or_else(|error| panic!("{error}"));
    (model.text, y)
}

/// Names of layers come from the file; `same` with a stride pads behind; activations are part of operators.
#[test]
fn a_convolution_with_its_activation() {
    let kernel: Vec<f32> = (0..2 * 9 * 2).map(|i| i as f32 / 8.0 - 2.0).collect();
    let bytes = model(
        vec![
            value("serving_default_image:0", &[1, 4, 4, 2]),
            floats("net/first/Conv2D", &[2, 3, 3, 2], &kernel),
            floats("net/first/BiasAdd", &[2], &[0.5, -0.5]),
            value("net/first/Relu6;net/first/BiasAdd", &[1, 2, 2, 2]),
        ],
        vec![Operator(
            3,
            "",
            vec![0, 1, 2],
            vec![3],
            vec![(1, Value::Int(2)), (2, Value::Int(2)), (3, Value::Byte(3))],
        )],
    );
    let x: Vec<f32> = (0..32).map(|i| (i * 7 % 13) as f32 / 4.0 - 1.5).collect();
    let (text, y) = run(&bytes, &x);
    assert!(text.contains("first: Conv2D<2, 3, strides = 2, padding = same>"), "{text}");
    let mut expected = Vec::new();
    for (row, column, filter) in (0..8).map(|at| (at / 4, at / 2 % 2, at % 2)) {
        let mut sum = [0.5, -0.5][filter];
        for (i, j, c) in (0..18).map(|at| (at / 6, at / 2 % 3, at % 2)) {
            let (h, w) = (2 * row + i, 2 * column + j);
            if h < 4 && w < 4 {
                sum += x[(h * 4 + w) * 2 + c] * kernel[((filter * 3 + i) * 3 + j) * 2 + c];
            }
        }
        expected.push(sum.clamp(0.0, 6.0));
    }
    let far = y.iter().zip(&expected).map(|(a, b): (&f32, &f32)| (a - b).abs()).fold(0.0, f32::max);
    assert!(far < 1e-5, "{y:?} {expected:?}");
}

/// Whole numbers with a scale for each unit become what they stand for.
#[test]
fn quantized_weights() {
    let quantization = vec![(2, Value::Floats(vec![0.5, 0.25])), (3, Value::Longs(vec![0, 2])), (6, Value::Int(0))];
    let weights = Tensor("weights", &[2, 3], Some((9, [1_i8, -2, 3, 4, 5, 6].map(|q| q as u8).to_vec(), quantization)));
    let bytes = model(
        vec![value("x", &[1, 3]), weights, value("y", &[1, 2])],
        vec![Operator(9, "", vec![0, 1, -1], vec![2], Vec::new())],
    );
    let (_, y) = run(&bytes, &[1.0, 2.0, 4.0]);
    // 0.5 · (1 - 4 + 12) and 0.25 · ((4 - 2) + 2 (5 - 2) + 4 (6 - 2))
    assert_eq!(y, [4.5, 6.0]);
}

/// NumPy's slices: an index drops its axis, a mask leaves an end open.
#[test]
fn slices_and_stacks() {
    let bytes = model(
        vec![
            value("x", &[1, 4, 3]),
            ints("begin", &[0, -1, 0]),
            ints("end", &[0, 0, 0]),
            ints("strides", &[1, 1, 1]),
            value("last", &[1, 3]),
            value("both", &[1, 2, 3]),
            value("y", &[1, 2, 3]),
        ],
        vec![
            Operator(
                45,
                "",
                vec![0, 1, 2, 3],
                vec![4],
                vec![(0, Value::Int(5)), (1, Value::Int(5)), (4, Value::Int(2))],
            ),
            Operator(83, "", vec![4, 4], vec![5], vec![(0, Value::Int(2)), (1, Value::Int(1))]),
            Operator(59, "", vec![5], vec![6], Vec::new()),
        ],
    );
    let x: Vec<f32> = (0..12).map(|i| i as f32).collect();
    assert_eq!(run(&bytes, &x).1, [-9.0, -10.0, -11.0, -9.0, -10.0, -11.0]);
}

#[test]
fn what_is_not_taken_is_said_at_once() {
    let bytes = model(
        vec![value("x", &[1, 3]), value("a", &[1, 3]), value("b", &[1, 3]), value("y", &[1, 3])],
        vec![
            Operator(32, "FlexErfinv", vec![0], vec![1], Vec::new()),
            Operator(19, "", vec![1], vec![2], Vec::new()),
            Operator(119, "", vec![2], vec![3], Vec::new()),
        ],
    );
    let error = tflite::read(&bytes, &Options::new()).expect_err("two operators");
    assert_eq!(
        error.to_string(),
        "`a` (FlexErfinv): the operation is TensorFlow's own (`Flex`), not one of TFLite\n\
         help: export the model to ONNX, or leave this part to your program\n\
         `y` (WHILE): it chooses while the network runs what is computed\n\
         help: export the model to ONNX, or leave this part to your program"
    );
    let error = tflite::read(b"\x1c\0\0\0TFL3", &Options::new()).expect_err("no table");
    assert!(matches!(error, ImportError::Format { format: "TFLite", .. }), "{error}");
}

/// Bytes that are not as they were: a model or an error, and never a panic. `NN_MUTATIONS` says how many.
#[test]
fn mutated_files() {
    let rounds = std::env::var("NN_MUTATIONS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(3_000);
    let bytes = model(
        vec![
            value("x", &[1, 4, 4, 2]),
            floats("w", &[2, 3, 3, 2], &[0.5; 36]),
            value("a", &[1, 4, 4, 2]),
            ints("shape", &[1, 32]),
            value("y", &[1, 32]),
        ],
        vec![
            Operator(3, "", vec![0, 1, -1], vec![2], vec![(3, Value::Byte(1))]),
            Operator(22, "", vec![2, 3], vec![4], Vec::new()),
        ],
    );
    run(&bytes, &[1.0; 32]);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    for _ in 0..rounds {
        let mut bytes = bytes.clone();
        for _ in 0..=next(3) {
            let at = next(bytes.len());
            bytes[at] = if next(2) == 0 { next(256) as u8 } else { bytes[at] ^ (1 << next(8)) };
        }
        if next(12) == 0 {
            bytes.truncate(next(bytes.len()));
        }
        let _ = tflite::read(&bytes, &Options::new());
        let _ = tflite::scales(&bytes);
    }
}
