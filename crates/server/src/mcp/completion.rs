//! What may follow what someone has typed: projects, notes, tags, types, times.
//!
//! Invariant: never more than 100 values, those that begin with what was typed before those that hold it.

use super::{prompts, resources};
use crate::Failure;
use crate::host::Host;
use cairn_engine::{Engine, Project};
use cairn_index::{Count, Name};
use rmcp::ErrorData;
use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo, Reference};
use std::collections::HashSet;
use std::sync::Arc;

/// Windows people ask for, nearest first.
const TIMEFRAMES: &[&str] = &[
    "today",
    "yesterday",
    "1d",
    "3d",
    "7d",
    "14d",
    "30d",
    "90d",
    "last week",
    "last month",
    "1y",
];

/// A value, and the texts it is found by.
struct Candidate {
    value: String,
    names: Vec<String>,
}

/// Completes an argument of a prompt or a template.
pub(crate) fn complete(
    host: &Arc<Host>,
    request: &CompleteRequestParams,
) -> Result<CompleteResult, ErrorData> {
    if let Reference::Prompt(prompt) = &request.r#ref
        && !prompts::is_one(&prompt.name)
    {
        let message = format!("Unknown prompt: '{}'", prompt.name);
        return Err(ErrorData::invalid_params(message, None));
    }
    let typed = request.argument.value.as_str();
    let candidates = candidates(host, request)?;
    let (values, total) = best(candidates, typed);
    let has_more = total > values.len();
    let total = u32::try_from(total).unwrap_or(u32::MAX);
    let info = CompletionInfo::with_pagination(values, Some(total), has_more)
        .map_err(|message| ErrorData::internal_error(message, None))?;
    Ok(CompleteResult::new(info))
}

fn candidates(
    host: &Arc<Host>,
    request: &CompleteRequestParams,
) -> Result<Vec<Candidate>, Failure> {
    let name = request.argument.name.as_str();
    if matches!(name, "timeframe" | "after_date" | "since") {
        return Ok(TIMEFRAMES.iter().copied().map(plain).collect());
    }
    let engine = host.engine()?;
    let is_template = matches!(request.r#ref, Reference::Resource(_));
    match name {
        "project" => Ok(resources::reachable(host, &engine)?
            .iter()
            .map(|project| self::project(project, is_template))
            .collect()),
        "tag" | "tags" => counted(host, &engine, request, Project::every_tag),
        "type" | "note_type" | "note_types" => counted(host, &engine, request, Project::every_type),
        "topic" | "query" => named(host, &engine, request, |name, _| name.title.clone()),
        "path" | "permalink" | "identifier" | "url" => named(host, &engine, request, local),
        _ => Ok(Vec::new()),
    }
}

/// A project: a template takes its slug, everything else its name.
fn project(project: &Project<'_>, is_template: bool) -> Candidate {
    let settings = project.settings();
    let (name, slug) = (settings.name.clone(), settings.slug());
    Candidate {
        value: if is_template {
            slug.clone()
        } else {
            name.clone()
        },
        names: vec![name, slug],
    }
}

/// The projects that are meant: the one chosen before, the default one, or every one.
fn meant<'e>(
    host: &Host,
    engine: &'e Engine,
    request: &CompleteRequestParams,
) -> Result<Vec<Project<'e>>, Failure> {
    let context = request.context.as_ref();
    let chosen = context
        .and_then(|context| context.get_argument("project"))
        .map(|project| resources::address::decoded(project))
        .filter(|project| !project.trim().is_empty());
    let reachable = resources::reachable(host, engine)?;
    match chosen {
        Some(chosen) => {
            let slug = cairn_note::permalink::slug(&chosen);
            let is_chosen = |project: &Project<'_>| {
                let settings = project.settings();
                settings.name == chosen
                    || settings.slug() == slug
                    || settings.external_id() == chosen
            };
            Ok(reachable.into_iter().filter(is_chosen).collect())
        }
        None => Ok(engine
            .project(None)
            .map_or(reachable, |project| vec![project])),
    }
}

fn counted<'e>(
    host: &Host,
    engine: &'e Engine,
    request: &CompleteRequestParams,
    list: impl Fn(&Project<'e>) -> cairn_engine::Result<Vec<Count>>,
) -> Result<Vec<Candidate>, Failure> {
    let mut candidates = Vec::new();
    for project in meant(host, engine, request)? {
        candidates.extend(list(&project)?.iter().map(|count| plain(&count.value)));
    }
    Ok(candidates)
}

fn named(
    host: &Host,
    engine: &Engine,
    request: &CompleteRequestParams,
    value: impl Fn(&Name, &str) -> String,
) -> Result<Vec<Candidate>, Failure> {
    let mut candidates = Vec::new();
    for project in meant(host, engine, request)? {
        let slug = project.settings().slug();
        for name in project.every_name()? {
            let value = value(&name, &slug);
            candidates.push(Candidate {
                value,
                names: [Some(name.title), name.permalink]
                    .into_iter()
                    .flatten()
                    .collect(),
            });
        }
    }
    Ok(candidates)
}

/// A note's address inside its project.
fn local(name: &Name, slug: &str) -> String {
    let permalink = name.permalink.as_deref().unwrap_or(&name.path);
    let inside = permalink
        .strip_prefix(slug)
        .and_then(|rest| rest.strip_prefix('/'));
    inside.unwrap_or(permalink).to_owned()
}

fn plain(value: &str) -> Candidate {
    Candidate {
        value: value.to_owned(),
        names: Vec::new(),
    }
}

/// The best values, and how many match in all.
fn best(candidates: Vec<Candidate>, typed: &str) -> (Vec<String>, usize) {
    let typed = typed.trim().to_lowercase();
    let (mut first, mut then) = (Vec::new(), Vec::new());
    for candidate in candidates {
        let (mut begins, mut holds) = (typed.is_empty(), false);
        for name in candidate.names.iter().chain([&candidate.value]) {
            let lower = name.to_lowercase();
            begins |= lower.starts_with(&typed);
            holds |= lower.contains(&typed);
        }
        if begins {
            first.push(candidate.value);
        } else if holds {
            then.push(candidate.value);
        }
    }
    let mut seen = HashSet::new();
    let mut values: Vec<String> = first
        .into_iter()
        .chain(then)
        .filter(|value| seen.insert(value.clone()))
        .collect();
    let total = values.len();
    values.truncate(CompletionInfo::MAX_VALUES);
    (values, total)
}
