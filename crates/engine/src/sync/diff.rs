//! What differs between a folder and what the index knows of it.
//!
//! Pure: lists in, a plan out; nothing is read and nothing is changed. Invariant: a path of which nothing is
//! known is in no list of the plan, so that nothing is ever done about it.

use crate::files::{Listed, Listing};
use cairn_index::Fingerprint;
use cairn_note::NotePath;
use std::cmp::Ordering;
use std::collections::HashMap;

/// A file the index knows.
pub(crate) type Known = (NotePath, Fingerprint);

/// What differs, each list sorted by path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Plan<'a> {
    /// Files with the size and time the index knows.
    pub(crate) unchanged: Vec<&'a Listed>,
    /// Files the index does not know.
    pub(crate) new: Vec<&'a Listed>,
    /// Files with another size or time than the index knows.
    pub(crate) changed: Vec<(&'a Listed, &'a Fingerprint)>,
    /// Files the index knows and the folder does not have.
    pub(crate) gone: Vec<&'a Known>,
}

/// Compares a listing with what the index knows; both are sorted by the bytes of the path.
pub(crate) fn diff<'a>(listing: &'a Listing, known: &'a [Known]) -> Plan<'a> {
    let mut plan = Plan::default();
    let (mut files, mut known) = (listing.files.iter().peekable(), known.iter().peekable());
    loop {
        let order = match (files.peek(), known.peek()) {
            (None, None) => return plan,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(file), Some((path, _))) => file.path.as_str().cmp(path.as_str()),
        };
        match order {
            Ordering::Less => plan.new.extend(files.next()),
            Ordering::Greater => {
                plan.gone.extend(
                    known
                        .next()
                        .filter(|known| !listing.is_unknown(known.0.as_str())),
                );
            }
            Ordering::Equal => {
                let (Some(file), Some((_, fingerprint))) = (files.next(), known.next()) else {
                    return plan;
                };
                if (file.size, file.modified_ns) == (fingerprint.size, fingerprint.modified_ns) {
                    plan.unchanged.push(file);
                } else {
                    plan.changed.push((file, fingerprint));
                }
            }
        }
    }
}

/// A file that is elsewhere now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Move<'a> {
    /// Where the index knows it.
    pub(crate) from: &'a NotePath,
    /// Where it is.
    pub(crate) to: &'a NotePath,
}

/// Finds files that only changed their path: a new one with the checksum of one that is gone.
///
/// Each gone file is used once. Where several could be meant, one with the same name is preferred, and then
/// the smallest path. The answer is sorted by the new path.
pub(crate) fn moves<'a>(new: &[(&'a NotePath, [u8; 32])], gone: &[&'a Known]) -> Vec<Move<'a>> {
    let mut by_checksum: HashMap<[u8; 32], Vec<&NotePath>> = HashMap::new();
    for (path, fingerprint) in gone {
        by_checksum
            .entry(fingerprint.checksum)
            .or_default()
            .push(path);
    }
    let mut moves = Vec::new();
    let mut without_name = Vec::new();
    for &(to, checksum) in new {
        let Some(candidates) = by_checksum.get_mut(&checksum) else {
            continue;
        };
        match candidates
            .iter()
            .position(|from| from.file_name() == to.file_name())
        {
            Some(at) => moves.push(Move {
                from: candidates.remove(at),
                to,
            }),
            None => without_name.push((to, checksum)),
        }
    }
    for (to, checksum) in without_name {
        let candidates = by_checksum
            .get_mut(&checksum)
            .filter(|candidates| !candidates.is_empty());
        if let Some(candidates) = candidates {
            moves.push(Move {
                from: candidates.remove(0),
                to,
            });
        }
    }
    moves.sort_by(|a, b| a.to.as_str().cmp(b.to.as_str()));
    moves
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> NotePath {
        NotePath::from_disk(text).expect("a good path")
    }

    fn known(text: &str, size: u64, modified_ns: i64, content: u8) -> Known {
        (
            path(text),
            Fingerprint {
                size,
                modified_ns,
                checksum: [content; 32],
            },
        )
    }

    fn listing(files: &[(&str, u64, i64)], unreadable: &[&str]) -> Listing {
        let listed = |&(text, size, modified_ns): &(&str, u64, i64)| Listed {
            path: path(text),
            size,
            modified_ns,
        };
        Listing {
            files: files.iter().map(listed).collect(),
            unreadable: unreadable.iter().map(|&path| path.to_owned()).collect(),
            ..Listing::default()
        }
    }

    /// One line for each path: `=` unchanged, `+` new, `~` changed, `-` gone.
    fn shown(plan: &Plan<'_>) -> String {
        let mut lines: Vec<String> = Vec::new();
        lines.extend(plan.unchanged.iter().map(|file| format!("= {}", file.path)));
        lines.extend(plan.new.iter().map(|file| format!("+ {}", file.path)));
        lines.extend(
            plan.changed
                .iter()
                .map(|(file, _)| format!("~ {}", file.path)),
        );
        lines.extend(plan.gone.iter().map(|(path, _)| format!("- {path}")));
        lines.join(", ")
    }

    #[test]
    fn size_and_time_tell_whether_a_file_is_read() {
        let known = [
            known("a.md", 1, 10, 1),
            known("b.md", 1, 10, 1),
            known("c.md", 1, 10, 1),
            known("d.md", 1, 10, 1),
        ];
        let listing = listing(
            &[
                ("a.md", 1, 10),
                ("b.md", 2, 10),
                ("c.md", 1, 11),
                ("e.md", 1, 10),
            ],
            &[],
        );
        let plan = diff(&listing, &known);
        assert_eq!(shown(&plan), "= a.md, + e.md, ~ b.md, ~ c.md, - d.md");
    }

    #[test]
    fn an_empty_side_makes_everything_new_or_gone() {
        let files = listing(&[("a.md", 1, 10), ("a/b.md", 1, 10)], &[]);
        assert_eq!(shown(&diff(&files, &[])), "+ a.md, + a/b.md");
        let known = [known("a.md", 1, 10, 1), known("a/b.md", 1, 10, 1)];
        assert_eq!(shown(&diff(&listing(&[], &[]), &known)), "- a.md, - a/b.md");
        assert_eq!(shown(&diff(&listing(&[], &[]), &[])), "");
    }

    #[test]
    fn nothing_below_a_folder_that_could_not_be_read_is_gone() {
        let known = [
            known("dir/sub/a.md", 1, 10, 1),
            known("dir2/a.md", 1, 10, 1),
            known("file.md", 1, 10, 1),
            known("file.md2", 1, 10, 1),
        ];
        let listing = listing(&[], &["dir", "file.md"]);
        assert_eq!(shown(&diff(&listing, &known)), "- dir2/a.md, - file.md2");
    }

    fn shown_moves(new: &[(&str, u8)], gone: &[(&str, u8)]) -> String {
        let new: Vec<_> = new
            .iter()
            .map(|&(text, content)| (path(text), [content; 32]))
            .collect();
        let new: Vec<_> = new
            .iter()
            .map(|(path, checksum)| (path, *checksum))
            .collect();
        let gone: Vec<_> = gone
            .iter()
            .map(|&(text, content)| known(text, 1, 10, content))
            .collect();
        let gone: Vec<_> = gone.iter().collect();
        let moves = moves(&new, &gone);
        let lines: Vec<_> = moves
            .iter()
            .map(|step| format!("{} > {}", step.from, step.to))
            .collect();
        lines.join(", ")
    }

    #[test]
    fn a_gone_file_is_found_by_its_checksum_and_used_once() {
        assert_eq!(shown_moves(&[("b.md", 1)], &[("a.md", 1)]), "a.md > b.md");
        assert_eq!(shown_moves(&[("b.md", 2)], &[("a.md", 1)]), "");
        assert_eq!(
            shown_moves(&[("b.md", 1), ("c.md", 1)], &[("a.md", 1)]),
            "a.md > b.md"
        );
        assert_eq!(
            shown_moves(&[("c.md", 1)], &[("a.md", 1), ("b.md", 1)]),
            "a.md > c.md"
        );
    }

    #[test]
    fn a_file_of_the_same_name_goes_before_the_smallest_path() {
        assert_eq!(
            shown_moves(
                &[("new/other.md", 1), ("new/x.md", 1), ("new/y.md", 1)],
                &[("old/a.md", 1), ("old/x.md", 1), ("old/y.md", 1)],
            ),
            "old/a.md > new/other.md, old/x.md > new/x.md, old/y.md > new/y.md"
        );
    }
}
