//! The passage of a hit that shows best why it is one.
//!
//! It knows no index: a text and a query's words go in. Invariant: the text is at most [`LONGEST`] characters on
//! one line, and every highlight lies on characters of it.

use super::Snippet;
use super::clean::clean;
use super::units::{Match, Wanted, is_mark};
use cairn_note::chunk::{Passage, passages};
use std::ops::Range;

/// Characters of a snippet, ellipses included.
const LONGEST: usize = 300;
/// Stands where text was cut off.
const ELLIPSIS: char = '…';
/// Characters shown before the first match of a cut snippet.
const LEAD: usize = 60;
/// Characters given up to cut between words.
const SLACK: usize = 30;

/// Returns the best passage of a note's text.
pub(super) fn snippet(text: &str, wanted: &Wanted) -> Snippet {
    let passages = passages(text);
    best(text, &passages, wanted)
        .map(|best| of_passage(text, best, wanted))
        .unwrap_or_default()
}

/// Returns a passage of a note's text as it is shown.
pub(super) fn of_passage(text: &str, passage: &Passage, wanted: &Wanted) -> Snippet {
    let line = clean(without_headings(&text[passage.range.clone()]));
    let text = window(&line, wanted);
    let highlights = highlights(&wanted.matches(&text));
    Snippet {
        heading_path: passage.heading_path.clone(),
        text,
        highlights,
    }
}

/// The passage with the most telling words; the first one when no word stands anywhere.
fn best<'p>(text: &str, passages: &'p [Passage], wanted: &Wanted) -> Option<&'p Passage> {
    let found: Vec<Vec<Match>> = passages
        .iter()
        .map(|passage| wanted.matches(&text[passage.range.clone()]))
        .collect();
    let mut counts = vec![0_u16; wanted.words.len()];
    for one in found.iter().flatten() {
        counts[one.word] = counts[one.word].saturating_add(1);
    }
    // A word that is everywhere in the note tells little about where to look.
    let weights: Vec<f32> = wanted
        .words
        .iter()
        .zip(&counts)
        .map(|(word, count)| word.weight / (1.0 + f32::from(*count).max(1.0).ln()))
        .collect();
    let mut best: Option<(&Passage, f32)> = None;
    for (passage, found) in passages.iter().zip(&found) {
        let headings = passage
            .heading_path
            .last()
            .map(|heading| wanted.matches(heading))
            .unwrap_or_default();
        let score = density(found, &weights) + 0.3 * density(&headings, &weights);
        if best.is_none_or(|(_, highest)| score > highest) {
            best = Some((passage, score));
        }
    }
    best.map(|(passage, _)| passage)
}

/// Distinct words count most, neighbours of a query that are neighbours here more, repetitions a little.
fn density(found: &[Match], weights: &[f32]) -> f32 {
    let mut seen = 0_u64;
    let mut score = 0.0;
    for (at, one) in found.iter().enumerate() {
        let bit = 1 << one.word;
        score += weights[one.word] * if seen & bit == 0 { 1.0 } else { 0.05 };
        seen |= bit;
        let follows =
            |other: &Match| other.units.end == one.units.start && other.word + 1 == one.word;
        if found[at.saturating_sub(4)..at].iter().any(follows) {
            score += 0.5 * weights[one.word];
        }
    }
    score
}

/// A passage without the headings it begins with, which its heading path shows already.
fn without_headings(passage: &str) -> &str {
    let mut rest = passage;
    while rest.starts_with('#') && rest.trim_start_matches('#').starts_with([' ', '\t']) {
        match rest.split_once('\n').map(|(_, after)| after.trim_start()) {
            Some(after) if !after.is_empty() => rest = after,
            _ => return rest,
        }
    }
    rest
}

/// The part of a line around its densest matches.
fn window(line: &str, wanted: &Wanted) -> String {
    // Where each character begins, and the end.
    let starts: Vec<usize> = line
        .char_indices()
        .map(|(at, _)| at)
        .chain([line.len()])
        .collect();
    let count = starts.len() - 1;
    if count <= LONGEST {
        return line.to_owned();
    }
    let width = LONGEST - 2;
    let mut matches = wanted.matches(line);
    for found in &mut matches {
        let position = |byte: usize| starts.partition_point(|start| *start < byte);
        found.range = position(found.range.start)..position(found.range.end);
    }
    let weights: Vec<f32> = wanted.words.iter().map(|word| word.weight).collect();
    let (mut chosen, mut highest) = (0..width, -1.0);
    for (at, first) in matches.iter().enumerate() {
        let start = first.range.start.saturating_sub(LEAD).min(count - width);
        let inside = matches[at..].partition_point(|found| found.range.end <= start + width);
        let score = density(&matches[at..at + inside], &weights);
        if score > highest {
            (chosen, highest) = (start..start + width, score);
        }
    }
    let cut = between_words(line, &starts, chosen, &matches);
    let mut text = String::with_capacity(cut.len() + 8);
    if cut.start > 0 {
        text.push(ELLIPSIS);
    }
    text.push_str(line[cut.clone()].trim());
    if cut.end < line.len() {
        text.push(ELLIPSIS);
    }
    text
}

/// Moves the ends of a window (in characters) to gaps between words, not into a match; returns bytes.
fn between_words(
    line: &str,
    starts: &[usize],
    window: Range<usize>,
    matches: &[Match],
) -> Range<usize> {
    let count = starts.len() - 1;
    let is_at = |at: usize, test: &dyn Fn(char) -> bool| {
        line[starts[at]..].chars().next().is_some_and(test)
    };
    let inside =
        |found: &&Match| found.range.start >= window.start && found.range.end <= window.end;
    let (mut start, mut end) = (window.start, window.end);
    if start > 0 {
        let last = matches
            .iter()
            .find(inside)
            .map_or(end, |found| found.range.start)
            .min(start + SLACK);
        let gap = (start..last)
            .find(|at| is_at(*at, &char::is_whitespace))
            .map(|at| at + 1);
        start = gap.unwrap_or(start);
        while start < last && is_at(start, &is_mark) {
            start += 1;
        }
    }
    if end < count {
        let first = matches
            .iter()
            .rfind(inside)
            .map_or(start, |found| found.range.end)
            .max(end - SLACK);
        let gap = (first..=end)
            .rev()
            .find(|at| is_at(*at, &char::is_whitespace));
        end = gap.unwrap_or(end);
        while end > first && is_at(end, &is_mark) {
            end -= 1;
        }
    }
    starts[start]..starts[end]
}

/// The bytes of matches, those that touch or overlap as one.
fn highlights(matches: &[Match]) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = matches.iter().map(|found| found.range.clone()).collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_note::query::Query;
    use proptest::prelude::*;

    fn of(text: &str, query: &str) -> Snippet {
        snippet(text, &Wanted::of(&Query::parse(query)))
    }

    fn marked(snippet: &Snippet) -> String {
        let mut text = snippet.text.clone();
        for range in snippet.highlights.iter().rev() {
            text.insert(range.end, '›');
            text.insert(range.start, '‹');
        }
        text
    }

    const FILLER: &str =
        "Some words that say nothing of interest to anyone who looks for something else here. ";

    #[test]
    fn the_passage_with_more_of_the_query_wins() {
        let text = format!(
            "---\ntitle: x\n---\n# Top\n\ntea tea tea. {}\n\n## Brewing\n\n- green [[Tea|tea]] needs **water**\n\n{}",
            FILLER.repeat(6),
            FILLER.repeat(6)
        );
        let found = of(&text, "green tea");
        assert_eq!(found.heading_path, ["Top", "Brewing"]);
        assert!(
            marked(&found).starts_with("‹green› ‹tea› needs water"),
            "{found:?}"
        );
    }

    #[test]
    fn a_long_passage_is_cut_between_words_around_its_matches() {
        let text = format!(
            "{}the rare word stands here. {}",
            FILLER.repeat(4),
            FILLER.repeat(3)
        );
        let found = of(&text, "rare word");
        assert!(
            found.text.starts_with('…') && found.text.ends_with('…'),
            "{found:?}"
        );
        assert!(
            marked(&found).contains("the ‹rare› ‹word› stands here."),
            "{found:?}"
        );
        assert!(found.text.chars().count() <= LONGEST);
        assert!(
            found
                .text
                .trim_matches('…')
                .split(' ')
                .all(|word| text.contains(word))
        );
    }

    #[test]
    fn without_a_match_the_beginning_is_shown() {
        let found = of("# Tea\n\nFirst line.\n\nSecond.", "elsewhere");
        assert_eq!(
            (found.text.as_str(), found.highlights.len()),
            ("First line. Second.", 0)
        );
        assert_eq!(of("# Only a heading", "tea").text, "Only a heading");
        assert_eq!(of("---\na: 1\n---\n", "tea"), Snippet::default());
    }

    #[test]
    fn overlapping_marks_are_one() {
        assert_eq!(
            marked(&of("关于部署方案的讨论", "部署方案讨论会议记录")),
            "关于‹部署方案›的‹讨论›"
        );
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "(\\PC|\n|[#>*`\\[\\]|-]|部署|e\u{301}){0,600}", query in "\\PC{0,20}") {
            let found = of(&text, &query);
            prop_assert!(found.text.chars().count() <= LONGEST);
            prop_assert!(!found.text.contains('\n'));
            let mut end = 0;
            for range in &found.highlights {
                prop_assert!(range.start >= end && range.start < range.end);
                prop_assert!(found.text.get(range.clone()).is_some());
                end = range.end;
            }
        }
    }
}
