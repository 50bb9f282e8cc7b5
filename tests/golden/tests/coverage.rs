//! Every shipped case is run; what cannot be run fails alone, by its name.

#[path = "../build/cases.rs"]
mod cases;
#[path = "../build/emit/mod.rs"]
mod emit;
#[path = "../build/suite.rs"]
mod suite;
#[path = "../build/value.rs"]
mod value;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use suite::{Judged, Suite};

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

/// How many cases of each kind are run, and fail because they cannot be run.
const SUMMARY: &str = include_str!(concat!(env!("OUT_DIR"), "/summary.txt"));

#[test]
fn the_folder_has_cases() {
    println!("{SUMMARY}");
    assert!(SUMMARY.lines().count() > 2, "no cases in {}", env!("NN_GOLDEN_FOLDER"));
}

#[test]
fn every_shipped_case_is_run() {
    let shipped = suite::judge(&Path::new(PACKAGE).join("fixtures")).expect("the shipped cases");
    for (case, test) in &shipped {
        assert!(test.is_ok(), "{}: {test:?}", case.name);
    }
    let cases = shipped.len();
    let suite = Suite::of(Path::new("fixtures"), &Ok(shipped), |_| false);
    let tests: String = suite.tests.into_values().collect();
    assert_eq!([tests.matches("#[test]").count(), tests.matches("#[ignore").count()], [cases, 0]);
}

/// A folder of this name with this file.
fn folder(name: &str, file: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("the folder of temporary files can be written to");
    fs::write(folder.join(file), text).expect("the folder can be written to");
    folder
}

fn judged(name: &str, cases: &[Json]) -> Vec<Judged> {
    suite::judge(&folder(name, "cases.json", &json!({ "cases": cases }).to_string())).expect("a list of cases")
}

fn network(name: &str, dsl: &str) -> Json {
    json!({ "name": name, "kind": "network", "group": "dense", "dsl": dsl })
}

/// What one case is refused for.
fn refusal(name: &str, case: Json) -> String {
    let judged = judged(name, &[network("good", "Input<4> => Dense<3>"), case]);
    assert!(judged[0].1.is_ok(), "{:?}", judged[0].1);
    match &judged[1].1 {
        Err(refusal) => refusal.0.clone(),
        Ok(test) => panic!("this is run: {test}"),
    }
}

#[test]
fn networks_that_do_not_compile() {
    let of = |dsl: &str| refusal("networks", network("bad", dsl));
    assert!(of("Input<4> => Dnese<3>").starts_with("there is no layer `Dnese`"), "{}", of("Input<4> => Dnese<3>"));
    assert!(of("Input<4> => Conv2D<3, 3>").contains("Conv2D"));
    assert_eq!(of(""), "it has no `dsl`");
    assert_eq!(of("Input<4> => Dense<3>)"), "cannot parse string into token stream");
    assert!(of("Input<4> => Dense<3>; fn other() {").starts_with("cannot parse"));
    // What the macro leaves to the compiler, which has nothing of that name.
    assert_eq!(of("Input<4> => Dense<N>"), "its network needs `N` of a program around it, and there is none");
    assert!(of("Input<4> => Activation<self::own>").contains("`self :: own`"));
    assert!(of("Net(x: Input<4>) -> y { let y = z => Dense<3>; }").starts_with("there is no value `z`"));
}

#[test]
fn cases_that_do_not_fit_their_kind() {
    let with = |kind: &str, more: Json| {
        let mut case = json!({ "name": "bad", "kind": kind, "group": "any" });
        case.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        refusal("kinds", case)
    };
    let dsl = "Input<4> => Dense<3>";
    assert_eq!(with("odd", json!({})), "no test covers `kind odd`");
    assert_eq!(with("network", json!({ "dsl": dsl, "calls": 2 })), "it has `calls`, but the network is not stateful");
    let stateful = json!({ "dsl": "Input<4, 2> => LSTM<3, stateful = true>" });
    assert_eq!(with("network", stateful), "the network is stateful, but the case has no `calls`");
    assert!(with("network", json!({ "dsl": dsl, "dtype": "f16" })).starts_with("a network's dtype is"));
    assert_eq!(with("loss", json!({ "class": "Odd", "config": {} })), "no test covers `loss Odd`");
    assert_eq!(with("loss", json!({ "class": "MeanSquaredError" })), "its `config` is no object");
    assert_eq!(
        with("loss", json!({ "class": "MeanSquaredError", "config": { "reduction": ["sum"] } })),
        "`reduction` of `MeanSquaredError` cannot be `[\"sum\"]`"
    );
    assert_eq!(
        with("optimizer", json!({ "class": "SGD", "config": { "rho": 0.5 } })),
        "no test covers `option rho of SGD`"
    );
    assert_eq!(with("metric", json!({ "class": "Odd", "config": {} })), "no test covers `metric Odd`");
    assert!(with("initializer", json!({ "initializer": "odd" })).starts_with("there is no initializer `odd`"));
    let fit = |loss: Json| with("fit", json!({ "dsl": dsl, "optimizer": "SGD", "loss": loss }));
    assert_eq!(fit(json!("Odd")), "no test covers `loss Odd`");
    assert_eq!(fit(json!(3)), "its `loss` is neither a text nor a list of texts");
    assert_eq!(
        fit(json!(["MeanSquaredError", "MeanSquaredError"])),
        "its network has 1 outputs, and `loss` is 2 losses"
    );
}

#[test]
fn numbers_are_rust() {
    let case =
        json!({ "name": "a", "kind": "optimizer", "class": "SGD", "config": { "learning_rate": 1, "clipnorm": null } });
    let judged = judged("numbers", &[case]);
    let test = judged[0].1.as_ref().expect("it is run");
    assert!(test.contains("Value::Number(1.0_f64)") && test.contains("Value::None"), "{test}");
}

#[test]
fn names_of_tests() {
    let names = ["a(1, 0)x2", "loop", "Main", "1d", "", "äö", "a-1-0-x2"];
    let cases: Vec<Json> = names.iter().map(|name| network(name, "Input<4> => Dense<3>")).collect();
    let judged = judged("names", &cases);
    let tests: Vec<&str> = judged.iter().map(|(case, _)| case.test.as_str()).collect();
    assert_eq!(tests, ["a_1_0_x2", "loop_", "main_", "case_1d", "case", "case_", "a_1_0_x2_"]);
    assert!(judged.iter().all(|(_, test)| test.is_ok()));
    assert_eq!(refusal("same", json!({ "kind": "network" })), "it has no `name`");
    assert_eq!(refusal("same", json!(3)), "it has no `name`");
    assert_eq!(refusal("same", json!({ "name": "a" })), "it has no `kind`");
    assert_eq!(refusal("same", network("good", "Input<4> => Dense<3>")), "a case before it has the same name");
}

#[test]
fn what_is_not_run_fails() {
    let cases = [
        network("good", "Input<4> => Dense<3>"),
        network("other axis", "Input<3, 4> => Masking => BatchNorm<axis = 1>"),
        network("wrong", "Input<4> => Dnese<3>"),
    ];
    let judged = Ok(judged("outcomes", &cases));
    let suite = Suite::of(Path::new("folder"), &judged, |name| name == "good");
    assert_eq!(suite.summary, "folder\n   run   fail\n     1      2 network\n");
    let tests = &suite.tests["networks"];
    assert_eq!(tests.matches("#[test]").count(), 3);
    assert!(tests.contains("#[test]\nfn other_axis() {\n    panic!("), "{tests}");
    let message = "folder/cases.json: wrong is not run:\\nthere is no layer `Dnese`";
    assert!(tests.contains(&format!("#[test]\nfn wrong() {{\n    panic!(\"{{}}\", \"{message}")), "{tests}");
}

#[test]
fn a_folder_without_cases_is_one_test_that_fails() {
    for (name, text) in [("malformed", "{ \"cases\": ["), ("no_list", "{}")] {
        let folder = folder(name, "cases.json", text);
        let suite = Suite::of(&folder, &suite::judge(&folder), |_| false);
        assert!(suite.tests["values"].starts_with("#[test]\nfn cases_json() {\n    panic!("), "{:?}", suite.tests);
    }
    assert!(suite::judge(Path::new("/no/such/folder")).is_err_and(|problem| problem.contains("cases.json")));
}
