//! The arguments of a search as one question.
//!
//! Not asking it. Invariant: what is not understood is refused, never left out.

use super::Refusal;
use super::end_of;
use crate::host::Indexing;
use crate::mcp::call::{Call, Prefix};
use crate::mcp::excerpt::one_line;
use crate::mcp::failure::Failure;
use cairn_engine::{LeftOut, Project, RowKind, RowRequest, SearchBy, SearchRequest};
use cairn_note::link::without_scheme;
use serde_json::Value;

/// A question.
pub(super) struct Ask<'c> {
    /// As given, in the form it is said again.
    pub(super) query: String,
    /// Where.
    pub(super) projects: Vec<Project<'c>>,
    /// Whether that is every project there is.
    pub(super) is_everywhere: bool,
    /// Whether it was said that words and meaning are to count.
    pub(super) is_hybrid_named: bool,
    /// What the engine is asked.
    pub(super) request: RowRequest,
}

const TYPES: &str = "hybrid, permalink, semantic, text, title, vector";
const KINDS: &str = "entity, observation, relation";

impl<'c> Ask<'c> {
    /// Reads the arguments of a call.
    pub(super) fn read(call: &'c Call<'_>) -> Result<Result<Self, Refusal>, Failure> {
        let arguments = &call.arguments;
        let query = arguments.text("query").trim();
        let by = match how(call, query) {
            Ok(how) => how,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let kinds = match kinds(call) {
            Ok(kinds) => kinds,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (projects, name) = match scope(call, query) {
            Ok(scope) => scope,
            Err(Failure::Engine(error)) => return Ok(Err(Refusal::Engine(error))),
            Err(failure) => return Err(failure),
        };
        let search = SearchRequest {
            query: if by == SearchBy::Permalink {
                name
            } else {
                query.to_owned()
            },
            by,
            min_similarity: similarity(call),
            folder: None,
            note_types: arguments.list("note_types"),
            tags: arguments.list("tags"),
            categories: arguments.list("categories"),
            metadata: arguments.object("metadata_filters"),
            after: arguments.optional_text("after_date").map(shown),
            left_out: LeftOut::Nothing,
            page: arguments.count("page"),
            page_size: arguments.count("page_size"),
            now: call.now.clone(),
        };
        let Some(search) = narrowed(search, call) else {
            return Ok(Err(Refusal::NoCriteria));
        };
        Ok(Ok(Self {
            query: shown(query),
            is_everywhere: projects.len() > 1,
            projects,
            is_hybrid_named: is_hybrid(call),
            request: RowRequest { search, kinds },
        }))
    }

    /// What the projects searched are called together.
    pub(super) fn place(&self) -> &str {
        match self.projects.as_slice() {
            [only] => &only.settings().name,
            _ => "all projects",
        }
    }

    /// The projects of a search everywhere that could not be indexed, and why.
    pub(super) fn failed(&self, call: &Call<'_>) -> Vec<(String, String)> {
        if !self.is_everywhere {
            return Vec::new();
        }
        let names = self.projects.iter().map(|project| &project.settings().name);
        names
            .filter_map(|name| match call.host.indexing(name) {
                Some(Indexing::Failed(message)) => Some((name.clone(), message)),
                Some(Indexing::Running { .. }) => {
                    Some((name.clone(), "still being indexed".to_owned()))
                }
                Some(Indexing::Complete) | None => None,
            })
            .collect()
    }
}

/// What the query is compared with.
fn how(call: &Call<'_>, query: &str) -> Result<SearchBy, Refusal> {
    if without_scheme(query).is_some() {
        return Ok(SearchBy::Permalink);
    }
    let meaning = &call.engine.settings().meaning;
    let wanted = wanted(call);
    match wanted.as_str() {
        "" => Ok(meaning.by()),
        "text" => Ok(SearchBy::Text),
        "hybrid" => Ok(SearchBy::Hybrid),
        "title" => Ok(SearchBy::Title),
        "permalink" => Ok(SearchBy::Permalink),
        "vector" | "semantic" if meaning.model.is_none() => Err(Refusal::Semantic(wanted)),
        "vector" | "semantic" => Ok(SearchBy::Meaning),
        _ => Err(Refusal::Unknown(format!(
            "Invalid search_type '{}'. Valid options: {TYPES}",
            shown(call.arguments.text("search_type").trim())
        ))),
    }
}

fn is_hybrid(call: &Call<'_>) -> bool {
    wanted(call) == "hybrid"
}

fn wanted(call: &Call<'_>) -> String {
    let given = call.arguments.text("search_type");
    given.trim().to_ascii_lowercase()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "a share of one has digits enough"
)]
fn similarity(call: &Call<'_>) -> Option<f32> {
    let least = call.arguments.optional_number("min_similarity");
    least.map(|least| least as f32)
}

fn kinds(call: &Call<'_>) -> Result<Vec<RowKind>, Refusal> {
    let mut kinds = Vec::new();
    for name in call.arguments.list("entity_types") {
        let kind = match name.to_ascii_lowercase().as_str() {
            "entity" => RowKind::Note,
            "observation" => RowKind::Observation,
            "relation" => RowKind::Relation,
            _ => {
                return Err(Refusal::Unknown(format!(
                    "Invalid entity_type '{}'. Valid options: {KINDS}",
                    shown(&name)
                )));
            }
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.is_empty() {
        kinds.push(if call.arguments.list("categories").is_empty() {
            RowKind::Note
        } else {
            RowKind::Observation
        });
    }
    Ok(kinds)
}

/// Where to search, and the query without the project's prefix, as a name.
fn scope<'c>(call: &'c Call<'_>, query: &'c str) -> Result<(Vec<Project<'c>>, String), Failure> {
    let arguments = &call.arguments;
    let is_named = ["project", "project_id"].into_iter().any(|name| {
        arguments
            .optional_text(name)
            .is_some_and(|name| !name.trim().is_empty())
    });
    if arguments.flag("search_all_projects") && !is_named {
        let name = without_scheme(query);
        return Ok((
            call.engine.projects().collect(),
            name.unwrap_or(query).replace("::", "/"),
        ));
    }
    // Several words with a slash among them are words, whatever the first one is.
    let prefix = if query.contains(char::is_whitespace) {
        Prefix::Url
    } else {
        Prefix::Plain
    };
    let routed = call.route(query, prefix)?;
    Ok((vec![routed.project], routed.local))
}

/// Adds the shorthands to the conditions; `None` when there is nothing to search for.
fn narrowed(mut search: SearchRequest, call: &Call<'_>) -> Option<SearchRequest> {
    // The same key among the conditions wins.
    if search.metadata.contains_key("tags") {
        search.tags.clear();
    }
    let status = call.arguments.optional_text("status").map(str::trim);
    if let Some(status) = status.filter(|status| !status.is_empty())
        && !search.metadata.contains_key("status")
    {
        search
            .metadata
            .insert("status".to_owned(), Value::from(status));
    }
    let has_condition = !search.note_types.is_empty()
        || !search.tags.is_empty()
        || !search.categories.is_empty()
        || !search.metadata.is_empty()
        || search
            .after
            .as_deref()
            .is_some_and(|after| !after.trim().is_empty());
    if search.query.trim().is_empty() && !has_condition {
        if call.arguments.list("entity_types").is_empty() {
            return None;
        }
        // Everything of a kind.
        "*".clone_into(&mut search.query);
    }
    Some(search)
}

/// What somebody gave, on one line and not too long to be said again.
pub(super) fn shown(text: &str) -> String {
    end_of(&one_line(text), 200)
}
