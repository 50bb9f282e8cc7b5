//! Sums of very many numbers lose no digits.

use nn::prelude::*;

nn::network! { struct Long = Input<65536> => ReLU; }
nn::network! { struct Longer = Input<1000000> => ReLU; }
nn::network! { struct Picture = Input<256, 256, 2> => GlobalAvgPool2D; }
nn::network! { struct Window = Input<256, 256, 2> => AvgPool2D<256>; }
nn::network! { struct Steps = Input<65536, 3> => GlobalAvgPool1D; }
nn::network! { struct Row = Input<262144> => LayerNorm<epsilon = 1e-9>; }
nn::network! { struct Shares = Input<262144> => Softmax; }
nn::network! { struct Groups = Input<256, 256, 4> => GroupNormalization<2, epsilon = 1e-9>; }

/// The loss of outputs of 0.1 for targets of 0, in `evaluate` and in a step of training.
fn losses<N, const LEN: usize>() -> [f64; 2]
where
    N: Train<Element = f32, Input = Tensor1<LEN>, Output = Tensor1<LEN>>,
{
    let mut x: Vec<N::Input> = bytemuck::zeroed_vec(1);
    x[0].as_flat_mut().fill(0.1);
    let y: Vec<Tensor1<LEN>> = bytemuck::zeroed_vec(1);
    let network: Box<N> = bytemuck::zeroed_box();
    let mut model = network.compile(SGD::new(0.1), MeanSquaredError::default(), ());
    // Results are values, and these are large.
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(1).stack_size(64 << 20).build().expect("a thread can be started");
    pool.install(|| {
        let logs = model.evaluate(&x, &y, Evaluate { verbose: 0, ..Evaluate::default() });
        let evaluated = logs.expect("the data fit the network")["loss"];
        [evaluated, model.train_on_batch(&x, &y, None).expect("the data fit the network")["loss"]]
    })
}

#[test]
fn losses_of_long_rows() {
    let want = f64::from(0.1_f32).powi(2);
    for loss in losses::<Long, 65536>().into_iter().chain(losses::<Longer, 1_000_000>()) {
        assert!((loss / want - 1.0).abs() < 1e-6, "{loss}");
    }
}

/// The result for one sample.
fn output<N>(x: impl Fn(usize) -> f32) -> Vec<f32>
where
    N: Network<Element = f32, Input: Tensor<Item = f32>, Output: Tensor<Item = f32>>,
{
    let (mut network, mut sample): (Box<N>, Box<N::Input>) = (bytemuck::zeroed_box(), bytemuck::zeroed_box());
    sample.as_flat_mut().iter_mut().enumerate().for_each(|(i, value)| *value = x(i));
    for param in N::PARAMS.iter().filter(|param| param.name.ends_with("gamma")) {
        network.as_flat_mut()[param.range()].fill(1.0);
    }
    let mut workspace: Box<N::Workspace> = bytemuck::zeroed_box();
    let run = move || network.infer(&sample, &mut workspace).as_flat().to_vec();
    // Results are values, and these are large.
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(run).expect("threads can be started");
    thread.join().expect("the network runs")
}

#[test]
fn means_of_large_pictures() {
    let means = [output::<Picture>(|_| 0.1), output::<Window>(|_| 0.1), output::<Steps>(|_| 0.1)];
    for mean in means.concat() {
        assert!((mean / 0.1 - 1.0).abs() < 1e-6, "{mean}");
    }
}

#[test]
fn statistics_of_long_rows() {
    // 3.1 and 5.1 in turn: one standard deviation below the mean and above it.
    let number = |i: usize| if i.is_multiple_of(2) { 3.1 } else { 5.1 };
    let rows = [output::<Row>(number), output::<Groups>(|i| number(i / 4))];
    for (at, value) in rows.concat().into_iter().enumerate() {
        assert!((value.abs() - 1.0).abs() < 1e-5, "{at}: {value}");
    }
}

#[test]
fn shares_of_long_rows() {
    for share in output::<Shares>(|i| if i == 0 { 1.0 } else { 0.9 }).into_iter().skip(1) {
        let want = 1.0 / (262_143.0 + 0.1_f32.exp());
        assert!((share / want - 1.0).abs() < 1e-6, "{share}, not {want}");
    }
}
