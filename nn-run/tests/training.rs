//! Training without a type: callbacks, files, and what is refused.

use std::error::Error;

use nn_core::callbacks::{EarlyStopping, ModelCheckpoint};
use nn_core::losses::{BinaryCrossentropy, Loss, SparseCategoricalCrossentropy};
use nn_core::metrics::accuracy;
use nn_core::optimizers::{Adam, SGD};
use nn_run::{BadCall, Data, Evaluate, Fit, Model, Network};

type Result = std::result::Result<(), Box<dyn Error>>;

fn filled(text: &str) -> Network {
    let mut network: Network = Network::from_text(text).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    network.initialize(&mut nn_core::rng(3));
    network
}

fn boxed<L: Loss<f32> + 'static>(loss: L) -> Vec<Box<dyn Loss<f32>>> {
    vec![Box::new(loss)]
}

/// Points on a plane, and whether they lie above a line.
fn points() -> (Vec<f32>, Vec<f32>) {
    let x: Vec<f32> = (0..128).map(|at| ((at * 37 % 61) as f32 - 30.0) / 30.0).collect();
    let y = x.chunks_exact(2).map(|x| f32::from(u8::from(x[0] > x[1]))).collect();
    (x, y)
}

fn classifier() -> Model<f32> {
    let network = filled("Input<2> => Dense<8, activation = tanh> => BatchNorm => Dense<1, activation = sigmoid>");
    network.compile(Adam::new(0.05), boxed(BinaryCrossentropy::default())).unwrap().metrics(accuracy())
}

#[test]
fn callbacks_watch_and_files_are_those_of_the_compiled_network() -> Result {
    nn::network! {
        pub struct Net = Input<2> => Dense<8, activation = tanh> => BatchNorm => Dense<1, activation = sigmoid>;
    }
    let folder = std::env::temp_dir().join(format!("nn-run-{}", std::process::id()));
    let path = folder.join("best.safetensors");
    let (x, y) = points();
    let mut model = classifier();
    let mut best = ModelCheckpoint::new(path.to_string_lossy()).save_best_only(true);
    let mut stop = EarlyStopping::new("val_loss").patience(3).restore_best_weights(true);
    let fit = Fit {
        epochs: 40,
        verbose: 0,
        validation_split: 0.25,
        callbacks: &mut [&mut best, &mut stop],
        ..Fit::default()
    };
    let history = model.fit(&[Data::Real(&x)], &y, fit)?;
    assert!(history.get("loss").last() < history.get("loss").first());
    let logs = model.evaluate(&[Data::Real(&x[96..])], &y[48..], Evaluate { verbose: 0, ..Evaluate::default() })?;
    assert!(logs["accuracy"] > 0.8, "{logs}");

    // The best weights are in the file and in the network.
    use nn::Network as _;
    let compiled = Net::load(&path)?;
    assert_eq!(compiled.as_flat(), model.network().weights());
    let mut again =
        filled("struct Net = Input<2> => Dense<8, activation = tanh> => BatchNorm => Dense<1, activation = sigmoid>;");
    again.load_weights(&path)?;
    assert_eq!(again.weights(), model.network().weights());
    let other = folder.join("other.safetensors");
    compiled.save(&other)?;
    again.save(&path)?;
    assert_eq!(std::fs::read(&path)?, std::fs::read(&other)?, "both write the same file");

    // A file of another network changes nothing.
    let mut other = filled("Input<2> => Dense<3>");
    let before = other.weights().to_vec();
    let error = other.load_weights(&path).unwrap_err().to_string();
    assert!(error.contains("`Network` has no weight of that name"), "{error}");
    assert_eq!(other.weights(), before);
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

#[test]
fn the_number_of_threads_changes_nothing() -> Result {
    let (x, y) = points();
    let train = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut model = classifier();
            let fit = Fit { epochs: 3, verbose: 0, batch_size: 50, seed: Some(7), ..Fit::default() };
            model.fit(&[Data::Real(&x)], &y, fit).map(|history| (history, model.into_network().weights().to_vec()))
        })
    };
    assert_eq!(train(1)?, train(2)?);
    Ok(())
}

#[test]
fn what_does_not_fit_is_refused_before_the_first_step() {
    let (x, y) = points();
    let mut model = classifier();
    let before = model.network().weights().to_vec();
    let quiet = || Fit { verbose: 0, ..Fit::default() };
    let refusals = [
        model.fit(&[Data::Real(&x[1..])], &y, quiet()).unwrap_err().to_string(),
        model.fit(&[], &y, quiet()).unwrap_err().to_string(),
        model.fit(&[Data::U32(&[1, 2])], &y, quiet()).unwrap_err().to_string(),
        model.fit(&[Data::Real(&x)], &y[1..], quiet()).unwrap_err().to_string(),
        model.fit(&[Data::Real(&[])], &[], quiet()).unwrap_err().to_string(),
        model.fit(&[Data::Real(&x)], &y, Fit { batch_size: 0, ..quiet() }).unwrap_err().to_string(),
        model.train_on_batch(&[Data::Real(&x)], &y, Some(&[1.0])).unwrap_err().to_string(),
    ];
    let parts = [
        "`input` of `Network` has 126 elements (2), but 127 were given",
        "has 1 inputs, but 0 were given",
        "takes numbers, but ids of `u32` were given",
        "`y` must have as many entries as `x`: expected 64, found 63",
        "`x`",
        "`batch_size`",
        "`sample_weight`",
    ];
    for (refusal, part) in refusals.iter().zip(parts) {
        assert!(refusal.contains(part), "{refusal}, without {part}");
    }
    assert_eq!(model.network().weights(), before);
}

#[test]
fn ids_and_losses_are_checked() {
    let network = filled("Input<3, dtype = u32> => Embedding<5, 4> => Flatten => Dense<2>");
    let loss = boxed(SparseCategoricalCrossentropy::from_logits());
    let mut model = network.compile(SGD::new(0.1), loss).unwrap();
    let error = model.train_on_batch(&[Data::U32(&[1, 2, 7])], &[1.0], None).unwrap_err().to_string();
    assert!(error.contains("the id 7 at 2 is not below 5"), "{error}");
    let error = model.train_on_batch(&[Data::U32(&[1, 2, 4])], &[2.0], None).unwrap_err().to_string();
    assert!(error.contains("`y`"), "{error}");

    let error = filled("Input<2> => Dense<1>").compile(SGD::new(0.1), Vec::new()).err();
    assert!(matches!(error, Some(BadCall::Count { expected: 1, found: 0, .. })), "{error:?}");
}
