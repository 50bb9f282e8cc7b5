//! The pages of the layers in `src/layers/` of the `nn` crate say of each layer what its row here does: all of its options, no
//! others, and what they are if they are left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::layers;
use crate::spec::functions::{CONSTRAINTS, FUNCTIONS, INITIALIZERS, REGULARIZERS, Row};
use crate::spec::{Kind, Opt, Positional, Spec};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../src/layers")
}

/// The docs of each unit struct.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    for file in fs::read_dir(folder()).expect("the folder of the pages") {
        let text = fs::read_to_string(file.expect("a file").path()).expect("UTF-8");
        let mut page = String::new();
        for line in text.lines() {
            if let Some(doc) = line.strip_prefix("///") {
                page += doc.trim_start();
                page.push('\n');
            } else if let Some(name) = line.strip_prefix("pub struct ") {
                pages.insert(name.trim_end_matches(';').to_string(), std::mem::take(&mut page));
            } else if !line.starts_with("#[") {
                page.clear();
            }
        }
    }
    pages
}

/// The texts between backticks.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The options that a page names in its section of arguments, with their defaults, or `""`.
fn options(page: &str) -> Vec<(String, String)> {
    let section = page.split("# Arguments\n").nth(1).unwrap_or_default();
    let section = section.split("\n# ").next().unwrap_or_default();
    let mut options = Vec::new();
    for line in section.lines().filter(|line| !line.starts_with("| name |") && !line.starts_with("| ---")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let (names, default, meaning) = match cells[..] {
            ["", names, default, meaning, ..] => (names, default, meaning),
            _ => match line.strip_prefix("- ").and_then(|item| item.split_once(':')) {
                Some((name, _)) => (name, "", ""),
                None => continue,
            },
        };
        let (names, defaults) = (quoted(names), quoted(default));
        for (index, name) in names.iter().enumerate() {
            let default = defaults.get(index).or(defaults.first()).copied().unwrap_or_default().to_string();
            match name.strip_suffix('…') {
                // `kernel_…` with `initializer`, `regularizer`, `constraint`; the default is that of the first.
                Some(weight) => options.extend(quoted(meaning).iter().enumerate().map(|(place, option)| {
                    (format!("{weight}{option}"), if place == 0 { default.clone() } else { String::new() })
                })),
                None => options.push((name.to_string(), default)),
            }
        }
    }
    options
}

/// The options of a layer with their defaults as one writes them, or `""` where there is none, or it is no single value.
fn expected(spec: &'static Spec) -> Vec<(String, String)> {
    let (required, rest) = match spec.positional {
        Positional::Named { opts, required } => opts.split_at(required),
        Positional::Shape | Positional::Axes | Positional::Slice => (&[][..], &[][..]),
    };
    let required = required.iter().map(|opt| (opt.name.to_string(), String::new()));
    let others = spec.options.iter().copied().flatten().chain(rest);
    let opts = required.chain(others.map(|opt| (opt.name.to_string(), default(opt))));
    let weights = spec.weights.iter().flat_map(|weight| {
        let start = (weight.initializer.to_string(), named(INITIALIZERS, &weight.default));
        let others = [weight.regularizer, weight.constraint].into_iter().flatten();
        std::iter::once(start).chain(others.map(|name| (name.to_string(), String::new())))
    });
    opts.chain(weights).collect()
}

fn default(opt: &Opt) -> String {
    match &opt.kind {
        Kind::Size(default) | Kind::Sizes { default, .. } => default.map_or_else(String::new, |size| size.to_string()),
        Kind::SizeOrAll(default) | Kind::Ends { default, .. } => default.to_string(),
        Kind::Axis(axis) => axis.to_string(),
        Kind::Number { default, .. } | Kind::Constants { default, .. } => {
            default.map_or_else(String::new, |number| number.to_string())
        }
        Kind::Range { .. } => opt.kind.default_text().unwrap_or_default(),
        Kind::Flag(default) => default.to_string(),
        Kind::Word(words) => words[0].to_string(),
        Kind::Function(function) | Kind::ElementwiseFunction(function) => named(FUNCTIONS, function),
        Kind::Seed => "0".to_string(),
        Kind::Amounts { .. }
        | Kind::NoiseShape
        | Kind::Widths
        | Kind::Axes
        | Kind::AxisPair
        | Kind::Type
        | Kind::Shape
        | Kind::Layer { .. }
        | Kind::Regularizer => String::new(),
    }
}

/// What a value is called.
fn named<T: PartialEq>(table: &'static [Row<T>], value: &T) -> String {
    table.iter().find(|row| row.plain() == *value).map_or_else(String::new, |row| row.name.to_string())
}

/// Whether a page says this default: a number may be written in another way, and one that is none as a sentence.
fn says(page: &str, default: &str) -> bool {
    let numbers = [page, default].map(str::parse::<f64>);
    default.is_empty() || page == default || matches!(numbers, [Ok(page), Ok(default)] if page == default)
}

/// What is wrong with the page of a layer.
fn faults(name: &str, page: &str, spec: &'static Spec) -> Vec<String> {
    let (said, expected) = (options(page), expected(spec));
    let find = |options: &[(String, String)], name: &str| options.iter().position(|(other, _)| other == name);
    let mut faults = Vec::new();
    for (option, default) in &expected {
        match find(&said, option) {
            None => faults.push(format!("{name}: `{option}` is missing")),
            Some(at) if !says(&said[at].1, default) => {
                faults.push(format!("{name}: `{option}` is `{default}` if it is left out, not `{}`", said[at].1));
            }
            Some(_) => {}
        }
    }
    // A shape and axes have names in the text only.
    let unnamed = usize::from(!matches!(spec.positional, Positional::Named { .. }));
    let others: Vec<_> = said.iter().filter(|(option, _)| find(&expected, option).is_none()).collect();
    if others.len() != unnamed {
        faults.push(format!("{name}: not options of it: {others:?}"));
    }
    faults
}

#[test]
fn every_layer_has_a_page_with_all_of_its_options() {
    let pages = pages();
    let mut faults_found = Vec::new();
    for spec in layers::specs() {
        let main: Vec<&str> = spec.names.iter().copied().filter(|name| !is_other_name(&pages, spec, name)).collect();
        for name in main {
            match pages.get(name) {
                Some(page) => faults_found.extend(faults(name, page, spec)),
                None => faults_found.push(format!("{name}: there is no page")),
            }
        }
    }
    assert!(faults_found.is_empty(), "src/layers:\n{}", faults_found.join("\n"));
}

/// Whether a page only refers to that of the same layer under another name.
fn is_other_name(pages: &BTreeMap<String, String>, spec: &Spec, name: &str) -> bool {
    let first = pages.get(name).and_then(|page| page.lines().next()).unwrap_or_default();
    let of = |other: &&&str| **other != name && first.contains(&format!("name of [`{other}`]."));
    spec.names.iter().any(|other| of(&other))
}

#[test]
fn every_page_is_that_of_a_layer() {
    let others = pages().into_keys().filter(|name| name != "Input" && layers::find(name).is_none());
    assert_eq!(others.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn the_page_of_the_input_names_its_option() {
    let said = options(&pages()["Input"]);
    let said: Vec<&str> = said.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(said, ["dims", "dtype"]);
}

/// Activations, initializers, regularizers and constraints, with the numbers that they take if those are left out.
#[test]
fn all_values_with_a_name_are_explained() {
    let text = fs::read_to_string(folder().join("mod.rs")).expect("the page of all layers");
    fn written<T>(table: &'static [Row<T>]) -> impl Iterator<Item = String> {
        table.iter().map(|row| {
            let numbers: Vec<String> = row.defaults.iter().map(|number| format!("{number:?}")).collect();
            if numbers.is_empty() { row.name.to_string() } else { format!("{}({})", row.name, numbers.join(", ")) }
        })
    }
    let weights = written(INITIALIZERS).chain(written(REGULARIZERS)).chain(written(CONSTRAINTS));
    let functions = FUNCTIONS.iter().map(|row| row.name.to_string());
    let quoted = quoted(&text);
    let missing: Vec<String> = weights.chain(functions).filter(|value| !quoted.contains(&value.as_str())).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_page_of_all_layers_names_each() {
    let text = fs::read_to_string(folder().join("mod.rs")).expect("the page of all layers");
    let names = layers::specs().filter(|spec| !spec.names.iter().any(|name| text.contains(&format!("[`{name}`]"))));
    assert_eq!(names.map(Spec::class).collect::<Vec<_>>(), Vec::<&str>::new());
}
