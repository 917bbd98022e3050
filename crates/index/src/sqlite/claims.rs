//! Who gets which permalink.
//!
//! A note claims the permalink its frontmatter declares, else the one it was given, else the one its path gives. Of
//! several notes with one claim the first gets it (by these reasons, then by path) and the others get `-1`, `-2`, …
//! behind it, passing over what another note claims itself. Invariant: that is a function of the files and of what they
//! were given, so it is computed anew for every claim an `apply` touches, whatever the order files came in.

use super::apply::Work;
use crate::Result;
use crate::error::StatementContext;
use cairn_note::link;
use rusqlite::params;
use std::collections::BTreeSet;

/// The claims an `apply` touches.
#[derive(Default)]
pub(super) struct Claims {
    touched: BTreeSet<String>,
}

impl Claims {
    /// Has a claim settled anew, because a note with it came, changed or went.
    pub(super) fn touched(&mut self, claim: Option<&str>) {
        self.touched.extend(claim.map(str::to_owned));
    }
}

/// A note with a claim.
struct Claimant {
    id: i64,
    permalink: Option<String>,
}

impl Work<'_> {
    /// Gives every note of a touched claim its permalink.
    pub(super) fn settle_claims(&mut self) -> Result<()> {
        let mut touched = std::mem::take(&mut self.claims).touched;
        // A claim to `x-1` takes that suffix from the notes that share `x`, and gives it back when it goes.
        let roots: Vec<String> = touched
            .iter()
            .filter_map(|claim| without_suffix(claim))
            .map(str::to_owned)
            .collect();
        touched.extend(roots);
        let mut changed = Vec::new();
        for claim in &touched {
            self.assign(claim, &mut changed)
                .action("give out a permalink")?;
        }
        self.rename(&changed).action("store a permalink")
    }

    /// Adds the notes of one claim whose permalink has to change to `changed`.
    fn assign(&self, claim: &str, changed: &mut Vec<Renamed>) -> rusqlite::Result<()> {
        let mut suffix = 0_u32;
        for (place, claimant) in self.claimants(claim)?.into_iter().enumerate() {
            let permalink = if place == 0 {
                claim.to_owned()
            } else {
                loop {
                    suffix += 1;
                    let permalink = format!("{claim}-{suffix}");
                    if !self.is_claimed(&permalink)? {
                        break permalink;
                    }
                }
            };
            if claimant.permalink.as_ref() != Some(&permalink) {
                changed.push(Renamed {
                    id: claimant.id,
                    old: claimant.permalink,
                    new: permalink,
                });
            }
        }
        Ok(())
    }

    fn claimants(&self, claim: &str) -> rusqlite::Result<Vec<Claimant>> {
        self.connection
            .prepare_cached(
                "SELECT id, permalink FROM note WHERE project = ?1 AND claim = ?2 ORDER BY ground DESC, path",
            )?
            .query_map(params![self.scope.project.0, claim], |row| {
                Ok(Claimant { id: row.get(0)?, permalink: row.get(1)? })
            })?
            .collect()
    }

    /// Whether no note has or wants a permalink.
    pub(super) fn is_free(&self, claim: &str) -> rusqlite::Result<bool> {
        let mut has = self
            .connection
            .prepare_cached("SELECT 1 FROM note WHERE project = ?1 AND permalink = ?2")?;
        let project = self.scope.project.0;
        Ok(!has.exists(params![project, claim])? && !self.is_claimed(claim)?)
    }

    fn is_claimed(&self, permalink: &str) -> rusqlite::Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM note WHERE project = ?1 AND claim = ?2")?
            .exists(params![self.scope.project.0, permalink])
    }

    /// Stores new permalinks; those that are given up first, so that no two notes ever have one.
    fn rename(&mut self, changed: &[Renamed]) -> rusqlite::Result<()> {
        for Renamed { id, old, .. } in changed {
            if let Some(old) = old {
                self.links.touched(link::bucket(old));
                self.connection
                    .prepare_cached("UPDATE note SET permalink = NULL WHERE id = ?1")?
                    .execute([id])?;
            }
        }
        for Renamed { id, new, .. } in changed {
            let bucket = link::bucket(new);
            self.connection
                .prepare_cached(
                    "UPDATE note SET permalink = ?2,
                        permalink_bucket = iif(?3 = path_bucket OR ?3 IS title_bucket, NULL, ?3)
                     WHERE id = ?1",
                )?
                .execute(params![id, new, bucket])?;
            self.links.touched(bucket);
        }
        Ok(())
    }
}

/// A note whose permalink changes.
struct Renamed {
    id: i64,
    old: Option<String>,
    new: String,
}

/// The claim before `-1`, `-2`, …, if it ends so.
fn without_suffix(claim: &str) -> Option<&str> {
    let (root, digits) = claim.rsplit_once('-')?;
    let is_number = !digits.is_empty()
        && !digits.starts_with('0')
        && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !root.is_empty()).then_some(root)
}

#[cfg(test)]
mod tests {
    use super::without_suffix;

    #[test]
    fn only_a_counting_suffix_is_cut() {
        let roots: Vec<_> = ["a-1", "a-12", "a-1-2", "a", "a-", "a-b", "a-01", "-1"]
            .map(without_suffix)
            .to_vec();
        assert_eq!(
            roots,
            [
                Some("a"),
                Some("a"),
                Some("a-1"),
                None,
                None,
                None,
                None,
                None
            ]
        );
    }
}
