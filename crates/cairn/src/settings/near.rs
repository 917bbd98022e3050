//! Names like one that was mistyped.
//!
//! Invariant: nearest first, at most three, and nothing that is not a plausible slip.

/// Below this Jaro-Winkler similarity two names are not the same word mistyped.
const PLAUSIBLE: f64 = 0.8;

/// Returns at most three of `names` that `wanted` may have been meant as, nearest first.
pub(crate) fn near<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let wanted = wanted.to_lowercase();
    let mut scored: Vec<(f64, &str)> = names
        .map(|name| (strsim::jaro_winkler(&wanted, &name.to_lowercase()), name))
        .filter(|(score, _)| *score >= PLAUSIBLE)
        .collect();
    scored.sort_by(|left, right| right.0.total_cmp(&left.0).then(left.1.cmp(right.1)));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn slips_are_near_and_other_words_are_not() {
        let names = ["durability", "default_project", "kebab_filenames"];
        let near = |wanted| super::near(wanted, names.into_iter());
        assert_eq!(near("durabilty"), ["durability"]);
        assert_eq!(near("Default-Project"), ["default_project"]);
        assert_eq!(near("colour"), [""; 0]);
    }
}
