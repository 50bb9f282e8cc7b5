//! Makes a test of each case in `fixtures/cases.json`, or in the folder that `NN_GOLDEN` names.

mod cases;
mod emit;
mod suite;
mod value;

use std::path::{Path, PathBuf};
use std::{env, fs};

use suite::Suite;

fn main() {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let folder = match env::var_os("NN_GOLDEN") {
        // A relative path counts from the root of the workspace.
        Some(folder) if !folder.is_empty() => package.join("../..").join(folder),
        _ => package.join("fixtures"),
    };
    println!("cargo::rerun-if-env-changed=NN_GOLDEN");
    for path in [package.join("build"), folder.join("cases.json"), emit::rows::reference()] {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    println!("cargo::rustc-env=NN_GOLDEN_FOLDER={}", folder.display());
    choose_vectors();

    let write = |file: &str, text: &str| fs::write(out.join(file), text).expect("OUT_DIR can be written to");
    let suite = Suite::of(&folder, &suite::judge(&folder), twins(&package.join("twins.txt")));
    for (bundle, tests) in &suite.tests {
        write(&format!("{bundle}.rs"), tests);
    }
    write("summary.txt", &suite.summary);
}

/// Which networks are compiled as well: those of the list, or all of them with `NN_GOLDEN_COMPILED=1`.
fn twins(list: &Path) -> impl Fn(&str) -> bool {
    println!("cargo::rerun-if-env-changed=NN_GOLDEN_COMPILED");
    println!("cargo::rerun-if-changed={}", list.display());
    let all = env::var("NN_GOLDEN_COMPILED").is_ok_and(|value| value == "1");
    let list = fs::read_to_string(list).expect("the list of networks that are compiled");
    move |name| all || list.lines().any(|line| line == name)
}

/// Compiles each network for one width of vectors only: `NN_GOLDEN_SIMD`, or AVX2 where this machine has it.
fn choose_vectors() {
    println!("cargo::rerun-if-env-changed=NN_GOLDEN_SIMD");
    println!("cargo::rustc-check-cfg=cfg(golden_simd, values(\"avx512\", \"avx2\", \"baseline\"))");
    let chosen = env::var("NN_GOLDEN_SIMD").unwrap_or_else(|_| detected().to_string());
    match chosen.as_str() {
        "avx512" | "avx2" | "baseline" => println!("cargo::rustc-cfg=golden_simd={chosen:?}"),
        _ => panic!("NN_GOLDEN_SIMD is `avx512`, `avx2` or `baseline`, not `{chosen}`"),
    }
}

fn detected() -> &'static str {
    #[cfg(target_arch = "x86_64")]
    if env::var("HOST") == env::var("TARGET") && is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        return "avx2";
    }
    "baseline"
}
