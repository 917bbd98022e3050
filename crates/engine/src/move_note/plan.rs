//! What becomes of links once notes are where they go.
//!
//! What a spelling looks like is `spelling`'s and `relative`'s. Invariant: a new target is one that leads to the note
//! it led to before.

use super::links::{End, Link, Source};
use super::moves::{Moves, Stage};
use super::spelling::{Named, respelled};
use super::{BrokenLink, LinkEdit, MovedLinks};
use crate::{Project, Result};
use cairn_index::{NoteId, NoteRecord, Pointing, Session};
use cairn_note::NotePath;
use cairn_note::link::{LinkTarget, rewrite, without_scheme};
use std::collections::HashMap;
use std::ops::Range;

/// What is to be written into one note.
#[derive(Debug)]
pub(super) struct Plan {
    /// Where the note is after the move.
    pub(super) path: NotePath,
    /// The checksum of the text the places refer to.
    pub(super) base: String,
    /// The places, in order, and what they become.
    pub(super) places: Vec<(Range<usize>, String)>,
    /// The same for whoever asked.
    pub(super) edits: Vec<LinkEdit>,
}

/// What becomes of a link.
enum Fate {
    Stays,
    /// It leads elsewhere or nowhere, and no spelling leads back.
    Broken,
    /// Its target becomes this.
    Becomes(String),
}

/// A note as it was before and is after.
type Known = Option<(NoteRecord, NoteRecord)>;

struct Planning<'p> {
    project: &'p Project<'p>,
    moves: &'p Moves,
    stage: Stage,
    session: &'p Session<'p>,
    pointing: Pointing<'p>,
    notes: HashMap<NoteId, Known>,
}

impl Project<'_> {
    /// Says what becomes of the links; those that cannot be helped are added to the broken ones.
    pub(super) fn planned(
        &self,
        sources: Vec<Source>,
        moves: &Moves,
        stage: Stage,
        links: &mut MovedLinks,
    ) -> Result<Vec<Plan>> {
        let session = self.session("ask what links become")?;
        let mut planning = Planning {
            project: self,
            moves,
            stage,
            pointing: session.pointing(&moves.imagined(stage))?,
            session: &session,
            notes: HashMap::new(),
        };
        let mut plans = Vec::new();
        for source in sources {
            let mut plan = Plan {
                path: moves.place_of(&source.path).clone(),
                base: source.base,
                places: Vec::new(),
                edits: Vec::new(),
            };
            for link in &source.links {
                match planning.fate(&source.path, &plan.path, link)? {
                    Fate::Stays => {}
                    Fate::Broken => links.broken.push(BrokenLink {
                        path: plan.path.to_string(),
                        link: link.shown(&link.text),
                    }),
                    Fate::Becomes(target) => {
                        plan.edits.push(LinkEdit {
                            path: plan.path.to_string(),
                            line: link.line,
                            old: link.shown(&link.text),
                            new: link.shown(&target),
                        });
                        plan.places.push((link.span.range.clone(), target));
                    }
                }
            }
            if !plan.places.is_empty() {
                plans.push(plan);
            }
        }
        Ok(plans)
    }
}

impl Planning<'_> {
    fn fate(&mut self, before: &NotePath, after: &NotePath, link: &Link) -> Result<Fate> {
        match &link.end {
            End::Unknown => Ok(Fate::Stays),
            End::File(target, style) => {
                let name = &link.span.names[0];
                let target = self.moves.place_of_text(target);
                let read = link.span.form.read(link.part(name));
                Ok(match style.respelled(&read, target, after.parent()) {
                    Some(new) => with_name(link, name, &new).map_or(Fate::Broken, Fate::Becomes),
                    None => Fate::Stays,
                })
            }
            End::Note(row, place) => {
                let name = &link.span.names[*place];
                self.fate_by_name(before, after, link, *row, name)
            }
        }
    }

    fn fate_by_name(
        &mut self,
        before: &NotePath,
        after: &NotePath,
        link: &Link,
        row: NoteId,
        name: &Range<usize>,
    ) -> Result<Fate> {
        let finds = self.finds(after, link, &link.text, row)?;
        let kept = if finds { Fate::Stays } else { Fate::Broken };
        let Some((old, new)) = self.note(row)? else {
            return Ok(kept);
        };
        let spelling = respelled(
            &link.span.form.read(link.part(name)),
            &named(&old, before, link),
            &named(&new, after, link),
            &self.project.settings.slug(),
        );
        let is_stale = spelling.is_stale && self.moves.of_row(row).is_some();
        if finds && !is_stale {
            return Ok(Fate::Stays);
        }
        for candidate in &spelling.candidates {
            if let Some(target) = with_name(link, name, candidate)
                && self.finds(after, link, &target, row)?
            {
                return Ok(Fate::Becomes(target));
            }
        }
        Ok(kept)
    }

    /// Whether a link with this target leads to the note.
    fn finds(&mut self, source: &NotePath, link: &Link, target: &str, row: NoteId) -> Result<bool> {
        let read = link.span.form.read(target);
        let Some(target) = LinkTarget::parse(without_scheme(&read).unwrap_or(&read)) else {
            return Ok(false);
        };
        let end = self
            .project
            .end(&mut self.pointing, source, link, &target)?;
        Ok(end == Some(row))
    }

    fn note(&mut self, row: NoteId) -> Result<Known> {
        if let Some(known) = self.notes.get(&row) {
            return Ok(known.clone());
        }
        let after = self.moves.after(self.session, row, self.stage)?;
        let known = after.map(|after| match self.moves.of_row(row) {
            Some(going) => (going.before.clone(), after),
            None => (after.clone(), after),
        });
        self.notes.insert(row, known.clone());
        Ok(known)
    }
}

/// A note as a link from another names it; a URL names it the same from everywhere.
fn named<'n>(note: &'n NoteRecord, source: &'n NotePath, link: &Link) -> Named<'n> {
    let is_from_anywhere = link.span.is_url || link.span.project.is_some();
    Named {
        path: note.path.as_str(),
        title: &note.title,
        permalink: note.permalink.as_deref(),
        source_folder: if is_from_anywhere {
            ""
        } else {
            source.parent()
        },
    }
}

/// The link's target with another name; `None` when such a link cannot have it.
fn with_name(link: &Link, name: &Range<usize>, new: &str) -> Option<String> {
    let written = link.span.form.write(new, link.part(name))?;
    let start = link.span.range.start;
    let place = name.start - start..name.end - start;
    Some(rewrite(&link.text, &[(place, written)]))
}
