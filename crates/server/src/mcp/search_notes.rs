//! `search_notes`.
//!
//! Invariant: a search that cannot be done is never an empty result, and rows that are left out are said to be.

mod ask;
mod fit;
mod json;
mod meaning;
mod refusal;
mod text;

use super::call::{Call, Format};
use super::declaration::{
    Declaration, Effect, Kind, MAX_TOKENS, Need, OUTPUT_FORMAT, PAGE, PAGE_SIZE, PROJECT,
    PROJECT_ID, Parameter, Produces, Profile,
};
use super::failure::Failure;
use super::reply::Reply;
use super::resources;
use ask::Ask;
use cairn_engine::{RowReply, SearchRow};
use cairn_index::{NoteId, NoteRecord};
use refusal::Refusal;
use rmcp::model::Resource;
use std::collections::{HashMap, HashSet};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "search_notes",
    title: "Search Notes",
    description: "Find notes by words and meaning, title, permalink or filters; best first, with the passage that matches. \
        Words may be plain, \"a phrase\", AND/OR/NOT, prefix*, tag:name. Filters work without a query. \
        Then read_note(identifier=permalink).",
    parameters: PARAMETERS,
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["search"],
    profile: Profile::Core,
    produces: Produces::Wrapped,
    call: run,
};

const PARAMETERS: &[Parameter] = &[
    Parameter {
        aliases: &["q", "search", "text"],
        ..optional("query", Kind::Text, "What to look for")
    },
    PROJECT,
    PROJECT_ID,
    Parameter {
        need: Need::Default("false"),
        aliases: &["all_projects"],
        ..optional("search_all_projects", Kind::Boolean, "Search every project")
    },
    PAGE,
    Parameter {
        kind: Kind::Integer {
            least: 1,
            most: 200,
        },
        ..PAGE_SIZE
    },
    optional(
        "search_type",
        Kind::Text,
        "hybrid (words and meaning; default if there is a model), text (words), vector (meaning), title, permalink (* is any)",
    ),
    OUTPUT_FORMAT,
    Parameter {
        aliases: &["note_type", "types"],
        ..optional("note_types", Kind::List, "Only notes of these types")
    },
    Parameter {
        aliases: &["entity_type"],
        ..optional(
            "entity_types",
            Kind::List,
            "What to find: entity (notes, default), observation, relation",
        )
    },
    Parameter {
        aliases: &["category"],
        ..optional(
            "categories",
            Kind::List,
            "Only observations of these categories",
        )
    },
    Parameter {
        aliases: &["since", "after", "from_date"],
        ..optional(
            "after_date",
            Kind::Text,
            "Only notes modified after: 2025-01-31, 7d, last week",
        )
    },
    optional(
        "metadata_filters",
        Kind::Object,
        "Frontmatter: {\"status\": \"open\", \"priority\": {\"$gte\": 2}}; also $in, $gt, $lt, $lte, $between",
    ),
    optional("tags", Kind::List, "Only notes with all of these tags"),
    optional("status", Kind::Text, "Only notes with this status"),
    Parameter {
        aliases: &["threshold", "similarity_threshold"],
        ..optional(
            "min_similarity",
            Kind::Number {
                least: 0.0,
                most: 1.0,
            },
            "Least cosine of a hit by meaning",
        )
    },
    MAX_TOKENS,
];

const fn optional(name: &'static str, kind: Kind, description: &'static str) -> Parameter {
    Parameter {
        name,
        kind,
        need: Need::Optional,
        aliases: &[],
        description,
    }
}

/// What a search found, and everything that is said of it.
struct Told<'a> {
    ask: &'a Ask<'a>,
    reply: &'a RowReply,
    /// Projects of the search that are not indexed, and why.
    failed: &'a [(String, String)],
    /// The notes of the rows as resources, in the order in which they first stand.
    links: Vec<(NoteId, Resource)>,
}

impl Told<'_> {
    /// The name of the project a row is of.
    fn project(&self, row: &SearchRow) -> &str {
        let mut projects = self.ask.projects.iter();
        projects
            .find(|project| project.settings().id() == row.hit.note.project)
            .map_or("", |project| project.settings().name.as_str())
    }

    fn total_is_exact(&self) -> bool {
        self.reply.total_is_exact && self.failed.is_empty()
    }

    /// The notes of the first rows as resources, each once.
    fn links(&self, rows: usize) -> Vec<Resource> {
        let rows = self.reply.rows.iter().take(rows);
        let shown: HashSet<NoteId> = rows.map(|row| row.hit.note.id).collect();
        let links = self.links.iter();
        links
            .filter(|(note, _)| shown.contains(note))
            .map(|(_, link)| link.clone())
            .collect()
    }
}

/// The notes of a page as resources, each once, in order.
fn links(ask: &Ask<'_>, reply: &RowReply) -> Result<Vec<(NoteId, Resource)>, Failure> {
    let mut seen = HashSet::new();
    let rows = reply.rows.iter();
    let notes: Vec<&NoteRecord> = rows
        .map(|row| &row.hit.note)
        .filter(|note| seen.insert(note.id))
        .collect();
    let mut links = HashMap::new();
    for project in &ask.projects {
        let id = project.settings().id();
        let here = || notes.iter().copied().filter(|note| note.project == id);
        let made = resources::resources(project, here())?;
        links.extend(here().map(|note| note.id).zip(made));
    }
    let in_order = notes.iter().filter_map(|note| links.remove_entry(&note.id));
    Ok(in_order.collect())
}

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let format = call.format();
    let query = ask::shown(call.arguments.text("query"));
    let refused = |refusal: Refusal| refusal.reply(call, format, &query);
    let ask = match Ask::read(call)? {
        Ok(ask) => ask,
        Err(refusal) => return Ok(refused(refusal)),
    };
    let reply = match call.engine.search_rows(&ask.projects, &ask.request) {
        Ok(reply) => reply,
        Err(error) => return Ok(refused(Refusal::Engine(error))),
    };
    let failed = ask.failed(call);
    let told = Told {
        ask: &ask,
        reply: &reply,
        failed: &failed,
        links: links(&ask, &reply)?,
    };
    Ok(fit::fitted(&told, call.max_tokens(), |cut| {
        let links = told.links(cut.rows);
        match format {
            Format::Text => Reply::text(text::page(&told, cut)),
            Format::Json => Reply::json(json::page(&told, cut)),
        }
        .with_links(links)
    }))
}

/// The first so many characters of a text, marked where it is cut.
fn end_of(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) if most == 0 => String::new(),
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
    }
}
