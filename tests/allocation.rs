//! Inference allocates nothing: an allocator that counts finds zero allocations.

use nn::prelude::*;

nn::network! {
    /// Convolutions, pooling, dense layers.
    struct LeNet = Input<28, 28, 1>
        => conv1: Conv2D<6, 3> => MaxPool2D<2> => ReLU
        => conv2: Conv2D<16, 3> => MaxPool2D<2> => ReLU
        => Flatten
        => Dense<120, activation = relu>
        => Dense<84, activation = relu>
        => Dense<10>;
}

nn::network! {
    /// Everything that needs memory between layers: borders, folded normalizations, pooling that is not fused.
    struct Mixed = Input<17, 13, 4>
        => Conv2D<8, (3, 2), padding = same, groups = 2, use_bias = false> => BatchNorm => PReLU<shared_axes = (1, 2)>
        => AvgPool2D<3, strides = 2, padding = same>
        => Conv2D<5, 3, strides = 2, padding = same, activation = swish>
        => Dense<6, activation = tanh>
        => Dropout<0.5>
        => GlobalAvgPool2D<keepdims = true>
        => Reshape<2, -1>
        => BatchNorm<axis = 1>
        => Softmax<axis = 1>
        => Flatten
        => Dense<3, activation = softmax>;
}

nn::network! {
    /// A table's row in `f64`.
    #[dtype(f64)]
    struct Tabular = Input<12> => [Dense<16, activation = gelu>; 3] => Dense<1, activation = sigmoid>;
}

nn::network! {
    /// Nothing but a view.
    struct View = Input<3, 4> => Reshape<2, 6> => Flatten;
}

/// Allocations of a hundred calls of `infer` on memory that is there.
fn allocations<N: Network>() -> u64 {
    let net = N::new(&mut nn::rng(1));
    let x: Box<N::Input> = bytemuck::zeroed_box();
    let mut workspace = N::workspace();
    let counted = allocation_counter::measure(|| {
        for _ in 0..100 {
            std::hint::black_box(net.infer(std::hint::black_box(&x), &mut workspace));
        }
    });
    counted.count_total
}

#[test]
fn the_counter_counts() {
    let counted = allocation_counter::measure(|| drop(std::hint::black_box(vec![1_u8; 100])));
    assert_eq!(counted.count_total, 1);
}

#[test]
fn infer_allocates_nothing() {
    assert_eq!(allocations::<LeNet>(), 0, "LeNet");
    assert_eq!(allocations::<Mixed>(), 0, "Mixed");
    assert_eq!(allocations::<Tabular>(), 0, "Tabular");
    assert_eq!(allocations::<View>(), 0, "View");
}
