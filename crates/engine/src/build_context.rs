//! From a memory:// URL to a neighbourhood.
//!
//! The index walks; this file finds where to begin and shares the related notes out. Invariant: a related note
//! stands in the answer once, with the first item that leads to it.

use crate::accept::page_offset;
use crate::{Error, Project, Result};
use cairn_index::{Graph, NoteId, NoteRecord, Reach, RelationRecord, Resolution, Session};
use cairn_note::link::{Glob, MemoryUrl};
use cairn_note::{Observation, timeframe};
use jiff::Zoned;
use std::collections::HashSet;

/// What to gather.
#[derive(Debug, Clone)]
pub struct ContextRequest {
    /// A memory:// URL, a permalink (with `*`), a title.
    pub url: String,
    /// Relations to follow, 0 to 5.
    pub depth: usize,
    /// Only related notes modified in this window.
    pub timeframe: Option<String>,
    /// From 1.
    pub page: usize,
    /// Primary notes of a page, 1 to 100.
    pub page_size: usize,
    /// Related notes of the page at most, 0 to 1000.
    pub max_related: usize,
    /// The present.
    pub now: Zoned,
}

/// A neighbourhood.
#[derive(Debug, Clone)]
pub struct Context {
    /// The notes the URL names.
    pub items: Vec<ContextItem>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// One primary note with what is around it.
#[derive(Debug, Clone)]
pub struct ContextItem {
    /// The note.
    pub note: NoteRecord,
    /// Its observations.
    pub observations: Vec<Observation>,
    /// Its relations.
    pub relations: Vec<RelationRecord>,
    /// What is around it.
    pub around: Graph,
}

/// Relations followed at most: beyond that nearly everything is related to everything.
const DEEPEST: usize = 5;
/// Primary notes of a page at most.
const MOST_ITEMS: usize = 100;
/// Related notes at most.
const MOST_RELATED: usize = 1000;

impl Project<'_> {
    /// Gathers the neighbourhood of what a URL names; an unknown URL gives no items, an ambiguous one all it could
    /// mean.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what is no URL and for a depth or page out of range, [`Error::Timeframe`] for a
    /// window that is not understood.
    pub fn build_context(&self, request: &ContextRequest) -> Result<Context> {
        let url = MemoryUrl::parse(&request.url).map_err(|error| Error::Invalid {
            message: error.to_string(),
            hint: Some("a URL is memory:// and a permalink, which may have `*` in it".to_owned()),
        })?;
        within("depth", request.depth, DEEPEST)?;
        within("max_related", request.max_related, MOST_RELATED)?;
        let offset = page_offset(request.page, request.page_size, MOST_ITEMS)?;
        let since = match request.timeframe.as_deref().map(str::trim) {
            None | Some("") => None,
            Some(text) => Some(timeframe::since(text, &request.now)?),
        };
        let session = self.session("gather a context")?;
        let mut notes = self.primary(&session, &url, offset, request.page_size + 1)?;
        let has_more = notes.len() > request.page_size;
        notes.truncate(request.page_size);
        let mut seen = HashSet::new();
        let mut items = Vec::with_capacity(notes.len());
        for note in notes {
            let left = request.max_related - seen.len();
            let reach = Reach {
                depth: request.depth,
                limit: left + seen.len(),
                since,
                within: self.engine.only.is_some().then(|| self.id()),
            };
            let around = if request.depth == 0 {
                Graph::default()
            } else {
                session.around(&[note.id], reach)?
            };
            items.push(ContextItem {
                observations: session.observations(note.id)?,
                relations: self.relations_of(&session, note.id)?,
                around: share(around, note.id, left, &mut seen),
                note,
            });
        }
        Ok(Context { items, has_more })
    }

    fn relations_of(&self, session: &Session<'_>, note: NoteId) -> Result<Vec<RelationRecord>> {
        let mut relations = session.relations(note)?;
        if self.engine.only.is_some() {
            for relation in &mut relations {
                self.end_of(session, relation)?;
            }
        }
        Ok(relations)
    }

    /// The notes a URL names, by permalink.
    fn primary(
        &self,
        session: &Session<'_>,
        url: &MemoryUrl,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<NoteRecord>> {
        let Some(pattern) = url.pattern() else {
            let mut records = match self.resolve(session, &url.path, None)? {
                Resolution::Found(record) => vec![*record],
                Resolution::Ambiguous(records) => records,
                Resolution::Missing => Vec::new(),
            };
            records.sort_by(|one, other| one.path.cmp(&other.path));
            return Ok(records.into_iter().skip(offset).take(limit).collect());
        };
        // Permalinks begin with the project, which nobody types; a pattern that begins with `*` has room for it.
        let slug = self.with_scope(|scope| scope.slug.map(str::to_owned));
        let inside = slug
            .filter(|slug| {
                !pattern.literal_prefix().is_empty()
                    && !pattern.as_str().starts_with(&format!("{slug}/"))
            })
            .map(|slug| Glob::new(&format!("{slug}/{}", pattern.as_str())));
        let Some(inside) = inside else {
            return Ok(session.matching(self.id(), &pattern, limit, offset)?);
        };
        let mut seen = HashSet::new();
        let mut records = session.matching(self.id(), &inside, offset + limit, 0)?;
        records.extend(session.matching(self.id(), &pattern, offset + limit, 0)?);
        records.retain(|record| seen.insert(record.id));
        Ok(records.into_iter().skip(offset).take(limit).collect())
    }
}

/// Keeps of a graph what no item before had, at most `left` notes, and the relations between what is kept.
fn share(mut around: Graph, root: NoteId, left: usize, seen: &mut HashSet<NoteId>) -> Graph {
    around
        .notes
        .retain(|(_, note)| note.id != root && !seen.contains(&note.id));
    around.notes.truncate(left);
    let mut known: HashSet<NoteId> = around.notes.iter().map(|(_, note)| note.id).collect();
    seen.extend(&known);
    known.insert(root);
    around.edges.retain(|edge| {
        let is_known = |note: NoteId| known.contains(&note) || seen.contains(&note);
        is_known(edge.relation.source) && edge.relation.resolved.is_none_or(is_known)
    });
    around
}

fn within(name: &str, value: usize, most: usize) -> Result<()> {
    if value <= most {
        return Ok(());
    }
    Err(Error::Invalid {
        message: format!("{name} must be <= {most}, got {value}"),
        hint: None,
    })
}
