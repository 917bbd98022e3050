//! A request as the index is asked: words, and conditions.
//!
//! Not asking. Invariant: everything a request gives is in one of the two, or it is an error; nothing is dropped.

use super::units::Wanted;
use super::{SearchRequest, tag_tokens};
use crate::accept::folder;
use crate::{Error, Result};
use cairn_index::{Filter, ProjectId};
use cairn_note::filter::{MetadataFilter, Test, canonical_type};
use cairn_note::query::{Expr, Query};
use cairn_note::{tags, timeframe};
use serde_json::Value;

/// Values a filter may compare with; databases have limits of their own, far above what anybody asks.
const MOST_VALUES: usize = 500;

/// A request as the index is asked.
pub(super) struct Asked {
    pub(super) query: Query,
    pub(super) filter: Filter,
    pub(super) wanted: Wanted,
    /// What a model is asked, if it is a plain question: operators and quotes say what words must stand there, and that
    /// is not a matter of meaning.
    pub(super) question: Option<String>,
}

impl Asked {
    /// Reads a request whose query is words; `None` when nothing at all is asked for.
    pub(super) fn words(request: &SearchRequest, projects: Vec<ProjectId>) -> Result<Option<Self>> {
        let (tags, text) = tag_tokens::split(&request.query);
        let query = Query::parse(&text);
        let filter = filter(request, &[tags, query.tags.clone()].concat(), projects)?;
        if query.nothing || (text.trim().is_empty() && is_open(&filter)) {
            return Ok(None);
        }
        Ok(Some(Self {
            wanted: Wanted::of(&query),
            question: is_plain(&query, &text).then(|| text.trim().to_owned()),
            query,
            filter,
        }))
    }

    /// Reads the conditions of a request whose query is a name.
    pub(super) fn conditions(request: &SearchRequest, projects: Vec<ProjectId>) -> Result<Self> {
        Ok(Self {
            query: Query::default(),
            filter: filter(request, &[], projects)?,
            wanted: Wanted::default(),
            question: None,
        })
    }
}

/// Whether a query is words as people say them.
fn is_plain(query: &Query, text: &str) -> bool {
    match query.expr {
        Some(Expr::Any(_)) => true,
        Some(Expr::Word(_)) => !text.contains(['"', '*']),
        _ => false,
    }
}

fn filter(
    request: &SearchRequest,
    more_tags: &[String],
    projects: Vec<ProjectId>,
) -> Result<Filter> {
    let mut all_tags = tags::parse(&Value::from(request.tags.clone()));
    for tag in more_tags {
        if !all_tags.contains(tag) {
            all_tags.push(tag.clone());
        }
    }
    let after = match request.after.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(timeframe::moment(text, &request.now)?),
    };
    let folder = folder(request.folder.as_deref().unwrap_or_default())?;
    let mut filter = Filter {
        projects,
        folder: folder.map(|folder| folder.to_string()),
        note_types: request
            .note_types
            .iter()
            .map(|name| canonical_type(name))
            .collect(),
        tags: all_tags,
        categories: request.categories.clone(),
        metadata: MetadataFilter::parse(&request.metadata)?,
        after,
        notes_only: false,
    };
    tags_of_metadata(&mut filter);
    types_of_metadata(&mut filter);
    match values(&filter) {
        ..=MOST_VALUES => Ok(filter),
        count => Err(Error::Invalid {
            message: format!("a search takes at most {MOST_VALUES} conditions, not {count}"),
            hint: Some("ask for less at a time".to_owned()),
        }),
    }
}

/// How many values a filter compares with.
fn values(filter: &Filter) -> usize {
    let conditions = filter.metadata.conditions.iter();
    let of_metadata: usize = conditions
        .map(|condition| match &condition.test {
            Test::In(values) | Test::ContainsAll(values) => values.len(),
            _ => 1,
        })
        .sum();
    filter.note_types.len() + filter.tags.len() + filter.categories.len() + of_metadata
}

/// A condition on `tags` with one text means a tag among others, not a note with that tag alone.
fn tags_of_metadata(filter: &mut Filter) {
    for condition in &mut filter.metadata.conditions {
        if let ("tags", Test::Equals(text)) = (condition.key.as_str(), &condition.test) {
            condition.test = Test::ContainsAll(tags::parse_text(text));
        }
    }
}

/// A condition on the frontmatter's `type` (or `note_type`, as other programs call it) is one on the note's type,
/// which a note without such a line has too and which has many spellings.
fn types_of_metadata(filter: &mut Filter) {
    for condition in &mut filter.metadata.conditions {
        if condition.key == "note_type" {
            "type".clone_into(&mut condition.key);
        }
    }
    if !filter.note_types.is_empty() {
        return;
    }
    let conditions = &mut filter.metadata.conditions;
    let types = |test: &Test| match test {
        Test::Equals(name) => Some(vec![canonical_type(name)]),
        Test::In(names) => Some(names.iter().map(|name| canonical_type(name)).collect()),
        Test::ContainsAll(names) if names.len() == 1 => Some(vec![canonical_type(&names[0])]),
        _ => None,
    };
    let found = conditions.iter().enumerate().find_map(|(at, condition)| {
        let types = (condition.key == "type").then(|| types(&condition.test))?;
        Some((at, types?))
    });
    if let Some((at, types)) = found {
        conditions.remove(at);
        filter.note_types = types;
    }
}

/// Whether nothing but the project is asked for.
fn is_open(filter: &Filter) -> bool {
    let Filter {
        projects: _,
        folder,
        note_types,
        tags,
        categories,
        metadata,
        after,
        notes_only: _,
    } = filter;
    folder.is_none()
        && note_types.is_empty()
        && tags.is_empty()
        && categories.is_empty()
        && metadata.conditions.is_empty()
        && after.is_none()
}
