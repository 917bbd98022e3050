//! `build_context`.
//!
//! Invariant: what it shows was named exactly, never guessed.

mod json;
mod text;

use super::call::{Call, Format, Prefix};
use super::declaration::{
    Declaration, Effect, Kind, MAX_TOKENS, Need, PAGE, PAGE_SIZE, PROJECT, PROJECT_ID, Parameter,
    Produces, Profile,
};
use super::failure::Failure;
use super::recent_activity::window::{self, TIMEFRAME};
use super::reply::Reply;
use cairn_engine::{ContextItem, ContextRequest, Project};
use cairn_index::{NoteId, NoteRecord};
use cairn_note::link::{MemoryUrl, UrlError};
use jiff::Timestamp;
use std::collections::HashMap;

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "build_context",
    title: "Build Context",
    description: "Gather a note with its observations, relations and the notes around it, to go on with a topic. \
        Use it once you know a permalink, path or title; use search_notes to find one.",
    parameters: &[
        Parameter {
            name: "url",
            kind: Kind::Text,
            need: Need::Required,
            aliases: &["uri", "memory_url"],
            description: "memory:// URL, permalink, path or title; * matches many",
        },
        PROJECT,
        PROJECT_ID,
        Parameter {
            name: "depth",
            kind: Kind::Integer { least: 0, most: 10 },
            need: Need::Default("1"),
            aliases: &[],
            description: "Relations to follow from it, at most 5",
        },
        TIMEFRAME,
        PAGE,
        PAGE_SIZE,
        Parameter {
            name: "max_related",
            kind: Kind::Integer {
                least: 0,
                most: 1_000,
            },
            need: Need::Default("10"),
            aliases: &["max_results"],
            description: "Related notes at most",
        },
        Parameter {
            name: "output_format",
            kind: Kind::Choice(&["json", "text"]),
            need: Need::Default("\"json\""),
            aliases: &[],
            description: "json or text",
        },
        MAX_TOKENS,
    ],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["navigation", "notes"],
    profile: Profile::Core,
    produces: Produces::Wrapped,
    call: run,
};

/// Relations followed at most, as in the engine; more is understood as that.
const DEEPEST: usize = 5;
/// Bytes of a note that are shown at most.
const LARGEST: u64 = 4 << 20;

/// What is to be said.
struct Told<'a> {
    /// The URL as it was given, without `memory://`.
    uri: &'a str,
    project: &'a str,
    depth: usize,
    since: Timestamp,
    generated: Timestamp,
    page: usize,
    page_size: usize,
    has_more: bool,
    items: &'a [ContextItem],
    /// The text of each item, without frontmatter; `None` for what is no note.
    bodies: Vec<Option<String>>,
    known: HashMap<NoteId, &'a NoteRecord>,
    /// What was perhaps meant, when nothing was found.
    near: Vec<String>,
    /// Tokens the answer may cost.
    most: Option<usize>,
}

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let arguments = &call.arguments;
    let url = arguments.text("url");
    let parsed = MemoryUrl::parse(url).map_err(|error| refused(&error))?;
    let window = window::read(arguments.text("timeframe"), &call.now)?;
    let routed = call.route(url, Prefix::Plain)?;
    let request = ContextRequest {
        url: if parsed.path.contains('*') {
            routed.local.clone()
        } else {
            url.to_owned()
        },
        depth: arguments.count("depth").min(DEEPEST),
        timeframe: Some(window.phrase.clone()),
        page: arguments.count("page"),
        page_size: arguments.count("page_size"),
        max_related: arguments.count("max_related"),
        now: call.now.clone(),
    };
    let context = routed.project.build_context(&request)?;
    let near = if context.items.is_empty() && request.page == 1 && !parsed.path.contains('*') {
        near(&routed.project, url)
    } else {
        Vec::new()
    };
    let told = Told {
        uri: &parsed.path,
        project: &routed.project.settings().name,
        depth: request.depth,
        since: window.since,
        generated: call.now.timestamp(),
        page: request.page,
        page_size: request.page_size,
        has_more: context.has_more,
        items: &context.items,
        bodies: context
            .items
            .iter()
            .map(|item| body(call, &item.note))
            .collect(),
        known: known(&context.items),
        near,
        most: call.max_tokens(),
    };
    Ok(match call.format() {
        Format::Json => Reply::json(json::answer(&told)),
        Format::Text => Reply::text(text::answer(&told)),
    })
}

fn refused(error: &UrlError) -> Failure {
    let message = match error {
        UrlError::Empty => "Memory URL cannot be empty".to_owned(),
        UrlError::TooLong(length) => format!(
            "the memory URL has {length} characters, more than {}",
            MemoryUrl::LONGEST
        ),
        UrlError::Scheme(url) => format!("the memory URL '{url}' contains protocol scheme '://'"),
        UrlError::EmptySegment(url) => format!("the memory URL '{url}' contains double slashes"),
        UrlError::Character { url, character } => {
            format!("the memory URL '{url}' contains invalid characters: {character}")
        }
    };
    Failure::Raised {
        message,
        hint: Some("give memory:// and a permalink, a path or a title, as memory://notes/tea or memory://notes/*".to_owned()),
    }
}

/// What was perhaps meant.
fn near(project: &Project<'_>, url: &str) -> Vec<String> {
    match project.identify(url, None) {
        Err(cairn_engine::Error::NotFound { near, .. }) => near,
        _ => Vec::new(),
    }
}

/// The text of a note without its frontmatter; a file that cannot be read costs its text, not the answer.
fn body(call: &Call<'_>, note: &NoteRecord) -> Option<String> {
    if !note.is_note {
        return None;
    }
    let home = call
        .engine
        .projects()
        .find(|project| project.settings().id() == note.project)?;
    let text = String::from_utf8(home.bytes(note, LARGEST).ok()??).ok()?;
    Some(
        text[cairn_note::parse(&text).body_start..]
            .trim()
            .to_owned(),
    )
}

fn known(items: &[ContextItem]) -> HashMap<NoteId, &NoteRecord> {
    let around = items
        .iter()
        .flat_map(|item| item.around.notes.iter().map(|(_, note)| note));
    items
        .iter()
        .map(|item| &item.note)
        .chain(around)
        .map(|note| (note.id, note))
        .collect()
}

impl Told<'_> {
    /// How many notes and relations stand around the items.
    fn related(&self) -> usize {
        self.items
            .iter()
            .map(|item| item.around.notes.len() + item.around.edges.len())
            .sum()
    }

    /// How to go on where an answer was cut.
    fn go_on(&self, shown: usize) -> String {
        let next = self.items.get(shown).map_or_else(String::new, |item| {
            format!(", or read_note(identifier=\"{}\")", name(&item.note))
        });
        format!("repeat with a larger max_tokens or with page_size=1{next}")
    }
}

/// What a note is called in a call.
fn name(note: &NoteRecord) -> &str {
    note.permalink.as_deref().unwrap_or(note.path.as_str())
}
