//! What is not a number reaches the result, wherever in a window it stands.

use nn::prelude::*;

nn::network! { struct Alone = Input<5, 7, 3> => MaxPool2D<2>; }
nn::network! { struct Overlapping = Input<5, 7, 1> => MaxPool2D<3, strides = 2, padding = same> => ReLU; }
nn::network! { struct Sequence = Input<9, 18> => MaxPool1D<3, strides = 2>; }
nn::network! { struct Fused = Input<8, 8, 1> => Conv2D<6, 1, activation = relu> => MaxPool2D<2>; }
nn::network! { struct Filters = Input<4, 4, 3> => Conv2D<32, 1> => MaxPool2D<2> => ReLU6; }
nn::network! { struct Largest = Input<3, 5, 2> => GlobalMaxPool2D; }

/// Puts it in each place in turn; `reached` are the outputs that look there.
fn check<N, O>(network: &N, reached: impl Fn(usize) -> Vec<usize>)
where
    N: Network<Element = f32, Input: Tensor<Item = f32>, Output = O, Predictions = Vec<O>>,
    O: Tensor<Item = f32>,
{
    let mut x: Vec<N::Input> = bytemuck::zeroed_vec(1);
    for at in 0..x[0].as_flat().len() {
        for (i, x) in x[0].as_flat_mut().iter_mut().enumerate() {
            *x = if i == at { f32::NAN } else { (i * 7 % 5) as f32 - 2.0 };
        }
        let y = network.predict(&x);
        let y = y[0].as_flat();
        let wrong: Vec<usize> = (0..y.len()).filter(|i| y[*i].is_nan() != reached(at).contains(i)).collect();
        assert!(wrong.is_empty(), "{}: not a number at {at}: {wrong:?} of {y:?}", N::NAME);
    }
}

/// The windows along one axis that look at a place.
fn windows(at: usize, size: usize, stride: usize, before: usize, count: usize) -> impl Iterator<Item = usize> + Clone {
    (0..count).filter(move |i| (i * stride..i * stride + size).contains(&(at + before)))
}

#[test]
fn maxima() {
    check(&*Alone::zeros(), |at| {
        let (row, column, channel) = (at / 21, at / 3 % 7, at % 3);
        let columns = windows(column, 2, 2, 0, 3);
        windows(row, 2, 2, 0, 2).flat_map(|i| columns.clone().map(move |j| (i * 3 + j) * 3 + channel)).collect()
    });
    check(&*Overlapping::zeros(), |at| {
        let columns = windows(at % 7, 3, 2, 1, 4);
        windows(at / 7, 3, 2, 1, 3).flat_map(|i| columns.clone().map(move |j| i * 4 + j)).collect()
    });
    check(&*Sequence::zeros(), |at| windows(at / 18, 3, 2, 0, 4).map(|i| i * 18 + at % 18).collect());
    check(&*Largest::zeros(), |at| vec![at % 2]);
}

#[test]
fn maxima_of_convolutions() {
    let mut fused = Fused::zeros();
    fused.as_flat_mut().fill(0.5);
    check(&*fused, |at| (0..6).map(|filter| (at / 16 * 4 + at % 8 / 2) * 6 + filter).collect());
    let mut filters = Filters::zeros();
    filters.as_flat_mut().fill(0.5);
    check(&*filters, |at| (0..32).map(|filter| (at / 24 * 2 + at / 3 % 4 / 2) * 32 + filter).collect());
}

#[test]
fn losses_of_training() {
    for at in 0..9 * 18 {
        let mut x = vec![SequenceInput::zeros()];
        x[0].as_flat_mut()[at] = f32::NAN;
        let y: Vec<SequenceOutput> = bytemuck::zeroed_vec(1);
        let mut model = Sequence::zeros().compile(SGD::new(0.1), MeanSquaredError::default(), ());
        let loss = model.train_on_batch(&x, &y, None).expect("the data fit the network")["loss"];
        assert!(loss.is_nan(), "{at}: {loss}");
    }
}
