//! What a measurement says: a table for people, JSON for programs.
//!
//! Not measuring. Invariant: both forms carry the same figures, and the table looks the same in a pipe, for it is kept
//! in files and compared.

use super::metrics::{Measures, percentile};
use super::retrieval::Asked;
use crate::output::text::count_of;
use crate::output::{Answer, one_line};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;

/// What was measured.
#[derive(Debug)]
pub(super) struct Report {
    /// The set's name.
    pub(super) set: String,
    pub(super) notes: usize,
    pub(super) passages: u64,
    /// Questions that were asked.
    pub(super) questions: usize,
    /// Questions of the set that have no answer.
    pub(super) unanswered: usize,
    /// How long the index took.
    pub(super) indexing: Duration,
    /// The model's name.
    pub(super) model: Option<String>,
    /// How long it took to embed what had no vector; `None` without a model.
    pub(super) embedding: Option<Duration>,
    pub(super) asked: Vec<Asked>,
}

const HEADING: [&str; 8] = [
    "",
    "Recall@5",
    "Recall@10",
    "MRR",
    "nDCG@10",
    "success@5",
    "p50 ms",
    "p95 ms",
];

/// Words a report.
pub(super) fn answer(report: &Report) -> Answer {
    Answer::new(text(report), json(report))
}

fn text(report: &Report) -> String {
    let unanswered = match report.unanswered {
        0 => String::new(),
        count => format!(" ({count} more without an answer)"),
    };
    let passages = usize::try_from(report.passages).unwrap_or(usize::MAX);
    let mut text = format!(
        "{}: {} of {}, {}{unanswered}\nindexed in {:.1} s",
        one_line(&report.set),
        count_of(report.notes, "note"),
        count_of(passages, "passage"),
        count_of(report.questions, "question"),
        report.indexing.as_secs_f64(),
    );
    if let (Some(model), Some(embedding)) = (&report.model, report.embedding) {
        let (model, seconds) = (one_line(model), embedding.as_secs_f64());
        // Writing to a String cannot fail.
        let _ = write!(text, ", embedded in {seconds:.1} s by {model}");
    }
    text.push_str("\n\n");
    let mut rows = vec![HEADING.map(str::to_owned)];
    rows.extend(report.asked.iter().map(row));
    text + &table(&rows)
}

fn row(asked: &Asked) -> [String; 8] {
    let Measures {
        recall_5,
        recall_10,
        mrr,
        ndcg_10,
        success_5,
    } = asked.measures;
    let [recall_5, recall_10, mrr, ndcg_10, success_5] =
        [recall_5, recall_10, mrr, ndcg_10, success_5].map(|share| format!("{share:.4}"));
    let [p50, p95] = times(asked).map(|time| format!("{time:.2}"));
    [
        name(asked),
        recall_5,
        recall_10,
        mrr,
        ndcg_10,
        success_5,
        p50,
        p95,
    ]
}

fn name(asked: &Asked) -> String {
    match asked.way.without() {
        Some(part) => format!("{} without {part}", asked.way.by()),
        None => asked.way.by().to_owned(),
    }
}

/// The name to the left, figures to the right, each column as wide as its widest cell.
fn table(rows: &[[String; 8]]) -> String {
    let mut text = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let width = rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
            let padding = " ".repeat(width - cell.len());
            match column {
                0 => text.extend([cell, padding.as_str()]),
                _ => text.extend(["  ", padding.as_str(), cell]),
            }
        }
        text.push('\n');
    }
    text
}

/// Half of the answers, and nearly all of them, came within so many milliseconds.
fn times(asked: &Asked) -> [f64; 2] {
    [0.5, 0.95].map(|share| percentile(&asked.times, share).as_secs_f64() * 1e3)
}

fn json(report: &Report) -> Value {
    let ways = report.asked.iter().map(|asked| {
        let Measures {
            recall_5,
            recall_10,
            mrr,
            ndcg_10,
            success_5,
        } = asked.measures;
        let [p50, p95] = times(asked);
        json!({
            "by": asked.way.by(),
            "without": asked.way.without(),
            "recall_5": rounded(recall_5),
            "recall_10": rounded(recall_10),
            "mrr": rounded(mrr),
            "ndcg_10": rounded(ndcg_10),
            "success_5": rounded(success_5),
            "p50_ms": rounded(p50),
            "p95_ms": rounded(p95),
        })
    });
    json!({
        "set": report.set,
        "notes": report.notes,
        "passages": report.passages,
        "questions": report.questions,
        "unanswered": report.unanswered,
        "indexing_s": rounded(report.indexing.as_secs_f64()),
        "model": report.model,
        "embedding_s": report.embedding.map(|time| rounded(time.as_secs_f64())),
        "ways": ways.collect::<Vec<_>>(),
    })
}

/// More digits than these are noise.
fn rounded(figure: f64) -> f64 {
    (figure * 1e4).round() / 1e4
}
