//! How the index differs from one built anew.
//!
//! It repairs nothing and records nothing. Invariant: where nothing changed since the last sync there is no difference,
//! whatever could not be read.

use crate::{Cancel, Engine, NOBODY, Progress, Project, Result};
use cairn_index::{Index, NoteKey, ProjectId, Session, Sums};
use cairn_note::NotePath;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What the index says otherwise than one built anew would.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The differences, by project and path; the first ones, where there are very many.
    pub differences: Vec<IndexDifference>,
    /// How many more there are.
    pub more: usize,
    /// How many files were compared.
    pub files: usize,
    /// Whether it stopped on request before it was done.
    pub cancelled: bool,
}

/// A line of one index that the other does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexDifference {
    /// The project's name.
    pub project: String,
    /// The file's path.
    pub path: String,
    /// Which of the two indexes says it.
    pub side: Side,
    /// What it says of the file.
    pub line: String,
}

/// Which of two indexes says something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The one built anew; the index there is lacks it.
    Fresh,
    /// The index there is; one built anew would not say it.
    Live,
}

impl fmt::Display for IndexDifference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Fresh => "missing",
            Side::Live => "extra",
        };
        let Self {
            project,
            path,
            line,
            ..
        } = self;
        write!(out, "{project}: {path}: {side}: {}", line.trim())
    }
}

/// Differences that are told.
const MOST: usize = 1000;

impl Engine {
    /// Compares the index with one that is built anew from the files and the identities, in every project that is
    /// reached.
    ///
    /// What was changed since the last sync, or while this runs, is a difference.
    ///
    /// # Errors
    /// When an index cannot be read, or the new one finds no room.
    pub fn compare_with_rebuilt(
        &self,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<Comparison> {
        let projects: Vec<_> = self.projects().collect();
        self.compare(&projects, progress, cancel)
    }

    fn compare(
        &self,
        compared: &[Project<'_>],
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<Comparison> {
        let fresh = Index::scratch(&crate::index_options(&self.settings))?;
        let mut unread: BTreeMap<ProjectId, BTreeSet<NotePath>> = BTreeMap::new();
        // Links lead into the projects that are not compared, too.
        for settings in &self.settings.projects {
            let project = Project {
                engine: self,
                settings,
                actor: NOBODY,
            };
            if compared
                .iter()
                .any(|compared| compared.id() == project.id())
            {
                unread.insert(project.id(), project.build(&fresh, progress, cancel)?);
            } else {
                project.build_names(&fresh)?;
            }
        }
        let mut answer = Comparison::default();
        if cancel.is_cancelled() {
            answer.cancelled = true;
            return Ok(answer);
        }
        let (live, fresh) = (
            self.index.read("compare with a new index")?,
            fresh.read("compare with a new index")?,
        );
        let sides = [
            (live.sums()?, live, Side::Live),
            (fresh.sums()?, fresh, Side::Fresh),
        ];
        for project in compared {
            answer.project(project, &sides, &unread[&project.id()], progress, cancel)?;
        }
        Ok(answer)
    }
}

impl Project<'_> {
    /// As [`Engine::compare_with_rebuilt`], for this project alone.
    ///
    /// # Errors
    /// As [`Engine::compare_with_rebuilt`].
    pub fn compare_with_rebuilt(
        &self,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<Comparison> {
        self.engine.compare(&[*self], progress, cancel)
    }
}

impl Comparison {
    fn project(
        &mut self,
        project: &Project<'_>,
        sides: &[(Sums, Session<'_>, Side); 2],
        unread: &BTreeSet<NotePath>,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<()> {
        let mut paths = BTreeSet::new();
        for (_, session, _) in sides {
            paths.extend(
                session
                    .fingerprints(project.id())?
                    .into_iter()
                    .map(|(path, _)| path),
            );
        }
        progress.begin("compare", Some(paths.len() as u64));
        for path in paths.difference(unread) {
            if cancel.is_cancelled() {
                self.cancelled = true;
                return Ok(());
            }
            let mut lines = [Vec::new(), Vec::new()];
            for ((sums, session, _), lines) in sides.iter().zip(&mut lines) {
                if let Some(record) = session.note(project.id(), NoteKey::Path(path))? {
                    lines.extend(session.summary(&record, sums)?);
                }
            }
            for (at, (_, _, side)) in sides.iter().enumerate() {
                let other = &lines[1 - at];
                let only = lines[at].iter().filter(|line| !other.contains(line));
                // Of a file that only one of them knows, that says enough.
                let most = if other.is_empty() { 1 } else { usize::MAX };
                only.take(most)
                    .for_each(|line| self.add(project, path, *side, line));
            }
            self.files += 1;
            progress.advance(1);
        }
        Ok(())
    }

    fn add(&mut self, project: &Project<'_>, path: &NotePath, side: Side, line: &str) {
        if self.differences.len() == MOST {
            self.more += 1;
            return;
        }
        self.differences.push(IndexDifference {
            project: project.settings.name.clone(),
            path: path.to_string(),
            side,
            line: line.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Point;
    use crate::files::failpoints::fail;
    use crate::{Permalinks, ProjectSettings, Settings, Silent};
    use cairn_testkit::Vault;
    use std::io::ErrorKind;

    fn synced(vault: &Vault) -> Engine {
        let root = |name: &str| vault.root().join(name);
        let mut settings = Settings::in_memory("main", root("main"));
        settings.projects.push(ProjectSettings {
            name: "other".to_owned(),
            root: root("other"),
        });
        let engine = Engine::open(settings).expect("memory can be had");
        // Links lead into other projects, which have to be there.
        for _ in 0..2 {
            for project in engine.projects() {
                project
                    .reindex(&Silent, &Cancel::new())
                    .expect("a folder syncs");
            }
        }
        engine
    }

    fn compare(engine: &Engine) -> Comparison {
        engine
            .compare_with_rebuilt(&Silent, &Cancel::new())
            .expect("an index can be read")
    }

    fn lines(engine: &Engine) -> Vec<String> {
        let comparison = compare(engine);
        let lines = comparison.differences.iter();
        lines.map(IndexDifference::to_string).collect()
    }

    const NOTES: &str = "//- main/a.md\n---\npermalink: same\n---\n# A\nbees #bee [[b]] [[other::Tea]] [[c]]\n\
        //- main/b.md\n---\npermalink: same\ntags: [x]\n---\n# B\n- [fact] old\n- likes [[a]]\n\
        //- main/d/c.md\nword\n//- main/picture.png\nx\n//- other/Tea.md\n[[main::a]]\n";

    #[test]
    fn an_index_in_step_is_as_one_built_anew() {
        let vault = Vault::new(NOTES);
        let engine = synced(&vault);
        let comparison = compare(&engine);
        assert_eq!(comparison.differences, []);
        assert_eq!((comparison.files, comparison.more), (5, 0));
        assert!(!comparison.cancelled);
    }

    #[test]
    fn what_the_index_does_not_know_yet_is_a_difference() {
        let vault = Vault::new(NOTES);
        let engine = synced(&vault);
        vault.write("main/d/c.md", "another\n");
        vault.write("main/new.md", "new\n");
        vault.remove("main/picture.png");
        let found = lines(&engine);
        for (side, path) in [
            ("missing", "d/c.md"),
            ("extra", "d/c.md"),
            ("missing", "new.md"),
            ("extra", "picture.png"),
        ] {
            let beginning = format!("main: {path}: {side}: {path} | ");
            assert!(
                found.iter().any(|line| line.starts_with(&beginning)),
                "{beginning}: {found:#?}"
            );
        }
        assert!(
            found
                .iter()
                .any(|line| line.starts_with("main: d/c.md: extra: 5 words (")),
            "its words are others: {found:#?}"
        );
        assert!(
            found.iter().all(|line| !line.contains(": a.md: ")),
            "{found:#?}"
        );
    }

    #[test]
    fn an_index_made_by_other_rules_differs() {
        let vault = Vault::new(NOTES);
        let engine = synced(&vault);
        let mut settings = engine.settings().clone();
        settings.permalinks = Permalinks::PathOnly;
        let other = engine.with_settings(settings);
        assert!(
            lines(&other)
                .iter()
                .any(|line| line.starts_with("main: d/c.md: missing: d/c.md | ")
                    && line.contains(" | c | note | d/c | ")),
            "{:#?}",
            lines(&other)
        );
    }

    #[test]
    fn what_cannot_be_read_makes_no_difference() {
        let vault = Vault::new(NOTES);
        let engine = synced(&vault);
        let hooks = [
            fail(
                Point::Open,
                vault.path("main/b.md"),
                ErrorKind::PermissionDenied,
            ),
            fail(
                Point::List,
                vault.path("main/d"),
                ErrorKind::PermissionDenied,
            ),
        ];
        let comparison = compare(&engine);
        assert_eq!(comparison.differences, []);
        assert_eq!(comparison.files, 3, "those that could be read");
        drop(hooks);
        vault.rename("other", "elsewhere");
        let comparison = compare(&engine);
        assert_eq!((comparison.differences, comparison.files), (Vec::new(), 4));
    }

    #[test]
    fn one_project_is_compared_alone() {
        let vault = Vault::new(NOTES);
        let engine = synced(&vault);
        vault.write("other/Tea.md", "changed\n");
        let project = engine.project(Some("main")).expect("there is one");
        let comparison = project.compare_with_rebuilt(&Silent, &Cancel::new());
        let comparison = comparison.expect("an index can be read");
        assert_eq!((comparison.differences, comparison.files), (Vec::new(), 4));
        assert_ne!(lines(&engine), Vec::<String>::new());
        let confined = engine.confined("main");
        assert_eq!(lines(&confined), Vec::<String>::new());
    }

    #[test]
    fn a_comparison_that_is_stopped_says_so() {
        let vault = Vault::new(NOTES);
        let engine = synced(&vault);
        let cancel = Cancel::new();
        cancel.cancel();
        let comparison = engine.compare_with_rebuilt(&Silent, &cancel);
        assert!(comparison.expect("an index can be read").cancelled);
    }
}
