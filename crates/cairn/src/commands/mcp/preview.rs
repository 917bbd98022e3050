//! What a change of a file would do, as lines that go and lines that come.
//!
//! Invariant: one run of changed lines, since a change is one splice.

/// Lines shown on both sides of a change.
const AROUND: usize = 3;

/// Returns the lines around a change, those that go with `-` before them and those that come with `+`.
pub(super) fn lines(before: &str, after: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| {
        pairs.take_while(|(one, other)| one == other).count()
    };
    let head = same(&mut old.iter().zip(&new));
    let tail = same(&mut old[head..].iter().rev().zip(new[head..].iter().rev()));
    let mut shown = String::new();
    let mut add = |mark: &str, lines: &[&str]| {
        for line in lines {
            shown.push_str(mark);
            shown.push_str(line);
            shown.push('\n');
        }
    };
    add("  ", &old[head.saturating_sub(AROUND)..head]);
    add("- ", &old[head..old.len() - tail]);
    add("+ ", &new[head..new.len() - tail]);
    let rest = &old[old.len() - tail..];
    add("  ", &rest[..rest.len().min(AROUND)]);
    shown
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_goes_and_what_comes_stands_between_what_stays() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let after = "1\n2\n3\n4\nfive\nand\n6\n7\n8\n9\n";
        assert_eq!(
            super::lines(before, after),
            "  2\n  3\n  4\n- 5\n+ five\n+ and\n  6\n  7\n  8\n"
        );
        assert_eq!(super::lines("", "a\n"), "+ a\n");
    }
}
