//! What only rustc can say of mistakes: that it shows them at their place, and the errors that are its own. What the
//! macro says of all others is in `tests/mistakes/`. And what must compile.
//!
//! After a change of a message: `TRYBUILD=overwrite cargo test --test ui`, then read the difference.

use std::path::Path;
use std::{fs, io};

use trybuild::TestCases;

fn compile_fail(folders: &[&str]) {
    let cases = TestCases::new();
    folders.iter().for_each(|folder| cases.compile_fail(format!("tests/ui/{folder}/*.rs")));
}

/// Puts weight files where the cases find them: in the folder of the package that trybuild makes of them.
fn weight_files() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tests/trybuild").join(env!("CARGO_PKG_NAME"));
    fs::create_dir_all(&folder)?;
    let file = |dtype: &str, bytes: usize, missing: usize| {
        let (kernel, bias) = (12 * bytes, 15 * bytes);
        let header = format!(
            r#"{{"dense.kernel":{{"dtype":"{dtype}","shape":[4,3],"data_offsets":[0,{kernel}]}},"dense.bias":{{"dtype":"{dtype}","shape":[3],"data_offsets":[{kernel},{bias}]}}}}"#
        );
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend(header.as_bytes());
        file.resize(file.len() + bias - missing, 0);
        file
    };
    fs::write(folder.join("text.safetensors"), "conv1.kernel = 1, 2, 3")?;
    fs::write(folder.join("net.safetensors"), file("F32", 4, 0))?;
    fs::write(folder.join("half.safetensors"), file("F16", 2, 0))?;
    fs::write(folder.join("cut_off.safetensors"), file("F32", 4, 7))
}

#[test]
fn pass() {
    weight_files().unwrap();
    TestCases::new().pass("tests/ui/pass/*.rs");
}

/// One case for each kind of place that rustc has to find, and what becomes of several mistakes and of uses of what is wrong.
#[test]
fn places() {
    weight_files().unwrap();
    compile_fail(&["places", "several", "weight_files"]);
}

/// Where rustc speaks, its words are those of one version.
#[rustversion::attr(not(stable(1.95)), ignore = "written down with rustc 1.95")]
#[test]
fn compiler() {
    weight_files().unwrap();
    compile_fail(&["consts", "budget", "types", "targets", "plain"]);
}
