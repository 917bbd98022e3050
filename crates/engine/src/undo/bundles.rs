//! Revisions that have nothing to do with each other, apart.
//!
//! It changes nothing. Invariant: revisions of one note, and of notes that were ever at one path, are together.

use crate::accept::GROUP;
use crate::{Project, Result};
use cairn_history::Revision;
use cairn_note::NotePath;
use std::collections::HashMap;

/// Returns the places of revisions in the list, newest first in each bundle. A bundle has as many as are locked
/// together, unless more belong together.
pub(super) fn bundles(project: &Project<'_>, revisions: &[Revision]) -> Result<Vec<Vec<usize>>> {
    let mut knots = Knots::default();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (number, revision) in revisions.iter().enumerate() {
        knots.tie(number, &format!("/{}", revision.note));
        for path in [Some(&revision.path), revision.former.as_ref()] {
            path.into_iter()
                .for_each(|path| knots.tie_path(number, path));
        }
        if seen.insert(&revision.note, number).is_none() {
            let place = project.place_of(revision)?;
            knots.tie_path(number, place.as_str());
        }
    }
    let mut parts: Vec<Vec<usize>> = Vec::new();
    let mut part_of: HashMap<usize, usize> = HashMap::new();
    for number in 0..revisions.len() {
        let root = knots.root(number);
        let part = *part_of.entry(root).or_insert_with(|| {
            parts.push(Vec::new());
            parts.len() - 1
        });
        parts[part].push(number);
    }
    Ok(packed(parts))
}

/// Joins small parts.
fn packed(parts: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let mut bundles: Vec<Vec<usize>> = Vec::new();
    for part in parts {
        match bundles.last_mut() {
            Some(last) if last.len() + part.len() <= GROUP => last.extend(part),
            _ => bundles.push(part),
        }
    }
    for bundle in &mut bundles {
        bundle.sort_unstable();
    }
    bundles
}

/// Numbers that are tied to each other by the names they share.
#[derive(Default)]
struct Knots {
    /// Each number's parent; a root is its own.
    parents: Vec<usize>,
    by_name: HashMap<String, usize>,
}

impl Knots {
    fn tie_path(&mut self, number: usize, path: &str) {
        let name =
            NotePath::from_disk(path).map_or_else(|_| path.to_owned(), |path| path.alias_key());
        self.tie(number, &name);
    }

    fn tie(&mut self, number: usize, name: &str) {
        while self.parents.len() <= number {
            self.parents.push(self.parents.len());
        }
        match self.by_name.get(name) {
            Some(&other) => {
                let (one, other) = (self.root(number), self.root(other));
                self.parents[one.max(other)] = one.min(other);
            }
            None => {
                self.by_name.insert(name.to_owned(), number);
            }
        }
    }

    fn root(&mut self, mut number: usize) -> usize {
        while self.parents[number] != number {
            self.parents[number] = self.parents[self.parents[number]];
            number = self.parents[number];
        }
        number
    }
}

#[cfg(test)]
mod tests {
    use super::{Knots, packed};

    #[test]
    fn what_shares_a_name_is_together_however_many_are_between() {
        let mut knots = Knots::default();
        for (number, name) in [(0, "a"), (1, "b"), (2, "c"), (3, "c"), (4, "d")] {
            knots.tie(number, name);
        }
        knots.tie(3, "A");
        knots.tie(0, "A");
        let roots: Vec<usize> = (0..5).map(|number| knots.root(number)).collect();
        assert_eq!(roots, [0, 1, 0, 0, 4]);
    }

    #[test]
    fn bundles_are_full_but_never_part_what_belongs_together() {
        let parts = vec![
            (0..200).collect(),
            (200..300).collect(),
            vec![300],
            vec![301],
        ];
        let bundles = packed(parts);
        let sizes: Vec<usize> = bundles.iter().map(Vec::len).collect();
        assert_eq!(sizes, [200, 102]);
        assert_eq!(packed(vec![(0..1000).collect()]).len(), 1);
    }
}
