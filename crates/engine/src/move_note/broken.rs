//! Which relations led to moved notes, from them, or to notes they may now be taken for, and lead there no more.
//!
//! It reads no file: the index knows where relations point. Invariant: a relation that found nothing before is not
//! said to be broken.

use super::moves::{Going, Moves, Stage};
use super::{BrokenLink, MovedLinks};
use crate::{Project, Result};
use cairn_index::{NoteId, ProjectId, RelationRecord, Session};
use cairn_note::NotePath;
use cairn_note::link::LinkTarget;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Where relations point: by the note they stand in, the how-manieth of it they are, and the note they find.
pub(super) type Ends = BTreeMap<NoteId, HashMap<u32, NoteId>>;

/// Whose relations are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// Those of every project that is reached.
    Everyones,
    /// Those of other projects, since the links of this one are looked at in its files.
    Others,
}

impl Project<'_> {
    /// Returns where the relations point that a move may break.
    pub(super) fn ends(&self, moves: &Moves) -> Result<Ends> {
        let session = self.session("look for links")?;
        let mut ends = Ends::new();
        let mut add = |relation: RelationRecord| {
            if let Some(end) = relation.resolved {
                let of_note = ends.entry(relation.source).or_default();
                of_note.insert(relation.position, end);
            }
        };
        for going in moves.iter() {
            session
                .relations(going.before.id)?
                .into_iter()
                .for_each(&mut add);
        }
        for row in self.named_alike(&session, moves)? {
            session.backlinks(row)?.into_iter().for_each(&mut add);
        }
        Ok(ends)
    }

    /// Returns the notes that move, and those whose names they may be confused with where they go.
    fn named_alike(&self, session: &Session<'_>, moves: &Moves) -> Result<BTreeSet<NoteId>> {
        let mut rows: BTreeSet<_> = moves.iter().map(|going| going.before.id).collect();
        let names: BTreeSet<String> = moves
            .iter()
            .map(Going::imagined)
            .flat_map(|after| [after.path.file_name().to_owned(), after.title])
            .collect();
        for name in names {
            let alike = session.alike(self.id(), &name)?;
            rows.extend(alike.into_iter().map(|record| record.id));
        }
        Ok(rows)
    }

    /// Adds the relations that point there no more.
    pub(super) fn add_broken(
        &self,
        ends: &Ends,
        moves: &Moves,
        stage: Stage,
        whose: Whose,
        links: &mut MovedLinks,
    ) -> Result<()> {
        let session = self.session("look for broken links")?;
        let mut pointing = session.pointing(&moves.imagined(stage))?;
        for (source, before) in ends {
            let Some(record) = moves.after(&session, *source, stage)? else {
                continue;
            };
            let is_own = record.project == self.id();
            if !self.shows(record.project) || (is_own && whose == Whose::Others) {
                continue;
            }
            let path = if is_own {
                record.path.to_string()
            } else {
                format!("{}::{}", self.name_of(record.project), record.path)
            };
            for relation in session.relations(*source)? {
                let Some(end) = before.get(&relation.position) else {
                    continue;
                };
                let now = match stage {
                    Stage::Moved => relation.resolved,
                    Stage::Rehearsed => {
                        self.imagined_end(&mut pointing, record.project, &record.path, &relation)?
                    }
                };
                if now != Some(*end) {
                    links.broken.push(BrokenLink {
                        path: path.clone(),
                        link: format!("[[{}]]", relation.target),
                    });
                }
            }
        }
        links.broken.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(())
    }

    fn imagined_end(
        &self,
        pointing: &mut cairn_index::Pointing<'_>,
        project: ProjectId,
        source: &NotePath,
        relation: &RelationRecord,
    ) -> Result<Option<NoteId>> {
        let Some(target) = LinkTarget::parse(&relation.target) else {
            return Ok(None);
        };
        let other = self
            .engine
            .projects()
            .find(|other| other.id() == project)
            .unwrap_or(*self);
        Ok(other.with_scope(|scope| pointing.end(scope, Some(source), &target))?)
    }

    fn name_of(&self, project: ProjectId) -> String {
        let named = self.engine.projects().find(|other| other.id() == project);
        named.map_or_else(|| "?".to_owned(), |other| other.settings.name.clone())
    }
}
