//! More options of the preprocessing layers, and of more kinds beside each other, than the cases of the suite have.

use std::path::Path;

#[test]
fn layers_agree_with_keras() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/preprocess.json");
    assert_eq!(nn_golden::preprocess::check_file(&file), 124);
}
