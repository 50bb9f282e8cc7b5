//! The list of the shipped cases that are not covered yet: `uncovered.toml`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use toml::Table;

use crate::cases::Case;
use crate::coverage::{Verdict, verdict};

/// The list as it must read: the reasons and `most` of the file, the names of the cases as they are.
///
/// # Panics
///
/// If a gap has no entry in the file, or an entry of the file is no longer a gap.
pub fn list(file: &Path, shipped: &[Case]) -> String {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut table: Table = text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let most = table.remove("most").and_then(|most| most.as_integer()).expect("uncovered.toml gives `most`");
    let comment = text.lines().take_while(|line| line.starts_with('#'));
    let mut list = comment.fold(String::new(), |list, line| list + line + "\n");
    writeln!(list, "\nmost = {most}").expect("a String takes all");
    let gaps = gaps(shipped);
    let unexplained: Vec<_> = gaps.keys().filter(|gap| !table.contains_key(*gap)).collect();
    assert!(unexplained.is_empty(), "uncovered.toml: no reason why these are not covered: {unexplained:#?}");
    for (gap, names) in gaps {
        let entry = table.remove(&gap);
        let reason = entry.as_ref().and_then(|entry| entry["reason"].as_str()).unwrap_or_default();
        writeln!(list, "\n[{gap:?}]\nreason = {reason:?}\ncases = [").expect("a String takes all");
        names.iter().for_each(|name| writeln!(list, "    {name:?},").expect("a String takes all"));
        list.push_str("]\n");
    }
    if let Some(gap) = table.keys().next() {
        panic!("uncovered.toml: no shipped case needs `{gap}`: remove the entry");
    }
    list
}

/// What is not covered, and the cases that need it first.
pub fn gaps(cases: &[Case]) -> BTreeMap<String, Vec<&str>> {
    let mut gaps = BTreeMap::<_, Vec<_>>::new();
    for case in cases {
        if let Verdict::Gap(gap) = verdict(case) {
            gaps.entry(gap).or_default().push(case.name.as_str());
        }
    }
    gaps
}
