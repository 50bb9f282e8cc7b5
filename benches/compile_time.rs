//! What a layer costs the compiler: milliseconds for `cargo check` and for `cargo build --release`.
//!
//! `cargo bench --bench compile_time [layer…]`. For each kind of layer, a program with a network of one of them and one with
//! [`MANY`] is compiled, and what the others add is divided by their number. The best of [`ROUNDS`] counts. A build has
//! the code of `infer` for each kind of vectors that the target may have.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

const MANY: usize = 9;
const ROUNDS: usize = 2;

/// Layers that leave the shape of their input as it is.
const KINDS: [(&str, &str, &str); 8] = [
    ("Dense", "32", "Dense<32, activation = relu>"),
    ("Conv2D", "16, 16, 8", "Conv2D<8, 3, padding = same, activation = relu>"),
    ("Conv1D", "32, 8", "Conv1D<8, 3, padding = causal, activation = tanh>"),
    ("MaxPool2D", "16, 16, 8", "MaxPool2D<3, strides = 1, padding = same>"),
    ("LayerNormalization", "16, 24", "LayerNormalization"),
    ("MultiHeadAttention", "16, 24", "MultiHeadAttention<3, 8>"),
    ("GRU", "16, 24", "GRU<24, return_sequences = true>"),
    ("LSTM", "16, 24", "LSTM<24, return_sequences = true>"),
];

/// A crate in the folder of the build.
struct Program {
    folder: PathBuf,
}

impl Program {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile_time");
        let root = env!("CARGO_MANIFEST_DIR");
        let manifest = format!(
            "[package]\nname = \"compile_time\"\nedition = \"2024\"\n[workspace]\n[dependencies]\nnn = {{ path = {root:?} }}\n"
        );
        fs::create_dir_all(folder.join("src")).expect("a folder for the program");
        fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
        fs::copy(Path::new(root).join("Cargo.lock"), folder.join("Cargo.lock")).expect("the versions of this crate");
        Self { folder }
    }

    /// Makes it a program with a network of so many layers.
    fn write(&self, input: &str, layer: &str, count: usize) {
        let source = format!(
            "nn::network! {{ struct Net = Input<{input}> => [{layer}; {count}]; }}
            fn main() {{
                let (net, x) = (Net::new(&mut nn::rng(1)), NetInput::default());
                std::hint::black_box(net.infer(&x, &mut NetWorkspace::new()));
            }}
            use nn::Network as _;\n"
        );
        fs::write(self.folder.join("src/main.rs"), source).expect("a source");
    }

    /// The seconds that a command of cargo's takes.
    fn compile(&self, arguments: &[&str]) -> f64 {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(arguments).arg("--quiet").arg("--manifest-path").arg(self.folder.join("Cargo.toml"));
        cargo.arg("--target-dir").arg(self.folder.join("target")).current_dir(env!("CARGO_MANIFEST_DIR"));
        let start = Instant::now();
        let output = cargo.output().expect("cargo runs");
        let seconds = start.elapsed().as_secs_f64();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        seconds
    }

    /// The milliseconds for each further layer, at best.
    fn further(&self, input: &str, layer: &str, arguments: &[&str]) -> f64 {
        let seconds = [1, MANY].map(|count| {
            let rounds = (0..ROUNDS).map(|_| {
                self.write(input, layer, count);
                self.compile(arguments)
            });
            rounds.fold(f64::MAX, f64::min)
        });
        1e3 * (seconds[1] - seconds[0]) / (MANY - 1) as f64
    }
}

fn main() {
    let wanted: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let program = Program::new();
    let (check, build): (&[&str], &[&str]) = (&["check"], &["build", "--release"]);
    // The dependencies.
    program.write("4", "Dense<4>", 1);
    program.compile(check);
    program.compile(build);
    println!("{:<24}{:>16}{:>16}", "a further layer", "check, ms", "build, ms");
    for (kind, input, layer) in KINDS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == kind) {
            let [check, build] = [check, build].map(|arguments| program.further(input, layer, arguments));
            println!("{kind:<24}{check:>16.0}{build:>16.0}");
        }
    }
}
