//! Why a hit is where it is.
//!
//! Not the search. Invariant: every figure is one that counted.

use super::{embed, meant_json, searched};
use crate::output::{Style, json, one_line};
use cairn_engine::{
    Candidate, Fate, Inspection, Parts, Ranks, SearchBy, SearchHit, SearchRequest, Stage,
};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// What was done, above the hits.
pub(in crate::commands) fn head(
    style: Style,
    request: &SearchRequest,
    inspection: &Inspection,
) -> String {
    let meant = &inspection.reply.meant;
    let stages: Vec<String> = inspection.stages.iter().map(stage).collect();
    let mut lines = vec![
        format!("searched: {}", searched(request.by, meant)),
        format!("stages: {}", stages.join(", ")),
    ];
    if matches!(request.by, SearchBy::Hybrid | SearchBy::Meaning)
        && let Some(model) = &meant.model
    {
        lines.push(format!("model: {}", one_line(model)));
        let pending = embed::of_all(meant.pending, meant.passages);
        lines.push(format!("pending: {pending}"));
    }
    let lines: String = lines
        .iter()
        .map(|line| format!("{}\n", style.dim(line)))
        .collect();
    lines + "\n"
}

fn stage(stage: &Stage) -> String {
    let took = milliseconds(stage.took);
    match stage.name {
        "embed" => format!("embed {took:.1} ms"),
        name => format!("{name} {} in {took:.1} ms", stage.left),
    }
}

/// What a hit's score is made of, below it.
pub(super) fn line(style: Style, hit: &SearchHit, inspection: &Inspection) -> String {
    let found = inspection.candidates.iter();
    let ranks = found
        .filter(|candidate| candidate.note.id == hit.note.id)
        .map(|candidate| candidate.ranks)
        .next()
        .unwrap_or_default();
    let line = format!("score: {:.4} = {}", hit.score, parts(&hit.parts, ranks));
    format!("   {}\n", style.dim(&line))
}

fn parts(parts: &Parts, ranks: Ranks) -> String {
    let part = |name: &str, score: Option<f32>, rank: Option<usize>| {
        let rank = rank.map_or_else(String::new, |rank| format!(" (no. {rank})"));
        score.map(|score| format!("{name} {score:.2}{rank}"))
    };
    let named = [
        part("words", parts.words, ranks.words),
        part("passage", parts.passage, ranks.passage),
        part("meaning", parts.meaning, ranks.meaning),
    ];
    named.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The same for programs.
pub(super) fn told(request: &SearchRequest, inspection: &Inspection) -> Value {
    let mut told = meant_json(&inspection.reply.meant);
    told["search_type"] = searched(request.by, &inspection.reply.meant).into();
    told["stages"] = stages(&inspection.stages);
    told
}

/// The steps of a search.
pub(in crate::commands) fn stages(stages: &[Stage]) -> Value {
    let stage = |stage: &Stage| {
        json!({
            "name": stage.name,
            "count_in": stage.given,
            "count_out": stage.left,
            "ms": milliseconds(stage.took),
        })
    };
    stages.iter().map(stage).collect()
}

/// A note that was looked at.
pub(in crate::commands) fn candidate(candidate: &Candidate) -> Value {
    let (disposition, detail) = match &candidate.fate {
        Fate::Returned => ("returned", None),
        Fate::OnAnotherPage => ("beyond_page_window", None),
        Fate::Folded { into } => ("folded", Some(format!("says the same as {into}"))),
        Fate::NotSimilar => ("below_threshold", None),
    };
    let (parts, ranks) = (&candidate.parts, candidate.ranks);
    json!({
        "type": "entity",
        "id": candidate.note.id.0,
        "external_id": candidate.note.external_id,
        "title": candidate.note.title,
        "permalink": candidate.note.permalink,
        "file_path": candidate.note.path.as_str(),
        "disposition": disposition,
        "rejection_detail": detail,
        "scores": {
            "words": json::part(parts.words),
            "words_rank": ranks.words,
            "passage": json::part(parts.passage),
            "passage_rank": ranks.passage,
            "vector_similarity": json::part(parts.meaning),
            "vector_rank": ranks.meaning,
            "fused_score": json::part(Some(candidate.score)),
            "fused_rank": ranks.fused,
        },
    })
}

/// Thousandths of a second, as fine as they are measured.
pub(in crate::commands) fn milliseconds(duration: SignedDuration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
