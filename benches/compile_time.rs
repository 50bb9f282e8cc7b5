//! What a layer costs the compiler: milliseconds for `cargo check` and for `cargo build --release`.
//!
//! `cargo bench --bench compile_time [layer…]`. For each kind of layer, a program with a network of one of them and one with
//! [`MANY`] is compiled, and what the others add is divided by their number. On Linux, that is time of the processor, on all
//! cores; elsewhere it is what the clock says. A build has the code of `infer` for each kind of vectors that the target may
//! have.
//!
//! At the end, whole networks: what a check of them takes beyond that of a network without layers, and what a release build takes
//! of a program that only infers, and of one that trains, evaluates and predicts, too. Ten and fifty equal convolutions show whether
//! deep networks cost more than their layers do.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

const MANY: usize = 9;
const CHECK: &[&str] = &["check"];
const BUILD: &[&str] = &["build", "--release"];

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

/// A network that has nothing to compute.
const NOTHING: &str = "struct Net = Input<4> => Flatten;";

/// Whole networks.
const NETWORKS: [(&str, &str); 5] = [
    (
        "LeNet",
        "struct Net = Input<28, 28, 1> => Conv2D<6, 3> => MaxPool2D<2> => ReLU => Conv2D<16, 3> => MaxPool2D<2> => ReLU
            => Flatten => Dense<120, activation = relu> => Dense<84, activation = relu> => Dense<10>;",
    ),
    (
        "ResNet-50",
        "struct Net(image: Input<224, 224, 3>) -> classes {
            block inner<const F: usize, const S: usize>(x) -> y {
                let y = x => Conv2D<F, 1, strides = S> => BatchNorm => ReLU
                    => Conv2D<F, 3, padding = same> => BatchNorm => ReLU
                    => Conv2D<{ 4 * F }, 1> => BatchNorm;
            }
            block first<const F: usize, const S: usize>(x) -> y {
                let a = x => inner<F, S>;
                let shortcut = x => Conv2D<{ 4 * F }, 1, strides = S> => BatchNorm;
                let y = a + shortcut => ReLU;
            }
            block same<const F: usize>(x) -> y {
                let a = x => inner<F, 1>;
                let y = a + x => ReLU;
            }
            let classes = image => ZeroPadding2D<3> => Conv2D<64, 7, strides = 2> => BatchNorm => ReLU
                => ZeroPadding2D<1> => MaxPool2D<3, strides = 2>
                => first<64, 1> => same<64> => same<64>
                => first<128, 2> => same<128> => same<128> => same<128>
                => first<256, 2> => same<256> => same<256> => same<256> => same<256> => same<256>
                => first<512, 2> => same<512> => same<512>
                => GlobalAvgPool2D => Dense<1000, activation = softmax>;
        }",
    ),
    (
        "MobileNet",
        "struct Net(image: Input<224, 224, 3>) -> classes {
            block mixed<const F: usize, const S: usize>(x) -> y {
                let y = x => DepthwiseConv2D<3, strides = S, padding = same, use_bias = false> => BatchNorm => ReLU6
                    => Conv2D<F, 1, use_bias = false> => BatchNorm => ReLU6;
            }
            let classes = image => Conv2D<32, 3, strides = 2, padding = same, use_bias = false> => BatchNorm => ReLU6
                => mixed<64, 1> => mixed<128, 2> => mixed<128, 1> => mixed<256, 2> => mixed<256, 1>
                => mixed<512, 2> => mixed<512, 1> => mixed<512, 1> => mixed<512, 1> => mixed<512, 1> => mixed<512, 1>
                => mixed<1024, 2> => mixed<1024, 1> => GlobalAvgPool2D => Dense<1000, activation = softmax>;
        }",
    ),
    ("10 convolutions", "struct Net = Input<16, 16, 3> => [Conv2D<8, 3, padding = same>; 10] => Flatten => Dense<10>;"),
    ("50 convolutions", "struct Net = Input<16, 16, 3> => [Conv2D<8, 3, padding = same>; 50] => Flatten => Dense<10>;"),
];

/// A program that infers one sample.
const INFER: &str = "let (net, x) = (Net::new(&mut nn::rng(1)), NetInput::default());
    std::hint::black_box(net.infer(&x, &mut NetWorkspace::new()));";

/// A program that trains, and predicts.
const FIT: &str = "let (x, y) = (vec![NetInput::default(); 2], [1_u32, 2]);
    let loss = SparseCategoricalCrossentropy::default();
    let mut model = Net::new(&mut nn::rng(1)).compile(Adam::default(), loss, metrics::accuracy());
    model.fit(&x, &y, Fit::default()).unwrap();
    let net = model.network();
    std::hint::black_box((net.predict(&x), net.infer(&x[0], &mut NetWorkspace::new())));";

/// A crate in the folder of the build.
struct Program {
    folder: PathBuf,
}

impl Program {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile_time");
        let root = env!("CARGO_MANIFEST_DIR");
        let manifest = format!(
            "[package]\nname = \"compile_time\"\nedition = \"2024\"\n[workspace]\n[dependencies]\nnnc = {{ path = {root:?} }}\n"
        );
        fs::create_dir_all(folder.join("src")).expect("a folder for the program");
        fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
        fs::copy(Path::new(root).join("Cargo.lock"), folder.join("Cargo.lock")).expect("the versions of this crate");
        Self { folder }
    }

    /// Makes it a program with a network of so many layers.
    fn write(&self, input: &str, layer: &str, count: usize) {
        self.network(&format!("struct Net = Input<{input}> => [{layer}; {count}];"), INFER);
    }

    /// Makes it a program with this network, and a `main` of these statements.
    fn network(&self, network: &str, statements: &str) {
        let source = format!("use nn::prelude::*;\nnn::network! {{ {network} }}\nfn main() {{ {statements} }}\n");
        fs::write(self.folder.join("src/main.rs"), source).expect("a source");
    }

    /// The milliseconds that a check of a network takes, where nothing of it is there from an earlier one.
    fn check(&self, network: &str) -> f64 {
        self.network(network, INFER);
        1e3 * self.compile(CHECK)
    }

    /// The seconds that a release build of a program takes.
    fn build(&self, network: &str, statements: &str) -> f64 {
        self.network(network, statements);
        self.compile(BUILD)
    }

    /// The seconds that a command of cargo's takes.
    fn compile(&self, arguments: &[&str]) -> f64 {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(arguments).arg("--quiet").arg("--manifest-path").arg(self.folder.join("Cargo.toml"));
        cargo.arg("--target-dir").arg(self.folder.join("target")).current_dir(env!("CARGO_MANIFEST_DIR"));
        let (start, before) = (Instant::now(), children());
        let output = cargo.output().expect("cargo runs");
        let seconds = match before.zip(children()) {
            Some((before, after)) => after - before,
            None => start.elapsed().as_secs_f64(),
        };
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        seconds
    }

    /// The milliseconds for each further layer, of a check and of a build.
    fn further(&self, input: &str, layer: &str) -> [f64; 2] {
        let [one, many] = [1, MANY].map(|count| {
            self.write(input, layer, count);
            [self.compile(CHECK), self.compile(BUILD)]
        });
        [0, 1].map(|command| 1e3 * (many[command] - one[command]) / (MANY - 1) as f64)
    }
}

/// The seconds of the processor that finished programs of this one have taken; Linux counts hundredths.
fn children() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name in parentheses comes field 3; 16 and 17 are the ones wanted.
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field - 3)?.parse::<f64>().ok();
    Some((ticks(16)? + ticks(17)?) / 100.0)
}

fn main() {
    let wanted: Vec<String> = env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let program = Program::new();
    // The dependencies.
    program.write("4", "Dense<4>", 1);
    program.compile(CHECK);
    program.compile(BUILD);
    println!("{:<24}{:>16}{:>16}", "a further layer", "check, ms", "build, ms");
    for (kind, input, layer) in KINDS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == kind) {
            let [check, build] = program.further(input, layer);
            println!("{kind:<24}{check:>16.0}{build:>16.0}");
        }
    }
    println!("\n{:<24}{:>16}{:>16}{:>16}", "a network", "check, ms", "infer, s", "fit, s");
    for (name, network) in NETWORKS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            let (nothing, all) = (program.check(NOTHING), program.check(network));
            print!("{name:<24}{:>16.0}", all - nothing);
            println!("{:>16.1}{:>16.1}", program.build(network, INFER), program.build(network, FIT));
        }
    }
}
