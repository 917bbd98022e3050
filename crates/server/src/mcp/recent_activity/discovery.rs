//! What changed in every project, when no project is named and none is the default.
//!
//! Invariant: it only surveys; which project is meant is for the person to say.

use super::{Asked, Changes, changes, row, text};
use crate::host::Indexing;
use crate::mcp::call::{Call, Format};
use crate::mcp::failure::Failure;
use crate::mcp::reply::Reply;
use cairn_engine::{Project, RecentItem};
use jiff::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// Items of a project looked at, at most.
const MOST_ITEMS: usize = 1_000;
/// Projects named beside the most active one.
const MOST_OTHERS: usize = 4;
/// Developments named.
const MOST_DEVELOPMENTS: usize = 5;
/// Folders named.
const MOST_AREAS: usize = 3;

/// A project and what changed in it, latest first.
struct Active<'c> {
    project: Project<'c>,
    items: Vec<RecentItem>,
}

/// Surveys every project.
pub(super) fn run(call: &Call<'_>, asked: &Asked) -> Result<Reply, Failure> {
    let end = asked.page.saturating_mul(asked.page_size);
    let mut active = Vec::new();
    for project in call.engine.projects() {
        let most = (end + 1).max(MOST_ITEMS);
        let items = project.recent_items(asked.window.since, &asked.kinds, 0, most)?;
        if !items.is_empty() {
            active.push(Active { project, items });
        }
    }
    active.sort_by(|one, other| {
        (other.items.len(), other.latest()).cmp(&(one.items.len(), one.latest()))
    });
    let mut reply = match call.format() {
        Format::Text => Reply::text(asked.fitted(words(asked, &active, call.now.timestamp()))),
        Format::Json => {
            let mut rows: Vec<_> = active
                .iter()
                .flat_map(|active| active.items.iter().map(|item| (active.name(), item)))
                .collect();
            rows.sort_by_key(|(_, item)| std::cmp::Reverse(item.note().modified));
            let has_more = rows.len() > end;
            let page: Vec<_> = rows
                .into_iter()
                .skip(end - asked.page_size)
                .take(asked.page_size)
                .collect();
            let known = known(&active, &page)?;
            let rows = page
                .iter()
                .map(|(name, item)| row(item, Some(name), &known[name]))
                .collect();
            asked.rows(rows, has_more)
        }
    };
    if let Some(notice) = unready(call) {
        reply.notice = Some(notice);
    }
    Ok(reply)
}

/// Who changed the notes of a page last, project by project.
fn known<'a>(
    active: &'a [Active<'_>],
    page: &[(&'a str, &RecentItem)],
) -> Result<HashMap<&'a str, Changes>, Failure> {
    let of = |active: &'a Active<'_>| {
        let name = active.name();
        let items = page.iter().filter(|(project, _)| *project == name);
        Ok((
            name,
            changes(&active.project, items.map(|(_, item)| *item))?,
        ))
    };
    active.iter().map(of).collect()
}

/// Which projects are not indexed yet, if any is not.
fn unready(call: &Call<'_>) -> Option<String> {
    let names: Vec<&str> = call
        .engine
        .projects()
        .map(|project| project.settings().name.as_str())
        .filter(|name| {
            let state = call.host.indexing(name);
            !matches!(state, None | Some(Indexing::Complete))
        })
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "Not indexed in full: {}; this answer may be incomplete.",
            names.join(", ")
        )
    })
}

impl Active<'_> {
    fn name(&self) -> &str {
        &self.project.settings().name
    }

    fn latest(&self) -> Option<Timestamp> {
        self.items.first().map(|item| item.note().modified)
    }

    /// The folders most of it is in.
    fn areas(&self) -> Vec<&str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for item in &self.items {
            if let Some((folder, _)) = item.note().path.as_str().split_once('/') {
                *counts.entry(folder).or_default() += 1;
            }
        }
        let mut areas: Vec<_> = counts.into_iter().collect();
        areas.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        areas
            .into_iter()
            .take(MOST_AREAS)
            .map(|(folder, _)| folder)
            .collect()
    }
}

fn words(asked: &Asked, active: &[Active<'_>], now: Timestamp) -> String {
    let label = &asked.window.label;
    let mut said = format!("## Recent Activity Summary ({label})\n");
    let [first, others @ ..] = active else {
        said.push_str(
            "\nNo recent activity found in any project.\n\
             Give a longer timeframe, or see list_memory_projects() and ask which project to use.",
        );
        return said;
    };
    // Writing to a String cannot fail.
    let _ = writeln!(
        said,
        "\n**Most Active Project:** {} ({} items)",
        first.name(),
        first.items.len()
    );
    if let Some(item) = first.items.first() {
        let _ = writeln!(
            said,
            "- 🔧 **Latest:** {} ({})",
            item.note().title,
            ago(item.note().modified, now)
        );
    }
    let areas = first.areas();
    if !areas.is_empty() {
        let _ = writeln!(said, "- 📋 **Focus areas:** {}", areas.join(", "));
    }
    if !others.is_empty() {
        said.push_str("\n**Other Active Projects:**\n");
        for other in others.iter().take(MOST_OTHERS) {
            let _ = writeln!(said, "- {} ({} items)", other.name(), other.items.len());
        }
    }
    let developments = developments(active);
    if !developments.is_empty() {
        said.push_str("\n**Key Developments:**\n");
        said.push_str(&developments.concat());
    }
    let total: usize = active.iter().map(|project| project.items.len()).sum();
    let _ = write!(
        said,
        "\n**Summary:** {} active projects, {total} recent items\n{}\n\
         Suggested project: '{name}' (most active with {} items)\n\
         Ask user: 'Shall I go on in {name}, or in another project?'\n\
         Session reminder: pass the chosen project in every later call.",
        active.len(),
        "─".repeat(40),
        first.items.len(),
        name = first.name()
    );
    said
}

/// Titles that tell of something finished, mended or tested.
fn developments(active: &[Active<'_>]) -> Vec<String> {
    let mut lines = Vec::new();
    for item in active.iter().flat_map(|project| &project.items) {
        let title = text::shortened(&item.note().title, 100);
        let lower = title.to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let mark = if has(&["test", "spec"]) {
            "🧪"
        } else if has(&["complete", "fix"]) {
            "✅"
        } else {
            continue;
        };
        let line = format!("- {mark} {title}\n");
        if !lines.contains(&line) {
            lines.push(line);
        }
        if lines.len() == MOST_DEVELOPMENTS {
            break;
        }
    }
    lines
}

/// How long ago it was.
fn ago(moment: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - moment.as_second();
    let (count, unit) = match seconds {
        ..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::ago;
    use jiff::Timestamp;

    #[test]
    fn how_long_ago() {
        let now = Timestamp::from_second(1_000_000).expect("a time");
        let said = |seconds: i64| {
            ago(
                Timestamp::from_second(1_000_000 - seconds).expect("a time"),
                now,
            )
        };
        assert_eq!(said(-5), "just now");
        assert_eq!(said(59), "just now");
        assert_eq!(said(60), "1 minute ago");
        assert_eq!(said(7_300), "2 hours ago");
        assert_eq!(said(90_000), "1 day ago");
    }
}
