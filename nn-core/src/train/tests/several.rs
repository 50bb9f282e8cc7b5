//! Several inputs and outputs: one loss and metrics for each output, weights by output, masks.

use super::super::nets::{Headline, HeadlineInput, Masked};
use super::*;
use crate::error::FitError;
use crate::losses::{LossesFor, Reduction};
use crate::metrics::{self, accuracy};
use crate::train::{Evaluate, Fit, Logs, Outputs};

type Targets = (Tensor1<2, f64>, Tensor1<4, u8>);
type Both = (MeanSquaredError, SparseCategoricalCrossentropy);

/// Samples with their targets; of the ids, a third are 0.
fn data(samples: usize) -> (Vec<HeadlineInput>, Vec<Targets>) {
    let number = |index: usize| noise(5000 + index);
    let id = |index: usize| ((noise(9000 + index) + 1.0) * 3.0).floor().max(1.0) as u32 - 1;
    let x = |index: usize| HeadlineInput {
        ids: Tensor1(std::array::from_fn(|step| id(4 * index + step))),
        extra: Tensor1([number(2 * index), number(2 * index + 1)]),
    };
    let tag = |index: usize| ((number(index) + 1.0) * 1.5) as u8;
    let y = |index: usize| {
        (Tensor1([number(3 * index), number(7 * index)]), Tensor1(std::array::from_fn(|step| tag(4 * index + step))))
    };
    ((0..samples).map(x).collect(), (0..samples).map(y).collect())
}

fn losses() -> Both {
    Default::default()
}

fn model<N: Train<Element = f64>>(rate: f64) -> Model<N, Both, Descent>
where
    Both: LossesFor<Outputs<N>, Targets, f64>,
{
    random::<N>().compile(Descent(rate), losses(), ())
}

/// What each output's loss is, by its definition. `weights` are those of samples at either output.
fn expected(network: &Headline, x: &[HeadlineInput], y: &[Targets], weights: [&[f64]; 2], masked: bool) -> [f64; 2] {
    let (mut main, mut tags, mut count) = (0.0, 0.0, 0.0);
    for (index, (x, (y, classes))) in x.iter().zip(y).enumerate() {
        let out = network.predict(&[*x]).unwrap()[0];
        main += weights[0][index] * (0..2).map(|at| (out.main[at] - y[at]).powi(2)).sum::<f64>() / 2.0;
        for step in (0..4).filter(|&step| !masked || x.ids[step] != 0) {
            tags -= weights[1][index] * out.tags[step][usize::from(classes[step])].ln();
            count += 1.0;
        }
    }
    [main / x.len() as f64, if count == 0.0 { 0.0 } else { tags / count }]
}

fn assert_close(got: f64, want: f64) {
    assert!((got - want).abs() < 1e-9, "{got} or {want}");
}

/// Both kinds of steps on one batch: the logs of training and of evaluation must be these losses.
fn check_losses(logs: &Logs, [main, tags]: [f64; 2], [main_weight, tags_weight]: [f64; 2]) {
    assert_close(logs["main_loss"], main);
    assert_close(logs["tags_loss"], tags);
    assert_close(logs["loss"], main_weight * main + tags_weight * tags);
}

#[test]
fn the_loss_is_the_weighted_sum_of_those_of_the_outputs() {
    for samples in [1, 16, 41] {
        let (x, y) = data(samples);
        let ones = vec![1.0; samples];
        let network = random::<Headline>();
        let want = expected(&network, &x, &y, [&ones, &ones], false);
        check_losses(&model::<Headline>(0.0).train_on_batch(&x, &y, None).unwrap(), want, [1.0, 1.0]);
        let mut model = model::<Headline>(0.0).loss_weights([("tags", 0.2)]).unwrap();
        check_losses(&model.train_on_batch(&x, &y, None).unwrap(), want, [1.0, 0.2]);
        check_losses(&model.test_on_batch(&x, &y, None).unwrap(), want, [1.0, 0.2]);
        let weights: Vec<_> = (0..samples).map(|index| 1.0 + noise(index)).collect();
        let want = expected(&network, &x, &y, [&weights, &weights], false);
        check_losses(&model.test_on_batch(&x, &y, Some(&weights)).unwrap(), want, [1.0, 0.2]);
    }
}

#[test]
fn masked_rows_count_neither_in_the_loss_nor_in_its_mean() {
    for samples in [1, 16, 41] {
        let (x, y) = data(samples);
        let (ones, weights) = (vec![1.0; samples], (0..samples).map(|index| 1.0 + noise(index)).collect::<Vec<_>>());
        let mut model = model::<Masked>(0.0).loss_weights([("main", 0.5), ("tags", 3.0)]).unwrap();
        let network = model.network().0;
        let want = expected(&network, &x, &y, [&ones, &ones], true);
        check_losses(&model.train_on_batch(&x, &y, None).unwrap(), want, [0.5, 3.0]);
        check_losses(&model.test_on_batch(&x, &y, None).unwrap(), want, [0.5, 3.0]);
        let want = expected(&network, &x, &y, [&weights, &weights], true);
        check_losses(&model.train_on_batch(&x, &y, Some(&weights)).unwrap(), want, [0.5, 3.0]);
        check_losses(&model.test_on_batch(&x, &y, Some(&weights)).unwrap(), want, [0.5, 3.0]);
    }
}

#[test]
fn a_batch_of_which_all_is_masked_has_no_loss() {
    let (mut x, y) = data(3);
    x.iter_mut().for_each(|x| x.ids = Tensor1([0; 4]));
    let mut model = random::<Masked>().compile(Descent(1.0), losses(), ((), accuracy()));
    let before = model.network().0;
    let logs = model.train_on_batch(&x, &y, None).unwrap();
    assert_eq!((logs["tags_loss"], logs["tags_accuracy"]), (0.0, 0.0));
    assert_eq!(model.network().0.tags, before.tags);
    assert_ne!(model.network().0.main, before.main);
}

/// The gradient by a step of size one, against central differences of the loss.
fn check_gradient<N: Train<Element = f64, Input = HeadlineInput>>(samples: usize, options: [bool; 2])
where
    Both: LossesFor<Outputs<N>, Targets, f64>,
{
    let (x, y) = data(samples);
    let sample_weights: Vec<_> = (0..samples).map(|index| 1.0 + noise(index)).collect();
    let weights = options[0].then_some(&sample_weights[..]);
    let compiled = |network: &N, rate| {
        let model = network.to_boxed().compile(Descent(rate), losses(), ());
        if options[1] { model.loss_weights([("main", 0.7), ("tags", 1.9)]).unwrap() } else { model }
    };
    let before = random::<N>();
    let mut model = compiled(&before, 1.0);
    model.train_on_batch(&x, &y, weights).unwrap();
    for index in 0..before.as_flat().len() {
        let gradient = before.as_flat()[index] - model.network().as_flat()[index];
        let at = |shift: f64| {
            let mut network = before.to_boxed();
            network.as_flat_mut()[index] += shift;
            compiled(&network, 0.0).train_on_batch(&x, &y, weights).unwrap()["loss"]
        };
        let expected = (at(1e-5) - at(-1e-5)) / 2e-5;
        assert!((gradient - expected).abs() < 1e-8, "{samples} samples, weight {index}: {gradient} or {expected}");
    }
}

#[test]
fn gradients_are_those_of_the_weighted_sum() {
    for samples in [1, 17, 37] {
        for options in [[false, false], [true, false], [false, true], [true, true]] {
            check_gradient::<Headline>(samples, options);
            check_gradient::<Masked>(samples, options);
        }
    }
}

#[test]
fn outputs_have_weights_of_samples_of_their_own() {
    let (x, y) = data(30);
    let ones = vec![1.0; 30];
    let weights: Vec<_> = (0..30).map(|index| 1.0 + noise(index)).collect();
    let mut model = model::<Masked>(0.0);
    let network = model.network().0;
    let named = [("tags", &weights[..])];
    let options = || Evaluate { sample_weights: Some(&named), verbose: 0, batch_size: 30, ..Evaluate::default() };
    let want = expected(&network, &x, &y, [&ones, &weights], true);
    check_losses(&model.evaluate(&x, &y, options()).unwrap(), want, [1.0, 1.0]);
    // The weights go with their samples where the last ones are split off.
    let options = Fit { sample_weights: Some(&named), batch_size: 30, validation_split: 0.5, ..quiet() };
    let logs = model.fit(&x, &y, options).unwrap().last().unwrap().clone();
    check_losses(&logs, expected(&network, &x[..15], &y[..15], [&ones, &weights], true), [1.0, 1.0]);
    let [main, tags] = expected(&network, &x[15..], &y[15..], [&ones, &weights[15..]], true);
    assert_close(logs["val_main_loss"], main);
    assert_close(logs["val_tags_loss"], tags);
    assert_close(logs["val_loss"], main + tags);
    // And as weights of validation data.
    let options = Fit { validation_data: Some((&x, &y)), validation_sample_weights: Some(&named), ..quiet() };
    let logs = model.fit(&x, &y, Fit { validation_batch_size: Some(30), ..options }).unwrap().last().unwrap().clone();
    assert_close(logs["val_tags_loss"], want[1]);
}

fn quiet<'a, N: Network>() -> Fit<'a, 'a, N, Targets> {
    Fit { verbose: 0, shuffle: false, ..Fit::default() }
}

#[test]
fn logs_name_the_outputs_as_keras_does() {
    let (x, y) = data(20);
    let metrics = (metrics::MeanAbsoluteError::default(), [accuracy(), accuracy()]);
    let mut model = random::<Headline>().compile(Descent(0.0), losses(), metrics).weighted_metrics(((), accuracy()));
    let history = model.fit(&x, &y, Fit { validation_split: 0.5, ..quiet() }).unwrap();
    let names: Vec<_> = history.last().unwrap().iter().map(|(name, _)| name.to_owned()).collect();
    let own = ["loss", "main_loss", "tags_loss", "main_mean_absolute_error", "tags_accuracy", "tags_accuracy_1"];
    let own: Vec<_> = own.into_iter().chain(["tags_weighted_accuracy"]).map(str::to_owned).collect();
    let validation = own.iter().map(|name| format!("val_{name}"));
    assert_eq!(names, own.iter().cloned().chain(validation).collect::<Vec<_>>());
}

#[test]
fn metrics_leave_masked_rows_out() {
    let (x, y) = data(40);
    let weights: Vec<_> = (0..40).map(|index| 1.0 + noise(index)).collect();
    let mut model = random::<Masked>()
        .compile(Descent(0.0), losses(), [("tags", accuracy())])
        .weighted_metrics([("tags", (accuracy(), metrics::SparseCategoricalCrossentropy::default()))]);
    let (mut right, mut count) = ([0.0; 2], [0.0; 2]);
    for (index, (x, (_, tags))) in x.iter().zip(&y).enumerate() {
        let out = model.predict(&[*x]).unwrap()[0].tags;
        for step in (0..4).filter(|&step| x.ids[step] != 0) {
            let best = (0..3).max_by(|&a, &b| out[step][a].total_cmp(&out[step][b])).unwrap();
            for (kind, weight) in [1.0, weights[index]].into_iter().enumerate() {
                right[kind] += if best == usize::from(tags[step]) { weight } else { 0.0 };
                count[kind] += weight;
            }
        }
    }
    let check = |logs: &Logs| {
        assert_close(logs["tags_accuracy"], right[0] / count[0]);
        assert_close(logs["tags_weighted_accuracy"], right[1] / count[1]);
    };
    check(&model.train_on_batch(&x, &y, Some(&weights)).unwrap());
    let options = Evaluate { sample_weight: Some(&weights), batch_size: 7, verbose: 0, ..Evaluate::default() };
    check(&model.evaluate(&x, &y, options).unwrap());
    let plain = model.test_on_batch(&x, &y, None).unwrap();
    assert_close(plain["tags_weighted_accuracy"], right[0] / count[0]);
    assert_close(plain["tags_sparse_categorical_crossentropy"], plain["tags_loss"]);
}

#[test]
fn smaller_batches_after_larger_ones_keep_nothing() {
    let (x, y) = data(60);
    let mut long = model::<Masked>(0.0).loss_weights([("tags", 0.5)]).unwrap();
    for samples in [60, 2, 33, 1] {
        let weights = vec![0.5; samples];
        for weights in [Some(&weights[..]), None] {
            let mut fresh = model::<Masked>(0.0).loss_weights([("tags", 0.5)]).unwrap();
            let (x, y) = (&x[..samples], &y[..samples]);
            assert_eq!(long.train_on_batch(x, y, weights).unwrap(), fresh.train_on_batch(x, y, weights).unwrap());
            assert_eq!(long.test_on_batch(x, y, weights).unwrap(), fresh.test_on_batch(x, y, weights).unwrap());
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_bit() {
    let at = |threads: usize| {
        pool(threads).install(|| {
            let (x, y) = data(200);
            let mut model = model::<Masked>(0.1).loss_weights([("tags", 0.3)]).unwrap();
            let options = Fit { epochs: 3, batch_size: 90, validation_split: 0.2, ..quiet() };
            let history = model.fit(&x, &y, options).unwrap();
            (*model.into_network(), history)
        })
    };
    let one = at(1);
    assert!(one.1.get("loss")[2] < one.1.get("loss")[0], "{}", one.1);
    for threads in 2..=4 {
        assert_eq!(at(threads), one);
    }
}

/// What `fit` says to these options; the network must not have changed.
fn refused(options: Fit<'_, '_, Headline, Targets>) -> String {
    let (x, y) = data(20);
    let mut model = model::<Headline>(0.1);
    let error = model.fit(&x, &y, options).unwrap_err();
    assert_eq!(*model.network(), *random::<Headline>());
    error.to_string()
}

#[test]
fn names_must_be_those_of_outputs() {
    let error = model::<Headline>(0.1).loss_weights([("tag", 1.0)]).err().unwrap();
    assert!(matches!(&error, FitError::UnknownOutput { what: "loss_weights", name, .. } if name == "tag"));
    let message = "`loss_weights` names the output `tag`, but the network has `main`, `tags`";
    assert_eq!(error.to_string(), message);
    let error = model::<Headline>(0.1).loss_weights([("tags", 1.0), ("tags", 1.0)]).err().unwrap();
    assert_eq!(error.to_string(), "`loss_weights` names the output `tags` twice");
    let error = model::<Headline>(0.1).loss_weights([("main", f64::NAN)]).err().unwrap();
    assert_eq!(error.to_string(), "`loss_weights[0]`: expected a finite number, found NaN");
    let error = line(1, 0.1).0.loss_weights([("output", 1.0)]).err().unwrap();
    assert!(error.to_string().ends_with("but the network has one output, without a name"));
    let weights = [1.0; 20];
    let refusal = refused(Fit { sample_weights: Some(&[("aux", &weights)]), ..quiet() });
    assert_eq!(refusal, "`sample_weights` names the output `aux`, but the network has `main`, `tags`");
    let (x, y) = data(2);
    let mut model = random::<Headline>().compile(Descent(0.1), losses(), [("aux", accuracy())]);
    for _ in 0..2 {
        let error = model.train_on_batch(&x, &y, None).unwrap_err();
        assert!(matches!(error, FitError::UnknownOutput { what: "metrics", .. }));
    }
}

#[test]
fn weights_of_samples_are_checked_at_each_output() {
    let weights = [1.0; 20];
    let refusal = refused(Fit { sample_weights: Some(&[("tags", &weights[1..])]), ..quiet() });
    assert_eq!(refusal, "`sample_weights` must have as many entries as `x`: expected 20, found 19");
    let infinite = [f64::INFINITY; 20];
    let refusal = refused(Fit { sample_weights: Some(&[("main", &weights), ("tags", &infinite)]), ..quiet() });
    assert_eq!(refusal, "`sample_weights[0]`: expected a finite number, found inf");
    let named: &[(&str, &[f64])] = &[("tags", &weights)];
    let refusal = refused(Fit { sample_weight: Some(&weights), sample_weights: Some(named), ..quiet() });
    assert!(refusal.starts_with("`sample_weight` and `sample_weights` cannot be given together"), "{refusal}");
    let refusal = refused(Fit { validation_sample_weights: Some(named), ..quiet() });
    assert_eq!(refusal, "`validation_sample_weights`: expected none without `validation_data`, found weights");
}

#[test]
fn class_weights_are_for_one_output() {
    let refusal = refused(Fit { class_weight: Some(&[(0, 2.0)]), ..quiet() });
    assert_eq!(refusal, "`class_weight`: expected a network with one class for each sample, found 2 outputs");
}

#[test]
fn targets_are_checked_at_each_output() {
    let (x, mut y) = data(5);
    y[3].1[2] = 3;
    let error = model::<Headline>(0.1).train_on_batch(&x, &y, None).unwrap_err();
    assert_eq!(error.to_string(), "`y` for `tags`: the target 3 of row 14 is not the index of a class, 0 to 2");
    let metrics = (metrics::SparseCategoricalAccuracy::default(), ());
    let mut model = random::<Headline>().compile(Descent(0.1), losses(), metrics);
    let error = model.train_on_batch(&x, &data(5).1, None).unwrap_err();
    assert!(matches!(error, FitError::Metric { metric, .. } if metric == "main_sparse_categorical_accuracy"));
}

#[test]
fn ids_without_an_embedding_are_refused() {
    let (mut x, y) = data(20);
    x[7].ids[3] = 5;
    let message = "`x[7]`: the id 5 at 3 of `ids` is not below 5";
    let mut model = model::<Headline>(0.1);
    assert_eq!(model.fit(&x, &y, quiet()).unwrap_err().to_string(), message);
    assert_eq!(model.evaluate(&x, &y, Evaluate::default()).unwrap_err().to_string(), message);
    let options = Fit { validation_data: Some((&x, &y)), ..quiet() };
    let error = model.fit(&x[..7], &y[..7], options).unwrap_err();
    assert!(matches!(error, FitError::Input { what: "validation_data.0", sample: 7, .. }));
    assert_eq!(*model.network(), *random::<Headline>());
}

#[test]
fn no_loss_may_be_without_a_number() {
    let tags = SparseCategoricalCrossentropy { reduction: Reduction::None, ..Default::default() };
    let (x, y) = data(5);
    let mut model = random::<Headline>().compile(Descent(0.1), (MeanSquaredError::default(), tags), ());
    let error = model.train_on_batch(&x, &y, None).unwrap_err();
    assert_eq!(error.to_string(), "`reduction`: expected one that gives one number, found None");
}
