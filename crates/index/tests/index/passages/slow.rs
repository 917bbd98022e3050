//! What the tables of an index hold, read plainly, to compare what it says with.

use super::*;
use proptest::prelude::*;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// Two openings of one file, as two processes have it.
pub(super) struct Shared {
    folder: PathBuf,
    pub(super) indexes: [Index; 2],
    pub(super) raw: Connection,
}

impl Shared {
    pub(super) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("cairn-follow-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("the temporary directory can be written");
        let file = folder.join("index.db");
        let open = || Index::open(&file, &Options::default()).expect("it opens");
        let indexes = [open(), open()];
        let raw = Connection::open(&file).expect("the file opens");
        Self {
            folder,
            indexes,
            raw,
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

/// What the tables hold, read plainly.
pub(super) struct Slow {
    pub(super) model: Option<(i64, String)>,
    /// Of each note its project and the hashes of its passages.
    notes: BTreeMap<i64, (i64, Vec<Vec<u8>>)>,
    /// Of the model in use.
    vectors: HashMap<Vec<u8>, (f64, Vec<u8>)>,
}

impl Slow {
    pub(super) fn read(raw: &Connection) -> Self {
        let mut slow = Self {
            model: None,
            notes: BTreeMap::new(),
            vectors: HashMap::new(),
        };
        let each = |sql: &str, read: &mut dyn FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>| {
            let mut statement = raw.prepare(sql).expect("a statement");
            let mut rows = statement.query([]).expect("rows");
            while let Some(row) = rows.next().expect("a row") {
                read(row).expect("its columns");
            }
        };
        each("SELECT id, name FROM model WHERE in_use", &mut |row| {
            assert_eq!(slow.model, None, "one model is in use");
            slow.model = Some((row.get(0)?, row.get(1)?));
            Ok(())
        });
        each(
            "SELECT note, project, spans FROM passages LEFT JOIN note ON id = note",
            &mut |row| {
                let spans: Vec<u8> = row.get(2)?;
                let hashes = spans.chunks(24).map(|span| span[..16].to_vec()).collect();
                slow.notes.insert(row.get(0)?, (row.get(1)?, hashes));
                Ok(())
            },
        );
        each(
            "SELECT hash, scale, bytes FROM vector JOIN model ON model.id = model WHERE in_use",
            &mut |row| {
                slow.vectors.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
                Ok(())
            },
        );
        slow
    }

    pub(super) fn pending(&self, projects: &[ProjectId]) -> Pending {
        let mut pending = Pending::default();
        for (project, hashes) in self.notes.values() {
            if !projects.is_empty() && !projects.contains(&ProjectId(*project)) {
                continue;
            }
            pending.of += hashes.len() as u64;
            let missing = self.missing(hashes).len() as u64;
            pending.passages += missing;
            pending.notes += u64::from(missing > 0);
        }
        pending
    }

    fn missing<'h>(&self, hashes: &'h [Vec<u8>]) -> Vec<&'h Vec<u8>> {
        let is_missing =
            |hash: &&Vec<u8>| self.model.is_some() && !self.vectors.contains_key(*hash);
        hashes.iter().filter(is_missing).collect()
    }

    /// The nearest to a vector of whole numbers, the largest of which is 127.
    fn nearest(
        &self,
        asked: &[i8],
        project: Option<i64>,
        limit: usize,
        per_note: usize,
    ) -> Nearest {
        let dot = |a: &[i8], b: &[i8]| -> i32 {
            a.iter()
                .zip(b)
                .map(|(a, b)| i32::from(*a) * i32::from(*b))
                .sum()
        };
        let asked_scale = 1.0 / (dot(asked, asked) as f32).sqrt();
        let mut notes = Vec::new();
        for (note, (of_project, hashes)) in &self.notes {
            if project.is_some_and(|project| project != *of_project) {
                continue;
            }
            let vectors = hashes.iter().map(|hash| self.vectors.get(hash)).enumerate();
            let mut passages: Vec<(usize, f32)> = vectors
                .filter_map(|(position, vector)| {
                    let (scale, bytes) = vector?;
                    let bytes: Vec<i8> = bytes.iter().map(|byte| byte.cast_signed()).collect();
                    Some((
                        position,
                        dot(&bytes, asked) as f32 * (*scale as f32 * asked_scale),
                    ))
                })
                .collect();
            passages.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            passages.truncate(per_note);
            if !passages.is_empty() {
                notes.push(NearNote {
                    note: cairn_index::NoteId(*note),
                    passages,
                });
            }
        }
        notes.sort_by(|a, b| {
            let by_score = b.passages[0].1.total_cmp(&a.passages[0].1);
            by_score.then(a.note.cmp(&b.note))
        });
        notes.truncate(limit);
        Nearest { notes }
    }
}

const ASKED: [i8; DIMENSIONS] = [127, -3, 40, 8, -90, 1, 0, 66];

pub(super) const MODELS: [&str; 2] = ["m", "n"];

/// Compares what an index says with what the tables hold.
pub(super) fn compare(index: &Index, slow: &Slow) -> Result<(), TestCaseError> {
    for projects in [vec![], vec![HERE], vec![OTHER], vec![HERE, OTHER]] {
        let counted = ask(index, |session| session.pending(&projects).expect("counts"));
        prop_assert_eq!(counted, slow.pending(&projects));
    }
    let notes = ask(index, |session| {
        session.pending_notes(1_000).expect("notes")
    });
    let missing: HashSet<_> = notes.iter().flat_map(|note| &note.missing).collect();
    let expected: HashSet<_> = slow
        .notes
        .values()
        .flat_map(|(_, hashes)| slow.missing(hashes))
        .collect();
    prop_assert_eq!(notes.len() as u64, slow.pending(&[]).notes);
    prop_assert_eq!(missing.len(), expected.len());
    let asked = ASKED.map(f32::from);
    for model in MODELS {
        for project in [None, Some(HERE)] {
            let filter = Filter {
                projects: project.into_iter().collect(),
                ..Filter::default()
            };
            let near = ask(index, |session| {
                session
                    .nearest(model, &asked, &filter, 4, 2)
                    .expect("it is asked")
            });
            let is_used = slow.model.as_ref().is_some_and(|(_, used)| used == model);
            let expected = if is_used {
                slow.nearest(&ASKED, project.map(|project| project.0), 4, 2)
            } else {
                Nearest::default()
            };
            prop_assert_eq!(near, expected);
        }
    }
    Ok(())
}
