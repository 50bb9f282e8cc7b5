//! Which streams of random numbers the steps of training draw from.

use crate::testing::program;

/// Checks which steps of a network have streams, and which.
#[track_caller]
fn are(source: &str, lines: &[&str]) {
    let plan = program(source);
    let steps = plan.training.steps.iter().filter(|step| !step.streams.is_empty());
    let found = steps.map(|step| {
        let name = step.node.map(|node| plan.graph.nodes[node].name.to_string());
        format!("{}: {:?}", name.unwrap_or_default(), step.streams)
    });
    assert_eq!(found.collect::<Vec<_>>(), lines, "{source}");
}

#[test]
fn each_dropout_has_its_own() {
    are(
        "Input<4, 8> => Dense<8> => LSTM<8, return_sequences = true, dropout = 0.1, recurrent_dropout = 0.2>
            => Dropout<0.5> => MultiHeadAttention<2, 4, dropout = 0.1> => Dropout<0> => GRU<3, dropout = 0.3, seed = 2>",
        &["lstm: 0..2", "dropout: 2..3", "multi_head_attention: 3..4", "gru: 4..6"],
    );
    are(
        "Input<4, 8> => LSTM<8, return_sequences = true> => Bidirectional<GRU<4, return_sequences = true>>
            => MultiHeadAttention<2, 4> => Dense<3, activation = sigmoid>",
        &[],
    );
}

#[test]
fn wrappers_have_those_of_what_is_inside() {
    are(
        "Input<3, 4, 8> => TimeDistributed<Bidirectional<LSTM<8, return_sequences = true, recurrent_dropout = 0.2>>>
            => TimeDistributed<MultiHeadAttention<2, 4, dropout = 0.1>> => TimeDistributed<Dropout<0.5>>
            => Reshape<3, 2, 2, 16> => TimeDistributed<TimeDistributed<SimpleRNN<8, dropout = 0.5>>>",
        &[
            "time_distributed: 0..2",
            "time_distributed_backward: 2..4",
            "time_distributed_1: 4..5",
            "time_distributed_2: 5..6",
            "time_distributed_4: 6..8",
        ],
    );
}

#[test]
fn each_use_of_a_layer_has_its_own() {
    are(
        "struct Net(x: Input<4, 4>) -> y {
            layer drop = Dropout<0.5>;
            layer rnn = GRU<4, return_sequences = true, dropout = 0.5>;
            block part(x) -> y { let y = x => Dropout<0.1>; }
            let a = x => rnn => drop;
            let y = a => rnn => drop => [Dropout<0.2>; 2] => part => part;
        }",
        &[
            "rnn: 0..2",
            "drop: 2..3",
            "rnn_use_2: 3..5",
            "drop_use_2: 5..6",
            "dropout: 6..7",
            "dropout_1: 7..8",
            "part_1_dropout: 8..9",
            "part_2_dropout: 9..10",
        ],
    );
}
