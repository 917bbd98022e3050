//! Lexical search: which notes match, and how well.
//!
//! Not snippets, which need the file's text. Invariant: no query can raise a syntax error, because only terms and
//! operators written here reach FTS5; leaving out candidates (below) never changes the best hits.
//!
//! A note's score is BM25 over its body, title, headings and names together (BM25F: Robertson, Zaragoza & Taylor,
//! "Simple BM25 extension to multiple weighted fields", 2004), plus something for a title that says nothing else, for
//! having all terms and for the very phrase. Finding every note that has any of several
//! common words costs far more than ranking the few that have the rare ones, so plain questions look at the notes
//! with a rare word first (MaxScore: Turtle & Flood, "Query evaluation", 1995) and at the others only when one of
//! them could still be among the best.

use super::Session;
use super::allowed::Allowed;
use super::plan::{Phrase, Plan, exclusions};
use super::score::{BOUND, Ranked, most, nth_best};
use crate::record::{NoteId, NoteRecord};
use crate::{Filter, Hit, Hits, Result, Scores};
use cairn_note::query::{Expr, Query, Word};

/// Below this many occurrences in all, every note with any of the words is simply scored.
const FEW: u64 = 20_000;
/// Words of a query that are used: the rarest ones.
const WORDS: usize = 24;

impl Session<'_> {
    /// Searches the words of notes; best first.
    ///
    /// A query without a text condition lists what the filter lets through, latest first, with score 0.
    ///
    /// # Errors
    /// When a statement fails; never because of the query's text.
    pub fn lexical(
        &self,
        query: &Query,
        filter: &Filter,
        limit: usize,
        offset: usize,
    ) -> Result<Hits> {
        let mut filter = filter.clone();
        filter.tags.extend(query.tags.iter().cloned());
        if query.nothing {
            return Ok(Hits {
                total_is_exact: true,
                ..Hits::default()
            });
        }
        let allowed = self.allowed(&filter)?;
        let wanted = limit.saturating_add(offset);
        match &query.expr {
            None => self.unranked(&filter, allowed.as_ref(), None, limit, offset),
            Some(Expr::Any(words)) => {
                let phrase = side_by_side(words);
                let words: Vec<&Word> = words.iter().filter(|word| !word.stop).collect();
                let (ranked, exact) =
                    self.any(&words, phrase.as_deref(), allowed.as_ref(), wanted)?;
                self.page(ranked, exact, limit, offset)
            }
            Some(Expr::Word(word)) if !word.exact => {
                let (ranked, exact) = self.any(&[word], None, allowed.as_ref(), wanted)?;
                self.page(ranked, exact, limit, offset)
            }
            Some(expr) => self.boolean(expr, &filter, allowed.as_ref(), limit, offset),
        }
    }

    /// Searches titles and other names only, for suggestions.
    pub(super) fn names(&self, words: &[Word], filter: &Filter, limit: usize) -> Result<Vec<Hit>> {
        let words: Vec<&Word> = words.iter().collect();
        let phrases = self.phrases(&words)?;
        if phrases.is_empty() {
            return Ok(Vec::new());
        }
        let allowed = self.allowed(filter)?;
        let plan = Plan::default()
            .then("{title names} : (")
            .any(&phrases, true)
            .then(")");
        let ranked = self.scored(&plan, allowed.as_ref(), None)?;
        Ok(self.page(ranked, true, limit, 0)?.hits)
    }

    /// Ranks the notes that have any of the words; tells whether all of them were counted.
    fn any(
        &self,
        words: &[&Word],
        phrase: Option<&str>,
        allowed: Option<&Allowed>,
        wanted: usize,
    ) -> Result<(Vec<Ranked>, bool)> {
        let mut phrases = self.asked(words)?;
        if phrases.is_empty() {
            return Ok((Vec::new(), true));
        }
        phrases.sort_by_key(|phrase| phrase.notes);
        phrases.truncate(WORDS);
        let rare = rare(&phrases);
        if rare < phrases.len() {
            let (first, rest) = phrases.split_at(rare);
            let plan = Plan::default()
                .any(first, true)
                .then(" OR ((")
                .any(first, false)
                .then(") AND (")
                .any(rest, true)
                .then("))");
            let ranked = self.scored(&plan, allowed, phrase)?;
            let bound =
                rest.iter().map(|phrase| phrase.weight).sum::<f32>() * BOUND / most(plan.weight());
            if nth_best(&ranked, wanted).is_some_and(|least| least >= bound) {
                return Ok((ranked, false));
            }
        }
        let plan = Plan::default().any(&phrases, true);
        Ok((self.scored(&plan, allowed, phrase)?, true))
    }

    fn boolean(
        &self,
        expr: &Expr,
        filter: &Filter,
        allowed: Option<&Allowed>,
        limit: usize,
        offset: usize,
    ) -> Result<Hits> {
        let mut plan = Plan::default();
        if let Some(text) = self.render(expr, &mut plan, true)? {
            plan.text = text;
            let ranked = self.scored(&plan, allowed, None)?;
            return self.page(ranked, true, limit, offset);
        }
        // Nothing but exclusions: everything else, unranked.
        let mut excluded = Plan::default();
        let mut texts = Vec::new();
        for expr in exclusions(expr) {
            texts.extend(self.render(expr, &mut excluded, false)?);
        }
        excluded.text = texts.join(" OR ");
        let excluded = if texts.is_empty() {
            Vec::new()
        } else {
            self.scored(&excluded, allowed, None)?
        };
        let excluded = excluded.into_iter().map(|ranked| ranked.note).collect();
        self.unranked(filter, allowed, Some(&excluded), limit, offset)
    }

    /// Cuts a page out of ranked notes.
    pub(super) fn page(
        &self,
        mut ranked: Vec<Ranked>,
        exact: bool,
        limit: usize,
        offset: usize,
    ) -> Result<Hits> {
        let total = ranked.len();
        let wanted = limit.saturating_add(offset);
        let best = |one: &Ranked, other: &Ranked| {
            other
                .total
                .total_cmp(&one.total)
                .then_with(|| one.note.cmp(&other.note))
        };
        if wanted < total {
            ranked.select_nth_unstable_by(wanted, best);
            ranked.truncate(wanted);
        }
        ranked.sort_unstable_by(best);
        let mut hits = Vec::new();
        for Ranked { note, total, parts } in ranked.into_iter().skip(offset) {
            let Some(note) = self.by_id(NoteId(note))? else {
                continue;
            };
            hits.push(Hit {
                note,
                score: total,
                parts,
            });
        }
        hits.sort_by(|one, other| {
            other
                .score
                .total_cmp(&one.score)
                .then_with(|| one.note.path.cmp(&other.note.path))
        });
        Ok(Hits {
            hits,
            total,
            total_is_exact: exact,
        })
    }

    /// Lists what is let through and not excluded, latest first.
    fn unranked(
        &self,
        filter: &Filter,
        allowed: Option<&Allowed>,
        excluded: Option<&std::collections::HashSet<i64>>,
        limit: usize,
        offset: usize,
    ) -> Result<Hits> {
        if excluded.is_none() {
            let total = match allowed {
                Some(set) => set.len(),
                None => usize::try_from(self.totals()?.0).unwrap_or(usize::MAX),
            };
            let records = self.recent(filter, limit, offset)?;
            return Ok(Hits {
                hits: records.into_iter().map(unscored).collect(),
                total,
                total_is_exact: true,
            });
        }
        let mut all = self.latest(filter)?;
        all.retain(|note| excluded.is_none_or(|set| !set.contains(&note.0)));
        let total = all.len();
        let mut hits = Vec::new();
        for note in all.into_iter().skip(offset).take(limit) {
            hits.extend(self.by_id(note)?.map(unscored));
        }
        Ok(Hits {
            hits,
            total,
            total_is_exact: true,
        })
    }
}

fn unscored(note: NoteRecord) -> Hit {
    Hit {
        note,
        score: 0.0,
        parts: Scores::default(),
    }
}

/// All words of a plain query as one phrase, function words included; `None` for a single word.
fn side_by_side(words: &[Word]) -> Option<String> {
    let words: Vec<&Word> = words.iter().filter(|word| !word.part).collect();
    if words.len() < 2 || words.iter().any(|word| word.prefix) {
        return None;
    }
    let terms: Vec<&str> = words
        .iter()
        .flat_map(|word| &word.terms)
        .map(String::as_str)
        .collect();
    Some(format!("\"{}\"", terms.join(" ")))
}

/// How many of the phrases, rarest first, are rare enough to look at alone.
fn rare(phrases: &[Phrase]) -> usize {
    let all: u64 = phrases.iter().map(|phrase| phrase.notes).sum();
    if all <= FEW {
        return phrases.len();
    }
    let mut seen = 0;
    let within = phrases.iter().take_while(|phrase| {
        seen += phrase.notes;
        seen <= FEW / 2
    });
    within.count().max(1)
}
