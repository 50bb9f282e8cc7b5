//! What the suite leaves out is on the list, and the list only shrinks.

/// The list as the build script makes it from the shipped cases.
const EXPECTED: &str = include_str!(concat!(env!("OUT_DIR"), "/uncovered.toml"));
const LIST: &str = include_str!("../uncovered.toml");

#[test]
fn the_list_of_uncovered_cases_is_up_to_date() {
    let path = concat!(env!("OUT_DIR"), "/uncovered.toml");
    assert!(LIST == EXPECTED, "uncovered.toml does not list what is not covered: this does\n  {path}");
}

#[test]
fn no_more_cases_are_uncovered_than_the_list_allows() {
    let number = |line: &str| line.strip_prefix("most = ").and_then(|most| most.parse::<usize>().ok());
    let most = LIST.lines().find_map(number);
    let names = LIST.lines().filter(|line| line.starts_with("    \"")).count();
    assert_eq!(most, Some(names), "`most` in uncovered.toml is the number of the cases: lower it as more are covered");
}

#[test]
fn every_case_of_the_folder_is_covered_or_counted() {
    let [covered, pending, uncovered] =
        [env!("NN_GOLDEN_COVERED"), env!("NN_GOLDEN_PENDING"), env!("NN_GOLDEN_UNCOVERED")];
    println!("{}: {covered} cases covered, {pending} waiting, {uncovered} not covered", env!("NN_GOLDEN_FOLDER"));
    assert_ne!(covered, "0");
}
