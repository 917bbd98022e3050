//! A context for programs.
//!
//! Invariant: every key is there, null where nothing is known, and an id is unique among things of its own type.

use super::super::budget;
use super::Told;
use cairn_engine::ContextItem;
use cairn_index::{NoteRecord, RelationRecord};
use cairn_note::{Observation, permalink};
use serde_json::{Value, json};

/// Positions of a note's parts below this share its number.
const PARTS: i64 = 1 << 16;
/// Characters of a part that its permalink takes.
const LONGEST: usize = 200;

/// Returns the answer.
pub(super) fn answer(told: &Told<'_>) -> Value {
    let results: Vec<Value> = (0..told.items.len())
        .map(|at| result(told, &told.items[at], told.bodies[at].as_deref()))
        .collect();
    let observations: usize = told.items.iter().map(|item| item.observations.len()).sum();
    let relations: usize = told.items.iter().map(|item| item.around.edges.len()).sum();
    let related = told.related();
    let mut answer = json!({
        "results": results,
        "metadata": {
            "uri": told.uri,
            "types": null,
            "depth": told.depth,
            "timeframe": told.since.to_string(),
            "generated_at": told.generated.to_string(),
            "primary_count": told.items.len(),
            "related_count": related,
            "total_results": told.items.len() + related,
            "total_relations": relations,
            "total_observations": observations,
        },
        "page": told.page,
        "page_size": told.page_size,
        "has_more": told.has_more,
    });
    if !told.near.is_empty() {
        answer["suggestions"] = json!(told.near);
    }
    if let Some(most) = told.most {
        cut(&mut answer, told, most);
    }
    answer
}

/// Leaves away what costs more than was allowed: of the first result that does not fit its text and what is around
/// it, and every result after that.
fn cut(answer: &mut Value, told: &Told<'_>, most: usize) {
    if budget::tokens(&answer.to_string()) <= most {
        return;
    }
    let Value::Array(results) = answer["results"].take() else {
        return;
    };
    let mut left = most.saturating_sub(budget::tokens(&answer.to_string()));
    let mut kept = Vec::new();
    let mut shown = 0;
    for mut result in results {
        let cost = budget::tokens(&result.to_string());
        if cost <= left {
            left -= cost;
            shown += 1;
            kept.push(result);
            continue;
        }
        shorten(&mut result, left);
        // One result at least, so that a client learns what there is.
        if kept.is_empty() || budget::tokens(&result.to_string()) <= left {
            kept.push(result);
        }
        break;
    }
    answer["results"] = json!(kept);
    answer["truncated"] = json!(true);
    answer["next"] = json!(told.go_on(shown));
}

/// Cuts the text of a result, which can be read elsewhere, before what is around it.
fn shorten(result: &mut Value, left: usize) {
    let text = result["primary_result"]["content"].take();
    while budget::tokens(&result.to_string()) > left {
        let related = result["related_results"].as_array().map_or(0, Vec::len);
        let observations = result["observations"].as_array().map_or(0, Vec::len);
        let longer = if related >= observations {
            "related_results"
        } else {
            "observations"
        };
        match result[longer].as_array_mut() {
            Some(list) if !list.is_empty() => list.truncate(list.len() / 2),
            _ => break,
        }
    }
    let rest = left.saturating_sub(budget::tokens(&result.to_string()));
    if let Some(text) = text.as_str() {
        result["primary_result"]["content"] = json!(budget::prefix(text, rest).unwrap_or(text));
    }
}

fn result(told: &Told<'_>, item: &ContextItem, body: Option<&str>) -> Value {
    let note = &item.note;
    let observations: Vec<Value> = item
        .observations
        .iter()
        .enumerate()
        .map(|(position, observation)| self::observation(note, position, observation))
        .collect();
    let notes = item.around.notes.iter().map(|(_, note)| entity(note, None));
    let edges = item
        .around
        .edges
        .iter()
        .map(|edge| relation(told, item, &edge.relation));
    json!({
        "primary_result": entity(note, body),
        "observations": observations,
        "related_results": notes.chain(edges).collect::<Vec<_>>(),
    })
}

fn entity(note: &NoteRecord, body: Option<&str>) -> Value {
    json!({
        "type": "entity",
        "external_id": note.external_id,
        "entity_id": note.id.0,
        "permalink": note.permalink,
        "title": note.title,
        "content": body,
        "file_path": note.path.as_str(),
        "created_at": note.created.to_string(),
    })
}

fn observation(note: &NoteRecord, position: usize, observation: &Observation) -> Value {
    let category = observation.category();
    json!({
        "type": "observation",
        "observation_id": part(note.id.0, u32::try_from(position).unwrap_or(u32::MAX)),
        "entity_id": note.id.0,
        "entity_external_id": note.external_id,
        "title": note.title,
        "file_path": note.path.as_str(),
        "permalink": below(note, &format!("observations/{category}/{}", observation.content)),
        "category": category,
        "content": observation.content,
        "created_at": note.created.to_string(),
    })
}

fn relation(told: &Told<'_>, item: &ContextItem, relation: &RelationRecord) -> Value {
    let from = told.known.get(&relation.source).copied();
    let to = relation
        .resolved
        .and_then(|id| told.known.get(&id).copied());
    let at = from.unwrap_or(&item.note);
    let end = to.map_or(relation.target.as_str(), |note| note.title.as_str());
    json!({
        "type": "relation",
        "relation_id": part(relation.source.0, relation.position),
        "entity_id": relation.source.0,
        "title": format!("{} -> {end}", at.title),
        "file_path": at.path.as_str(),
        "permalink": below(at, &format!("{}/{}", relation.relation_type, relation.target)),
        "relation_type": relation.relation_type,
        "from_entity": from.map(|note| &note.title),
        "from_entity_id": relation.source.0,
        "from_entity_external_id": from.map(|note| &note.external_id),
        "to_entity": to.map(|note| &note.title),
        "to_name": relation.target,
        "to_entity_id": relation.resolved.map(|id| id.0),
        "to_entity_external_id": to.map(|note| &note.external_id),
        "created_at": at.created.to_string(),
    })
}

/// The number of a part of a note: the note's, and where the part stands.
fn part(note: i64, position: u32) -> i64 {
    note.wrapping_mul(PARTS) + i64::from(position) % PARTS
}

/// The address of a part of a note.
fn below(note: &NoteRecord, part: &str) -> Option<String> {
    let part: String = part.chars().take(LONGEST).collect();
    let permalink = note.permalink.as_deref()?;
    Some(format!("{permalink}/{}", permalink::slug(&part)))
}
