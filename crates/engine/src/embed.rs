//! Makes the vectors that passages lack.
//!
//! What lacks one the index knows; this reads the files, tells the model and the index. Invariant: a vector is stored
//! for the very text it was made of, and stopping at any point loses no more than one group of passages.

use crate::{Cancel, Engine, Error, Progress, Project, Result};
use cairn_index::{Change, PendingNote, ProjectId};
use cairn_note::NotePath;
use cairn_note::chunk::{self, PassageHash};
use std::collections::HashSet;

/// What was embedded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Embedded {
    /// Passages that have a vector now.
    pub passages: u64,
    /// Passages that still have none.
    pub left: u64,
    /// Notes left out because their files are gone or say something else than the index knows; a sync sees to them.
    pub overtaken: u64,
}

/// Passages the model is given at once: few enough to stop soon, enough to keep its threads busy.
const GROUP: u64 = 32;

/// Notes asked of the index at a time.
const NOTES: u64 = 256;

/// The passages of a note as a model is told them.
fn told(path: &NotePath, text: &str) -> Vec<(PassageHash, String)> {
    let note = cairn_note::parse(text);
    let title = note.title.as_deref().unwrap_or_else(|| path.stem());
    let date = chunk::date_of(&note);
    let passages = chunk::passages(text).into_iter();
    passages
        .map(|passage| {
            let text = &text[passage.range.clone()];
            let told = chunk::told(title, date.as_deref(), &passage.heading_path, text);
            (PassageHash::of(&told), told)
        })
        .collect()
}

/// A passage without a vector.
struct Lacking {
    project: ProjectId,
    path: NotePath,
    hash: PassageHash,
    text: String,
}

impl Engine {
    /// Embeds up to so many passages that have no vector of this engine's model, those of the notes modified last first.
    ///
    /// Without a model nothing is done. What was embedded before an error or a stop is kept.
    ///
    /// # Errors
    /// [`Error::Embed`] when the model fails; those of the index.
    pub fn embed(&self, most: u64, progress: &dyn Progress, cancel: &Cancel) -> Result<Embedded> {
        let mut done = Embedded::default();
        if self.settings.meaning.model.is_none() {
            return Ok(done);
        }
        self.use_model()?;
        let mut pending = self.index.read("count what is pending")?.pending(&[])?;
        progress.begin("Embedding", Some(pending.passages.min(most)));
        let mut seen = HashSet::new();
        while pending.passages > 0 && done.passages < most && !cancel.is_cancelled() {
            let notes = usize::try_from(NOTES.min(most)).unwrap_or(usize::MAX);
            let notes = self
                .index
                .read("look for what is pending")?
                .pending_notes(notes.saturating_add(seen.len()))?;
            // A note that could not be embedded is asked for once.
            let fresh: Vec<_> = notes
                .into_iter()
                .filter(|note| seen.insert((note.project, note.path.clone())))
                .collect();
            if fresh.is_empty() {
                break;
            }
            let mut group = Vec::new();
            for note in &fresh {
                let lacking = self.lacking(note)?;
                done.overtaken += u64::from(lacking.is_none());
                for passage in lacking.into_iter().flatten() {
                    group.push(passage);
                    if group.len() as u64 == GROUP.min(most - done.passages) {
                        done.passages += self.embed_group(&mut group, progress)?;
                        if done.passages >= most || cancel.is_cancelled() {
                            break;
                        }
                    }
                }
                if done.passages >= most || cancel.is_cancelled() {
                    break;
                }
            }
            done.passages += self.embed_group(&mut group, progress)?;
            pending = self.index.read("count what is pending")?.pending(&[])?;
        }
        done.left = self
            .index
            .read("count what is pending")?
            .pending(&[])?
            .passages;
        if done.left == 0 {
            self.index.sweep_vectors()?;
        }
        Ok(done)
    }

    /// Returns how many passages have no vector yet, of every project.
    pub fn pending(&self) -> Result<cairn_index::Pending> {
        Ok(self.index.read("count what is pending")?.pending(&[])?)
    }

    /// The texts of a note's passages that lack vectors; `None` when its file no longer has them.
    fn lacking(&self, note: &PendingNote) -> Result<Option<Vec<Lacking>>> {
        let mut projects = self.settings.projects.iter();
        let Some(settings) = projects.find(|project| project.id() == note.project) else {
            return Ok(None);
        };
        let Ok(bytes) = crate::files::read(&settings.root, &note.path) else {
            return Ok(None);
        };
        let Ok(text) = String::from_utf8(bytes) else {
            return Ok(None);
        };
        if note.missing.is_empty() {
            // Another note had the same passages embedded: only its own count is behind.
            self.tell_embedded(note.project, &note.path, Vec::new())?;
            return Ok(Some(Vec::new()));
        }
        let told = told(&note.path, &text);
        let missing: HashSet<&PassageHash> = note.missing.iter().collect();
        let lacking: Vec<_> = told
            .into_iter()
            .filter(|(hash, _)| missing.contains(hash))
            .map(|(hash, text)| Lacking {
                project: note.project,
                path: note.path.clone(),
                hash,
                text,
            })
            .collect();
        Ok((!lacking.is_empty()).then_some(lacking))
    }

    /// Embeds a group and empties it.
    fn embed_group(&self, group: &mut Vec<Lacking>, progress: &dyn Progress) -> Result<u64> {
        let Some(model) = self
            .settings
            .meaning
            .model
            .as_ref()
            .filter(|_| !group.is_empty())
        else {
            return Ok(0);
        };
        let texts: Vec<&str> = group.iter().map(|lacking| lacking.text.as_str()).collect();
        let vectors = model.passages(&texts).map_err(|error| Error::Embed {
            hint: error.hint(),
            message: error.to_string(),
        })?;
        let count = vectors.len() as u64;
        let mut vectors = vectors.into_iter();
        for of_note in
            group.chunk_by(|one, other| (one.project, &one.path) == (other.project, &other.path))
        {
            let told = of_note
                .iter()
                .map(|lacking| lacking.hash)
                .zip(vectors.by_ref());
            let told = told.take(of_note.len()).collect();
            self.tell_embedded(of_note[0].project, &of_note[0].path, told)?;
        }
        group.clear();
        progress.advance(count);
        Ok(count)
    }

    fn tell_embedded(
        &self,
        project: ProjectId,
        path: &NotePath,
        vectors: Vec<(PassageHash, Vec<f32>)>,
    ) -> Result<()> {
        let Some(model) = &self.settings.meaning.model else {
            return Ok(());
        };
        let mut projects = self.settings.projects.iter();
        let Some(settings) = projects.find(|settings| settings.id() == project) else {
            return Ok(());
        };
        let project = Project {
            engine: self,
            settings,
            actor: crate::NOBODY,
        };
        let change = Change::Embedded {
            path: path.clone(),
            model: model.name().to_owned(),
            vectors,
        };
        project.with_scope(|scope| self.index.apply(scope, vec![change]))?;
        Ok(())
    }
}

impl Project<'_> {
    /// Returns how many passages of this project have no vector yet.
    pub fn pending(&self) -> Result<cairn_index::Pending> {
        Ok(self
            .session("count what is pending")?
            .pending(&[self.id()])?)
    }
}
