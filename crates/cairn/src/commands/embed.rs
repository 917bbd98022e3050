//! `cairn embed`: makes the vectors that search by meaning compares.
//!
//! Not the search. Invariant: of all processes that share an index one embeds at a time, and what was embedded before a
//! Ctrl-C or a failure is kept.

use super::sync::{self, Projects};
use crate::failure::{Failure, Result};
use crate::interrupt::CANCEL;
use crate::invocation::Invocation;
use crate::output::{Answer, Outcome, text};
use cairn_engine::{Embedded, Engine, Kind, Lead, Progress as _};
use serde_json::{Value, json};
use std::time::Duration;

/// Passages that are embedded before a search, so that it answers soon.
const BEFORE_SEARCH: u64 = 200;

/// How often it looks how far another process is, and how often in vain before it gives up.
const LOOK: Duration = Duration::from_millis(250);
const MOST_IN_VAIN: u32 = 240;

/// Brings the index in step with the files and embeds whatever is pending in it.
pub(crate) fn run(invocation: &Invocation, which: &Projects) -> Result<Answer> {
    let engine = invocation.engine()?;
    model(&engine)?;
    for project in sync::projects(invocation, which, &engine)? {
        let report = project.sync(&invocation.progress(), &CANCEL)?;
        if report.cancelled || CANCEL.is_cancelled() {
            return Err(Failure::interrupted());
        }
    }
    let embedded = all(invocation, &engine)?;
    Ok(Answer::new(
        lines(invocation, &engine, &embedded)?,
        json(&engine, &embedded)?,
    )
    .outcome(outcome(&embedded)))
}

/// Embeds everything that is pending, or waits until another process has.
pub(super) fn all(invocation: &Invocation, engine: &Engine) -> Result<Embedded> {
    let bar = invocation.progress();
    let (mut before, mut in_vain) = (None, 0);
    loop {
        if let Some(_right) = Right::take(engine)? {
            let embedded = engine.embed(u64::MAX, &bar, &CANCEL)?;
            return match CANCEL.is_cancelled() {
                true => Err(Failure::interrupted()),
                false => Ok(embedded),
            };
        }
        let left = engine.pending()?.passages;
        if left == 0 {
            return Ok(Embedded::default());
        }
        match before.replace(left) {
            None => {
                invocation.output.remark(&waits(engine));
                bar.begin("Embedding", Some(left));
            }
            Some(before) if before != left => {
                bar.advance(before.saturating_sub(left));
                in_vain = 0;
            }
            Some(_) => in_vain += 1,
        }
        if in_vain == MOST_IN_VAIN {
            return Err(Failure::new(Kind::Busy, nothing_comes(engine))
                .hint("its log says why; end it to embed here"));
        }
        std::thread::sleep(LOOK);
        if CANCEL.is_cancelled() {
            return Err(Failure::interrupted());
        }
    }
}

/// Embeds some of what is pending, if nobody else does.
pub(super) fn some(invocation: &Invocation, engine: &Engine) -> Result<()> {
    if let Some(_right) = Right::take(engine)? {
        engine.embed(BEFORE_SEARCH, &invocation.progress(), &CANCEL)?;
    }
    match CANCEL.is_cancelled() {
        true => Err(Failure::interrupted()),
        false => Ok(()),
    }
}

/// Returns the name of the model, or says why there is none.
pub(super) fn model(engine: &Engine) -> Result<&str> {
    let model = engine.settings().meaning.model.as_ref();
    model.map(cairn_engine::Model::name).ok_or_else(|| {
        Failure::invalid("semantic search is switched off, so there is no model to embed with")
            .hint("switch it on with `cairn config set semantic_search_enabled true`")
    })
}

/// What was embedded, line by line.
pub(super) fn lines(
    invocation: &Invocation,
    engine: &Engine,
    embedded: &Embedded,
) -> Result<String> {
    let pending = engine.pending()?;
    let mut lines = vec![
        ("embedded", passages(embedded.passages)),
        ("pending", of_all(pending.passages, pending.of)),
        ("model", model(engine)?.to_owned()),
    ];
    if embedded.overtaken > 0 {
        let notes = usize::try_from(embedded.overtaken).unwrap_or(usize::MAX);
        let notes = text::count_of(notes, "note");
        let left_out =
            format!("{notes} that changed or cannot be read; `cairn sync --all` sees to them");
        lines.push(("left out", left_out));
    }
    Ok(text::lines(invocation.style(), &lines))
}

/// What was embedded, for programs.
pub(super) fn json(engine: &Engine, embedded: &Embedded) -> Result<Value> {
    let pending = engine.pending()?;
    Ok(json!({
        "embedded_passages": embedded.passages,
        "pending_passages": pending.passages,
        "passages": pending.of,
        "left_out_notes": embedded.overtaken,
        "model": model(engine)?,
    }))
}

/// Whether everything was embedded.
pub(super) fn outcome(embedded: &Embedded) -> Outcome {
    match embedded.left {
        0 => Outcome::Complete,
        _ => Outcome::Partial,
    }
}

/// "12 passages".
pub(super) fn passages(count: u64) -> String {
    text::count_of(usize::try_from(count).unwrap_or(usize::MAX), "passage")
}

/// "3 of 12 passages".
pub(super) fn of_all(count: u64, all: u64) -> String {
    format!("{count} of {}", passages(all))
}

fn waits(engine: &Engine) -> String {
    format!("{} embeds already; waiting for it", other(engine))
}

fn nothing_comes(engine: &Engine) -> String {
    let other = other(engine);
    format!("{other} has the right to embed, and nothing has come of it for a minute")
}

fn other(engine: &Engine) -> String {
    let holder = engine.embed_lock().and_then(|path| Lead::holder(&path));
    match holder.filter(|holder| !holder.is_empty()) {
        Some(holder) => format!("another process ({holder})"),
        None => "another process".to_owned(),
    }
}

/// The right to embed.
enum Right {
    /// Nobody shares the index.
    Alone,
    /// For all who share it, until it is dropped.
    Held(#[expect(dead_code, reason = "it is held until it is dropped")] Lead),
}

impl Right {
    /// Takes it; `None` when another process has it.
    fn take(engine: &Engine) -> Result<Option<Self>> {
        let Some(path) = engine.embed_lock() else {
            return Ok(Some(Self::Alone));
        };
        let about = format!("pid {}\ncairn embed", std::process::id());
        Ok(Lead::take(&path, &about)?.map(Self::Held))
    }
}
