//! Makes a test of each case in `fixtures/cases.json`, or in the folder that `NN_GOLDEN` names.

mod cases;
mod coverage;
mod dsl;
mod emit;
mod uncovered;
mod value;

use std::path::{Path, PathBuf};
use std::{env, fs};

use cases::Case;
use coverage::Verdict;

fn main() {
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let fixtures = package.join("fixtures");
    let folder = match env::var_os("NN_GOLDEN") {
        // A relative path counts from the root of the workspace.
        Some(folder) if !folder.is_empty() => package.join("../..").join(folder),
        _ => fixtures.clone(),
    };
    println!("cargo::rerun-if-env-changed=NN_GOLDEN");
    for path in
        [package.join("build"), package.join("uncovered.toml"), folder.join("cases.json"), coverage::rows::reference()]
    {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    println!("cargo::rustc-env=NN_GOLDEN_FOLDER={}", folder.display());
    choose_vectors();

    let shipped = cases::read(&fixtures);
    check_pending(&shipped);
    let list = uncovered::list(&package.join("uncovered.toml"), &shipped);
    fs::write(out.join("uncovered.toml"), list).expect("OUT_DIR can be written to");
    if folder == fixtures {
        return write_tests(&out, &shipped);
    }
    let cases = cases::read(&folder);
    for (gap, names) in uncovered::gaps(&cases) {
        println!("cargo::warning={} cases of {} are not covered: {gap}", names.len(), folder.display());
    }
    write_tests(&out, &cases);
}

/// One file of tests for each bundle of groups, which a file in `tests/` includes.
fn write_tests(out: &Path, cases: &[Case]) {
    let verdicts: Vec<Verdict> = cases.iter().map(coverage::verdict).collect();
    let count = |of: fn(&Verdict) -> bool| verdicts.iter().filter(|verdict| of(verdict)).count();
    println!("cargo::rustc-env=NN_GOLDEN_COVERED={}", count(|verdict| *verdict == Verdict::Covered));
    println!("cargo::rustc-env=NN_GOLDEN_PENDING={}", count(|verdict| matches!(verdict, Verdict::Waits(_))));
    println!("cargo::rustc-env=NN_GOLDEN_UNCOVERED={}", count(|verdict| matches!(verdict, Verdict::Gap(_))));
    let covered = || cases.iter().zip(&verdicts).filter(|(_, verdict)| **verdict == Verdict::Covered);
    for bundle in emit::BUNDLES {
        let tests = covered().map(|(case, _)| case).filter(|case| emit::bundle(case) == bundle).map(emit::test);
        let text = tests.collect::<Vec<_>>().join("\n");
        fs::write(out.join(bundle).with_extension("rs"), text).expect("OUT_DIR can be written to");
    }
}

/// Each name in `PENDING` is one that a shipped case needs.
fn check_pending(shipped: &[Case]) {
    let used: Vec<String> = shipped.iter().flat_map(coverage::features).collect();
    let unused: Vec<_> = coverage::PENDING.iter().filter(|name| !used.iter().any(|used| used == *name)).collect();
    assert!(unused.is_empty(), "PENDING in build/coverage/mod.rs: no shipped case uses {unused:?}");
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
