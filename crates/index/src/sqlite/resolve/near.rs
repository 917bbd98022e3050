//! Which of several notes is the nearest to the one that links.
//!
//! Invariant: where nothing but chance would tell notes apart, none is chosen.

use super::{Choice, Here};
use cairn_note::NotePath;

impl Here<'_> {
    /// The one nearest to the source; several when nothing but chance would tell them apart. `found` is sorted.
    pub(super) fn nearest(&self, source: &NotePath, found: &[usize]) -> Choice {
        let near = self.upwards(source, found).unwrap_or_else(|| {
            let distance = |place: &usize| {
                distance(source.parent(), self.candidates.all[*place].path.parent())
            };
            let least = found.iter().map(distance).min();
            found
                .iter()
                .copied()
                .filter(|place| Some(distance(place)) == least)
                .collect()
        });
        match near.as_slice() {
            [] => Choice::Nothing,
            [only] => Choice::One(*only),
            _ => Choice::Several(near),
        }
    }

    /// Those in the source's folder or its nearest ancestor that has any, found without looking at the others.
    fn upwards(&self, source: &NotePath, found: &[usize]) -> Option<Vec<usize>> {
        let mut folder = source.parent();
        loop {
            let there = self.candidates.in_folder(folder)?;
            let near: Vec<usize> = there
                .iter()
                .copied()
                .filter(|place| found.binary_search(place).is_ok())
                .collect();
            if !near.is_empty() {
                return Some(near);
            }
            if folder.is_empty() {
                return None;
            }
            folder = folder.rsplit_once('/').map_or("", |(outer, _)| outer);
        }
    }
}

/// How far a folder is from the source's: itself 0, an ancestor the levels up, a descendant 100 and the levels
/// down, any other 1,000.
fn distance(source: &str, other: &str) -> usize {
    let levels = |path: &str| path.split('/').filter(|part| !part.is_empty()).count();
    let inside = |outer: &str, inner: &str| {
        outer.is_empty()
            || inner
                .strip_prefix(outer)
                .is_some_and(|rest| rest.starts_with('/'))
    };
    if source == other {
        0
    } else if inside(other, source) {
        levels(source) - levels(other)
    } else if inside(source, other) {
        100 + levels(other) - levels(source)
    } else {
        1_000
    }
}
