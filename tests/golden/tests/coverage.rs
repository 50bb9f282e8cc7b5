//! What the suite leaves out is on the list, and the list only shrinks; what cannot be run fails alone, by its name.

#[path = "../build/cases.rs"]
mod cases;
#[path = "../build/emit/mod.rs"]
mod emit;
#[path = "../build/suite.rs"]
mod suite;
#[path = "../build/uncovered.rs"]
mod uncovered;
#[path = "../build/value.rs"]
mod value;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use emit::Refusal;
use serde_json::{Value as Json, json};
use suite::{Judged, Suite};
use uncovered::Uncovered;

const PACKAGE: &str = env!("CARGO_MANIFEST_DIR");

/// How many cases of each kind are run, are ignored as the list says, and fail because they cannot be run.
const SUMMARY: &str = include_str!(concat!(env!("OUT_DIR"), "/summary.txt"));

#[test]
fn the_folder_has_cases() {
    println!("{SUMMARY}");
    assert!(SUMMARY.lines().count() > 2, "no cases in {}", env!("NN_GOLDEN_FOLDER"));
}

/// `uncovered.toml` as it must read: its head and its reasons, the names of the cases as they are.
fn list(text: &str, uncovered: &Uncovered, shipped: &[Judged]) -> String {
    let mut gaps = BTreeMap::<_, Vec<_>>::new();
    for (case, test) in shipped {
        if let Err(Refusal::Gap(gap, _)) = test {
            gaps.entry(gap).or_default().push(case.name.as_str());
        }
    }
    let head = text.lines().take_while(|line| !line.starts_with('['));
    let mut list = head.fold(String::new(), |list, line| list + line + "\n").trim_end().to_string();
    for (gap, names) in gaps {
        let names: String = names.iter().map(|name| format!("    {name:?},\n")).collect();
        let reason = uncovered.reason(gap).unwrap_or_default();
        list += &format!("\n\n[{gap:?}]\nreason = {reason:?}\ncases = [\n{names}]");
    }
    list + "\n"
}

#[test]
fn the_list_of_uncovered_cases_is_up_to_date() {
    let file = Path::new(PACKAGE).join("uncovered.toml");
    let (uncovered, text) = (Uncovered::read(&file), fs::read_to_string(&file).expect("the list"));
    let shipped = suite::judge(&Path::new(PACKAGE).join("fixtures")).expect("the shipped cases");
    let list = list(&text, &uncovered, &shipped);
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("uncovered.toml");
    fs::write(&made, &list).expect("the folder of temporary files can be written to");
    assert!(list == text, "uncovered.toml does not list what is not covered: this does\n  {}", made.display());
    // Each shipped case has one test, which runs it or is ignored.
    let (cases, not_run) = (shipped.len(), shipped.iter().filter(|(_, test)| test.is_err()).count());
    let suite = Suite::of(Path::new("fixtures"), &Ok(shipped), &uncovered, |_| false);
    let tests: String = suite.tests.into_values().collect();
    assert_eq!([tests.matches("#[test]").count(), tests.matches("#[ignore").count()], [cases, not_run]);
    let most = format!("\nmost = {not_run}\n");
    assert!(text.contains(&most), "`most` is the number of the cases: lower it to {not_run} as more are covered");
}

/// A folder of this name with this file.
fn folder(name: &str, file: &str, text: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("the folder of temporary files can be written to");
    fs::write(folder.join(file), text).expect("the folder can be written to");
    folder
}

fn uncovered(name: &str, text: &str) -> Uncovered {
    Uncovered::read(&folder(name, "uncovered.toml", text).join("uncovered.toml"))
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
        Err(Refusal::Broken(problem) | Refusal::Gap(_, problem)) => problem.clone(),
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
fn what_is_not_run_fails_or_is_ignored_for_a_reason() {
    let uncovered = uncovered("outcomes", "[\"option activity_regularizer\"]\nreason = \"Later.\"\n");
    let cases = [
        network("good", "Input<4> => Dense<3>"),
        network("listed", "Input<3, 2> => MultiHeadAttention<3, 2, activity_regularizer = l2>"),
        network("not listed", "Input<3, 4> => Dense<3> => Masking => BatchNorm<axis = 1>"),
        network("wrong", "Input<4> => Dnese<3>"),
    ];
    let judged = Ok(judged("outcomes", &cases));
    let suite = Suite::of(Path::new("folder"), &judged, &uncovered, |name| name == "good");
    assert_eq!(suite.summary, "folder\n   run ignore   fail\n     1      1      2 network\n");
    let tests = &suite.tests["networks"];
    assert_eq!(tests.matches("#[test]").count(), 4);
    assert!(tests.contains("#[test]\n#[ignore = \"option activity_regularizer: Later.\"]\nfn listed() {"), "{tests}");
    assert!(tests.contains("#[test]\nfn not_listed() {\n    panic!("), "{tests}");
    let message = "folder/cases.json: wrong is not run:\\nthere is no layer `Dnese`";
    assert!(tests.contains(&format!("#[test]\nfn wrong() {{\n    panic!(\"{{}}\", \"{message}")), "{tests}");
}

#[test]
fn a_folder_without_cases_is_one_test_that_fails() {
    let uncovered = uncovered("empty", "");
    for (name, text) in [("malformed", "{ \"cases\": ["), ("no_list", "{}")] {
        let folder = folder(name, "cases.json", text);
        let suite = Suite::of(&folder, &suite::judge(&folder), &uncovered, |_| false);
        assert!(suite.tests["values"].starts_with("#[test]\nfn cases_json() {\n    panic!("), "{:?}", suite.tests);
    }
    assert!(suite::judge(Path::new("/no/such/folder")).is_err_and(|problem| problem.contains("cases.json")));
}
