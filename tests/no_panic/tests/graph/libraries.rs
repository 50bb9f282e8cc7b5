//! The build whose object files are read.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The libraries that a release build of this crate consists of.
pub fn libraries() -> Vec<PathBuf> {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "--lib", "--message-format=json", "--config=profile.release.codegen-units=16"])
        .arg("--manifest-path")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .arg("--target-dir")
        .arg(env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut libraries = Vec::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let message: serde_json::Value = serde_json::from_str(line).expect("cargo writes JSON");
        let files = message["filenames"].as_array().into_iter().flatten();
        libraries
            .extend(files.filter_map(|file| file.as_str()).filter(|file| file.ends_with(".rlib")).map(PathBuf::from));
    }
    libraries
}
