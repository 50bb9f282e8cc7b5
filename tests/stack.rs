//! A network of many megabytes goes through no stack, and nobody copies it: all is done in threads with little stack.

use nn::prelude::*;

nn::network! {
    /// 4 million weights, 17 MB; a sample of 64 KiB, and a workspace of as much again.
    struct Large = Input<64, 64, 4>
        => Conv2D<16, 3, padding = same, activation = relu> => BatchNorm
        => MaxPool2D<4>
        => Flatten
        => Dense<1000, activation = relu>
        => Dropout<0.1>
        => Dense<10>;
}

nn::network! {
    /// 2 million weights, with a state and a step.
    #[stream]
    struct Sound = Input<100, 8> => GRU<600, return_sequences = true> => LSTM<300, return_sequences = true> => Dense<1>;
}

/// For what is done with the weights as a whole.
const LITTLE: usize = 256 << 10;
/// For what computes with them: without optimisation, which these tests are compiled without, each value in the kernels has a
/// place of its own there, and the calls that are inlined into one function have it together.
const MORE: usize = 512 << 10;
const BYTES: u64 = size_of::<Large>() as u64;
/// What may be allocated beside a network: names, tables, a sample.
const SMALL: u64 = BYTES / 20;

/// Runs `work` where there is so much stack, also in the threads that it starts.
fn with_stack(bytes: usize, work: impl FnOnce() + Send + 'static) {
    let pool = move || rayon::ThreadPoolBuilder::new().num_threads(2).stack_size(bytes).build().unwrap();
    let thread = std::thread::Builder::new().stack_size(bytes);
    thread.spawn(move || pool().install(work)).unwrap().join().unwrap();
}

/// The most bytes that were allocated at one time.
fn memory<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let mut result = None;
    let counted = allocation_counter::measure(|| result = Some(work()));
    (result.unwrap(), counted.bytes_max)
}

#[test]
fn a_large_network_is_made_copied_loaded_and_run() {
    with_stack(LITTLE, || {
        let (net, bytes) = memory(|| Large::new(&mut nn::rng(1)));
        assert!((BYTES..BYTES + SMALL).contains(&bytes), "new: {bytes} bytes");
        let (file, bytes) = memory(|| net.to_bytes().unwrap());
        assert!((BYTES..BYTES + SMALL).contains(&bytes), "to_bytes: {bytes} bytes");
        let (again, bytes) = memory(|| Large::from_bytes(&file).unwrap());
        assert!((BYTES..BYTES + SMALL).contains(&bytes), "from_bytes: {bytes} bytes");
        drop(file);
        let (again, bytes) = memory(|| again.to_boxed());
        assert!(bytes < BYTES + SMALL, "to_boxed: {bytes} bytes");
        let x: Vec<LargeInput> = vec![bytemuck::Zeroable::zeroed()];
        let mut workspace = Large::workspace();
        let (y, bytes) = memory(|| again.infer(&x[0], &mut workspace));
        assert_eq!(bytes, 0, "infer");
        assert_eq!(again.predict(&x), [y]);
    });
}

#[test]
fn a_large_network_is_trained() {
    with_stack(MORE, || {
        let net = Large::new(&mut nn::rng(1));
        let loss = SparseCategoricalCrossentropy::from_logits();
        let (mut model, bytes) = memory(|| net.compile(SGD::new(0.01), loss, metrics::accuracy()));
        assert!(bytes < SMALL, "compile: {bytes} bytes");
        let x: Vec<LargeInput> = bytemuck::allocation::zeroed_vec(3);
        let y = [0_u8, 1, 2];
        let fit = Fit { epochs: 1, verbose: 0, ..Fit::default() };
        assert!(model.fit(&x, &y, fit).unwrap().get("loss")[0].is_finite());
        model.evaluate(&x, &y, Evaluate { verbose: 0, ..Evaluate::default() }).unwrap();
        let (_, bytes) = memory(|| model.into_network());
        assert_eq!(bytes, 0, "into_network");
    });
}

#[test]
fn a_large_network_runs_step_by_step() {
    with_stack(MORE, || {
        // Its initializers would take a minute without optimisation.
        let mut net = Sound::zeros();
        net.dense.bias[0] = 0.5;
        assert_eq!(net.step(&[0.5; 8].into(), &mut SoundState::new())[0], 0.5);
    });
}
