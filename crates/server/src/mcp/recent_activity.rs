//! `recent_activity`.
//!
//! Invariant: all projects are looked at only when none is named and none is the default.

mod by_actor;
mod discovery;
mod text;
pub(super) mod window;

use super::budget;
use super::call::{Call, Format};
use super::declaration::{
    Declaration, Effect, Kind, MAX_TOKENS, Need, OUTPUT_FORMAT, PAGE, PAGE_SIZE, PROJECT,
    PROJECT_ID, Parameter, Produces, Profile,
};
use super::failure::Failure;
use super::reply::Reply;
use cairn_engine::{Error, NoteRevision, Project, RecentItem, RowKind};
use serde_json::{Value, json};
use std::collections::HashMap;
use window::{TIMEFRAME, Window};

/// The tool.
pub(super) const TOOL: Declaration = Declaration {
    name: "recent_activity",
    title: "Recent Activity",
    description: "List what was written lately, latest first, and who changed it. Use it at the start of a session to \
        learn what the person works on. With actor: what that one did, moves and deletions too. Without a project and \
        without a default one it surveys all projects.",
    parameters: &[
        Parameter {
            name: "type",
            kind: Kind::List,
            need: Need::Default("[]"),
            aliases: &["types", "kind"],
            description: "entity, observation, relation; default entity",
        },
        Parameter {
            name: "depth",
            kind: Kind::Integer { least: 0, most: 10 },
            need: Need::Default("1"),
            aliases: &[],
            description: "Has no effect",
        },
        TIMEFRAME,
        Parameter {
            name: "actor",
            kind: Kind::Text,
            need: Need::Optional,
            aliases: &[],
            description: "Only what this one did, as note_history names it",
        },
        PAGE,
        PAGE_SIZE,
        PROJECT,
        PROJECT_ID,
        OUTPUT_FORMAT,
        MAX_TOKENS,
    ],
    effect: Effect::ReadOnly,
    idempotent: true,
    tags: &["navigation", "notes"],
    profile: Profile::Core,
    produces: Produces::Wrapped,
    call: run,
};

/// Items of a page at most, as in the reference.
const MOST_ITEMS: usize = 100;

/// What was asked.
struct Asked {
    window: Window,
    kinds: Vec<RowKind>,
    /// Whether the kinds were named.
    filtered: bool,
    page: usize,
    page_size: usize,
    /// Tokens the answer may cost.
    most: Option<usize>,
}

fn run(call: &Call<'_>) -> Result<Reply, Failure> {
    let arguments = &call.arguments;
    let types = arguments.list("type");
    let asked = Asked {
        window: window::read(arguments.text("timeframe"), &call.now)?,
        kinds: kinds(&types)?,
        filtered: !types.is_empty(),
        page: arguments.count("page"),
        page_size: arguments.count("page_size"),
        most: call.max_tokens(),
    };
    if asked.page_size > MOST_ITEMS {
        return Err(Failure::raised(format!(
            "page_size must be <= {MOST_ITEMS}, got {}",
            asked.page_size
        )));
    }
    let actor = arguments.optional_text("actor").map(str::trim);
    if let Some(actor) = actor.filter(|actor| !actor.is_empty()) {
        return by_actor::run(call, &asked, actor);
    }
    let project = match call.project() {
        Ok(project) => project,
        Err(Failure::Engine(Error::NoProject)) => return discovery::run(call, &asked),
        Err(failure) => return Err(failure),
    };
    let offset = (asked.page - 1).saturating_mul(asked.page_size);
    let mut items = project.recent_items(
        asked.window.since,
        &asked.kinds,
        offset,
        asked.page_size + 1,
    )?;
    let has_more = items.len() > asked.page_size;
    items.truncate(asked.page_size);
    let changes = changes(&project, items.iter())?;
    match call.format() {
        Format::Json => {
            let rows = items.iter().map(|item| row(item, None, &changes));
            Ok(asked.rows(rows.collect(), has_more))
        }
        Format::Text => {
            let text = text::answer(&asked, project.settings(), &items, &changes, has_more);
            Ok(Reply::text(asked.fitted(text)))
        }
    }
}

/// The last change of each note, by its path.
type Changes = HashMap<String, NoteRevision>;

/// Asks who changed the notes among some items last; their lines do not say it.
fn changes<'i>(
    project: &Project<'_>,
    items: impl Iterator<Item = &'i RecentItem>,
) -> Result<Changes, Failure> {
    let notes = items.filter_map(|item| match item {
        RecentItem::Note(note) => Some(&**note),
        _ => None,
    });
    Ok(project.last_changes(notes)?)
}

/// Reads which kinds are wanted.
fn kinds(types: &[String]) -> Result<Vec<RowKind>, Failure> {
    let mut kinds = Vec::new();
    for name in types {
        let kind = match name.trim().to_lowercase().as_str() {
            "entity" => RowKind::Note,
            "observation" => RowKind::Observation,
            "relation" => RowKind::Relation,
            _ => {
                return Err(Failure::raised(format!(
                    "Invalid type: {name}. Valid types are: ['entity', 'observation', 'relation']"
                )));
            }
        };
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.is_empty() {
        kinds.push(RowKind::Note);
    }
    Ok(kinds)
}

impl Asked {
    /// The rows as an answer. A list has no room for more, so what is left is said beside it.
    fn rows(&self, mut rows: Vec<Value>, has_more: bool) -> Reply {
        let mut cut = false;
        if let Some(most) = self.most {
            let mut spent = 0;
            let all = rows.len();
            let fits = |row: &Value| {
                spent += budget::tokens(&row.to_string()) + 1;
                spent <= most
            };
            let kept = rows.iter().map(fits).take_while(|fits| *fits).count();
            rows.truncate(kept);
            cut = kept < all;
        }
        let notice = match (cut, has_more) {
            (true, _) => Some(format!(
                "Cut at max_tokens after {} rows of page {}. Repeat with a larger max_tokens or a smaller page_size.",
                rows.len(),
                self.page
            )),
            (false, true) => Some(format!("Use page={} to see more.", self.page + 1)),
            (false, false) => None,
        };
        Reply {
            notice,
            ..Reply::json(Value::Array(rows))
        }
    }

    /// The text, cut to what it may cost.
    fn fitted(&self, text: String) -> String {
        let Some(part) = self.most.and_then(|most| budget::prefix(&text, most)) else {
            return text;
        };
        format!(
            "{}\n[Cut at max_tokens. Repeat with a larger max_tokens or a smaller page_size than {}.]",
            part.trim_end(),
            self.page_size
        )
    }
}

/// One item for programs.
fn row(item: &RecentItem, project: Option<&str>, changes: &Changes) -> Value {
    let note = item.note();
    let (kind, title) = match item {
        RecentItem::Note(note) => ("entity", note.title.clone()),
        RecentItem::Observation { observation, .. } => (
            "observation",
            format!(
                "{}: {}",
                observation.category(),
                text::shortened(&observation.content, 50)
            ),
        ),
        RecentItem::Relation {
            relation, target, ..
        } => {
            let end = target
                .as_ref()
                .map_or(relation.target.as_str(), |target| target.title.as_str());
            ("relation", format!("{} -> {end}", note.title))
        }
    };
    let mut row = json!({
        "type": kind,
        "title": title,
        "permalink": note.permalink,
        "file_path": note.path.as_str(),
        "created_at": note.created.to_string(),
    });
    if let Some(project) = project {
        row["project"] = json!(project);
    }
    if let (RecentItem::Note(_), Some(change)) = (item, changes.get(note.path.as_str())) {
        row["changed_by"] = json!(change.actor);
        row["operation"] = json!(change.operation);
    }
    row
}
