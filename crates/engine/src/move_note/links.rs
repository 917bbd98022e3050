//! The links in texts that a move may concern, and where they lead before it.
//!
//! What they become is `plan`'s, and writing that `relink`'s. Invariant: nothing is changed; a link whose end nobody
//! knows is not among them.

use super::MovedLinks;
use super::moves::Moves;
use super::relative;
use crate::files::LARGEST_NOTE;
use crate::{Cancel, Error, Progress, Project, Result};
use cairn_index::{Fault, NoteId, Pointing};
use cairn_note::NotePath;
use cairn_note::link::{self, Form, LinkSpan, LinkTarget, spans};
use rayon::prelude::*;
use std::collections::HashSet;
use std::ops::Range;

/// A note with links that a move may concern.
#[derive(Debug)]
pub(super) struct Source {
    /// Where it is before the move.
    pub(super) path: NotePath,
    /// The checksum of the text they were read in.
    pub(super) base: String,
    pub(super) links: Vec<Link>,
}

/// A link in a text.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) span: LinkSpan,
    /// Its target as written.
    pub(super) text: String,
    pub(super) line: usize,
    pub(super) end: End,
}

/// What a link led to before the move.
#[derive(Debug)]
pub(super) enum End {
    /// Nobody knows yet.
    Unknown,
    /// A note, found by the how-manieth of the link's names.
    Note(NoteId, usize),
    /// A file, found by its path.
    File(String, relative::Style),
}

impl Link {
    /// Returns the words of a part of its target, by their place in the note.
    pub(super) fn part(&self, range: &Range<usize>) -> &str {
        let start = self.span.range.start;
        &self.text[range.start - start..range.end - start]
    }

    /// Returns the link as it is shown, with this target.
    pub(super) fn shown(&self, target: &str) -> String {
        match self.span.form {
            Form::Wiki => format!("[[{target}]]"),
            Form::Markdown => format!("({target})"),
            Form::Angled => format!("<{target}>"),
        }
    }

    /// Whether it names a note as wiki links do, rather than a file.
    fn is_by_name(&self) -> bool {
        self.span.form == Form::Wiki || self.span.is_url
    }

    /// Returns what one of its names asks for.
    fn target(&self, name: &Range<usize>) -> LinkTarget {
        let name = self.span.form.read(self.part(name));
        let name = match &self.span.project {
            Some(project) => format!("{}/{name}", self.part(project)),
            None => name.into_owned(),
        };
        LinkTarget {
            name,
            without_heading: None,
            heading: None,
            qualified: self.span.project.is_some(),
        }
    }
}

/// What is asked of every text.
struct Concern<'a> {
    moves: &'a Moves,
    /// The keys under which links find the notes that move, where they are and where they go.
    buckets: HashSet<String>,
    /// Every file the index knows.
    known: HashSet<&'a str>,
}

impl Concern<'_> {
    /// Tells whether a link may be concerned, and sets its end where that is a file.
    fn is_with(&self, source: &NotePath, link: &mut Link) -> bool {
        let leaves = self.moves.goes(source.as_str());
        if link.is_by_name() {
            let names = &link.span.names;
            return leaves
                || names.iter().any(|name| {
                    let buckets = link.target(name).buckets();
                    buckets.iter().any(|key| self.buckets.contains(key))
                });
        }
        let Some(name) = link.span.names.first() else {
            return false;
        };
        let name = link.span.form.read(link.part(name));
        let is_there = |path: &str| self.known.contains(path);
        match relative::found(&name, source.parent(), is_there) {
            Some((target, style)) if leaves || self.moves.goes(&target) => {
                link.end = End::File(target, style);
                true
            }
            _ => false,
        }
    }
}

impl Project<'_> {
    /// Reads the project's notes and returns those with links that lead to notes that move, or stand in them.
    ///
    /// # Errors
    /// [`Error::Cancelled`] when asked to stop.
    pub(super) fn linked(
        &self,
        moves: &Moves,
        links: &mut MovedLinks,
        progress: &dyn Progress,
        cancel: &Cancel,
    ) -> Result<Vec<Source>> {
        let files = self
            .session("list the notes that may link")?
            .fingerprints(self.id())?;
        let concern = Concern {
            moves,
            buckets: buckets(moves),
            known: files.iter().map(|(path, _)| path.as_str()).collect(),
        };
        let notes: Vec<&NotePath> = files
            .iter()
            .filter(|(path, known)| path.is_markdown() && known.size <= LARGEST_NOTE)
            .map(|(path, _)| path)
            .collect();
        progress.begin("read links", Some(notes.len() as u64));
        let read: Vec<_> = notes
            .par_iter()
            .map(|path| {
                if cancel.is_cancelled() {
                    return Err(Error::Cancelled);
                }
                let source = self.links_in(path, &concern);
                progress.advance(1);
                Ok(source.map_err(|error| Fault {
                    path: path.to_string(),
                    message: error.to_string(),
                }))
            })
            .collect::<Result<_>>()?;
        let mut sources = Vec::new();
        for source in read {
            match source {
                Ok(source) => sources.extend(source),
                Err(fault) => links.failed.push(fault),
            }
        }
        self.ask_ends(&mut sources)?;
        Ok(sources)
    }

    /// The links of one text that may be concerned.
    fn links_in(&self, path: &NotePath, concern: &Concern<'_>) -> Result<Option<Source>> {
        let Some(found) = self.found(path)? else {
            return Ok(None);
        };
        // What is no text is indexed as a file: nothing in it is a link.
        let Ok(text) = std::str::from_utf8(&found.bytes) else {
            return Ok(None);
        };
        let (mut line, mut counted) = (1, 0);
        let mut links = Vec::new();
        for span in spans(text) {
            let mut link = Link {
                text: text[span.range.clone()].to_owned(),
                span,
                line,
                end: End::Unknown,
            };
            if !concern.is_with(path, &mut link) {
                continue;
            }
            let start = link.span.range.start;
            let between = &text.as_bytes()[counted..start];
            line += between.iter().filter(|byte| **byte == b'\n').count();
            (link.line, counted) = (line, start);
            links.push(link);
        }
        Ok((!links.is_empty()).then(|| Source {
            path: path.clone(),
            base: found.checksum,
            links,
        }))
    }

    /// Asks the index where the links lead, and forgets those that lead nowhere. A link that shares a key with a note
    /// that moves stays even if it leads to another: with the note in its new place it may mean that.
    fn ask_ends(&self, sources: &mut Vec<Source>) -> Result<()> {
        let session = self.session("ask where links lead")?;
        let mut pointing = session.pointing(&[])?;
        for source in &mut *sources {
            for link in &mut source.links {
                if !matches!(link.end, End::Unknown) {
                    continue;
                }
                for (place, name) in link.span.names.iter().enumerate() {
                    let target = link.target(name);
                    if let Some(row) = self.end(&mut pointing, &source.path, link, &target)? {
                        link.end = End::Note(row, place);
                        break;
                    }
                }
            }
            source
                .links
                .retain(|link| !matches!(link.end, End::Unknown));
        }
        sources.retain(|source| !source.links.is_empty());
        Ok(())
    }

    /// Returns the note to which a link of a note leads, with this target.
    pub(super) fn end(
        &self,
        pointing: &mut Pointing<'_>,
        source: &NotePath,
        link: &Link,
        target: &LinkTarget,
    ) -> Result<Option<NoteId>> {
        // A URL means the same wherever it stands.
        let source = Some(source).filter(|_| !link.span.is_url);
        Ok(self.with_reach(|scope| pointing.end(scope, source, target))?)
    }
}

fn buckets(moves: &Moves) -> HashSet<String> {
    let mut buckets = HashSet::new();
    for going in moves.iter() {
        let (before, after) = (&going.before, going.imagined());
        let names = [before.path.as_str(), &before.title];
        let names = names.into_iter().chain(before.permalink.as_deref());
        let names = names.chain([after.path.as_str(), &after.title]);
        buckets.extend(names.map(link::bucket));
    }
    buckets
}
