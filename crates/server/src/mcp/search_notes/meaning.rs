//! What is said of meaning beside what was found.
//!
//! Not how meaning is compared: that is the engine's. Invariant: where meaning was to count and did not, or not in full,
//! an answer says so.

use super::Told;
use crate::mcp::excerpt::{excerpt, one_line};
use cairn_engine::{Parts, SearchBy};
use cairn_index::NoteRecord;

/// Characters of a date that somebody wrote.
const LONGEST_DATE: usize = 40;

/// What a search that was made compared its query with, by the name it is asked for with.
pub(super) fn search_type(told: &Told<'_>) -> &'static str {
    match told.ask.request.search.by {
        SearchBy::Hybrid if told.reply.meant.is_counted => "hybrid",
        SearchBy::Meaning if told.reply.meant.is_counted => "vector",
        SearchBy::Title => "title",
        SearchBy::Permalink => "permalink",
        SearchBy::Text | SearchBy::Hybrid | SearchBy::Meaning => "text",
    }
}

/// What has to be said, if anything has.
pub(super) fn notice(told: &Told<'_>) -> Option<String> {
    let (meant, search) = (&told.reply.meant, &told.ask.request.search);
    if meant.is_counted {
        return (meant.pending > 0).then(|| {
            format!(
                "{} of {} passages are not embedded yet; hits by meaning may be missing.",
                counted(meant.pending),
                counted(meant.passages)
            )
        });
    }
    if search.by != SearchBy::Hybrid {
        return None;
    }
    if let Some(trouble) = &meant.trouble {
        return Some(format!(
            "Answered by words alone, since meaning could not count: {trouble}."
        ));
    }
    if !told.ask.is_hybrid_named || search.query.trim().is_empty() {
        return None;
    }
    Some(match &meant.model {
        None => "Answered by words alone: semantic search is switched off.".to_owned(),
        Some(_) => "Answered by words alone: operators and quotes ask for words.".to_owned(),
    })
}

/// By what a note was found, where both could be.
pub(super) fn matched(parts: &Parts) -> &'static str {
    match (parts.is_by_words(), parts.is_by_meaning()) {
        (true, true) => "words and meaning",
        (false, true) => "meaning",
        (_, false) => "words",
    }
}

/// The day a note is of: as its frontmatter has it, else when it was changed last.
pub(super) fn date(note: &NoteRecord) -> String {
    let said = note.metadata.get("date").and_then(|date| date.as_str());
    match said.map(str::trim).filter(|date| !date.is_empty()) {
        Some(date) => excerpt(&one_line(date), LONGEST_DATE).into_owned(),
        None => note.modified.strftime("%Y-%m-%d").to_string(),
    }
}

/// What a note is read by.
pub(super) fn name(note: &NoteRecord) -> String {
    let name = note.permalink.as_deref().unwrap_or(note.path.as_str());
    one_line(name)
}

/// A number with its thousands apart.
fn counted(number: u64) -> String {
    let digits = number.to_string();
    let mut apart = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        for (number, text) in [
            (0, "0"),
            (37, "37"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(counted(number), text);
        }
    }
}
