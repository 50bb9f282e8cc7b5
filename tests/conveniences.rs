//! What makes small programs short: tensors from slices, classes, comparisons, documented fields, ids with a sign.

use nn::prelude::*;

nn::network! {
    #[derive(Debug, PartialEq)]
    struct Documented = Input<4>
        /// The hidden layer,
        /// which is small.
        => hidden: Dense<8, activation = relu>
        => /** What comes out. */ Dense<3>;
}

nn::network! {
    struct Graph(ids: Input<5, dtype = i32>, x: Input<3>) -> (y, z) {
        /// The words.
        let words = ids => Embedding<7, 3, mask_zero = true>;
        /// Shared by both.
        layer shared = Dense<3>;
        /// Added to both.
        weight bias: [3] = ones;
        let y = words => GlobalAvgPool1D => shared;
        let z = x + bias => shared;
    }
}

nn::network! {
    struct Lost = Input<5, dtype = i32> => Embedding<7, 3, mask_zero = true> => Flatten => Dense<2>;
}

#[test]
fn doc_comments_of_layers_change_nothing_else() {
    let net = Documented::new(&mut nn::rng(1));
    let plain = &net.hidden.kernel;
    assert_eq!(plain.len(), 4);
    assert_eq!(Graph::new(&mut nn::rng(1)).bias, [1.0; 3]);
}

#[test]
fn networks_compare_by_their_weights() {
    let (net, mut other) = (Documented::new(&mut nn::rng(1)), Documented::new(&mut nn::rng(1)));
    assert!(net == other);
    other.dense.bias[2] = 0.5;
    assert!(net != other);
}

#[test]
fn tensors_come_from_slices_and_vectors() -> Result<(), Box<dyn std::error::Error>> {
    let numbers: Vec<f32> = (0..6).map(|at| at as f32).collect();
    let matrix = Tensor2::<2, 3>::try_from(&numbers)?;
    assert_eq!(matrix, [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]].into());
    assert_eq!(Tensor2::<2, 3>::try_from(&numbers[..])?, matrix);
    assert_eq!(matrix.argmax(), 5);
    let error = Tensor3::<2, 2, 2>::try_from(numbers.clone()).unwrap_err();
    assert_eq!(error.to_string(), "a tensor of shape [2, 2, 2] has 8 elements, but 6 were given");

    // Larger than any stack.
    let mut large = Tensor3::<4096, 4096, 3>::boxed();
    assert!(large.fill_from(&numbers).is_err());
    large[4095][4095] = [1.0, f32::NAN, 3.0];
    assert_eq!(large.argmax(), 4096 * 4096 * 3 - 2);
    Ok(())
}

#[test]
fn ids_without_a_row_are_refused_before_anything_is_computed() {
    let net = Lost::new(&mut nn::rng(1));
    let good: LostInput = [1, 2, 0, 6, 3].into();
    assert_eq!(net.predict(&[good, good]).unwrap()[1], net.infer(&good, &mut Lost::workspace()));
    for (id, text) in [(-2, "sample 1: the id -2 at 3 is negative"), (7, "sample 1: the id 7 at 3 is not below 7")] {
        let mut bad = good;
        bad[3] = id;
        assert_eq!(net.predict(&[good, bad]).unwrap_err().to_string(), text);
        assert_eq!(Lost::check_input(&bad).unwrap_err().found, i64::from(id));

        // `infer` goes on with a row of zeros.
        let mut zeros = net.clone();
        zeros.embedding.embeddings[0] = [0.0; 3];
        bad[3] = 0;
        let expected = zeros.infer(&bad, &mut Lost::workspace());
        bad[3] = id;
        assert_eq!(zeros.infer(&bad, &mut Lost::workspace()), expected);

        let mut model = net.clone().compile(SGD::new(0.1), SparseCategoricalCrossentropy::from_logits(), ());
        let fit = model.fit(&[good, bad], &[0u8, 1], Fit { verbose: 0, ..Fit::default() }).unwrap_err().to_string();
        let evaluated = model.evaluate(&[good, bad], &[0u8, 1], Evaluate { verbose: 0, ..Evaluate::default() });
        let part = &text["sample 1: ".len()..];
        assert!(fit.contains(part), "{fit}");
        assert!(evaluated.unwrap_err().to_string().contains(part));
        assert_eq!(model.predict(&[bad]).unwrap_err().sample, 0);
        assert!(*model.network() == *net);
    }
}

#[test]
fn the_summary_says_where_a_mask_ends() {
    assert!(Lost::summary().to_string().ends_with(" The mask ends at: flatten (Flatten)\n"), "{}", Lost::summary());
    assert!(!Graph::summary().to_string().contains("mask"), "{}", Graph::summary());
}
