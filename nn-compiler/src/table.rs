//! `tests/golden/LAYERS.md`: every layer, operation and option of the language, made from the rows, each with a golden case, a check of
//! its gradient and its page. A row that lacks one fails, and so does a table that is not up to date; `NN_LAYERS=write` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use crate::layers;
use crate::spec::Spec;

/// What has no golden case, since Keras has no such thing, and where it is compared with what instead.
const NOT_IN_KERAS: &[(&str, &str)] = &[
    ("BilinearPool", "the outer product by `Matmul`, in `tests/golden/tests/gradients.rs`"),
    ("Custom", "a layer of the language written again, in `tests/own_layers.rs`"),
    ("Lambda", "a layer of the language written again, in `tests/own_layers.rs`"),
    ("MeanShiftPool1D", "the naive oracle beside the kernel"),
    ("MeanShiftPool2D", "the naive oracle beside the kernel"),
];

/// What has no gradient to check: results that are steps, ids or constants, and gradients that are checked where the weights are.
const WITHOUT_GRADIENT: &[(&str, &str)] = &[
    ("ArgMax", "places have none"),
    ("Ceil", "a step"),
    ("Constant", "a number"),
    ("Custom", "`nn::testing::check_gradients`, in `tests/own_layers.rs`"),
    ("Equal", "a step"),
    ("Floor", "a step"),
    ("Greater", "a step"),
    ("GreaterEqual", "a step"),
    ("Lambda", "`nn::testing::check_gradients`, in `tests/own_layers.rs`"),
    ("Less", "a step"),
    ("LessEqual", "a step"),
    ("NotEqual", "a step"),
    ("Round", "a step"),
    ("Sign", "a step"),
];

/// How users write what has no name of its own.
const SIGNS: &[(&str, &str)] = &[
    ("Add", " + "),
    ("Subtract", " - "),
    ("Multiply", " * "),
    ("Divide", " / "),
    ("GetItem", "["),
    ("Weight", "weight "),
];

/// What stands in no program: a number is part of what is beside it, and a state is declared.
const INSIDE: &[&str] = &["Constant", "State", "Carry"];

fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What stands between quotes behind a key, in a line of JSON.
fn field<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.split_once(&format!("\"{key}\": \""))?.1.split('"').next()
}

/// The golden cases of networks, and the checks of gradients: names and networks.
fn networks() -> [Vec<(String, String)>; 2] {
    let cases = read("tests/golden/fixtures/cases.json");
    let golden =
        cases.lines().filter_map(|line| Some((field(line, "name")?.to_owned(), field(line, "dsl")?.to_owned())));
    let checks = read("tests/golden/tests/gradients.rs");
    let checks = checks.lines().filter_map(|line| {
        let (name, text) = line.trim().split_once(": \"")?;
        let word = name.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '_');
        word.then(|| (name.to_owned(), text.to_owned()))
    });
    [golden.collect(), checks.collect()]
}

/// Whether a word stands in a network.
fn has(network: &str, word: &str) -> bool {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || sign == '_';
    network
        .match_indices(word)
        .any(|(at, _)| !network[..at].ends_with(is_part) && !network[at + word.len()..].starts_with(is_part))
}

/// `hard_sigmoid` for `HardSigmoid`: an activation may be an option.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for (at, sign) in name.char_indices() {
        let starts =
            sign.is_ascii_uppercase() && at > 0 && name[..at].ends_with(|sign: char| sign.is_ascii_lowercase());
        snake.extend(starts.then_some('_'));
        snake.push(sign.to_ascii_lowercase());
    }
    snake
}

/// The first network in which a layer stands.
fn first<'a>(networks: &'a [(String, String)], spec: &Spec) -> Option<&'a str> {
    let sign = SIGNS.iter().find(|(name, _)| *name == spec.class()).map(|(_, sign)| *sign);
    // `relu6` and `hard_swish`.
    let words = [snake(spec.class()), spec.class().to_ascii_lowercase()];
    let functions: Vec<String> =
        words.iter().flat_map(|word| [format!("activation = {word}"), format!("Activation<{word}")]).collect();
    let shows = |network: &str| {
        spec.names.iter().any(|name| has(network, name))
            || sign.is_some_and(|sign| network.contains(sign))
            || functions.iter().any(|function| has(network, function))
    };
    networks.iter().find(|(_, network)| shows(network)).map(|(name, _)| name.as_str())
}

/// The files of the pages, by the names of the layers.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for file in fs::read_dir(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../src/layers")).expect("the pages") {
        let path = file.expect("a file").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for line in fs::read_to_string(&path).expect("UTF-8").lines() {
            if let Some(layer) = line.strip_prefix("pub struct ") {
                pages.insert(layer.trim_end_matches(';').to_owned(), name.clone());
            }
        }
    }
    pages
}

/// A cell, or what is missing there.
fn cell(found: Option<&str>, excuse: Option<&(&str, &str)>, what: &str, lacks: &mut Vec<String>, row: &str) -> String {
    match (found, excuse) {
        (Some(found), _) => format!("`{found}`"),
        (None, Some((_, reason))) => (*reason).to_owned(),
        (None, None) => {
            lacks.push(format!("{row} has no {what}"));
            "none".to_owned()
        }
    }
}

/// The table of layers and operations, and what rows lack.
fn of_layers([golden, checks]: &[Vec<(String, String)>; 2], lacks: &mut Vec<String>) -> String {
    let pages = pages();
    let mut table =
        String::from("| layer | options | golden case | gradient | page |\n| --- | --- | --- | --- | --- |\n");
    for spec in layers::specs().filter(|spec| !INSIDE.contains(&spec.class())) {
        let class = spec.class();
        let excuse = |list: &'static [(&str, &str)]| list.iter().find(|(name, _)| *name == class);
        let case = cell(first(golden, spec), excuse(NOT_IN_KERAS), "golden case", lacks, class);
        let check = cell(first(checks, spec), excuse(WITHOUT_GRADIENT), "check of its gradient", lacks, class);
        let page = spec.names.iter().find_map(|name| pages.get(*name));
        let page = cell(page.map(String::as_str), None, "page", lacks, class);
        let options: BTreeSet<&str> = spec.option_names().collect();
        let options = options.into_iter().collect::<Vec<_>>().join(", ");
        table += &format!("| {} | {options} | {case} | {check} | {page} |\n", spec.names.join(" = "));
    }
    table
}

/// The options of a weight are one family, whatever the weight is called: one function reads them.
fn family(option: &'static str) -> &'static str {
    const FAMILIES: [&str; 3] = ["…_initializer", "…_regularizer", "…_constraint"];
    let of = |family: &&&str| option != "activity_regularizer" && option.ends_with(family.trim_start_matches('…'));
    FAMILIES.iter().find(of).copied().unwrap_or(option)
}

/// The table of options: a golden case that sets each of them.
fn of_options(golden: &[(String, String)], lacks: &mut Vec<String>) -> String {
    let mut options = BTreeMap::<&str, BTreeSet<&str>>::new();
    for spec in layers::specs() {
        let positional: Vec<&str> = spec.positional.opts().iter().map(|opt| opt.name).collect();
        let named = spec.option_names().filter(|name| !positional.contains(name));
        named.for_each(|name| {
            options.entry(family(name)).or_default().insert(spec.short_name());
        });
    }
    let mut table = String::from("| option | of | golden case |\n| --- | --- | --- |\n");
    for (name, of) in options {
        let sets = |network: &str| network.contains(&format!("{} = ", name.trim_start_matches('…')));
        let case = golden.iter().find(|(_, network)| sets(network)).map(|(name, _)| name.as_str());
        let excuse = OPTIONS_OF_OURS.iter().find(|(option, _)| *option == name);
        let case = cell(case, excuse, "golden case", lacks, &format!("the option `{name}`"));
        let of: Vec<&str> = of.into_iter().collect();
        table += &format!("| `{name}` | {} | {case} |\n", of.join(", "));
    }
    table
}

/// Options that no golden case sets, and what tests them instead.
const OPTIONS_OF_OURS: &[(&str, &str)] = &[
    ("approximate", "`gelu(approximate)`: `activation_gelu_approximate`"),
    ("bandwidth", "the naive oracle of MeanShiftPool"),
    ("iterations", "the naive oracle of MeanShiftPool"),
    ("noise_shape", "`tests/golden/tests/dropout.rs`"),
    ("output", "`tests/own_layers.rs`"),
    ("seed", "`tests/golden/tests/dropout.rs`"),
];

#[test]
fn every_layer_has_a_case_a_gradient_and_a_page() {
    let (networks, mut lacks) = (networks(), Vec::new());
    let layers = of_layers(&networks, &mut lacks);
    let options = of_options(&networks[0], &mut lacks);
    let table = format!(
        "# Layers, operations and options\n\nMade from the rows of the compiler by `NN_LAYERS=write cargo test -p nn-compiler every_layer`. A row that lacks a golden \
         case, a check of its gradient or a page fails that test.\n\n{layers}\n{options}"
    );
    assert!(lacks.is_empty(), "{}", lacks.join("\n"));
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/golden/LAYERS.md");
    if std::env::var_os("NN_LAYERS").is_some_and(|what| what == "write") {
        fs::write(&path, &table).expect("the table can be written");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == table,
        "tests/golden/LAYERS.md is not up to date: NN_LAYERS=write cargo test -p nn-compiler every_layer"
    );
}

/// The test sees what is not there.
#[test]
fn a_row_without_a_case_is_seen() {
    let mut lacks = Vec::new();
    of_layers(&[Vec::new(), Vec::new()], &mut lacks);
    assert!(lacks.contains(&"Dense has no golden case".to_owned()), "{lacks:?}");
    assert!(lacks.contains(&"Dense has no check of its gradient".to_owned()), "{lacks:?}");
    assert!(!lacks.contains(&"Sign has no check of its gradient".to_owned()), "{lacks:?}");
    assert!(!has("MaxPool2D<2>", "MaxPool") && has("=> MaxPool2D<2>", "MaxPool2D"));
}
