//! `cairn history prune`.

use crate::failure::{Failure, Result};
use crate::interrupt::CANCEL;
use crate::invocation::Invocation;
use crate::output::{Answer, text};
use cairn_engine::doctor::size as bytes;
use cairn_engine::{HistoryStatistics, PrunedHistory, Retention};
use clap::Args;
use serde_json::{Value, json};
use std::time::Duration;

/// Arguments of `cairn history prune`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only says what would go
    #[arg(long)]
    dry_run: bool,
}

/// Takes out of the history what the configuration no longer asks for.
pub(crate) fn run(invocation: &Invocation, arguments: &Arguments) -> Result<Answer> {
    if invocation.named_project().is_some() {
        return Err(Failure::invalid(
            "one history holds all projects, and it is pruned as a whole",
        )
        .hint("leave out --project"));
    }
    let engine = invocation.engine()?;
    let pruned = if arguments.dry_run {
        engine.rehearse_prune()?
    } else {
        engine.prune_history(&invocation.progress(), &CANCEL)?
    };
    let retention = &engine.settings().retention;
    let json = json!({
        "dry_run": arguments.dry_run,
        "keep_all_days": days(Some(retention.everything)),
        "keep_daily_days": days(retention.daily),
        "keep_trash_days": days(retention.trash),
        "gone": {
            "revisions": pruned.gone.revisions,
            "contents": pruned.gone.contents,
            "bytes": pruned.gone.bytes,
        },
        "before": kept(&pruned.before),
        "after": (!arguments.dry_run).then(|| kept(&pruned.now)),
    });
    let text = words(invocation, arguments, retention, &pruned);
    Ok(Answer::new(text, json))
}

fn words(
    invocation: &Invocation,
    arguments: &Arguments,
    retention: &Retention,
    pruned: &PrunedHistory,
) -> String {
    let key = if arguments.dry_run {
        "would go"
    } else {
        "gone"
    };
    let said = |duration| match days(duration) {
        None => "for ever".to_owned(),
        Some(days) => format!("{days} days"),
    };
    let rule = format!(
        "everything {}, one revision a day {}, what was deleted {}",
        said(Some(retention.everything)),
        said(retention.daily),
        said(retention.trash)
    );
    let gone = format!(
        "{} revisions, {} contents of {}",
        pruned.gone.revisions,
        pruned.gone.contents,
        bytes(pruned.gone.bytes)
    );
    let size = |statistics: &HistoryStatistics| {
        format!(
            "{} revisions, {} contents, {}",
            statistics.revisions,
            statistics.contents,
            bytes(statistics.bytes)
        )
    };
    let mut lines = vec![
        ("kept", rule),
        (key, gone),
        ("before", size(&pruned.before)),
    ];
    if !arguments.dry_run {
        lines.push(("after", size(&pruned.now)));
    }
    text::lines(invocation.style(), &lines)
}

/// How long something is kept, in days; `None` is for ever.
fn days(duration: Option<Duration>) -> Option<u64> {
    duration
        .filter(|duration| *duration != Duration::MAX)
        .map(|duration| duration.as_secs() / (24 * 60 * 60))
}

fn kept(statistics: &HistoryStatistics) -> Value {
    json!({
        "revisions": statistics.revisions,
        "contents": statistics.contents,
        "bytes": statistics.bytes,
        "oldest": statistics.oldest.map(|oldest| oldest.to_string()),
    })
}
