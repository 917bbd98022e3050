//! Lexical search: which notes match, and how well.
//!
//! Not snippets, which need the file's text. Invariant: no query can raise a syntax error, because only terms and
//! operators written here reach FTS5; leaving out candidates (below) never changes the best hits.
//!
//! A note's score is BM25 over its body, plus the weight of the terms met in its title, its headings and its
//! names, plus something for having all terms or the very phrase. Finding every note that has any of several
//! common words costs far more than ranking the few that have the rare ones, so plain questions look at the notes
//! with a rare word first (MaxScore: Turtle & Flood, "Query evaluation", 1995) and at the others only when one of
//! them could still be among the best.

use super::Session;
use super::allowed::Allowed;
use super::rank::{self, K1, Scored, Weights};
use super::read::{RECORD, record};
use crate::error::StatementContext;
use crate::record::{NoteId, NoteKey, NoteRecord, ProjectId};
use crate::{Filter, Hit, Hits, Result, Scores};
use cairn_note::query::{Expr, Query, Word};
use rusqlite::params;

/// What a term met in the title weighs, against 1 in the body: fully when the title says nothing else.
const TITLE: f32 = 2.0;
/// What a term met in a heading weighs.
const HEADINGS: f32 = 0.4;
/// What a term met in the path, the permalink, an alias or a tag weighs.
const NAMES: f32 = 0.4;
/// What having all terms adds, for each of them.
const ALL: f32 = 0.4;
/// What having the query's words side by side in their order adds, for each of them.
const PHRASE: f32 = 0.6;
/// The most a term can contribute to a note that has not all of them.
const BOUND: f32 = K1 + 1.0 + TITLE + HEADINGS + NAMES;
/// Below this many occurrences in all, every note with any of the words is simply scored.
const FEW: u64 = 20_000;
/// Words of a query that are used: the rarest ones.
const WORDS: usize = 24;

/// A phrase of a query with what it weighs.
#[derive(Debug, Clone)]
struct Phrase {
    /// As FTS5 reads it.
    text: String,
    /// How many terms it has.
    terms: u16,
    /// How many notes have it.
    notes: u64,
    /// Inverse document frequency.
    weight: f32,
}

/// A query as FTS5 reads it, and its phrases in the order they stand in it; a phrase that stands there again
/// weighs nothing the second time.
#[derive(Debug, Default)]
struct Plan {
    text: String,
    phrases: Vec<(f32, u16)>,
}

impl Plan {
    fn any(mut self, phrases: &[Phrase], counted: bool) -> Self {
        for (place, phrase) in phrases.iter().enumerate() {
            if place > 0 {
                self.text.push_str(" OR ");
            }
            self.text.push_str(&phrase.text);
            self.phrases.push(if counted {
                (phrase.weight, phrase.terms)
            } else {
                (0.0, 0)
            });
        }
        self
    }

    fn then(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// The sum of all weights.
    fn weight(&self) -> f32 {
        self.phrases.iter().map(|(weight, _)| weight).sum()
    }

    /// The phrases that weigh something, by bit.
    fn counted(&self) -> u64 {
        let bits = self
            .phrases
            .iter()
            .enumerate()
            .filter(|(_, (weight, _))| *weight > 0.0);
        bits.fold(0, |all, (number, _)| all | 1 << (number & 63))
    }
}

/// A scored note.
#[derive(Debug, Clone, Copy)]
struct Ranked {
    note: i64,
    total: f32,
    parts: Scores,
}

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
            Some(expr) => self.boolean(expr, &filter, allowed.as_ref(), limit, offset),
        }
    }

    /// Searches titles and other names only, for suggestions.
    pub(super) fn names(
        &self,
        words: Vec<Word>,
        filter: &Filter,
        limit: usize,
    ) -> Result<Vec<Hit>> {
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
        let mut phrases = self.phrases(words)?;
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

    /// Renders a tree; `None` when it only excludes.
    fn render(&self, expr: &Expr, plan: &mut Plan, counted: bool) -> Result<Option<String>> {
        Ok(match expr {
            Expr::Word(word) => Some(self.render_word(word, plan, counted)?),
            Expr::Any(words) => {
                let mut parts = Vec::new();
                for word in words {
                    parts.push(self.render_word(word, plan, counted && !word.stop)?);
                }
                joined(&parts, " OR ")
            }
            Expr::Or(exprs) => {
                let mut parts = Vec::new();
                for expr in exprs {
                    parts.extend(self.render(expr, plan, counted)?);
                }
                joined(&parts, " OR ")
            }
            Expr::And(exprs) => self.render_all(exprs, plan, counted)?,
            Expr::Not(Some(wanted), excluded) => match self.render(wanted, plan, counted)? {
                Some(wanted) => Some(match self.render(excluded, plan, false)? {
                    Some(excluded) => format!("({wanted} NOT {excluded})"),
                    None => wanted,
                }),
                None => None,
            },
            Expr::Not(None, _) => None,
        })
    }

    /// Everything must match; what only excludes is taken away at the end.
    fn render_all(&self, exprs: &[Expr], plan: &mut Plan, counted: bool) -> Result<Option<String>> {
        let mut required = Vec::new();
        for expr in exprs
            .iter()
            .filter(|expr| !matches!(expr, Expr::Not(None, _)))
        {
            required.extend(self.render(expr, plan, counted)?);
        }
        let Some(mut text) = joined(&required, " AND ") else {
            return Ok(None);
        };
        for expr in exprs {
            if let Expr::Not(None, excluded) = expr
                && let Some(excluded) = self.render(excluded, plan, false)?
            {
                text = format!("({text} NOT {excluded})");
            }
        }
        Ok(Some(text))
    }

    fn render_word(&self, word: &Word, plan: &mut Plan, counted: bool) -> Result<String> {
        let phrase = self.phrase(word)?;
        plan.phrases.push(if counted {
            (phrase.weight, phrase.terms)
        } else {
            (0.0, 0)
        });
        Ok(phrase.text)
    }

    /// The phrases of some words that occur at all.
    fn phrases(&self, words: &[&Word]) -> Result<Vec<Phrase>> {
        let mut phrases = Vec::new();
        for word in words {
            let phrase = self.phrase(word)?;
            if phrase.notes > 0 {
                phrases.push(phrase);
            }
        }
        Ok(phrases)
    }

    fn phrase(&self, word: &Word) -> Result<Phrase> {
        // A single letter begins too many words to be worth a prefix search.
        let prefix = word.prefix && !matches!(word.terms.as_slice(), [term] if term.len() == 1);
        let text = format!(
            "\"{}\"{}",
            word.terms.join(" "),
            if prefix { " *" } else { "" }
        );
        let notes = self.count(&text)?;
        let (all, _) = self.totals()?;
        let weight =
            (1.0 + (all as f64 - notes as f64 + 0.5).max(0.5) / (notes as f64 + 0.5)).ln() as f32;
        Ok(Phrase {
            text,
            terms: u16::try_from(word.terms.len()).unwrap_or(u16::MAX),
            notes,
            weight,
        })
    }

    fn count(&self, text: &str) -> Result<u64> {
        self.lease
            .connection()
            .prepare_cached("SELECT count(*) FROM words WHERE words MATCH ?1")
            .and_then(|mut statement| statement.query_row([text], |row| row.get::<_, i64>(0)))
            .map(i64::cast_unsigned)
            .action("count a word")
    }

    /// How many notes have words, and how many words they have together.
    fn totals(&self) -> Result<(u64, u64)> {
        self.lease
            .connection()
            .prepare_cached("SELECT (SELECT value FROM total WHERE name = 'notes'), (SELECT value FROM total WHERE name = 'words')")
            .and_then(|mut statement| {
                statement.query_row([], |row| {
                    Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, i64>(1)?.cast_unsigned()))
                })
            })
            .action("read the totals")
    }

    /// Scores every allowed note a plan finds.
    fn scored(
        &self,
        plan: &Plan,
        allowed: Option<&Allowed>,
        phrase: Option<&str>,
    ) -> Result<Vec<Ranked>> {
        let (notes, words) = self.totals()?;
        let mean_length = words as f32 / notes.max(1) as f32;
        let ranker = self.lease.ranker();
        ranker.prepare(Weights {
            phrases: plan.phrases.clone(),
            mean_length,
        });
        self.lease
            .connection()
            .prepare_cached("SELECT rank_row(words) FROM words WHERE words MATCH ?1")
            .and_then(|mut statement| {
                let mut rows = statement.query([&plan.text])?;
                while rows.next()?.is_some() {}
                Ok(())
            })
            .action("search")?;
        let rows = ranker.take();
        let phrase = match phrase {
            Some(phrase) => self.with_phrase(phrase)?,
            None => Vec::new(),
        };
        let (weight, counted) = (plan.weight(), plan.counted());
        Ok(rows
            .into_iter()
            .filter(|row| allowed.is_none_or(|set| set.has(rank::note_of(row.row))))
            .map(|row| {
                ranked(
                    &row,
                    weight,
                    counted,
                    phrase.binary_search(&row.row).is_ok(),
                )
            })
            .collect())
    }

    /// The rows that have a phrase, in order.
    fn with_phrase(&self, phrase: &str) -> Result<Vec<i64>> {
        self.rows(
            "search a phrase",
            "SELECT rowid FROM words WHERE words MATCH ?1 ORDER BY rowid",
            [phrase],
            |row| row.get(0),
        )
    }

    /// Cuts a page out of ranked notes.
    fn page(
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
            let Some(note) = self.note(ProjectId(0), NoteKey::Id(NoteId(note)))? else {
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
        let records: Vec<NoteRecord> = self.rows(
            "list notes",
            &format!("SELECT {RECORD} FROM note ORDER BY modified DESC, project, path"),
            params![],
            record,
        )?;
        let let_through = |record: &NoteRecord| {
            allowed.is_none_or(|set| set.has(record.id.0))
                && excluded.is_none_or(|set| !set.contains(&record.id.0))
        };
        let all: Vec<NoteRecord> = records.into_iter().filter(let_through).collect();
        let total = all.len();
        let hits = all
            .into_iter()
            .skip(offset)
            .take(limit)
            .map(unscored)
            .collect();
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

fn joined(parts: &[String], operator: &str) -> Option<String> {
    match parts {
        [] => None,
        [only] => Some(only.clone()),
        several => Some(format!("({})", several.join(operator))),
    }
}

/// What a tree of exclusions excludes.
fn exclusions(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Not(_, excluded) => vec![excluded],
        Expr::And(parts) | Expr::Or(parts) => parts.iter().flat_map(exclusions).collect(),
        Expr::Any(_) | Expr::Word(_) => Vec::new(),
    }
}

/// All words of a plain query as one phrase, function words included; `None` for a single word.
fn side_by_side(words: &[Word]) -> Option<String> {
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

/// The total of the note at a place, counted from 1, in the order of totals.
fn nth_best(ranked: &[Ranked], place: usize) -> Option<f32> {
    if place == 0 || ranked.len() < place {
        return None;
    }
    let mut totals: Vec<f32> = ranked.iter().map(|ranked| ranked.total).collect();
    let (_, nth, _) = totals.select_nth_unstable_by(place - 1, |one, other| other.total_cmp(one));
    Some(*nth)
}

fn ranked(row: &Scored, weight: f32, counted: u64, has_phrase: bool) -> Ranked {
    let exactness = f32::from(row.title_terms) / f32::from(rank::title_length(row.row).max(1));
    let title = TITLE * row.title * (0.4 + 0.6 * exactness.min(1.0)) + NAMES * row.names;
    let headings = HEADINGS * row.headings;
    let all = if row.met & counted == counted {
        ALL * weight
    } else {
        0.0
    };
    let phrase = if has_phrase { PHRASE * weight } else { 0.0 };
    let parts = Scores {
        body: row.body,
        title,
        headings,
        whole: all + phrase,
    };
    let total = (row.body + title + headings + all + phrase) / most(weight);
    Ranked {
        note: rank::note_of(row.row),
        total: total.min(1.0),
        parts,
    }
}

/// The most a note can have, by which totals are brought between 0 and 1.
fn most(weight: f32) -> f32 {
    (weight * (BOUND + ALL + PHRASE)).max(f32::MIN_POSITIVE)
}
