//! Names, repeats, and where the input stands.

use super::names::snake_case;
use crate::testing::{fine, mistake, mistakes};

fn names(source: &str) -> Vec<String> {
    fine(source).graph.nodes.iter().map(|node| node.name.to_string()).collect()
}

#[test]
fn classes_as_keras_writes_them() {
    let classes = [
        ("Dense", "dense"),
        ("Conv2D", "conv2d"),
        ("MaxPooling2D", "max_pooling2d"),
        ("GlobalAveragePooling2D", "global_average_pooling2d"),
        ("BatchNormalization", "batch_normalization"),
        ("RMSNormalization", "rms_normalization"),
        ("ReLU", "re_lu"),
        ("PReLU", "p_re_lu"),
        ("LeakyReLU", "leaky_re_lu"),
        ("ELU", "elu"),
        ("GRU", "gru"),
        ("SimpleRNN", "simple_rnn"),
        ("LSTMCell", "lstm_cell"),
        ("SeparableConv2D", "separable_conv2d"),
        ("Conv2DTranspose", "conv2d_transpose"),
        ("MultiHeadAttention", "multi_head_attention"),
    ];
    for (class, name) in classes {
        assert_eq!(snake_case(class), name);
    }
}

#[test]
fn labels_do_not_count() {
    let source = "Input<5> => first: Dense<4> => Dense<3> => last: Dense<2> => Dense<2>";
    assert_eq!(names(source), ["first", "dense", "last", "dense_1"]);
}

#[test]
fn both_names_of_a_class_count_together() {
    let source = "Input<9, 9, 1> => MaxPool2D => MaxPooling2D => BatchNorm => BatchNormalization";
    let expected = ["max_pooling2d", "max_pooling2d_1", "batch_normalization", "batch_normalization_1"];
    assert_eq!(names(source), expected);
}

#[test]
fn repeats_are_written_out() {
    let source = "Input<5> => [fc: Dense<3> => [Dense<3> => ReLU; 2]; 2] => Dense<1>";
    let expected = "fc dense re_lu dense_1 re_lu_1 fc_1 dense_2 re_lu_2 dense_3 re_lu_3 dense_4";
    assert_eq!(names(source).join(" "), expected);
    assert_eq!(names("Input<5> => [[fc: Dense<3>; 2]; 2]"), ["fc", "fc_1", "fc_2", "fc_3"]);
}

#[test]
fn clashes() {
    mistake(
        "Input<3> => dense: Dense<4> => Dense<3>",
        "dense",
        "`dense` is also the name that `Dense<3>` without a label gets\n\
         = help: choose another label here, or label that `Dense<3>` too",
    );
    mistake(
        "Input<3> => Dense<3> => Dense<4> => dense_1: Dense<5>",
        "dense_1",
        "`dense_1` is also the name that `Dense<4>` without a label gets\n\
         = help: choose another label here, or label that `Dense<4>` too",
    );
    let twice = "two layers are called `a`\n= help: every layer has its own name";
    let found = mistakes("Input<3> => a: Dense<4> => a: Dense<3> => a: Dense<2>");
    assert_eq!(found, [("a".to_string(), twice.to_string()), ("a".to_string(), twice.to_string())]);
    mistake(
        "Input<3> => [fc: Dense<4>; 2] => fc_1: Dense<3>",
        "fc_1",
        "two layers are called `fc_1`\n= help: every layer has its own name",
    );
}

#[test]
fn words_that_rust_keeps() {
    let message = |word: &str| {
        format!("`{word}` cannot be the name of a layer: Rust keeps this word\n= help: `{word}_` would do")
    };
    mistake("Input<3> => type: Dense<4>", "type", &message("type"));
    mistake("Input<3> => r#type: Dense<4>", "r#type", &message("type"));
    mistake("Input<3> => [self: Dense<4>; 2]", "self", &message("self"));
    // Those of later editions are kept in all of them: a network does not depend on the edition.
    for word in ["gen", "async", "await", "dyn", "try", "abstract", "box", "yield"] {
        mistake(&format!("Input<3> => {word}: Dense<4>"), word, &message(word));
        let raw = format!("r#{word}");
        mistake(&format!("Input<3> => {raw}: Dense<4>"), &raw, &message(word));
    }
    for word in ["union", "raw", "safe", "auto", "default", "macro_rules"] {
        fine(&format!("Input<3> => {word}: Dense<4>"));
    }
    mistake("Input<3> => r#fc: Dense<4>", "r#fc", "`r#fc` is `fc`, which takes no `r#`\n= help: write `fc`");
    mistake(
        "Input<3> => __padding: Dense<4>",
        "__padding",
        "`__padding` cannot be the name of a layer: `__` starts the macro's own names\n= help: `padding` would do",
    );
    assert!(mistakes("struct gen = Input<3> => Dense<4>;")[0].1.contains("expected identifier, found keyword `gen`"));
}

/// `__padding` would be a second field of that name.
#[test]
fn names_of_the_macro() {
    let message = |word: &str, help: &str| {
        format!("`{word}` cannot be the name of a layer: `__` starts the macro's own names\n= help: `{help}` would do")
    };
    mistake("Input<3> => __padding: Dense<4>", "__padding", &message("__padding", "padding"));
    mistake("Input<3> => [__fc: Dense<4>; 2]", "__fc", &message("__fc", "fc"));
}

#[test]
fn counts() {
    mistake(
        "Input<3> => [Dense<4>; N]",
        "N",
        "the count of a repeat is a number, not a constant\n\
         = help: write the number here\n\
         = note: the macro writes code and a field for each copy, and it runs before constants have values",
    );
    mistake(
        "Input<3> => [Dense<4>; 0]",
        "0",
        "a repeat of 0 layers is nothing\n= help: leave it out, or repeat at least once",
    );
    mistake("Input<3> => [Dense<4>; -2]", "-2", "the count of a repeat is a number\n= help: `[Dense<64>; 3]`");
    mistake(
        "Input<3> => [Dense<4>; 100000]",
        "[Dense<4>; 100000]",
        "with this repeat the network has more than 4096 layers",
    );
    mistake(
        "Input<3> => [[Dense<4>; 4096]; 4096]",
        "[[Dense<4>; 4096]; 4096]",
        "with this repeat the network has more than 4096 layers",
    );
}

#[test]
fn a_mistake_in_a_repeat_is_reported_once() {
    assert_eq!(mistakes("Input<3> => [Dense<0>; 3]").len(), 1);
    assert_eq!(mistakes("Input<3> => [Dense<4, foo = 1>; 3]").len(), 1);
    assert_eq!(mistakes("Input<3> => [Conv2D<2, 3>; 3]").len(), 1);
    assert_eq!(mistakes("Input<3> => [Con2D<2, 3>; 3]").len(), 1);
    assert_eq!(mistakes("Input<9, 9, 1> => [Conv2D<6, 33> => Reshape<2, 3, 1>; 3]").len(), 1);
}

#[test]
fn the_input() {
    let start = "a network starts with the shape of one sample\n= help: `Input<28, 28, 1> => …`, without the batch";
    mistake("Dense<3> => ReLU", "Dense", start);
    mistake("[Dense<3>; 2] => ReLU", "[Dense<3>; 2]", start);
    mistake("Input<3>", "Input<3>", "the network has no layer\n= help: `Input<…> => Dense<10>`");
    let second = "a chain has one `Input`, at its start\n= help: leave this one out";
    mistake("Input<3> => Input<3> => Dense<3>", "Input<3>", second);
    mistake("Input<3> => [Input<3> => Dense<3>; 2]", "Input<3>", second);
    mistake("x: Input<3> => Dense<3>", "x", "the input of a chain has no name\n= help: write `Input<…>` alone");
}

#[test]
fn layers_that_do_not_exist() {
    let unknown = |name: &str, near: &str| format!("there is no layer `{name}`\n= help: did you mean `{near}`?");
    mistake("Input<28, 28, 1> => Con2D<6, 3>", "Con2D", &unknown("Con2D", "Conv2D"));
    mistake("Input<3> => Relu", "Relu", &unknown("Relu", "ReLU"));
    mistake("Input<3> => Linear<4>", "Linear", &unknown("Linear", "Dense"));
    mistake("Input<3> => LSMT<4>", "LSMT", &unknown("LSMT", "LSTM"));
    mistake("Input<3> => Transformer<4>", "Transformer", "there is no layer `Transformer`");
}
