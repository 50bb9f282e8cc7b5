//! "Did you mean": the nearest of several names.

/// The name among `names` that takes the fewest edits to reach, if they are few.
pub(crate) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let close = |other: &str| distance(name, other) <= 1 + other.len() / 3;
    names.filter(|other| close(other)).min_by_key(|other| distance(name, other))
}

/// Levenshtein's distance: insertions, deletions and replacements of bytes.
///
/// Only the first 200 bytes of `a` count, because a file may say anything.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().take(200).enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("dense.kernel", "dense.kernel"), 0);
    }

    #[test]
    fn far_names_are_not_proposed() {
        let names = ["conv1.kernel", "dense.bias"];
        assert_eq!(nearest("conv.kernel", names.into_iter()), Some("conv1.kernel"));
        assert_eq!(nearest("something else entirely", names.into_iter()), None);
    }
}
