//! What the questions of a script answer.

use crate::steps::{Answer, with_json};
use cairn_engine::{
    ContextRequest, IndexState, ListingRequest, ListingRow, Project, ReadRequest, RecentRequest,
    SearchRequest, Sort,
};
use cairn_note::{Metadata, NotePath, parse};
use jiff::Zoned;
use serde_json::Value;

/// Asks the project.
pub(crate) fn answer(project: Project<'_>, verb: &str, rest: &str) -> Answer {
    match verb {
        "status" => status(project),
        "which" => which(project, rest),
        "read" => Ok(lines_of(&read(project, rest)?)),
        "permalinks" => permalinks(project),
        "links" => links(project, rest),
        "observations" => {
            let observations = parse(&read(project, rest)?).observations;
            let lines = observations.iter().map(|observation| {
                let context = observation.context.as_deref();
                let context = context.map_or_else(String::new, |context| format!(" ({context})"));
                format!(
                    "[{}] {}{context}",
                    observation.category(),
                    observation.content
                )
            });
            Ok(lines.collect())
        }
        "frontmatter" => {
            let metadata = project.identify(rest, None)?.metadata;
            Ok(metadata
                .iter()
                .map(|(key, value)| format!("{key}: {value}"))
                .collect())
        }
        "search" => search(project, rest),
        "context" => context(project, rest),
        "recent" => recent(project, rest),
        "list" => list(project, rest),
        _ => panic!("there is no step '{verb}'"),
    }
}

/// A text as the lines of an answer.
pub(crate) fn lines_of(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text
        .split('\n')
        .map(
            |line| match line.replace('\r', "\\r").replace('\0', "\\0") {
                line if line.is_empty() => "|".to_owned(),
                line => format!("| {line}"),
            },
        )
        .collect();
    if text.is_empty() || text.ends_with('\n') {
        lines.pop();
    } else {
        lines.push("~".to_owned());
    }
    lines
}

fn now() -> Zoned {
    "2025-06-15T12:00:00[UTC]".parse().expect("a time")
}

fn status(project: Project<'_>) -> Answer {
    let status = project.status()?;
    let state = match status.state {
        IndexState::NotIndexed => "not indexed",
        IndexState::Behind => "behind",
        IndexState::UpToDate => "up to date",
    };
    let mut lines = vec![state.to_owned()];
    for (word, paths) in [
        ("new", &status.new),
        ("modified", &status.modified),
        ("deleted", &status.deleted),
    ] {
        lines.extend(paths.iter().map(|path| format!("{word}: {path}")));
    }
    let moved = status.moved.iter();
    lines.extend(moved.map(|(from, to)| format!("moved: {from} -> {to}")));
    let faults = status.faults.iter();
    lines.extend(faults.map(|fault| format!("fault: {}: {}", fault.path, fault.message)));
    Ok(lines)
}

fn which(project: Project<'_>, rest: &str) -> Answer {
    let (name, source) = match rest.rsplit_once(" from ") {
        Some((name, source)) => (name, Some(NotePath::from_disk(source)?)),
        None => (rest, None),
    };
    let found = project.identify(name, source.as_ref())?;
    Ok(vec![found.path.to_string()])
}

fn read(project: Project<'_>, identifier: &str) -> Result<String, cairn_engine::Error> {
    let read = project.read_note(&ReadRequest {
        identifier: identifier.to_owned(),
        ..ReadRequest::default()
    })?;
    Ok(read.text)
}

fn permalinks(project: Project<'_>) -> Answer {
    let rows = rows(
        project,
        "",
        &Metadata::from_iter([("depth".to_owned(), 10.into())]),
    )?;
    let files = rows.into_iter().filter_map(|row| match row {
        ListingRow::File(note) => Some(note),
        ListingRow::Folder { .. } => None,
    });
    let mut lines: Vec<String> = files
        .map(|note| {
            let permalink = note.permalink.as_deref().unwrap_or("none");
            format!("{}: {permalink}", note.path)
        })
        .collect();
    lines.sort();
    Ok(lines)
}

/// Where the links of a note lead, through the notes around it.
fn links(project: Project<'_>, identifier: &str) -> Answer {
    let context = project.build_context(&context_request(identifier, 1))?;
    let Some(item) = context.items.first() else {
        return Ok(Vec::new());
    };
    let name = |id| {
        let around = item.around.notes.iter().map(|(_, note)| note);
        around
            .chain([&item.note])
            .find(|note| note.id == id)
            .map_or_else(|| "?".to_owned(), |note| note.path.to_string())
    };
    let lines = item.relations.iter().map(|relation| {
        let target = relation
            .resolved
            .map_or_else(|| "nothing yet".to_owned(), name);
        format!("{} {} -> {target}", relation.relation_type, relation.target)
    });
    Ok(lines.collect())
}

fn search(project: Project<'_>, rest: &str) -> Answer {
    let (query, wanted) = match rest.rsplit_once("with {") {
        Some((query, _)) => (query.trim_end(), with_json(&rest[query.len()..]).1),
        None => (rest, Metadata::new()),
    };
    let text = |key: &str| wanted.get(key).and_then(Value::as_str).map(str::to_owned);
    let texts = |key: &str| -> Vec<String> {
        let values = wanted.get(key).and_then(Value::as_array);
        let values = values.map_or(&[][..], Vec::as_slice).iter();
        values
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let metadata = wanted.get("metadata").and_then(Value::as_object);
    let reply = project.search_notes(&SearchRequest {
        folder: text("folder"),
        note_types: texts("types"),
        tags: texts("tags"),
        categories: texts("categories"),
        metadata: metadata.cloned().unwrap_or_default(),
        after: text("after"),
        page_size: 20,
        ..SearchRequest::new(query, now())
    })?;
    Ok(reply
        .hits
        .iter()
        .map(|hit| hit.note.path.to_string())
        .collect())
}

fn context_request(url: &str, depth: usize) -> ContextRequest {
    ContextRequest {
        url: url.to_owned(),
        depth,
        timeframe: None,
        page: 1,
        page_size: 20,
        max_related: 100,
        now: now(),
    }
}

fn context(project: Project<'_>, rest: &str) -> Answer {
    let (url, wanted) = with_json(rest);
    let depth = wanted.get("depth").and_then(Value::as_u64).unwrap_or(1);
    let depth = usize::try_from(depth).expect("a small number");
    let context = project.build_context(&context_request(url, depth))?;
    let mut lines = Vec::new();
    for item in &context.items {
        lines.push(item.note.path.to_string());
        for (depth, note) in &item.around.notes {
            lines.push(format!("  {depth} away: {}", note.path));
        }
        let open = item
            .relations
            .iter()
            .filter(|relation| relation.resolved.is_none());
        lines.extend(open.map(|relation| format!("  open: {}", relation.target)));
    }
    Ok(lines)
}

fn recent(project: Project<'_>, when: &str) -> Answer {
    let notes = project.recent_activity(&RecentRequest {
        timeframe: when.to_owned(),
        note_types: Vec::new(),
        page: 1,
        page_size: 20,
        now: now(),
    })?;
    Ok(notes.iter().map(|note| note.path.to_string()).collect())
}

fn list(project: Project<'_>, rest: &str) -> Answer {
    let (folder, wanted) = with_json(rest);
    let lines = rows(project, folder, &wanted)?
        .into_iter()
        .map(|row| match row {
            ListingRow::Folder { path } => format!("{path}/"),
            ListingRow::File(note) => note.path.to_string(),
        });
    Ok(lines.collect())
}

fn rows(
    project: Project<'_>,
    folder: &str,
    wanted: &Metadata,
) -> Result<Vec<ListingRow>, cairn_engine::Error> {
    let number = |key: &str, usual: usize| {
        let number = wanted.get(key).and_then(Value::as_u64);
        number.map_or(usual, |number| {
            usize::try_from(number).expect("a small number")
        })
    };
    let sort = match wanted.get("sort").and_then(Value::as_str) {
        Some("latest") => Sort::UpdatedDescending,
        _ => Sort::Name,
    };
    let listing = project.list_directory(&ListingRequest {
        folder: folder.to_owned(),
        depth: number("depth", 1),
        glob: wanted
            .get("glob")
            .and_then(Value::as_str)
            .map(str::to_owned),
        sort,
        page: number("page", 1),
        page_size: number("size", 200),
    })?;
    Ok(listing.rows)
}
